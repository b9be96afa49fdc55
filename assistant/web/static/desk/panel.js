// The shopper beside the conversation: as much as the server gives to this member of staff.

import { clock, make } from "../shared.js";
import { clear, fold, list, redraw } from "./draw.js";
import { named, t } from "./texts.js";

const AT = "#dk-panel";

export const panel = { draw: (talk) => redraw(AT, talk.panel, (box) => drawPanel(box, talk.panel)), close };

function close() {
  clear(AT);
}

function drawPanel(box, shopper) {
  const title = make("h2", "", t.shopper);
  if (!shopper) return box.replaceChildren(fold("panel", true, [title], make("p", "ov-empty", t.no_shopper)));
  const about = [make("p", "dk-name", shopper.name || t.shopper)];
  if (shopper.email) about.push(make("p", "", shopper.email));
  if ("consent" in shopper) about.push(make("p", "ov-label", shopper.consent ? t.consent_on : t.consent_off));
  box.replaceChildren(fold(
    "panel", true, [title], ...about,
    ...list(t.preferences, Object.entries(shopper.preferences || {}).filter(stated).map(preference)),
    ...list(t.orders, (shopper.orders || []).map(order)),
    ...list(t.events, (shopper.events || []).map(event)),
  ));
}

const stated = ([, value]) => value != null && String(value);
const preference = ([name, value]) => `${named("field", name)}: ${Array.isArray(value) ? value.join(", ") : value}`;
const event = (row) => `${named("event", row.type)}: ${row.title} · ${clock(row.at)}`;

function order(row) {
  const goods = row.lines.map((line) => `${line.quantity} × ${line.title}`).join(", ");
  const address = typeof row.address === "object" ? Object.values(row.address || {}).join(", ") : row.address;
  return [row.id, row.at && clock(row.at), row.status, goods, address].filter(Boolean).join(" · ");
}
