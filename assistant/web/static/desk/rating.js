// Thumbs up and down on a draft, with a reason.

import { button, make } from "../shared.js";
import { say } from "./draw.js";
import { call, within } from "./net.js";
import { t } from "./texts.js";

const SVG = "http://www.w3.org/2000/svg";
const THUMB = "M7 11v9H4v-9zM7 11l4-8c1.6 0 2.6 1 2.4 2.6L13 10h5.6c1.3 0 2.2 1.2 1.9 2.4l-1.5 6c-.3 1-1 1.6-2 1.6H7";

function picture(down) {
  const svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", THUMB);
  if (down) path.setAttribute("transform", "rotate(180 12 12)");
  svg.append(path);
  return svg;
}

/** The controls for one draft of a conversation. */
export function rating(id, draft) {
  const box = make("div", "ov-rate"), reason = make("input"), send = make("button", "", t.rate_send);
  const form = make("form", "", null, reason, send);
  let given = null;
  Object.assign(reason, { placeholder: t.rate_why, maxLength: 300, autocomplete: "off" });
  reason.setAttribute("aria-label", t.rate_why);
  form.hidden = true;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", t.rate);
  const thumbs = ["up", "down"].map((which) => {
    const element = button("", null, () => rate(given === which ? null : which));
    element.append(picture(which === "down"));
    element.dataset.thumbs = which;
    element.setAttribute("aria-label", t["rate_" + which]);
    element.setAttribute("aria-pressed", "false");
    return element;
  });

  async function rate(which) {
    const body = { thumbs: which, reason: which ? reason.value : "" };
    const answer = await call("POST", within(id, `/drafts/${draft}/rate`), body);
    if (!answer.ok) return say(t.failed);
    given = which;
    for (const thumb of thumbs) thumb.setAttribute("aria-pressed", String(thumb.dataset.thumbs === which));
    form.hidden = !which;
    if (!which) reason.value = "";
    return true;
  }
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (!(await rate(given))) return;
    form.hidden = true;
    thumbs.find((thumb) => thumb.dataset.thumbs === given).focus();
    say(t.rate_sent, true);
  };
  box.append(...thumbs, form);
  return box;
}
