// The support desk: who is signed in, what is drawn for them, and the clock that looks for news.
// Who may see what, the server decides.

import { $, button, make, switchLanguage } from "../shared.js";
import { answer, startAnswer } from "./answer.js";
import { close, follow, show, startLog } from "./conversation.js";
import { clear } from "./draw.js";
import { startGaps } from "./gaps.js";
import { drawLogin } from "./login.js";
import { call, whenSignedOut } from "./net.js";
import { packet } from "./packet.js";
import { panel } from "./panel.js";
import { look, startQueue } from "./queue.js";
import { state } from "./state.js";
import { summary } from "./summary.js";
import { setTexts, t } from "./texts.js";
import { told } from "./told.js";

const EVERY = 1000;  // ms between two looks
const AGAIN = 2000;  // ms until the server is asked again that did not answer

function drawTools() {
  const tools = [button("ov-tool", t.language, switchLanguage)];
  if (state.me) {
    const name = make("span", "dk-me", `${state.me.name} · ${t["role_" + state.me.role]}`);
    const out = button("ov-tool", t.sign_out, async () => {
      await call("DELETE", "session");
      location.reload();
    });
    tools.unshift(name);
    tools.push(out);
  }
  $("#ov-tools").replaceChildren(...tools);
}

async function start() {
  const { ok, body } = await call("GET", "session");
  if (!ok) return setTimeout(start, AGAIN);
  setTexts(body.texts);
  state.me = body.staff;
  document.documentElement.lang = body.language;
  document.title = `${t.desk} · ${$("#ov-header h1").textContent}`;
  drawTools();
  $("#dk-login").hidden = Boolean(state.me);
  $("#dk-desk").hidden = !state.me;
  $("#dk-login").replaceChildren();
  close();
  clear("#dk-queue", "#dk-found");
  startGaps(body.gaps);
  if (!state.me) return drawLogin(body.demo, start);
  startAnswer();
  startQueue(show);
  look();
}

async function tick() {
  if (state.me && !document.hidden) {
    await look();
    if (state.open) await show(state.open);
  }
  setTimeout(tick, EVERY);
}

function wait() {
  if (!$("#dk-frame #dk-login")) return setTimeout(wait, 50);
  for (const part of [packet, summary, panel, told, answer]) follow(part);
  startLog();
  whenSignedOut(() => {
    if (!state.me) return;
    state.me = null;
    start();
  });
  start();
  tick();
}

wait();
