// Requests to /v1/desk.

import { OWN } from "../shared.js";

let signedOut = () => {};

/** What to do when the server no longer knows who is asking. */
export function whenSignedOut(act) {
  signedOut = act;
}

/** The path of something in a conversation. */
export const within = (id, path = "") => "conversations/" + encodeURIComponent(id) + path;

/** One request; never throws. `status` is 0 where there was no answer. */
export async function call(method, path, body) {
  const options = { method, headers: OWN, body: body && JSON.stringify(body) };
  const answer = await fetch("/v1/desk/" + path, options).catch(() => null);
  if (!answer) return { ok: false, status: 0, body: {} };
  if (answer.status === 401) signedOut();
  return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => ({})) };
}

/** JSON lines as they come. Throws an Error with the server's message, if it has one, and when `signal` ends it. */
export async function* lines(path, signal) {
  const answer = await fetch("/v1/desk/" + path, { method: "POST", headers: OWN, signal });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error || "");
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const whole = (rest + piece.value).split("\n");
    rest = whole.pop();
    yield* whole.filter(Boolean).map((line) => JSON.parse(line));
  }
}
