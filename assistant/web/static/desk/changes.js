// What was changed of a draft, as it is written: tone or fact, and what the shop says to a fact. The server judges.

import { button, make } from "../shared.js";
import { mark } from "./marks.js";
import { call, within } from "./net.js";
import { fill, named, short, t } from "./texts.js";

const DELAY = 400;  // ms after the last key
let place = null, timer = 0, asked = 0;

/** The place where changes are listed, to stand under the answer box. */
export function changesPlace() {
  place = make("section", "dk-changes");
  place.id = "dk-changes";
  place.setAttribute("aria-live", "polite");
  place.setAttribute("aria-label", t.changes);
  return place;
}

/** Forget the changes, and whatever is still being asked. */
export function dropChanges() {
  clearTimeout(timer);
  asked += 1;
  place.replaceChildren();
  mark([]);
}

/** Have the text in `box` checked once nothing has been typed for a moment. */
export function check(id, box, draft) {
  clearTimeout(timer);
  asked += 1;
  if (!box.value.trim()) return dropChanges();
  const mine = asked;
  timer = setTimeout(async () => {
    const answer = await call("POST", within(id, "/changes"), { text: box.value, draft });
    if (mine !== asked) return;
    if (answer.ok) drawChanges(answer.body.changes, box, draft !== null);
    else place.replaceChildren(make("p", "dk-quiet", t.unchecked));
  }, DELAY);
}

/** Draw changes; of a text that comes from no draft its facts alone. */
export function drawChanges(changes, box, drafted) {
  const shown = changes.filter((change) => drafted || change.kind === "fact").sort((a, b) => rank(a) - rank(b));
  place.replaceChildren(...(shown.length ? [make("ul", "", null, ...shown.map((change) => row(change, box)))] : []));
  mark(shown);
}

const WORST_FIRST = ["contradicted", "not_found", "supported"];
const rank = (change) => (change.verdict ? WORST_FIRST.indexOf(change.verdict) : WORST_FIRST.length);

/** Where the words of a change stand in a text: [start, end], or null where they no longer do. */
export function whereIs(change, text) {
  const start = text.indexOf(change.sentence);
  const within = change.after && start >= 0 ? change.sentence.indexOf(change.after) : -1;
  return within < 0 ? null : [start + within, start + within + change.after.length];
}

/** How a change is marked: [class, label]. */
export function kindOf(change) {
  if (change.kind === "tone") return ["dk-tone", t.change_tone];
  if (change.verdict === "contradicted") return ["dk-wrong", t.change_wrong];
  if (change.verdict === "supported") return ["dk-right", t.change_right];
  return change.verdict ? ["dk-unsure", t.change_unsure] : ["dk-tone", t.change_gone];
}

function row(change, box) {
  const [cls, label] = kindOf(change), words = make("span", "dk-words");
  if (change.before) words.append(make("s", "", short(change.before, 90)));
  if (change.after) words.append(make("b", "", short(change.after, 90)));
  const item = make("li", cls, null, make("span", "dk-mark " + cls, label), words);
  if (change.verdict !== "supported" && change.says) item.append(make("span", "dk-says", says(change)));
  if (change.verdict === "contradicted" && change.before) item.append(putBack(change, box));
  return item;
}

/** What the shop says, and where. */
export function says(change) {
  const where = named("source", change.source);
  const key = change.verdict === "contradicted" ? "shop_says" : "shop_nearest";
  return fill(t[key], { says: short(change.says, 240), where });
}

/** A button that puts the draft's words back. */
function putBack(change, box) {
  return button("dk-link", fill(t.put_back, { before: short(change.before, 40) }), () => {
    const at = whereIs(change, box.value);
    if (!at) return;
    box.setRangeText(change.before, ...at, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  });
}
