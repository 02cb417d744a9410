// Decisions on their way to the server: kept in this browser (per account) from the key on until the answer,
// sent by fetch, and sent again when there was no connection or the page was left before the answer came.
// The server knows a decision it has already. What somebody else decided meanwhile is never overwritten.
// A page whose account is no longer the one signed in in this browser neither keeps nor sends anything.
"use strict";
(function () {
  const box = document.querySelector("[data-wire]");
  if (!box) return;
  const WORDS = JSON.parse(box.dataset.words);
  const KEEP = "dini.tunda." + box.dataset.account;
  const MADE = "dini.putusan." + box.dataset.account;
  const ACCOUNT = "dini.akun"; // whose this browser is: an account, or "" after signing out
  const RETRY = 4000, PATIENCE = 15000, BAR = 6000, SLOW = 500;
  const flying = new Map(); // decisions of this page that wait for their answer
  const bar = box.querySelector("[data-bar]");
  const panel = box.querySelector("[data-kept]");
  let lost = false, round = null, hiding = 0, slow = 0, turn = Promise.resolve(), stopped = "";

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

  // Once stopped only a reload helps: the page's token and all it shows are those of another session.
  function foreign() {
    let now = null;
    try { now = localStorage.getItem(ACCOUNT); } catch { /* forbidden: the server refuses all the same */ }
    if (now !== null && now !== box.dataset.account) stop(now ? "other_account" : "left");
    return Boolean(stopped);
  }
  function stop(word) {
    if (stopped === word) return;
    stopped = word;
    show("");
    draw();
  }
  const signed = () => ({ "X-Dini-Akun": box.dataset.account });
  // Of two tabs, or of two rounds of one, never both send a decision, and none is undone while it is sent.
  function locked(work) {
    const mine = turn.then(() => navigator.locks ? navigator.locks.request("dini.kirim", work) : work());
    turn = mine.catch(() => { /* whoever asked for it is told */ });
    return mine;
  }

  function ask(url, fields, more) {
    const body = new URLSearchParams();
    for (const [name, value] of fields) if (name !== "csrf") body.append(name, value);
    body.append("csrf", box.dataset.csrf);
    return fetch(url, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json", ...signed() }, ...more });
  }
  // {kind: "answer", status, body} or {kind: "lost"} or {kind: "signed_out"} or {kind: "other", asked}
  async function post(url, fields) {
    if (foreign()) return { kind: "other", asked: false };
    let answer, body;
    try {
      answer = await ask(url, fields, { signal: AbortSignal.timeout(PATIENCE) });
    } catch { return { kind: "lost" }; }
    if (answer.type === "opaqueredirect") return { kind: "signed_out" };
    if (answer.status >= 500 || answer.status === 429) return { kind: "lost" };
    if (!(answer.headers.get("content-type") || "").includes("application/json"))
      return answer.status === 403 ? { kind: "signed_out" } : { kind: "answer", status: answer.status, body: { state: "salah", detail: say("failed") } };
    try { body = await answer.json(); } catch { return { kind: "lost" }; }
    if (body.state === "akun_lain") { stop("other_account"); return { kind: "other", asked: true }; }
    return { kind: "answer", status: answer.status, body };
  }

  function show(text, bad, passing) {
    clearTimeout(hiding);
    if (stopped) [text, bad, passing] = [say(stopped), true, false];
    bar.textContent = text;
    bar.classList.toggle("bad", Boolean(bad));
    delete bar.dataset.sending;
    bar.hidden = !text;
    if (passing) hiding = setTimeout(() => { bar.hidden = true; }, BAR);
  }
  function gone(kind) {
    if (kind === "other") { foreign(); return; }
    lost = true;
    const waits = kept().filter((one) => one.state === "menunggu").length;
    const more = waits ? " " + say("waiting_n", { n: waits }) : "";
    show(say(kind === "signed_out" ? "signed_out" : "offline") + more, true);
  }
  function back(sent) {
    if (!lost && !sent) return;
    show([lost ? say("online") : "", sent ? say("sent_n", { n: sent }) : ""].join(" ").trim(), false, true);
    lost = false;
  }
  // A slow line is told of: how many are on their way, until the last has its answer.
  function onTheWay() {
    if (!flying.size) {
      clearTimeout(slow);
      slow = 0;
      if ("sending" in bar.dataset) show("");
    } else if (!lost && "sending" in bar.dataset) tellSending();
    else if (!slow) slow = setTimeout(() => { slow = 0; if (flying.size && !lost) tellSending(); }, SLOW);
  }
  function tellSending() {
    show(say("sending_n", { n: flying.size }));
    bar.dataset.sending = "";
  }
  const waits = (one) => one.state === "menunggu" ||
    (one.state === "dikirim" && !flying.has(one.id) && Date.now() - Date.parse(one.at) > PATIENCE + RETRY);

  const same = (entry) => (one) => one.id === entry.id && one.at === entry.at;
  // One decision; {kept: true} when it stays here for now, {stopped: true} when this page may not, else {status, body}.
  async function decide(given) {
    if (foreign()) return { stopped: true };
    const before = kept().find((one) => one.id === given.id);
    const entry = keep(given, "dikirim");
    // One on the same incident may be on its way: this one follows it, and is made on what that one left.
    const asked = before ? locked(() => post(entry.url, (kept().find(same(entry)) || entry).fields)) : post(entry.url, entry.fields);
    flying.set(entry.id, asked);
    onTheWay();
    const result = await asked;
    landed(entry, asked);
    if (result.kind === "other") {
      // Pressed by whoever is signed in now: not this account's, and what this account had waiting comes back.
      if (result.asked) write(localStorage, KEEP, [...kept().filter((one) => !same(entry)(one)), ...(before ? [before] : [])]);
      else change(entry, { state: "menunggu" });
      return { stopped: true };
    }
    if (result.kind !== "answer") {
      change(entry, { state: "menunggu" });
      gone(result.kind);
      return { kept: true };
    }
    recorded(entry, result);
    onTheWay();
    back(0);
    return { status: result.status, body: result.body };
  }
  function landed(entry, asked) {
    if (flying.get(entry.id) === asked) flying.delete(entry.id);
  }
  function keep(given, state) {
    if (foreign()) return given;
    const entry = { ...given, state: state || "menunggu", at: new Date().toISOString() };
    write(localStorage, KEEP, [...kept().filter((one) => one.id !== entry.id), entry]);
    draw();
    return entry;
  }
  function change(entry, more) {
    write(localStorage, KEEP, kept().map((one) => same(entry)(one) ? { ...one, ...more } : one));
    draw();
  }
  function forget(entry) {
    write(localStorage, KEEP, kept().filter((one) => !same(entry)(one)));
    draw();
  }
  // The answer is about this decision: a newer one on the same incident stays, made on what stands now.
  function recorded(entry, { status, body }) {
    forget(entry);
    if (status !== 200) return;
    made(entry, body);
    for (const newer of kept().filter((one) => one.id === entry.id)) change(newer, { fields: on(newer, body) });
  }
  const on = (entry, body) =>
    [...entry.fields.filter((pair) => pair[0] !== "terlihat"), ["terlihat", String((body && body.review_id) || "")]];
  function made(entry, body) {
    if (body.review_id) write(sessionStorage, MADE, [...read(sessionStorage, MADE), { id: String(entry.id), review: body.review_id, at: entry.at }].slice(-100));
  }

  // All that waits, one after the other; whoever asks meanwhile waits for the same round.
  function flush() {
    if (foreign() || !kept().some(waits)) return round || Promise.resolve();
    round = round || sendWaiting().finally(() => { round = null; draw(); });
    return round;
  }
  async function sendWaiting() {
    let sent = 0;
    for (const known of kept().filter(waits)) {
      const result = await locked(async () => {
        // Undone, decided anew, or sent by another tab meanwhile.
        const entry = kept().find(same(known));
        if (!entry || !waits(entry)) return null;
        const asked = post(entry.url, entry.fields);
        flying.set(entry.id, asked);
        const answer = await asked;
        landed(entry, asked);
        if (answer.kind !== "answer") return answer;
        const { status, body } = answer, latest = kept().some(same(entry));
        if (status === 200) {
          sent += 1;
          recorded(entry, answer);
        } else change(entry, { state: body.state, detail: body.detail, now: body });
        if (latest) tell(status === 200 ? "dini:sent" : "dini:refused", { entry, body });
        return answer;
      });
      onTheWay();
      if (result && result.kind !== "answer") { gone(result.kind); return; }
      if (result && (lost || sent)) back(sent);
    }
  }

  // The newest decision that has no answer yet, and taking it back: {forgotten} when it was not sent,
  // {review} when it was recorded first, {refused}, or {elsewhere} when another tab sent it.
  const newest = () => kept().filter((one) => one.state === "menunggu" || flying.has(one.id)).at(-1);
  async function takeBack(one) {
    const asked = flying.get(one.id);
    if (asked) {
      await asked;
      await new Promise((done) => setTimeout(done)); // its line has been told first
    }
    return locked(() => {
      const entry = kept().find(same(one));
      if (entry && entry.state === "menunggu") { forget(entry); return { forgotten: true }; }
      const last = read(sessionStorage, MADE).filter(same(one)).at(-1);
      return last ? { review: last.review } : entry || asked ? { refused: true } : { elsewhere: true };
    });
  }

  const field = (entry, name) => (entry.fields.find((pair) => pair[0] === name) || ["", ""])[1];
  function standing(body) {
    return say("stands", { what: body.decision ? say(body.decision) : say("nobody"), who: body.by || "–" });
  }
  function draw() {
    // What the account before had waiting is nothing for whoever sits here now.
    const every = stopped ? [] : kept().filter((one) => one.state !== "dikirim"), list = panel.querySelector("ol");
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
      item.append(button("discard", () => { if (!foreign()) { forget(entry); tell("dini:discarded", { entry }); } }));
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
    keep({ ...entry, fields: on(entry, entry.now) });
    flush();
  }

  window.Dini = {
    say, post, decide, keep, flush, standing, back, gone, foreign, signed, newest, takeBack,
    who: box.dataset.who,
    waiting: () => kept().filter((one) => one.state !== "dikirim"),
    flies: (id) => flying.has(id),
    unrecorded: () => kept().length,
    left: () => { try { localStorage.setItem(ACCOUNT, ""); } catch { /* forbidden */ } },
    // Whether a page or the news was refused because it is another account's now.
    refused: (answer) => { if (answer.status === 409) stop("other_account"); return answer.status === 409; },
    answered: () => Promise.all(flying.values()), // what is on its way has its answer

    lastMade: () => read(sessionStorage, MADE).at(-1),
    dropMade: (review) => write(sessionStorage, MADE, read(sessionStorage, MADE).filter((one) => one.review !== review)),
    made: (id, review) => made({ id }, { review_id: review }),
    place: (value) => value === undefined ? read(sessionStorage, "dini.tempat") : write(sessionStorage, "dini.tempat", value),
  };
  window.addEventListener("offline", () => gone("lost"));
  window.addEventListener("online", () => { if (kept().length) flush(); else back(0); });
  // What is on its way when the page is left is sent once more, past its end; the next page asks how it went.
  window.addEventListener("pagehide", () => {
    if (!flying.size || foreign()) return;
    const left = kept().filter((one) => flying.has(one.id));
    write(localStorage, KEEP, kept().map((one) => flying.has(one.id) ? { ...one, state: "menunggu" } : one));
    for (const one of left) ask(one.url, one.fields, { keepalive: true }).catch(() => { /* it is kept */ });
  });
  window.addEventListener("storage", (event) => {
    if (event.key === KEEP) draw();
    if (event.key === ACCOUNT) foreign();
  });
  window.addEventListener("pageshow", foreign); // one that was kept whole while another account signed in
  setInterval(() => { if (!document.hidden) flush(); }, RETRY);
  try { localStorage.setItem(ACCOUNT, box.dataset.account); } catch { /* forbidden */ }
  draw();
  flush();
})();
