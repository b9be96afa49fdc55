// The packet of a hand-off: what a colleague should know before the first word.

import { make } from "../shared.js";
import { clear, fold, list, redraw, term } from "./draw.js";
import { named, t } from "./texts.js";

const AT = "#dk-packet";

export const packet = { draw, close };

function draw(talk) {
  const shown = talk.turns.flatMap((turn) => turn.products);
  const titles = Object.fromEntries(shown.map((product) => [product.id, product.title]));
  redraw(AT, [talk.packet, titles], (box) => drawPacket(box, talk.packet, titles));
}

function close() {
  clear(AT);
}

/** A value of any shape as one line. */
function plain(value) {
  if (typeof value === "boolean") return value ? t.yes : t.no;
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (value && typeof value === "object") return Object.entries(value).map(pair).join("; ");
  return String(value);
}
const pair = ([name, value]) => `${named("field", name)}: ${plain(value)}`;

function drawPacket(box, held, titles) {
  const title = (id) => titles[id] || id;
  const count = ([id, quantity]) => `${quantity} × ${title(id)}`;
  if (!held) return box.replaceChildren();
  const promises = held.promises || {};
  const prices = (promises.prices || []).map((told) => `${told.title} ${told.price}`);
  const policies = (promises.policies || []).map((told) => `${told.source}: “${told.quote}”`);
  const cart = promises.cart || held.cart || {};
  const terms = make(
    "dl", "", null,
    ...term(t.reason, held.reason),
    ...term(t.open_question, held.open_question === held.reason ? "" : held.open_question),
    ...term(t.goal, held.goal === held.reason ? "" : held.goal),
    ...term(t.mood, held.mood && named("mood", held.mood)),
    ...term(t.constraints, plain(held.constraints || {})),
    ...term(t.products, (held.products || []).map(title).join(", ")),
    ...term(t.prices, prices.join("; ")),
    ...term(t.cart, Object.entries(cart).map(count).join(", ")),
    ...term(t.order, held.order),
    ...term(t.reply_language, held.language && named("language", held.language)),
  );
  box.replaceChildren(fold("packet", true, [make("h2", "", t.packet)], terms, ...list(t.policies, policies)));
}
