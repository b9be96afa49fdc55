// For leads: what shoppers asked and the shop's texts do not answer. Read when it is opened.

import { $, clock, make } from "../shared.js";
import { clear } from "./draw.js";
import { call } from "./net.js";
import { fill, t } from "./texts.js";

const AT = "#dk-gaps";

/** Draw the list, closed, where this member of staff may see it. */
export function startGaps(allowed) {
  clear(AT);
  if (!allowed) return;
  const list = make("div", "");
  list.setAttribute("aria-live", "polite");
  const details = make("details", "dk-fold", null, make("summary", "", null, make("h2", "", t.gaps)), list);
  details.ontoggle = () => { if (details.open) read(list); };
  $(AT).append(details);
}

async function read(list) {
  list.replaceChildren(make("p", "ov-empty", t.reading));
  const answer = await call("GET", "gaps");
  if (!answer.ok) return list.replaceChildren(make("p", "ov-empty", t.failed));
  const { gaps, days } = answer.body, note = fill(gaps.length ? t.gaps_note : t.gaps_none, { n: days });
  list.replaceChildren(make("p", "dk-quiet", note), make("ol", "dk-gap-list", null, ...gaps.map(gap)));
}

function gap(row) {
  const [first, ...others] = row.examples;
  const passed = row.handed_off ? fill(t.gaps_passed, { n: row.handed_off }) + " · " : "";
  const item = make("li", "", null, make("span", "dk-count", `${row.count} ×`), make("b", "", first));
  item.append(...others.map((text) => make("span", "", text)));
  item.append(make("small", "dk-quiet", passed + fill(t.gaps_last, { at: clock(row.last) })));
  return item;
}
