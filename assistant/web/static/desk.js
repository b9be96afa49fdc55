// The support desk: sign in, queue, conversation, answer. All text is set as text, never as HTML; who may see what, the server decides.
(() => {
  const $ = (s) => document.querySelector(s);
  const make = (tag, cls, text, ...inside) => { const e = document.createElement(tag); if (cls) e.className = cls; if (text != null) e.textContent = text; e.append(...inside); return e; };
  const EVERY = 1000;  // ms between two looks
  let me = null, t = {}, open = null, draft = null, stop = null, seen = {};

  async function call(method, path, body) {
    const answer = await fetch("/v1/desk/" + path, { method, headers: { "Content-Type": "application/json", "X-Onevoice": "1" }, body: body ? JSON.stringify(body) : undefined }).catch(() => null);
    if (!answer) return { ok: false, status: 0, body: {} };
    if (answer.status === 401 && me) { me = null; start(); }
    return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => ({})) };
  }
  const say = (text) => { $("#dk-said").textContent = text; };
  const button = (cls, text, act) => { const b = make("button", cls, text); b.type = "button"; b.onclick = act; return b; };
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const clock = (at) => { const d = new Date(at), far = d.toDateString() !== new Date().toDateString(); return d.toLocaleString(document.documentElement.lang || undefined, far ? { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } : { hour: "2-digit", minute: "2-digit" }); };
  const span = (s) => s < 60 ? fill(t.seconds, { n: s }) : s < 3600 ? fill(t.minutes, { n: Math.floor(s / 60) }) : fill(t.hours, { n: Math.floor(s / 3600) });
  function redraw(at, value, draw) {  // only what has changed, and the keyboard stays where it was
    const key = JSON.stringify(value); if (seen[at] === key) return false;
    seen[at] = key;
    const box = $(at), held = box.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    draw(box);
    if (held) [...box.querySelectorAll("[data-key]")].find((e) => e.dataset.key === held)?.focus();
    return true;
  }

  function drawTools() {
    const lang = button("ov-tool", t.language, () => { document.cookie = "onevoice-lang=" + (document.documentElement.lang === "zh" ? "en" : "zh") + ";path=/;max-age=31536000;samesite=lax"; location.reload(); });
    const tools = [lang];
    if (me) tools.unshift(make("span", "dk-me", me.name + " · " + t["role_" + me.role])), tools.push(button("ov-tool", t.sign_out, async () => { await call("DELETE", "session"); location.reload(); }));
    $("#ov-tools").replaceChildren(...tools);
  }
  function field(name, type, label) {
    const input = make("input"); input.name = name; input.type = type; input.required = true; input.autocomplete = type === "password" ? "current-password" : "username";
    return make("label", "", label + " ", input);
  }
  function drawLogin(demo) {
    const form = make("form", "dk-card", null, make("h2", "", t.sign_in), field("name", "text", t.name), field("password", "password", t.password));
    const send = make("button", "dk-primary", t.sign_in); send.type = "submit"; form.append(send);
    const enter = async (path, body) => {
      const answer = await call("POST", path, body);
      if (answer.ok) { say(""); start(); } else say(answer.status === 429 ? t.too_many : answer.status === 401 ? t.wrong : t.failed);
    };
    form.onsubmit = (event) => { event.preventDefault(); enter("session", { name: form.elements.name.value, password: form.elements.password.value }); form.elements.password.value = ""; };
    if (demo) form.append(button("ov-tool", t.demo, () => enter("session/demo")));
    $("#dk-login").replaceChildren(form); form.elements.name.focus();
  }

  function entry(row, lines) {
    const b = button("dk-row" + (row.id === open ? " dk-open" : ""), null, () => show(row.id)); b.dataset.key = row.id;
    if (row.id === open) b.setAttribute("aria-current", "true");
    b.append(...lines); return b;
  }
  async function look() {
    const answer = await call("GET", "queue"); if (!answer.ok) return;
    const rows = answer.body.queue.map((row) => ({ ...row, waited: span(row.waited_s), waited_s: 0 }));
    redraw("#dk-queue", [rows, open], (box) => {
      box.replaceChildren(make("h2", "", t.queue + " (" + rows.filter((row) => row.status === "waiting").length + ")"));
      if (!rows.length) box.append(make("p", "ov-empty", t.queue_empty));
      for (const row of rows) box.append(entry(row, [
        make("span", "dk-top", null, make("b", "", row.name || t.guest), make("span", "dk-wait", row.waited)),
        make("span", "dk-reason", row.reason || t.unasked),
        make("span", "dk-tags", null, make("span", "ov-label" + (row.mood === "calm" || !row.mood ? "" : " ov-alt"), t["mood_" + (row.mood || "calm")]), make("span", "ov-label", row.status === "waiting" ? t.waiting : row.mine ? t.mine : fill(t.taken_by, { name: row.by }))),
      ]));
    });
  }
  async function find(text) {
    const box = $("#dk-found");
    if (!text.trim()) { box.hidden = true; box.replaceChildren(); return; }
    const answer = await call("GET", "search?q=" + encodeURIComponent(text)); if (!answer.ok) return say(t.failed);
    box.hidden = false; box.replaceChildren(make("h2", "", t.found + " (" + answer.body.found.length + ")"));
    for (const row of answer.body.found) box.append(entry(row, [make("span", "dk-top", null, make("b", "", row.name || t.guest), make("span", "dk-wait", clock(row.at))), make("span", "dk-reason", row.excerpt)]));
    if (!answer.body.found.length) box.append(make("p", "ov-empty", t.none_found));
  }

  async function show(id) {
    if (id !== open) { open = id; draft = null; seen = {}; for (const at of ["#dk-head", "#dk-packet", "#dk-log", "#dk-panel"]) $(at).replaceChildren(); $("#dk-answer").hidden = true; $("#dk-answer textarea").value = ""; drop(); look(); }
    const answer = await call("GET", "conversations/" + encodeURIComponent(id));
    if (open !== id) return;
    if (answer.status === 404) { open = null; seen = {}; for (const at of ["#dk-head", "#dk-packet", "#dk-log", "#dk-panel"]) $(at).replaceChildren(); $("#dk-answer").hidden = true; return say(t.not_open); }
    if (answer.ok) draw(answer.body);
  }
  function draw(talk) {
    redraw("#dk-head", [talk.can, talk.by], (box) => {
      const doing = [make("h2", "", talk.by ? fill(talk.can.answer ? t.yours : t.taken_by, { name: talk.by }) : t.assistant_answers)];
      const act = (text, path, key) => { const b = button("dk-primary", text, async () => { const answer = await call("POST", "conversations/" + encodeURIComponent(talk.id) + "/" + path); say(answer.ok ? "" : answer.status === 409 ? fill(t.taken_by, { name: answer.body.by }) : t.not_open); look(); await show(talk.id); if (path === "take" && answer.ok) $("#dk-answer textarea").focus(); }); b.dataset.key = key; return b; };
      if (talk.can.take) doing.push(act(t.take, "take", "take"));
      if (talk.can.hand_back) doing.push(act(t.hand_back, "back", "back"));
      box.replaceChildren(...doing);
    });
    redraw("#dk-packet", talk.packet, drawPacket(talk.packet));
    const log = $("#dk-log"), low = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
    if (redraw("#dk-log", talk.turns, (box) => box.replaceChildren(...talk.turns.flatMap(drawTurn)))) { if (low) log.scrollTop = log.scrollHeight; }
    $("#dk-answer").hidden = !talk.can.answer;
    redraw("#dk-panel", talk.panel, drawPanel(talk.panel));
  }
  function drawTurn(turn) {
    const rows = [], kind = turn.from ? turn.from.kind : null;
    if (turn.text) rows.push(make("div", "dk-msg dk-shopper", null, make("small", "", t.shopper + " · " + clock(turn.at)), make("p", "", turn.text)));
    if (kind === "held") return rows;
    if (kind === "joined" || kind === "left") return [...rows, make("div", "dk-notice", turn.reply)];
    const who = turn.from ? turn.from.name + " · " + t["role_" + turn.from.role] : t.assistant;
    const told = make("div", "dk-msg " + (turn.from ? "dk-person" : "dk-assistant"), null, make("small", "", who + " · " + clock(turn.at)), make("p", "", turn.reply));
    for (const product of turn.products) told.append(make("p", "dk-product", product.title + " · " + product.price));
    return [...rows, told];
  }
  const list = (title, items) => items.length ? [make("h3", "", title), make("ul", "", null, ...items.map((item) => make("li", "", item)))] : [];
  const drawPacket = (packet) => (box) => {
    if (!packet) return box.replaceChildren();
    const told = (name, value) => value ? [make("dt", "", name), make("dd", "", value)] : [];
    const plain = (value) => Array.isArray(value) ? value.map(plain).join(", ") : value && typeof value === "object" ? Object.entries(value).map(([name, held]) => name + ": " + plain(held)).join("; ") : String(value);
    const promises = packet.promises || {}, wishes = Object.entries(packet.constraints || {}).map(([name, value]) => name + ": " + plain(value)).join("; ");
    const prices = (promises.prices || []).map((told) => told.title + " " + told.price).join("; "), policies = (promises.policies || []).map((told) => told.source + ": “" + told.quote + "”");
    const details = make("details", "dk-card", null, make("summary", "", t.packet), make("dl", "", null,
      ...told(t.reason, packet.reason), ...told(t.open_question, packet.open_question), ...told(t.goal, packet.goal), ...told(t.mood, t["mood_" + packet.mood]), ...told(t.constraints, wishes),
      ...told(t.products, (packet.products || []).join(", ")), ...told(t.prices, prices), ...told(t.cart, plain(promises.cart || packet.cart || {})), ...told(t.order, packet.order), ...told(t.reply_language, packet.language)), ...list(t.policies, policies));
    details.open = true; box.replaceChildren(details);
  };
  const drawPanel = (panel) => (box) => {
    if (!panel) return box.replaceChildren(make("p", "ov-empty", t.no_shopper));
    box.replaceChildren(make("h2", "", panel.name || t.shopper));
    if (panel.email) box.append(make("p", "", panel.email));
    if ("consent" in panel) box.append(make("p", "ov-label", panel.consent ? t.consent_on : t.consent_off));
    box.append(...list(t.preferences, Object.entries(panel.preferences || {}).filter(([, value]) => value != null && String(value)).map(([name, value]) => name + ": " + (Array.isArray(value) ? value.join(", ") : value))));
    box.append(...list(t.orders, (panel.orders || []).map((order) => order.id + " · " + clock(order.at) + " · " + (order.status || "?") + " · " + order.lines.map((line) => line.quantity + " × " + line.title).join(", ") + (order.address ? " · " + (typeof order.address === "string" ? order.address : JSON.stringify(order.address)) : ""))));
    box.append(...list(t.events, (panel.events || []).map((event) => t["event_" + event.type] + ": " + event.title + " · " + clock(event.at))));
  };

  function drop() { if (stop) stop.abort(); stop = null; draft = null; $("#dk-sources").replaceChildren(); }
  async function drafting() {  // the draft fills the box sentence by sentence, unless somebody writes in it
    const box = $("#dk-answer textarea"), id = open; drop(); stop = new AbortController(); const mine = stop; box.value = "";
    const answer = await fetch("/v1/desk/conversations/" + encodeURIComponent(id) + "/draft", { method: "POST", headers: { "X-Onevoice": "1" }, signal: mine.signal }).catch(() => null);
    if (!answer || !answer.ok) return say(answer ? (await answer.json().catch(() => ({}))).error || t.failed : t.failed);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader(); let rest = "", made = "";
    try {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        const lines = (rest + piece.value).split("\n"); rest = lines.pop();
        for (const line of lines.filter(Boolean).map((line) => JSON.parse(line))) {
          if (stop !== mine || box.value !== made) return mine.abort();
          if (line.draft) { draft = line.draft; continue; }
          made = box.value = (made + " " + line.sentence).trim();
          $("#dk-sources").append(make("li", "", line.sentence + " ← " + (line.sources || []).map((s) => s.source).filter(Boolean).join(", ")));
        }
      }
    } catch { /* it was discarded */ }
  }
  async function send() {
    const box = $("#dk-answer textarea"), text = box.value, id = open; if (!text.trim() || !id) return;
    const answer = await call("POST", "conversations/" + encodeURIComponent(id) + "/say", { text, draft });
    if (!answer.ok) return say(answer.status === 404 ? t.not_open : t.failed);
    box.value = ""; drop(); say(""); box.focus(); if (open === id) { draw(answer.body); $("#dk-log").scrollTop = $("#dk-log").scrollHeight; }
  }
  function drawAnswer(drafts) {
    const form = $("#dk-answer"), box = make("textarea"); box.rows = 4; box.maxLength = 2000; box.setAttribute("aria-label", t.answer); box.placeholder = t.answer + " (" + t.keys + ")";
    box.onkeydown = (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); } };
    const go = make("button", "dk-primary", t.send); go.type = "submit";
    const row = make("div", "dk-buttons", null, go);
    if (drafts) row.append(button("ov-tool", t.draft, drafting));
    row.append(button("ov-tool", t.discard, () => { drop(); box.value = ""; box.focus(); }));
    const sources = make("ul", "dk-sources"); sources.id = "dk-sources";
    form.replaceChildren(box, sources, row); form.onsubmit = (event) => { event.preventDefault(); send(); };
    const search = $("#dk-search"), words = make("input"); words.type = "search"; words.placeholder = t.search; words.setAttribute("aria-label", t.search);
    search.replaceChildren(words); search.onsubmit = (event) => { event.preventDefault(); find(words.value); };
    words.oninput = () => { if (!words.value) find(""); };
  }
  async function start() {
    const answer = await call("GET", "session"); if (!answer.ok) return setTimeout(start, 2000);
    t = answer.body.texts; me = answer.body.staff; document.documentElement.lang = answer.body.language; document.title = t.desk + " · " + $("#ov-header h1").textContent;
    drawTools(); $("#dk-login").hidden = !!me; $("#dk-desk").hidden = !me; seen = {};
    if (!me) { open = null; for (const at of ["#dk-head", "#dk-packet", "#dk-log", "#dk-panel", "#dk-queue", "#dk-found"]) $(at).replaceChildren(); return drawLogin(answer.body.demo); }
    drawAnswer(answer.body.drafts); look();
  }
  async function tick() { if (me && !document.hidden) { await look(); if (open) await show(open); } setTimeout(tick, EVERY); }
  function wait() { if (!$("#dk-frame #dk-login")) return setTimeout(wait, 50); start(); tick(); }
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", wait); else wait();
})();
