// The open conversation: who answers it, what was said, and the parts around it that follow it.

import { $, button, clock, make } from "../shared.js";
import { clear, redraw, say } from "./draw.js";
import { call, within } from "./net.js";
import { look } from "./queue.js";
import { state } from "./state.js";
import { fill, t } from "./texts.js";

const NEAR = 60;  // px from the end of the log, within which it follows what comes
const parts = [];
const left = new Set();  // conversations that were handed back here
let following = true;  // the log's end is in sight, and stays there

/** Have a part follow the open conversation: `draw(talk)` each time it was read, `close()` when it is left. */
export function follow(part) {
  parts.push(part);
}

/** Keep the end of the log in sight while what stands around it grows, unless somebody reads further up. */
export function startLog() {
  const log = $("#dk-log");
  let before = 0;
  log.addEventListener("scroll", () => {
    if (log.scrollHeight - log.scrollTop - log.clientHeight < NEAR) following = true;
    else if (log.scrollTop < before) following = false;  // only by hand: what shrinks the log moves nothing up
    before = log.scrollTop;
  });
  new ResizeObserver(() => { if (following) log.scrollTop = log.scrollHeight; }).observe(log);
}

/** Leave the open conversation. */
export function close() {
  state.open = null;
  following = true;
  clear("#dk-head", "#dk-log");
  for (const part of parts) part.close();
  $("#dk-desk").classList.remove("dk-talking");
  if (state.me) $("#dk-head").replaceChildren(make("p", "ov-empty", t.choose));
}

/** Open a conversation, or read the open one anew. */
export async function show(id, gone = t.not_open) {
  if (id !== state.open) {
    close();
    left.delete(id);
    state.open = id;
    look();
  }
  const answer = await call("GET", within(id));
  if (state.open !== id) return;
  if (answer.status === 404) {
    close();
    look();
    return left.has(id) ? say(t.handed_back, true) : say(gone);
  }
  if (answer.ok) draw(answer.body);
}

/** Draw a conversation as the server gave it. */
export function draw(talk, last = false) {
  $("#dk-desk").classList.add("dk-talking");
  redraw("#dk-head", [talk.id, talk.can, talk.by, talk.panel?.name], (box) => box.replaceChildren(...head(talk)));
  const log = $("#dk-log"), low = last || following;
  const fresh = redraw("#dk-log", talk.turns, (box) => box.replaceChildren(...talk.turns.flatMap(turn)));
  if (fresh && low) log.scrollTop = log.scrollHeight;
  for (const part of parts) part.draw(talk);
}

function head(talk) {
  const who = talk.by ? fill(talk.can.answer ? t.yours : t.taken_by, { name: talk.by }) : t.assistant_answers;
  const name = make("h2", "", talk.panel?.name || t.guest);
  const found = [make("div", "", null, name, make("small", "", who))];
  if (talk.can.take) found.push(act("take", "dk-primary", t.take, () => take(talk.id)));
  if (talk.can.hand_back) found.push(act("back", "ov-tool", t.hand_back, () => handBack(talk.id)));
  return found;
}

function act(key, cls, text, does) {
  const element = button(cls, text, does);
  element.dataset.key = key;
  return element;
}

async function take(id) {
  const answer = await call("POST", within(id, "/take"));
  const refused = answer.status === 409 ? fill(t.taken_by, { name: answer.body.by }) : t.not_open;
  say(answer.ok ? "" : refused);
  look();
  await show(id, refused);
  if (answer.ok) $("#dk-answer textarea").focus();
}

async function handBack(id) {
  left.add(id);  // before it is: what the page reads of it by itself may come back first
  const answer = await call("POST", within(id, "/back"));
  if (!answer.ok) left.delete(id);
  say(answer.ok ? t.handed_back : t.not_open, answer.ok);
  look();
  if (state.open === id) await show(id);
}

/** What stands in the log of a turn: the shopper's message, and what was answered. */
function turn(row) {
  const kind = row.from ? row.from.kind : null, found = [];
  if (row.text) found.push(bubble("dk-shopper", t.shopper, row.at, row.text));
  if (kind === "held") return found;
  if (kind === "joined" || kind === "left") return [...found, make("p", "dk-notice", row.reply)];
  const who = row.from ? `${row.from.name} · ${t["role_" + row.from.role]}` : t.assistant;
  const told = bubble(row.from ? "dk-person" : "dk-assistant", who, row.at, row.reply);
  for (const product of row.products) told.append(make("p", "dk-product", `${product.title} · ${product.price}`));
  return [...found, told];
}

const bubble = (cls, who, at, text) =>
  make("div", "dk-msg " + cls, null, make("small", "", `${who} · ${clock(at)}`), make("p", "", text));
