// What the shop's page and the desk have in common. All text is set as text, never as HTML.

export const $ = (selector) => document.querySelector(selector);

/** An element with a class and a text, both may be left out, and what stands in it after the text. */
export function make(tag, cls, text, ...inside) {
  const element = document.createElement(tag);
  if (cls) element.className = cls;
  if (text != null) element.textContent = text;
  element.append(...inside);
  return element;
}

/** A button that never submits a form. */
export function button(cls, text, act) {
  const element = make("button", cls, text);
  element.type = "button";
  element.onclick = act;
  return element;
}

export const OWN = { "Content-Type": "application/json", "X-Onevoice": "1" };  // no form of another site can set it

export const post = (url, body) => fetch(url, { method: "POST", headers: OWN, body: JSON.stringify(body || {}) });

/** Show the page in the other of its two languages. */
export function switchLanguage() {
  const other = document.documentElement.lang === "zh" ? "en" : "zh";
  document.cookie = `onevoice-lang=${other};path=/;max-age=31536000;samesite=lax`;
  location.reload();
}

/** A time as the reader's clock shows it; with the day where that is not today. */
export function clock(at) {
  const time = { hour: "2-digit", minute: "2-digit" }, date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  return date.toLocaleString(
    document.documentElement.lang || undefined, today ? time : { day: "numeric", month: "short", ...time },
  );
}
