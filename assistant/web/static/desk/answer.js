// The answer: a box to write in, with drafts, macros and checks around it.
// What the shop contradicts is asked about once more.

import { $, button, make } from "../shared.js";
import { changesPlace, check, drawChanges, dropChanges, says, whereIs } from "./changes.js";
import { draw } from "./conversation.js";
import { draftId, draftPlace, dropDraft, makeDraft } from "./draft.js";
import { say } from "./draw.js";
import { closeMacros, macroMenu } from "./macros.js";
import { withMarks } from "./marks.js";
import { call, within } from "./net.js";
import { state } from "./state.js";
import { fill, short, t } from "./texts.js";

const LONGEST = 2000;  // characters, as the server takes them
let box = null, question = null, sending = false;

export const answer = {
  draw: (talk) => { $("#dk-answer").hidden = !talk.can.answer; },
  close: () => {
    $("#dk-answer").hidden = true;
    if (box) empty();
  },
};

/** Make the box and its buttons. */
export function startAnswer() {
  const go = button("dk-primary", t.send, () => send()), macros = make("div", "dk-macros");
  box = make("textarea");
  Object.assign(box, { rows: 3, maxLength: LONGEST, placeholder: `${t.answer} (${t.keys})` });
  box.setAttribute("aria-label", t.answer);
  box.setAttribute("aria-describedby", "dk-changes");
  box.onkeydown = (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  };
  question = make("div", "dk-ask");
  question.hidden = true;
  const draft = button("ov-tool", t.draft, () => {
    question.hidden = true;  // it was about another text
    dropChanges();
    makeDraft(state.open, box, () => box.focus());
  });
  draft.id = "dk-make-draft";
  const discard = button("ov-tool", t.discard, () => {
    empty();
    box.focus();
  });
  const parts = [draftPlace(), withMarks(box), changesPlace()];
  box.addEventListener("input", edited);  // after the marks have been moved
  const buttons = make("div", "dk-buttons", null, draft, macros, discard, go);
  $("#dk-answer").replaceChildren(...parts, make("div", "dk-foot", null, question, buttons));
  macroMenu(macros, insert);
}

function edited() {
  question.hidden = true;
  check(state.open, box, draftId());
}

function empty() {
  box.value = "";
  question.hidden = true;
  dropDraft();
  dropChanges();
  closeMacros();
}

/** Put a text where the cursor is, apart from what stands there. */
function insert(text) {
  const before = box.value.slice(0, box.selectionStart), after = box.value.slice(box.selectionEnd);
  const gap = (side) => (side && !/\s$/.test(side) ? " " : "");
  const put = gap(before) + text + (after && !/^\s/.test(after) ? " " : "");
  box.setRangeText(put, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

/** Send what is written; `anyway`: the very text that was asked about, though the shop contradicts it. */
async function send(anyway = null) {
  const id = state.open, text = box.value, draft = draftId();
  if (anyway !== null && anyway !== text) return edited();
  if (!text.trim() || !id || sending) return;
  sending = true;
  const reply = await call("POST", within(id, "/say"), { text, draft, anyway: anyway !== null });
  sending = false;
  if (state.open !== id) return;
  if (reply.body.wrong) return ask(reply.body.wrong, text);
  if (reply.status >= 500) return ask([], text);
  if (!reply.ok) return say(reply.status === 404 ? t.not_open : t.failed);
  empty();
  say("");
  box.focus();
  draw(reply.body, true);
}

/** Ask whether to send what the shop contradicts, or what could not be checked; staff have the last word. */
function ask(wrong, text) {
  if (box.value !== text) return;  // it was written on meanwhile: that is checked anew
  const one = wrong.length === 1 ? fill(t.ask_one, { says: short(wrong[0].says, 120) }) : "";
  const many = wrong.length ? fill(t.ask_many, { n: wrong.length }) : t.ask_unchecked;
  const back = button("dk-primary", t.correct, () => goBack(wrong[0]));
  const words = make("p", "", one || many);
  const list = wrong.length > 1 ? wrong.map((row) => make("li", "", says(row))) : [];
  words.id = "dk-ask-words";
  question.setAttribute("role", "alertdialog");
  question.setAttribute("aria-labelledby", words.id);
  question.onkeydown = (event) => { if (event.key === "Escape") goBack(wrong[0]); };
  const anyway = button("ov-tool dk-anyway", t.send_anyway, () => send(text));
  question.replaceChildren(words, make("ul", "", null, ...list), make("div", "dk-buttons", null, back, anyway));
  question.hidden = false;
  if (wrong.length && !$("#dk-changes .dk-wrong")) drawChanges(wrong, box, true);
  back.focus();
}

function goBack(change) {
  question.hidden = true;
  box.focus();
  const at = change && whereIs(change, box.value);
  if (at) box.setSelectionRange(...at);
}
