// The page's texts, which the server gives in the page's language.

export let t = {};

export function setTexts(texts) {
  t = texts;
}

/** A text with its {names} filled in. */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** A text by a name made of two parts; the second part itself where there is none. */
export const named = (kind, name) => t[`${kind}_${name}`] ?? String(name).replaceAll("_", " ");

/** A span of seconds in words. */
export function span(seconds) {
  if (seconds < 60) return fill(t.seconds, { n: seconds });
  if (seconds < 3600) return fill(t.minutes, { n: Math.floor(seconds / 60) });
  return fill(t.hours, { n: Math.floor(seconds / 3600) });
}

/** A text's beginning, where it is longer than `most` characters. */
export const short = (text, most = 160) => (text.length > most ? text.slice(0, most - 2).trimEnd() + " …" : text);
