// Marks in the answer box: a copy of its text lies behind it, and shows through where something was changed.

import { make } from "../shared.js";
import { kindOf, whereIs } from "./changes.js";

let box = null, copy = null, marked = [];

/** Put `area` and its copy together. */
export function withMarks(area) {
  box = area;
  copy = make("div", "dk-copy");
  copy.setAttribute("aria-hidden", "true");
  box.addEventListener("input", drawMarks);
  box.addEventListener("scroll", () => { copy.scrollTop = box.scrollTop; });
  return make("div", "dk-box", null, copy, box);
}

/** Mark these changes, as long as their words stand in the text. */
export function mark(changes) {
  marked = changes.filter((change) => change.kind === "fact" && change.verdict);
  drawMarks();
}

function drawMarks() {
  const text = box.value, pieces = [];
  const found = marked.map((change) => ({ at: whereIs(change, text), cls: kindOf(change)[0] })).filter((one) => one.at);
  let end = 0;
  for (const { at, cls } of found.sort((one, other) => one.at[0] - other.at[0])) {
    if (at[0] < end) continue;
    pieces.push(text.slice(end, at[0]), make("mark", cls, text.slice(...at)));
    end = at[1];
  }
  copy.replaceChildren(...pieces, text.slice(end) + "\n");  // a last line that is empty has its height, too
  copy.scrollTop = box.scrollTop;
}
