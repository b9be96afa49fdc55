// The queue and the search: two lists of conversations to open.

import { $, clock, make } from "../shared.js";
import { redraw, say } from "./draw.js";
import { call } from "./net.js";
import { state } from "./state.js";
import { fill, span, t } from "./texts.js";

let choose = () => {};

/** Make the search; `open` is called with the id of what is chosen. */
export function startQueue(open) {
  choose = open;
  const form = $("#dk-search"), words = make("input");
  Object.assign(words, { type: "search", placeholder: t.search });
  words.setAttribute("aria-label", t.search);
  words.oninput = () => { if (!words.value) find(""); };
  form.replaceChildren(words);
  form.onsubmit = (event) => {
    event.preventDefault();
    find(words.value);
  };
}

function entry(row, ...lines) {
  const open = row.id === state.open, element = make("button", "dk-row" + (open ? " dk-open" : ""), null, ...lines);
  element.type = "button";
  element.dataset.key = row.id;
  if (open) element.setAttribute("aria-current", "true");
  element.onclick = () => choose(row.id);
  return element;
}

const top = (row, right) =>
  make("span", "dk-top", null, make("b", "", row.name || t.guest), make("span", "dk-wait", right));

function status(row) {
  if (row.status === "waiting") return t.waiting;
  return row.mine ? t.mine : fill(t.taken_by, { name: row.by });
}

function waiting(row) {
  const mood = row.mood || "calm", label = make("span", "ov-label", t["mood_" + mood]);
  if (mood !== "calm") label.classList.add("ov-alt");
  const tags = make("span", "dk-tags", null, label, make("span", "ov-label", status(row)));
  return entry(row, top(row, row.waited), make("span", "dk-reason", row.reason || t.unasked), tags);
}

/** Read the queue and draw what has changed in it. */
export async function look() {
  const answer = await call("GET", "queue");
  if (!answer.ok || !state.me) return;
  const rows = answer.body.queue.map((row) => ({ ...row, waited: span(row.waited_s), waited_s: 0 }));
  const count = rows.filter((row) => row.status === "waiting").length;
  redraw("#dk-queue", [rows, state.open], (box) => {
    const list = rows.length ? rows.map(waiting) : [make("p", "ov-empty", t.queue_empty)];
    box.replaceChildren(make("h2", "", `${t.queue} (${count})`), ...list);
  });
}

async function find(text) {
  const box = $("#dk-found");
  if (!text.trim()) {
    box.hidden = true;
    return box.replaceChildren();
  }
  const answer = await call("GET", "search?q=" + encodeURIComponent(text));
  if (!answer.ok) return say(t.failed);
  const rows = answer.body.found, excerpt = (row) => make("span", "dk-reason", row.excerpt);
  const list = rows.map((row) => entry(row, top(row, clock(row.at)), excerpt(row)));
  box.hidden = false;
  box.replaceChildren(make("h2", "", `${t.found} (${rows.length})`), ...list);
  if (!rows.length) box.append(make("p", "ov-empty", t.none_found));
}
