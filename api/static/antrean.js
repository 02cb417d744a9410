// The queue by keyboard: decisions by fetch, ticks, claims, undo, and what changed since the page was shown.
// Without this file every form of the page still works by itself.
"use strict";
document.addEventListener("DOMContentLoaded", function () {
  const $ = (selector, root) => (root || document).querySelector(selector);
  const $$ = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const list = $("[data-lines]"), bulk = $("[data-bulk]"), notice = $("[data-notice]"), fresh = $("[data-fresh]");
  const Dini = window.Dini;
  if (!list || !Dini) return;
  const say = Dini.say;
  const POLL = 15000, LEAVING = 500, FILL = 60000;
  const away = new Map(); // lines that left, so that an undone decision can bring them back
  let here = null, tag = "", polling = false, fills = 0;

  const lines = () => $$("[data-line]:not(.leaving)", list);
  const line = (id) => document.getElementById("i" + id);

  // --- where one is

  function goTo(one) {
    if (here) here.classList.remove("here");
    here = one || null;
    if (!here) return;
    here.classList.add("here");
    here.focus({ preventScroll: true });
    here.scrollIntoView({ block: "nearest" });
    keepPlace();
  }
  function step(by) {
    const every = lines();
    if (!every.length) return;
    const at = every.indexOf(here);
    goTo(every[at < 0 ? 0 : Math.max(0, Math.min(every.length - 1, at + by))]);
  }
  function onward(from) {
    // Never back to a line that is on its way to the server or told already.
    const every = lines(), at = every.indexOf(from);
    const free = (one) => one !== from && !one.matches(".sending, .waiting, .settled");
    return every.slice(at + 1).find(free) || every.slice(0, Math.max(0, at)).reverse().find(free) || null;
  }
  function keepPlace() {
    Dini.place({ back: list.dataset.back, id: here ? here.dataset.id : "", ids: lines().map((one) => one.dataset.id) });
  }
  function comeBack() {
    const asked = list.dataset.focus, place = Dini.place();
    const wanted = asked || (place.back === list.dataset.back && cameBack() ? place.id : "");
    if (!wanted) return;
    // The line itself, or the first after it that is still there.
    const ids = place.ids || [], after = ids.slice(Math.max(0, ids.indexOf(wanted)));
    const found = [wanted, ...after].map(line).find(Boolean) || lines()[0];
    if (found) goTo(found);
  }
  function cameBack() {
    const how = performance.getEntriesByType("navigation")[0];
    let from = "";
    try { from = new URL(document.referrer).pathname; } catch { /* none */ }
    return from.startsWith("/insiden/") || (how && (how.type === "back_forward" || how.type === "reload"));
  }
  list.addEventListener("focusin", (event) => {
    const one = event.target.closest("[data-line]");
    if (one && one !== here) {
      if (here) here.classList.remove("here");
      here = one;
      one.classList.add("here");
      keepPlace();
    }
  });

  // --- what is said

  function told(text, bad, extra) {
    for (const part of $$("[data-server]", notice)) part.remove();
    $("[data-told]", notice).textContent = text;
    notice.classList.toggle("bad", Boolean(bad));
    notice.classList.toggle("good", !bad);
    for (const part of $$(".extra", notice)) part.remove();
    if (extra) { extra.classList.add("extra"); notice.append(" ", extra); }
    notice.hidden = false;
  }
  function button(word, act, key) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "plain";
    made.textContent = say(word) + " ";
    if (key) made.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    made.addEventListener("click", act);
    return made;
  }
  function mark(one, text, kind) {
    const place = $("[data-mark]", one);
    place.textContent = text;
    place.hidden = !text;
    one.classList.remove("sending", "waiting", "refused", "others", "settled");
    if (kind) one.classList.add(kind);
    if (kind === "refused") place.setAttribute("role", "alert"); else place.removeAttribute("role");
  }
  function count(level, by) {
    for (const place of [$('[data-level="' + level + '"]', $("[data-counters]")), $("[data-total]")]) {
      if (!place) continue;
      const n = Math.max(0, Number(place.dataset.total || place.textContent) + by);
      if ("total" in place.dataset) { place.dataset.total = n; place.textContent = say("n_incidents", { n }); }
      else setLevel(level, n);
    }
  }
  function setLevel(level, n) {
    const place = $('[data-level="' + level + '"]', $("[data-counters]"));
    if (!place) return;
    place.textContent = n;
    place.closest("li").classList.toggle("zero", !n);
  }

  // --- decisions

  function act(one, value) {
    const form = one && $("[data-act]", one);
    if (!form || one.classList.contains("sending") || Dini.foreign()) return;
    if (value === "tolak" && !form.elements.alasan.value) {
      $("[data-reject]", form).open = true;
      form.elements.alasan.focus();
      return;
    }
    send(one, form, value);
  }
  async function send(one, form, value) {
    const fields = Array.from(new FormData(form)).filter(([name]) => !["csrf", "kembali", "lanjut", "pilih"].includes(name));
    if (value !== "tolak") fields.splice(0, fields.length, ...fields.filter(([name]) => name !== "alasan"));
    fields.push(["putusan", value]);
    const next = onward(one), was = here;
    for (const part of $$("details[open]", form)) part.open = false;
    mark(one, say("sending"), "sending");
    if (was === one || one.contains(document.activeElement)) goTo(next || one);
    const entry = { id: one.dataset.id, title: one.dataset.title, url: form.getAttribute("action"), fields };
    const result = await Dini.decide(entry);
    one = line(entry.id) || one; // the list may have been filled anew meanwhile
    if (result.stopped) mark(one, "", "");
    else if (result.kept) mark(one, say("waiting"), "waiting");
    else if (result.status === 200) settled(one, result.body, value);
    else refusal(one, result.body);
  }
  function settled(one, body, value) {
    const words = say("done_" + value, { n: one.dataset.id });
    known(one, body);
    const undo = () => undoLast(one.dataset.id, body.review_id);
    told(words, false, button("undo", undo, "z"));
    if (!body.open && list.dataset.state === "open") leave(one);
    else mark(one, words, "settled");
  }
  // What the line must carry to decide on what stands now.
  function known(one, body) {
    const form = $("[data-act]", one), pick = $("[data-pick]", one);
    if (form) form.elements.terlihat.value = body.review_id || "";
    if (pick) { pick.value = one.dataset.id + ":" + (body.review_id || ""); pick.checked = false; ticks(); }
    hand(one, null);
  }
  function refusal(one, body) {
    if (body.state === "bentrok") known(one, body);
    mark(one, body.detail + (body.state === "bentrok" && body.by ? " " + Dini.standing(body) : ""), "refused");
    if (body.state === "bentrok") told(body.detail, true);
  }
  function leave(one) {
    const every = $$("[data-line]", list), after = every[every.indexOf(one) + 1];
    away.set(one.dataset.id, { node: one, before: after ? after.dataset.id : "" });
    if (here === one) goTo(onward(one));
    one.classList.add("leaving");
    mark(one, $("[data-told]", notice).textContent, "settled");
    count(one.dataset.level, -1);
    setTimeout(() => { one.remove(); if (!lines().length) refill(); }, LEAVING);
  }
  function comeIn(id) {
    const left = away.get(String(id));
    if (!left) return null;
    away.delete(String(id));
    left.node.classList.remove("leaving", "here");
    mark(left.node, "", "");
    const before = left.before && line(left.before);
    if (left.node.parentNode !== list) list.insertBefore(left.node, before || null);
    list.hidden = false;
    count(left.node.dataset.level, 1);
    return left.node;
  }
  async function undoLast(id, review) {
    if (Dini.foreign()) return;
    let last = review ? { id, review } : null;
    // The last decision may still wait or be on its way: undoing means that one, not the one before it.
    const one = last ? null : Dini.newest();
    if (one) {
      if (Dini.flies(one.id)) told(say("undo_next"));
      const fate = await Dini.takeBack(one);
      if (fate.forgotten) {
        const back = line(one.id);
        if (back) { mark(back, "", ""); goTo(back); }
        told(say("undone", { n: one.id }));
        return;
      }
      if (!fate.review) { told(say(fate.elsewhere ? "undo_elsewhere" : "nothing_to_undo", { n: one.id }), true); return; }
      last = { id: one.id, review: fate.review };
    }
    last = last || Dini.lastMade() || serverUndo();
    if (!last) { told(say("nothing_to_undo"), true); return; }
    const result = await Dini.post("/putusan/" + last.review + "/batal", []);
    if (result.kind !== "answer") { Dini.gone(result.kind); return; }
    Dini.dropMade(last.review);
    if (result.status !== 200) { told(result.body.detail || say("failed"), true); return; }
    const undone = comeIn(result.body.incident_id) || line(result.body.incident_id);
    told(say("undone", { n: result.body.incident_id }));
    if (undone) {
      known(undone, result.body);
      mark(undone, "", "");
      goTo(undone);
    } else refill(String(result.body.incident_id));
  }
  function serverUndo() {
    const form = $("[data-undo]");
    const found = form && /\/putusan\/(\d+)\/batal/.exec(form.action);
    return found ? { id: "", review: Number(found[1]) } : null;
  }

  list.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-act]"), one = event.target.closest("[data-line]");
    if (!form || !one) return;
    event.preventDefault();
    const pressed = event.submitter;
    if (pressed && pressed.matches("[data-hold]")) hold(one, pressed.value);
    else act(one, pressed ? pressed.value : "");
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-undo]");
    if (!form) return;
    event.preventDefault();
    undoLast("", serverUndo().review);
  });
  // Enter inside the reject sheet means reject; digits choose the reason, the level.
  list.addEventListener("keydown", (event) => {
    const one = event.target.closest("[data-line]");
    if (!one || event.ctrlKey || event.metaKey || event.altKey) return;
    const name = event.target.name;
    if (name === "alasan" && /^[1-9]$/.test(event.key) && event.target.options[event.key]) {
      event.preventDefault();
      event.target.selectedIndex = Number(event.key);
      if (event.target.value === "lainnya") $("[name=catatan]", one).focus();
      else act(one, "tolak");
    } else if (["alasan", "catatan"].includes(name) && event.key === "Enter") {
      event.preventDefault();
      if ($("[data-act]", one).reportValidity()) act(one, "tolak");
    } else if (name === "tingkat" && /^[0-4]$/.test(event.key)) {
      event.preventDefault();
      event.target.selectedIndex = Number(event.key);
      chosen(one);
    } else if (["tingkat", "daerah"].includes(name) && event.key === "Enter") {
      event.preventDefault();
      chosen(one);
    }
  });
  list.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick]")) ticks();
  });
  // The level and place chosen before deciding are told on the line; the decision carries them.
  function chosen(one) {
    const form = $("[data-act]", one);
    const parts = ["tingkat", "daerah"].map((name) => form.elements[name]).filter((each) => each.value)
      .map((each) => each.selectedOptions[0].textContent.replace(/^\d /, ""));
    $("[data-change]", form).open = false;
    mark(one, parts.length ? say("chosen", { what: parts.join(" · ") }) : "", parts.length ? "chosen" : "");
    goTo(one);
  }
  function change(one, name) {
    const form = one && $("[data-act]", one);
    if (!form) return;
    $("[data-change]", form).open = true;
    form.elements[name].focus();
  }

  // --- claims

  function hand(one, held) {
    const place = $("[data-hand]", one), pressed = $("[data-hold]", one);
    const by = held ? held.by || held.held_by : "", own = by === Dini.who;
    if (place.dataset.by === by) return;
    place.dataset.by = by;
    place.textContent = by ? say(own ? "held_by_you" : "held_by", { who: by }) : "";
    place.hidden = !by;
    if (!pressed) return;
    pressed.value = own ? "lepas" : by ? "ambil_alih" : "ambil";
    pressed.textContent = say(own ? "hold_release" : by ? "hold_take_over" : "hold");
  }
  async function hold(one, way) {
    const result = await Dini.post("/insiden/" + one.dataset.id + "/tangani", [["cara", way]]);
    if (result.kind !== "answer") { Dini.gone(result.kind); return; }
    if (result.status !== 200) told(result.body.detail, true);
    hand(one, result.body.holding);
  }

  // --- ticked lines

  const ticked = () => $$("[data-pick]:checked", list);
  function ticks() {
    if (!bulk) return;
    const n = ticked().length;
    bulk.hidden = !n;
    $("[data-ticked]", bulk).textContent = say("ticked", { n });
  }
  if (bulk) {
    bulk.classList.add("floating");
    const untick = $("[data-untick]", bulk);
    untick.hidden = false;
    untick.addEventListener("click", () => { for (const pick of ticked()) pick.checked = false; ticks(); goTo(here || lines()[0]); });
    bulk.addEventListener("keydown", (event) => {
      if (event.target.name === "alasan" && /^[1-9]$/.test(event.key) && event.target.options[event.key]) {
        event.preventDefault();
        event.target.selectedIndex = Number(event.key);
      } else if (["alasan", "catatan"].includes(event.target.name) && event.key === "Enter") {
        event.preventDefault();
        bulk.requestSubmit($('button[value="tolak"]', bulk));
      }
    });
    bulk.addEventListener("submit", (event) => {
      event.preventDefault();
      const value = event.submitter ? event.submitter.value : "";
      if (value === "tolak" && !bulk.elements.alasan.value) { bulk.elements.alasan.focus(); return; }
      if (value) together(value);
    });
  }
  async function together(value, pairs) {
    if (bulk.dataset.sent || Dini.foreign()) return;
    bulk.dataset.sent = "1";
    try { await decideTogether(value, pairs || ticked().map((pick) => pick.value)); } finally { delete bulk.dataset.sent; }
  }
  async function decideTogether(value, chosen) {
    told(say("sending_n", { n: chosen.length }));
    const own = [["putusan", value], ["catatan", bulk.elements.catatan.value]];
    if (value === "tolak") own.push(["alasan", bulk.elements.alasan.value]);
    const result = await Dini.post("/antrean/putusan", [...chosen.map((one) => ["pilih", one]), ...own]);
    if (result.kind !== "answer") {
      notice.hidden = true;
      Dini.gone(result.kind);
      if (value === "gabung" || result.kind === "other") return;
      for (const pair of chosen) {
        const [id, seen] = pair.split(":"), one = line(id);
        Dini.keep({ id, title: one.dataset.title, url: "/insiden/" + id + "/putusan", fields: [...own, ["terlihat", seen]] });
        mark(one, say("waiting"), "waiting");
        $("[data-pick]", one).checked = false;
      }
      Dini.gone(result.kind);
      ticks();
      return;
    }
    if (result.status !== 200) { told(result.body.detail || say("failed"), true); return; }
    const left = [];
    const keepTo = here && !chosen.some((pair) => pair.split(":")[0] === here.dataset.id) ? here : null;
    const next = keepTo || lines().find((one) => !chosen.some((pair) => pair.split(":")[0] === one.dataset.id));
    const { done, items } = result.body;
    told(say("bulk_done", { done, n: items.length }), done < items.length, done ? button("undo", () => undoLast(), "z") : null);
    for (const item of items) {
      const one = line(item.incident_id);
      if (item.outcome === "dicatat") {
        if (value !== "gabung") Dini.made(item.incident_id, item.review_id);
        if (!one) continue;
        known(one, item);
        if (value !== "ragu" && list.dataset.state === "open" || value === "gabung") leave(one);
        else mark(one, say("done_" + value, { n: item.incident_id }), "settled");
      } else {
        left.push(say("incident", { n: item.incident_id }) + ": " + item.detail);
        if (one) { mark(one, item.detail, "refused"); $("[data-pick]", one).checked = false; }
      }
    }
    if (left.length) $("[data-told]", notice).textContent += " " + say("bulk_left") + " " + left.join(" ");
    bulk.reset();
    ticks();
    if (next) goTo(next);
    if (value === "gabung" && done) { away.clear(); setTimeout(() => refill(next ? next.dataset.id : ""), LEAVING + 50); }
    if (left.length) poll();
  }
  const mergeBox = $("[data-mergebox]"), mergeForm = $("[data-mergeform]");
  function merge() {
    if (!bulk) return;
    if (ticked().length > 1) { bulk.requestSubmit($('button[value="gabung"]', bulk)); return; }
    if (!here) return;
    $("[data-mergetitle]", mergeBox).textContent = say("incident", { n: here.dataset.id }) + ": " + here.dataset.title;
    mergeForm.reset();
    mergeBox.showModal();
    mergeForm.elements.nomor.focus();
  }
  if (mergeForm) mergeForm.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.value === "gabung" && here) together("gabung", [here.dataset.id + ":", mergeForm.elements.nomor.value + ":"]);
  });

  // --- what changed meanwhile

  async function poll() {
    if (polling || document.hidden || Dini.foreign()) return;
    polling = true;
    const query = new URLSearchParams(list.dataset.query);
    query.set("sejak", list.dataset.since);
    query.set("ids", lines().map((one) => one.dataset.id).join(","));
    try {
      const answer = await fetch("/antrean/kabar?" + query, {
        headers: { ...Dini.signed(), ...(tag ? { "If-None-Match": tag } : {}) }, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(10000),
      });
      if (answer.type === "opaqueredirect") { Dini.gone("signed_out"); return; }
      if (Dini.refused(answer)) return;
      if (answer.status >= 500) { Dini.gone("lost"); return; }
      Dini.back(0);
      if (answer.status === 200) { tag = answer.headers.get("etag") || ""; changed(await answer.json()); }
    } catch { Dini.gone("lost"); } finally { polling = false; }
  }
  function changed(body) {
    for (const [level, n] of Object.entries(body.counts)) setLevel(level, n);
    fresh.hidden = !body.arrived;
    $("button", fresh).textContent = say("fresh", { n: body.arrived }) + " · " + say("show") + " (t)";
    const told = new Set(body.lines.map((state) => state.id));
    for (const one of lines()) {
      if (!told.has(Number(one.dataset.id)) && !one.matches(".sending, .waiting, .leaving")) mark(one, say("elsewhere"), "others");
    }
    for (const state of body.lines) {
      const one = line(state.id);
      if (!one || one.matches(".sending, .waiting, .leaving")) continue;
      hand(one, state.held_by ? state : null);
      const form = $("[data-act]", one), seen = form ? form.elements.terlihat.value : "";
      if (state.merged_into) mark(one, say("merged_other", { n: state.merged_into }), "others");
      else if (form && seen !== String(state.review_id || "") && !one.classList.contains("refused")) {
        if (state.by === Dini.who && !state.open && list.dataset.state === "open") leave(one);
        else mark(one, state.decision ? say("by_other", { what: say(state.decision), who: state.by }) : "", state.decision ? "others" : "");
      }
    }
  }
  // No list came: what is shown stays, and where nothing is left to show, that is no empty queue.
  const bare = document.createElement("p");
  bare.className = "empty";
  bare.hidden = true;
  bare.setAttribute("role", "alert");
  list.before(bare);
  function listKept(turn, kind) {
    if (turn !== fills) return;
    if (kind) Dini.gone(kind);
    list.hidden = !lines().length;
    bare.replaceChildren(say(list.hidden ? "list_missing" : "list_kept") + " ", button("try_again", () => refill()));
    bare.hidden = false;
  }
  // The list anew from the server, in place: the focus and what waits stay.
  async function refill(wanted) {
    if (Dini.foreign()) return;
    // Lines that leave together each ask for it: only the newest answer is put in, or it would take away
    // the reason that is being chosen in a line of the one before.
    const turn = ++fills;
    if (!lines().length) {
      list.hidden = true;
      bare.textContent = say("loading");
      bare.hidden = false;
    }
    let text;
    try {
      const url = new URL(location.href);
      for (const name of ["pesan", "no", "fokus"]) url.searchParams.delete(name);
      const answer = await fetch(url, { headers: { Accept: "text/html", ...Dini.signed() }, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(FILL) });
      if (answer.type === "opaqueredirect") { listKept(turn, "signed_out"); return; }
      if (Dini.refused(answer)) { bare.hidden = true; return; }
      if (!answer.ok) { listKept(turn, answer.status >= 500 ? "lost" : ""); return; }
      text = await answer.text();
    } catch { listKept(turn, "lost"); return; }
    if (turn !== fills) return;
    const page = new DOMParser().parseFromString(text, "text/html");
    const found = $("[data-lines]", page);
    if (!found) { listKept(turn, ""); return; }
    bare.hidden = true;
    const focus = wanted || (here ? here.dataset.id : ""), ids = lines().map((one) => one.dataset.id);
    list.replaceChildren(...$$("[data-line]", found).map((one) => document.importNode(one, true)));
    list.dataset.since = found.dataset.since;
    list.hidden = !lines().length;
    $("[data-empty]").hidden = Boolean(lines().length);
    for (const name of ["[data-total]", "[data-counters]", "[data-more]"]) {
      const old = $(name), anew = $(name, page);
      if (old && anew) old.replaceWith(document.importNode(anew, true));
      else if (old) old.hidden = true;
    }
    away.clear();
    tag = "";
    fresh.hidden = true;
    here = null;
    remark();
    ticks();
    const after = ids.slice(Math.max(0, ids.indexOf(focus)));
    goTo([focus, ...after].map(line).find(Boolean) || lines()[0]);
  }
  function remark() {
    for (const one of lines()) if (Dini.flies(one.dataset.id)) mark(one, say("sending"), "sending");
    for (const entry of Dini.waiting()) {
      const one = line(entry.id);
      if (one) mark(one, entry.state === "menunggu" ? say("waiting") : entry.detail, entry.state === "menunggu" ? "waiting" : "refused");
    }
  }
  $("button", fresh).addEventListener("click", () => refill());
  document.addEventListener("dini:sent", (event) => {
    const one = line(event.detail.entry.id);
    const value = event.detail.entry.fields.find((pair) => pair[0] === "putusan")[1];
    if (one) settled(one, event.detail.body, value);
  });
  document.addEventListener("dini:refused", (event) => {
    const one = line(event.detail.entry.id);
    if (one) refusal(one, event.detail.body);
  });
  document.addEventListener("dini:discarded", (event) => {
    const one = line(event.detail.entry.id);
    if (one) mark(one, "", "");
  });
  setInterval(poll, POLL);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) poll(); });
  window.addEventListener("pagehide", keepPlace);

  // --- keys

  const KEYS = {
    j: () => step(1), k: () => step(-1),
    a: () => act(here, "terima"), u: () => act(here, "ragu"),
    r: () => {
      if (ticked().length) { bulk.elements.alasan.focus(); return; }
      const form = here && $("[data-act]", here);
      if (form) { $("[data-reject]", form).open = true; form.elements.alasan.focus(); }
    },
    s: () => change(here, "tingkat"), p: () => change(here, "daerah"),
    x: () => { const pick = here && $("[data-pick]", here); if (pick) { pick.checked = !pick.checked; ticks(); } },
    m: merge,
    c: () => {
      const pressed = here && $("[data-hold]", here);
      if (!pressed) return;
      if (pressed.value === "ambil_alih") pressed.focus(); else hold(here, pressed.value); // taking over is said twice
    },
    z: () => undoLast(),
    t: () => { if (!fresh.hidden) refill(); },
    "/": () => $("[data-find]").focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target;
    if (event.key === "Escape" && !$("dialog[open]")) {
      const open = target.closest && target.closest("details[open]");
      if (open && open.closest("[data-line]")) { open.open = false; goTo(open.closest("[data-line]")); }
      else if (target.matches("[data-find]") || (bulk && bulk.contains(target))) goTo(here || lines()[0]);
      else if (ticked().length) $("[data-untick]", bulk).click();
      return;
    }
    if (window.DiniTyping(target)) return;
    if (event.key === "Enter" && here && target === here) { $("[data-open]", here).click(); return; }
    if (event.key === "a" && ticked().length > 1 || event.key === "u" && ticked().length > 1) {
      event.preventDefault();
      bulk.requestSubmit($('button[value="' + (event.key === "a" ? "terima" : "ragu") + '"]', bulk));
      return;
    }
    const work = KEYS[event.key];
    if (work) { event.preventDefault(); work(); }
  });

  ticks();
  remark();
  comeBack();
});
