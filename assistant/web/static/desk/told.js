// What the shopper was told: each fact with where it came from, and a mark where the shop says something else now.

import { clock, make } from "../shared.js";
import { clear, fold, redraw } from "./draw.js";
import { call, within } from "./net.js";
import { state } from "./state.js";
import { fill, named, short, t } from "./texts.js";

const AT = "#dk-told";
const EVERY = 15000;  // ms after which the shop is asked again: a price may have changed
let read = { id: null, turns: 0, at: 0 };

export const told = { draw, close };

function close() {
  read = { id: null, turns: 0, at: 0 };
  clear(AT);
}

async function draw(talk) {
  const turns = talk.turns.length, same = read.id === talk.id && read.turns === turns;
  if (same && Date.now() - read.at < EVERY) return;
  read = { id: talk.id, turns, at: Date.now() };
  const answer = await call("GET", within(talk.id, "/told"));
  if (answer.ok && state.open === talk.id) redraw(AT, answer.body.told, (box) => drawLedger(box, answer.body.told));
}

function drawLedger(box, rows) {
  const groups = new Map();
  for (const row of rows) {
    if (row.field === "title" && !row.changed) continue;  // it heads its group
    const name = row.title || (row.subject === "cart" ? t.cart : row.subject);
    const group = groups.get(name) || new Map();
    groups.set(name, group.set(row.field + "\n" + row.then, row));  // told twice alike: the later one
  }
  const changed = [...groups.values()].flatMap((group) => [...group.values()]).filter((row) => row.changed).length;
  const mark = make("span", "dk-mark dk-wrong", changed ? fill(t.changed_count, { n: changed }) : "");
  mark.setAttribute("aria-live", "polite");
  mark.hidden = !changed;
  const first = [...groups].sort(([, one], [, other]) => differs(other) - differs(one));
  const list = first.map(([name, group]) => subject(name, [...group.values()]));
  const empty = list.length ? [] : [make("p", "ov-empty", t.told_none)];
  box.replaceChildren(fold("told", true, [make("h2", "", t.told), mark], ...list, ...empty));
}

const differs = (group) => Number([...group.values()].some((row) => row.changed));

function subject(name, rows) {
  const changed = rows.some((row) => row.changed), price = rows.find((row) => row.field === "price" && !row.changed);
  const head = [make("b", "", name)];
  if (price) head.push(make("span", "dk-quiet", price.then));
  if (changed) head.push(make("span", "dk-mark dk-wrong", t.changed));
  return fold("told " + name, changed, head, make("dl", "", null, ...rows.flatMap(fact)));
}

function fact(row) {
  const value = make("dd", row.changed ? "dk-changed" : "");
  value.append(make(row.changed ? "s" : "span", "", short(shown(row, row.then), 240)));
  const now = row.now ? fill(t.now, { value: short(shown(row, row.now), 240) }) : t.gone;
  if (row.changed) value.append(make("b", "", now));
  value.append(make("small", "dk-quiet", origin(row)));
  return [make("dt", "", named("field", row.field)), value];
}

const shown = (row, value) => (row.field === "availability" ? named("stock", value) : value);

/** Source, time, and by which prompt and version it was told. */
function origin(row) {
  const versions = [fill(t.prompt, { sha: row.prompt_sha.slice(0, 8) }), fill(t.voice, { version: row.voice_version })];
  if (row.policy_version) versions.push(fill(t.version, { version: row.policy_version }));
  return [named("source", row.source), clock(row.at), ...versions].join(" · ");
}
