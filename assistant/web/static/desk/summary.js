// A long conversation in a few sentences. It asks the model, so it is made once, and again when somebody wants it.

import { $, button, make } from "../shared.js";
import { clear } from "./draw.js";
import { call, within } from "./net.js";
import { state } from "./state.js";
import { t } from "./texts.js";

const AT = "#dk-summary";
let made = { id: null, turns: 0 };  // of what the summary is, or is being made

export const summary = { draw, close };

function close() {
  made = { id: null, turns: 0 };
  clear(AT);
}

function draw(talk) {
  const said = talk.turns.filter(speaks).length, first = made.id !== talk.id;
  if (first || (!$(AT).childElementCount && said > made.turns)) return ask(talk.id, said);
  const again = $(AT + " button");
  if (again) again.hidden = said <= made.turns;
}

/** Whether a turn says something: a colleague who comes or goes does not. */
const speaks = (turn) => turn.text || !turn.from || turn.from.kind === "said";

async function ask(id, turns) {
  made = { id, turns };
  const waiting = setTimeout(() => show(make("p", "ov-empty", t.summing)), 300);  // of a short one nothing flashes up
  const answer = await call("GET", within(id, "/summary"));
  clearTimeout(waiting);
  if (state.open !== id || made.turns !== turns) return;
  if (!answer.ok || !answer.body.summary) return $(AT).replaceChildren();
  const again = button("dk-link", t.summary_again, () => ask(id, Infinity));
  again.hidden = true;
  show(make("p", "", answer.body.summary), again);
  if (answer.body.by === "outline") $(AT).append(make("small", "dk-quiet", t.summary_outline));
}

function show(...inside) {
  $(AT).replaceChildren(make("h3", "", t.summary), ...inside);
}
