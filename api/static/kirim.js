// Decisions on their way to the server: sent by fetch, kept in this browser (per account) while there is no
// connection, and sent again when it is back. What somebody else decided meanwhile is shown, never overwritten.
"use strict";
(function () {
  const box = document.querySelector("[data-wire]");
  if (!box) return;
  const WORDS = JSON.parse(box.dataset.words);
  const KEEP = "dini.tunda." + box.dataset.account;
  const MADE = "dini.putusan." + box.dataset.account;
  const RETRY = 4000, PATIENCE = 15000, BAR = 6000;
  const bar = box.querySelector("[data-bar]");
  const panel = box.querySelector("[data-kept]");
  let lost = false, sending = false, hiding = 0;

  const say = (key, values) =>
    (WORDS[key] || key).replace(/\{(\w+)\}/g, (_, name) => (values && name in values ? values[name] : ""));

  function read(storage, key) {
    try { return JSON.parse(storage.getItem(key)) || []; } catch { return []; }
  }
  function write(storage, key, value) {
    try { storage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: the line still says so */ }
  }
  const kept = () => read(localStorage, KEEP);
  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  // {kind: "answer", status, body} or {kind: "lost"} or {kind: "signed_out"}
  async function post(url, fields) {
    const body = new URLSearchParams();
    for (const [name, value] of fields) if (name !== "csrf") body.append(name, value);
    body.append("csrf", box.dataset.csrf);
    let answer;
    try {
      answer = await fetch(url, {
        method: "POST", body, redirect: "manual", headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch { return { kind: "lost" }; }
    if (answer.type === "opaqueredirect") return { kind: "signed_out" };
    if (answer.status >= 500 || answer.status === 429) return { kind: "lost" };
    if (!(answer.headers.get("content-type") || "").includes("application/json"))
      return answer.status === 403 ? { kind: "signed_out" } : { kind: "answer", status: answer.status, body: { state: "salah", detail: say("failed") } };
    try { return { kind: "answer", status: answer.status, body: await answer.json() }; } catch { return { kind: "lost" }; }
  }

  function show(text, bad, passing) {
    clearTimeout(hiding);
    bar.textContent = text;
    bar.classList.toggle("bad", Boolean(bad));
    bar.hidden = !text;
    if (passing) hiding = setTimeout(() => { bar.hidden = true; }, BAR);
  }
  function gone(kind) {
    lost = true;
    const waits = kept().filter((one) => one.state === "menunggu").length;
    const more = waits ? " " + say("waiting_n", { n: waits }) : "";
    show(say(kind === "signed_out" ? "signed_out" : "offline") + more, true);
  }
  function back(sent) {
    if (!lost && !sent) return;
    lost = false;
    show(say("online") + (sent ? " " + say("sent_n", { n: sent }) : ""), false, true);
  }

  // One decision; answers {kept: true} when it stays here for now, else {status, body}.
  async function decide(entry) {
    const result = await post(entry.url, entry.fields);
    if (result.kind !== "answer") {
      keep(entry);
      gone(result.kind);
      return { kept: true };
    }
    back(0);
    if (result.status === 200) made(entry, result.body);
    return { status: result.status, body: result.body };
  }
  function keep(entry) {
    const others = kept().filter((one) => one.id !== entry.id);
    write(localStorage, KEEP, [...others, { ...entry, state: "menunggu", at: new Date().toISOString() }]);
    draw();
  }
  function forget(id) {
    write(localStorage, KEEP, kept().filter((one) => one.id !== id));
    draw();
  }
  function made(entry, body) {
    if (body.review_id) write(sessionStorage, MADE, [...read(sessionStorage, MADE), { id: String(entry.id), review: body.review_id }].slice(-100));
  }

  async function flush() {
    if (sending || !kept().some((one) => one.state === "menunggu")) return;
    sending = true;
    let sent = 0;
    const work = async () => {
      for (const entry of kept()) {
        if (entry.state !== "menunggu") continue;
        const result = await post(entry.url, entry.fields);
        if (result.kind !== "answer") { gone(result.kind); break; }
        if (result.status === 200) {
          sent += 1;
          forget(entry.id);
          made(entry, result.body);
          tell("dini:sent", { entry, body: result.body });
        } else {
          write(localStorage, KEEP, kept().map((one) =>
            one.id === entry.id ? { ...one, state: result.body.state, detail: result.body.detail, now: result.body } : one));
          tell("dini:refused", { entry, body: result.body });
        }
        if (lost || sent) back(sent);
      }
    };
    // Two tabs of one browser must not send the same decision at once.
    try { await (navigator.locks ? navigator.locks.request("dini.kirim", work) : work()); } finally { sending = false; draw(); }
  }

  const field = (entry, name) => (entry.fields.find((pair) => pair[0] === name) || ["", ""])[1];
  function standing(body) {
    return say("stands", { what: body.decision ? say(body.decision) : say("nobody"), who: body.by || "–" });
  }
  function draw() {
    const every = kept(), list = panel.querySelector("ol");
    list.replaceChildren(...every.map((entry) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = "/insiden/" + entry.id;
      link.textContent = say("incident", { n: entry.id }) + " " + entry.title;
      const typed = field(entry, "catatan");
      const mine = document.createElement("p");
      mine.textContent = say("your_decision") + ": " + say(field(entry, "putusan")) + (typed ? ", " + say("note") + ": “" + typed + "”" : "") + ".";
      item.append(link, mine);
      const why = document.createElement("p");
      if (entry.state === "menunggu") why.textContent = say("waiting");
      else why.textContent = entry.detail + (entry.now && entry.state === "bentrok" ? " " + standing(entry.now) : "");
      item.append(why);
      if (entry.state === "bentrok") item.append(button("decide_anyway", () => again(entry)));
      item.append(button("discard", () => { forget(entry.id); tell("dini:discarded", { entry }); }));
      return item;
    }));
    panel.hidden = !every.length;
  }
  function button(word, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = say(word);
    made.addEventListener("click", act);
    return made;
  }
  // On what now stands, knowingly: the review that was shown is the one this decision is made on.
  function again(entry) {
    const fields = entry.fields.filter((pair) => pair[0] !== "terlihat");
    keep({ ...entry, fields: [...fields, ["terlihat", String((entry.now && entry.now.review_id) || "")]] });
    flush();
  }

  window.Dini = {
    say, post, decide, keep, forget, flush, standing, back, gone,
    who: box.dataset.who,
    waiting: () => kept(),
    lastMade: () => read(sessionStorage, MADE).at(-1),
    dropMade: () => write(sessionStorage, MADE, read(sessionStorage, MADE).slice(0, -1)),
    made: (id, review) => made({ id }, { review_id: review }),
    place: (value) => value === undefined ? read(sessionStorage, "dini.tempat") : write(sessionStorage, "dini.tempat", value),
  };
  window.addEventListener("offline", () => gone("lost"));
  window.addEventListener("online", () => { if (kept().length) flush(); else back(0); });
  window.addEventListener("storage", (event) => { if (event.key === KEEP) draw(); });
  setInterval(() => { if (!document.hidden) flush(); }, RETRY);
  draw();
  if (kept().some((one) => one.state === "menunggu")) flush();
})();
