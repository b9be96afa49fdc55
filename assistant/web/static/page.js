// The page around the chat: cart, sign-in, chips, stop. Texts and prices come from the server; nothing is loaded from elsewhere.
import { $, clock, make, post, switchLanguage } from "./shared.js";

(() => {
  let state = null, picked = [], heard;
  const known = new Promise((resolve) => { heard = resolve; });  // what is pressed before the server has told the state waits for it

  function say(text) {
    const box = $("#ov-box textarea, #ov-box input");
    const proto = box.tagName === "TEXTAREA" ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
    Object.getOwnPropertyDescriptor(proto, "value").set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => ($("#ov-send button") || $("#ov-send")).click(), 60);
  }
  function toast(text) {
    const t = make("div", "ov-toast", text); t.setAttribute("role", "status"); document.body.append(t); setTimeout(() => t.remove(), 2200);
  }
  function drawTools() {
    const tools = $("#ov-tools"); if (!tools || !state) return;
    const t = state.texts; tools.replaceChildren();
    if (state.demo) {
      const who = make("select", "ov-who"); who.id = "ov-who"; who.setAttribute("aria-label", t.sign_in);
      who.append(new Option(state.shopper ? t.sign_out : t.guest, ""));
      for (const p of state.people) who.append(new Option(p.name, p.id, false, p.name === state.shopper));
      who.onchange = async () => { await post(who.value ? "/shop/sign-in" : "/shop/sign-out", { shopper: who.value }); location.reload(); };
      tools.append(who);
    } else if (state.shopper) {
      const out = make("button", "ov-tool", t.sign_out); out.id = "ov-sign-out"; out.title = state.shopper;
      out.onclick = async () => { await post("/shop/sign-out"); location.reload(); };
      tools.append(out);
    } else if (state.sign_in) {
      const go = make("a", "ov-tool", t.log_in); go.id = "ov-sign-in"; go.href = state.sign_in;
      tools.append(go);
    }
    if (state.strength != null) {
      const much = make("select", "ov-who"); much.id = "ov-strength"; much.setAttribute("aria-label", t.history); much.title = t.history;
      const steps = [[0, t.history_0], [0.25, t.history_1], [0.5, t.history_2], [1, t.history_3]];
      const nearest = steps.reduce((a, b) => Math.abs(b[0] - state.strength) < Math.abs(a[0] - state.strength) ? b : a)[0];
      for (const [value, text] of steps) much.append(new Option(text, value, false, value === nearest));
      much.onchange = async () => { const answer = await post("/shop/strength", { strength: Number(much.value) }); toast(answer.ok ? "✓" : t.failed); refresh(); };
      tools.append(much);
    }
    const lang = make("button", "ov-tool", t.language);
    lang.onclick = switchLanguage;
    const fresh = make("button", "ov-tool", t.new);
    fresh.onclick = async () => { await post("/shop/new"); location.reload(); };
    const gone = make("button", "ov-tool", t.erase); gone.id = "ov-erase";
    gone.onclick = async () => { if (confirm(t.erase_sure)) { const answer = await post("/shop/forget").catch(() => ({ ok: false })); if (answer.ok) location.reload(); else toast(t.failed); } };
    const cart = make("button", "ov-tool ov-carttoggle", t.cart + " (" + state.cart.count + ")");
    cart.onclick = () => document.body.classList.toggle("ov-open");
    tools.append(lang, fresh, gone, cart);
    const box = $("#ov-box textarea"); if (box) { box.placeholder = t.ask; box.setAttribute("aria-label", t.ask); }
    document.documentElement.lang = state.language;
  }
  function drawCart() {
    const cart = $("#ov-cart"); if (!cart || !state) return;
    const t = state.texts; cart.replaceChildren(make("h2", "", t.cart));
    if (!state.cart.lines.length) cart.append(make("p", "ov-empty", t.empty));
    for (const line of state.cart.lines) {
      const row = make("div", "ov-line"), about = make("div", "ov-about");
      if (line.image) { const img = make("img"); img.src = line.image; img.alt = ""; row.append(img); }
      about.append(make("b", "", line.title), make("small", "", line.options));
      const count = make("div", "ov-count"), less = make("button", "", "−"), more = make("button", "", "+"), gone = make("button", "ov-gone", "×");
      less.setAttribute("aria-label", "−1 " + line.title); more.setAttribute("aria-label", "+1 " + line.title); gone.setAttribute("aria-label", t.remove + " " + line.title);
      less.onclick = () => change(line.id, line.quantity - 1, "set"); more.onclick = () => change(line.id, 1, "add"); gone.onclick = () => change(line.id, 0, "remove");
      count.append(less, make("span", "", line.quantity), more, make("span", "ov-sum", line.price), gone); about.append(count); row.append(about); cart.append(row);
    }
    if (state.cart.total) { const sum = make("p", "ov-total"); sum.append(t.total + " ", make("b", "", state.cart.total)); cart.append(sum); }
  }
  async function change(id, quantity, mode) {
    const answer = await post("/shop/cart", { product_id: id, quantity, mode });
    const body = await answer.json().catch(() => ({}));
    if (body.cart) state.cart = body.cart;
    toast(answer.ok ? state.texts.added && mode === "add" ? state.texts.added : "✓" : body.error || state.texts.failed);
    drawCart(); drawTools();
  }
  async function refresh() {
    const answer = await fetch("/shop/state").catch(() => null);
    if (!answer || !answer.ok) { if (!state) setTimeout(refresh, 1000); return; }
    state = await answer.json(); heard(); drawTools(); drawCart();
  }
  async function refuse(at, card) {  // "Not for me" and "Forget this": whose, the server knows
    const box = at.closest(".ov-refuse"), place = at.parentElement, t = state.texts, title = card.dataset.title;
    const button = (cls, text) => { const b = make("button", cls, text); b.setAttribute("aria-label", text + ": " + title); return b; };
    const forget = at.classList.contains("ov-forget"), undo = at.classList.contains("ov-undo");
    const { type, productId, at: when } = box.dataset;
    at.disabled = true;
    const answer = await (forget ? post("/shop/forget-event", { type, product_id: productId, at: when })
                                 : post("/shop/dismiss", { product_id: card.dataset.id, undo })).catch(() => ({ ok: false }));
    at.disabled = false;
    if (!answer.ok) return toast(t.failed);
    if (forget) {  // every card that gave this reason loses it
      for (const other of document.querySelectorAll(".ov-refuse")) {
        if (["type", "productId", "at"].some((name) => other.dataset[name] !== box.dataset[name])) continue;
        other.previousElementSibling.remove(); other.lastElementChild.replaceChildren(...(other === box ? [make("span", "", t.forgot)] : []));
      }
      place.firstElementChild.tabIndex = -1; place.firstElementChild.focus();  // where the keyboard was
    } else {
      place.replaceChildren(...(undo ? [button("ov-dismiss", t.dismiss)] : [make("span", "", t.dismissed), button("ov-undo", t.undo)]));
      place.lastElementChild.focus();
    }
  }
  async function rate(box, thumbs, reason) {  // thumbs: "up", "down", or null to take it back
    const t = state.texts, form = box.querySelector("form"), { turn, tag } = box.dataset;
    const answer = await post("/shop/rate", { turn: Number(turn), tag, thumbs, reason }).catch(() => ({ ok: false }));
    if (!answer.ok) { toast(answer.status === 409 ? t.rate_moved : t.failed); return false; }
    for (const button of box.querySelectorAll("[data-thumbs]")) button.setAttribute("aria-pressed", button.dataset.thumbs === thumbs);
    form.hidden = !thumbs; if (!thumbs) form.elements.reason.value = "";
    return true;
  }
  document.addEventListener("submit", async (event) => {
    const box = event.target.closest(".ov-rate"); if (!box) return;
    event.preventDefault(); await known;
    const pressed = box.querySelector("[aria-pressed=true]"), field = event.target.elements.reason;
    if (pressed && await rate(box, pressed.dataset.thumbs, field.value)) { event.target.hidden = true; pressed.focus(); toast(state.texts.rate_sent); }
  });
  document.addEventListener("click", async (event) => {
    const at = event.target.closest("button"); if (!at) return;
    await known;
    if (at.dataset.thumbs) {
      const box = at.closest(".ov-rate"), on = at.getAttribute("aria-pressed") === "true";
      rate(box, on ? null : at.dataset.thumbs, on ? "" : box.querySelector("form").elements.reason.value); return;
    }
    if (at.classList.contains("ov-chip")) return say(at.dataset.say);
    const card = at.closest(".ov-card"); if (!card) return;
    const chosen = card.querySelector("select"), id = chosen ? chosen.value : card.dataset.id;
    if (at.classList.contains("ov-add")) change(id, 1, "add");
    if (at.closest(".ov-refuse")) refuse(at, card);
    if (at.classList.contains("ov-compare")) {
      card.classList.toggle("ov-picked");
      picked = [...document.querySelectorAll(".ov-card.ov-picked")].map((c) => c.dataset.title).filter((x, n, all) => all.indexOf(x) === n);
      if (picked.length === 2) { document.querySelectorAll(".ov-picked").forEach((c) => c.classList.remove("ov-picked")); say(state.texts.compare_two.replace("{a}", picked[0]).replace("{b}", picked[1])); }
    }
  });
  function localTimes() {  // prices say when they were checked in the reader's own time zone
    for (const time of document.querySelectorAll(".ov-checked time:not([data-local])")) {
      const at = new Date(time.dateTime); time.dataset.local = "1"; if (isNaN(at)) continue;
      time.textContent = clock(at);
    }
  }
  function watch() {
    const log = $("#ov-log"), live = $("#ov-live"), send = $("#ov-send");
    if (!log || !live || !send) return setTimeout(watch, 100);
    const stop = make("button", "ov-stop", "■"); stop.id = "ov-stop"; stop.hidden = true; stop.setAttribute("aria-label", "Stop");
    stop.onclick = () => post("/shop/stop"); send.parentElement.append(stop);
    let busy = false;
    new MutationObserver(localTimes).observe(log, { childList: true, subtree: true }); localTimes();
    new MutationObserver(() => {
      localTimes();
      const now = !!live.querySelector(".ov-said");
      document.body.classList.toggle("ov-busy", now); stop.hidden = !now;
      if (now) (live.querySelector(".ov-note, .ov-cards, .ov-reply") || live).scrollIntoView({ block: "nearest" });
      if (busy && !now) { refresh(); setTimeout(() => log.lastElementChild && log.scrollIntoView({ block: "end" }), 50); }
      busy = now;
    }).observe(live, { childList: true, subtree: true, characterData: true });
    refresh(); news();
  }
  async function news() {  // what a person writes stands there without a reload
    const shown = $("#ov-shown"), busy = document.body.classList.contains("ov-busy");
    if (shown && !busy && !document.hidden) {
      const answer = await fetch("/shop/news").catch(() => null), body = answer && answer.ok ? await answer.json() : null;
      const now = $("#ov-shown"), again = $("#ov-again");
      if (body && now === shown && body.turns > Number(shown.dataset.turns) && !document.body.classList.contains("ov-busy")) (again.querySelector("button") || again).click();
    }
    setTimeout(news, 1000);
  }
  addEventListener("pagehide", () => navigator.sendBeacon("/shop/stop"));
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", watch); else watch();
})();
