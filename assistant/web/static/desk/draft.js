// A draft: it fills the answer box sentence by sentence, and what each sentence rests on stands beside it.

import { clock, make } from "../shared.js";
import { fold, say } from "./draw.js";
import { lines, within } from "./net.js";
import { rating } from "./rating.js";
import { fill, named, short, t } from "./texts.js";

let current = { id: null };
let running = null;
let place = null;

/** The place of the sources, to stand beside the answer box. */
export function draftPlace() {
  place = make("section", "dk-draft");
  place.id = "dk-draft";
  place.hidden = true;
  place.setAttribute("aria-label", t.draft_title);
  return place;
}

/** The id of the draft that is in the box, if it is whole. */
export const draftId = () => current.id;

/** Forget the draft; one that is still being made is ended. */
export function dropDraft() {
  running?.abort();
  running = null;
  current = { id: null };
  place.replaceChildren();
  place.hidden = true;
}

/** Have a draft made and put into `box`, unless somebody writes in it meanwhile; `done` is called at the end. */
export async function makeDraft(id, box, done) {
  dropDraft();
  const mine = running = new AbortController();
  const state = make("span", "dk-quiet", t.drafting), list = make("ol", "dk-sources");
  state.setAttribute("role", "status");
  list.id = "dk-sources";
  place.replaceChildren(fold("draft", true, [make("h3", "", t.draft_title), state], list));
  place.hidden = false;
  let written = box.value = "";
  try {
    for await (const line of lines(within(id, "/draft"), mine.signal)) {
      if (running !== mine) return;
      if (line.waiting) state.textContent = fill(t.draft_waiting, { n: line.waiting });
      if (line.sentence) {
        if (box.value !== written) {  // the draft gives way to what is being written
          mine.abort();
          return dropDraft();
        }
        written = box.value = `${written} ${line.sentence}`.trim();
        list.append(sentence(line));
      }
      if (line.draft) finish(id, line, state, box.value === written);
    }
    done();
  } catch (error) {
    if (running !== mine) return;
    dropDraft();
    say(error.message || t.failed);
  }
}

function finish(id, line, state, untouched) {
  if (!untouched) return dropDraft();
  current = { id: line.draft };
  state.remove();
  if (line.writes.length) {
    const writes = line.writes.map((name) => named("write", name)).join(", ");
    place.append(make("p", "dk-note", fill(t.draft_writes, { writes })));
  }
  place.append(rating(id, line.draft));
}

function sentence(line) {
  const telling = line.sources.filter((row) => row.field !== "title");  // a name stands in the sentence itself
  const rows = telling.length ? telling : line.sources;
  const found = rows.length ? rows.map(source) : [make("span", "dk-quiet", t.no_source)];
  return make("li", "", null, make("span", "dk-sentence", line.sentence), make("span", "dk-origins", null, ...found));
}

/** A fact as "Price: 12.00 EUR", a citation as its file and words, with where and when they were read. */
function source(row) {
  const quoted = row.kind === "citation";
  const value = row.field === "availability" ? named("stock", row.value) : row.value;
  const text = quoted ? `“${short(row.quote)}”` : `${named("field", row.field)}: ${short(value)}`;
  const where = quoted ? row.source : `${named("source", row.source)} · ${clock(row.at)}`;
  return make("span", "dk-origin", null, make("span", "", text), make("small", "", where));
}
