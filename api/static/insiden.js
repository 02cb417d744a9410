// One incident by keyboard: decide, walk to the next of the list one came from, and back to one's place in it.
"use strict";
document.addEventListener("DOMContentLoaded", function () {
  const $ = (selector, root) => (root || document).querySelector(selector);
  const card = $("[data-incident]"), Dini = window.Dini, backLink = $("[data-back]");
  if (!Dini) return;
  const say = Dini.say;
  const number = (/\/insiden\/(\d+)/.exec(location.pathname) || [])[1] || "";
  const back = backLink ? backLink.getAttribute("href") : "/antrean";
  const form = card && $("[data-act]", card);
  const place = Dini.place();
  const ids = place.back === back ? place.ids || [] : [];
  const at = ids.indexOf(number);

  // --- the list one came from

  if (at >= 0) {
    Dini.place({ ...place, id: number });
    const where = document.createElement("span");
    where.className = "quiet walk";
    where.textContent = " " + say("position", { n: at + 1, of: ids.length }) + " ";
    for (const [by, word, key] of [[-1, "previous", "k"], [1, "next", "j"]]) {
      if (!ids[at + by]) continue;
      const link = document.createElement("a");
      link.href = address(ids[at + by]);
      link.append(say(word) + " ", Object.assign(document.createElement("kbd"), { textContent: key }));
      where.append(" ", link);
    }
    backLink.parentNode.append(where);
  }
  function address(id) {
    return "/insiden/" + id + (back === "/antrean" ? "" : "?" + new URLSearchParams({ dari: back }));
  }
  function walk(by) {
    const to = at >= 0 ? ids[at + by] : undefined;
    if (to) location.assign(address(to));
  }

  // --- deciding

  function alertIn(text) {
    let shown = $("[data-problem]", card);
    if (!shown) {
      shown = document.createElement("p");
      shown.className = "notice bad";
      shown.dataset.problem = "";
      shown.setAttribute("role", "alert");
      form.before(shown);
    }
    shown.textContent = text;
    shown.scrollIntoView({ block: "nearest" });
  }
  async function send(value) {
    if (form.dataset.sent) return;
    form.dataset.sent = "1";
    const fields = Array.from(new FormData(form)).filter(([name]) => !["csrf", "kembali", "halaman", "putusan"].includes(name));
    const kept = value === "tolak" ? fields : fields.filter(([name]) => name !== "alasan");
    const entry = { id: number, title: card.dataset.title, url: form.getAttribute("action"), fields: [...kept, ["putusan", value]] };
    const result = await Dini.decide(entry);
    delete form.dataset.sent;
    if (result.stopped) return; // the bar says why
    if (result.kept) { alertIn(say("waiting")); return; }
    if (result.status === 200) {
      const told = new URLSearchParams({ pesan: value });
      if (back !== "/antrean") told.set("dari", back);
      location.assign("/insiden/" + number + "?" + told);
      return;
    }
    const body = result.body;
    // What was typed stays; deciding again is then a decision on what the other person decided.
    if (body.state === "bentrok") form.elements.terlihat.value = body.review_id || "";
    alertIn(body.detail + (body.state === "bentrok" && body.by ? " " + Dini.standing(body) : ""));
  }
  if (form) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(event.submitter ? event.submitter.value : "tolak");
    });
    form.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.name === "alasan" && /^[1-9]$/.test(event.key) && event.target.options[event.key]) {
        event.preventDefault();
        event.target.selectedIndex = Number(event.key);
        if (event.target.value === "lainnya" && !form.elements.catatan.value.trim()) form.elements.catatan.focus();
        else send("tolak");
      } else if (event.target.name === "alasan" && event.key === "Enter") {
        event.preventDefault();
        form.requestSubmit($('button[value="tolak"]', form));
      } else if (event.target.name === "tingkat" && /^[0-4]$/.test(event.key)) {
        event.preventDefault();
        const wanted = Array.from(event.target.options).find((one) => one.value === (event.key === "0" ? "" : event.key));
        if (wanted) event.target.value = wanted.value;
        event.target.blur();
      }
    });
    document.addEventListener("dini:sent", (event) => {
      if (event.detail.entry.id === number) location.assign("/insiden/" + number + "?" + new URLSearchParams({ dari: back }));
    });
    document.addEventListener("dini:refused", (event) => {
      if (event.detail.entry.id !== number) return;
      form.elements.terlihat.value = event.detail.body.review_id || "";
      alertIn(event.detail.body.detail);
    });
  }

  // --- keys

  function reach(field) {
    if (!field) return;
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    field.focus();
  }
  const pressed = (value) => form && form.requestSubmit($('button[value="' + value + '"]', form));
  const KEYS = {
    j: () => walk(1), k: () => walk(-1),
    a: () => pressed("terima"), u: () => pressed("ragu"),
    r: () => form && form.elements.alasan.focus(),
    s: () => form && form.elements.tingkat.focus(),
    p: () => form && form.elements.daerah.focus(),
    n: () => reach($("#isi_catatan") || $("#catatan")),
    m: () => reach($("#nomor")),
    b: () => reach($('input[name="laporan"]')),
    c: () => {
      const hold = $("[data-hold]");
      if (hold) { if (hold.value === "ambil_alih") hold.focus(); else hold.click(); }
    },
    z: () => { const undo = $("[data-undo]"); if (undo) undo.requestSubmit(); },
    Escape: () => { if (backLink) backLink.click(); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target;
    if (window.DiniTyping(target)) {
      if (event.key === "Escape" && !$("dialog[open]")) target.blur();
      return;
    }
    const work = KEYS[event.key];
    if (work) { event.preventDefault(); work(); }
  });
});
