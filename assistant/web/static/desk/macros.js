// Macros: texts to insert, filled in with facts of the conversation. A list behind a button, for mouse and keyboard.

import { button, make } from "../shared.js";
import { say } from "./draw.js";
import { call, within } from "./net.js";
import { state } from "./state.js";
import { named, t } from "./texts.js";

let menu = null, opener = null;

/** The button and its list; `insert` is given the text of the macro that is chosen. */
export async function macroMenu(place, insert) {
  opener = button("ov-tool", t.macros, () => toggle(menu.hidden));
  opener.id = "dk-macros-open";
  opener.setAttribute("aria-expanded", "false");
  menu = make("ul", "dk-menu");
  menu.id = "dk-macros";
  menu.hidden = true;
  menu.setAttribute("aria-label", t.macros);
  opener.setAttribute("aria-controls", menu.id);
  place.replaceChildren(opener, menu);
  place.onkeydown = move;
  place.addEventListener("focusout", (event) => { if (!place.contains(event.relatedTarget)) toggle(false, false); });
  const answer = await call("GET", "macros");
  const rows = answer.ok ? answer.body.macros : [];
  opener.hidden = !rows.length;
  menu.replaceChildren(...rows.map((row) => make("li", "", null, button("", row.title, () => choose(row, insert)))));
}

/** Close the list, and leave the keyboard where it is. */
export const closeMacros = () => toggle(false, false);

function toggle(open, focus = true) {
  if (!menu || menu.hidden === !open) return;
  menu.hidden = !open;
  if (open) {  // above its button, and over what scrolls around it
    const at = opener.getBoundingClientRect();
    Object.assign(menu.style, { left: `${at.left}px`, bottom: `${innerHeight - at.top + 6}px` });
  }
  opener.setAttribute("aria-expanded", String(open));
  if (focus) (open ? menu.querySelector("button") : opener)?.focus();
}

function move(event) {
  if (event.key === "Escape" && !menu.hidden) return toggle(false);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  if (menu.hidden) return toggle(true);
  const items = [...menu.querySelectorAll("button")], now = items.indexOf(document.activeElement);
  items[(now + step + items.length) % items.length].focus();
}

async function choose(row, insert) {
  const id = state.open, answer = await call("POST", within(id, "/macros/" + encodeURIComponent(row.name)));
  if (state.open !== id) return;
  if (answer.ok) {
    toggle(false, false);
    say("");
    insert(answer.body.text);
  } else say(answer.body.fact ? `${row.title}: ${named("missing", answer.body.fact)}` : t.failed);
}
