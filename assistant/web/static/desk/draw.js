// Drawing: only what has changed, and the keyboard stays where it was.

import { $, make } from "../shared.js";

const SHOWN = 8000;  // ms that a message stands there
const drawn = new Map();
let fading = 0;

/** Tell what happened, in the page's one status line; `good` is what went well. */
export function say(text, good = false) {
  const place = $("#dk-said");
  place.textContent = text;
  place.classList.toggle("dk-good", good);
  clearTimeout(fading);
  fading = setTimeout(() => { place.textContent = ""; }, SHOWN);
}

/** Draw `value` at a place unless it stands there already; whether it was drawn. */
export function redraw(at, value, draw) {
  const key = JSON.stringify(value) ?? "";
  if (drawn.get(at) === key) return false;
  drawn.set(at, key);
  const box = $(at), active = document.activeElement;
  const held = box.contains(active) ? active.dataset.key : null;
  draw(box);
  if (held) [...box.querySelectorAll("[data-key]")].find((element) => element.dataset.key === held)?.focus();
  return true;
}

/** Empty places. */
export function clear(...places) {
  for (const at of places) {
    drawn.delete(at);
    $(at).replaceChildren();
  }
}

/** A heading and a list, or nothing where there are no items. */
export function list(title, items) {
  if (!items.length) return [];
  return [make("h3", "", title), make("ul", "", null, ...items.map((item) => make("li", "", item)))];
}

/** A term and its value, or nothing where there is no value. */
export const term = (name, value) => (value ? [make("dt", "", name), make("dd", "", value)] : []);

/** A details element that keeps the reader's choice when it is drawn again. */
export function fold(key, open, summary, ...inside) {
  const element = make("details", "dk-fold", null, make("summary", "", null, ...summary), ...inside);
  element.firstChild.dataset.key = key;
  element.open = kept.get(key) ?? open;
  element.firstChild.addEventListener("click", () => kept.set(key, !element.open));
  return element;
}
const kept = new Map();
