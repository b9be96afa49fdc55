// Signing in: a name and a password, or the demo agent of a demo shop.

import { $, button, make } from "../shared.js";
import { say } from "./draw.js";
import { call } from "./net.js";
import { t } from "./texts.js";

const REFUSED = { 401: "wrong", 429: "too_many" };

function field(name, type, label, complete) {
  const input = make("input");
  Object.assign(input, { name, type, required: true, autocomplete: complete });
  return make("label", "", label, input);
}

/** Draw the form; `done` is called once somebody is signed in. */
export function drawLogin(demo, done) {
  const send = make("button", "dk-primary", t.sign_in);
  const form = make(
    "form", "dk-card", null, make("h2", "", t.sign_in), field("name", "text", t.name, "username"),
    field("password", "password", t.password, "current-password"), send,
  );
  const enter = async (path, body) => {
    const answer = await call("POST", path, body);
    say(answer.ok ? "" : t[REFUSED[answer.status]] || t.failed);
    if (answer.ok) done();
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    const { name, password } = form.elements;
    enter("session", { name: name.value, password: password.value });
    password.value = "";
  };
  if (demo) form.append(button("ov-tool", t.demo, () => enter("session/demo")));
  $("#dk-login").replaceChildren(form);
  form.elements.name.focus();
}
