// Keys and small comforts only: every page works without this file.
"use strict";
(function () {
  const $ = (selector, root) => (root || document).querySelector(selector);
  const lines = Array.from(document.querySelectorAll("[data-line]"));
  const list = $("[data-lines]");
  const keyList = $("[data-keylist]");
  let here = -1;

  for (const part of document.querySelectorAll("[data-keys], [data-print], [data-copy]")) part.hidden = false;

  function goTo(index) {
    if (!lines.length) return;
    if (here >= 0) lines[here].classList.remove("here");
    here = Math.max(0, Math.min(lines.length - 1, index));
    lines[here].classList.add("here");
    lines[here].focus({ preventScroll: true });
    lines[here].scrollIntoView({ block: "nearest" });
  }

  function decide(value) {
    const form = lines.length ? (here >= 0 ? $("[data-act]", lines[here]) : null) : $("[data-act]");
    if (!form) return;
    if (value === "tolak") {
      const sheet = $("details", form);
      if (sheet) sheet.open = true;
      $("select[name=alasan]", form).focus();
      return;
    }
    const button = $('button[value="' + value + '"]', form);
    if (button) form.requestSubmit(button);
  }

  // Two quick presses must not record two decisions: the second would meet a conflict and frighten.
  for (const form of document.querySelectorAll("[data-act]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
    });
    // Enter inside the reject sheet means reject; by itself it would press the form's first button, accept.
    for (const field of form.querySelectorAll("select[name=alasan], .sheet input")) {
      field.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        form.requestSubmit($('button[value="tolak"]', form));
      });
    }
  }
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-act]")) delete form.dataset.sent;
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (event.key === "Escape") {
      const open = target.closest && target.closest("details.pop[open]");
      if (open) { open.open = false; goTo(here < 0 ? 0 : here); }
      return;
    }
    if (target.matches("input, select, textarea") || (keyList && keyList.open)) return;
    if (event.key === "?" && keyList) { event.preventDefault(); keyList.showModal(); return; }
    if (event.key === "a") decide("terima");
    else if (event.key === "u") decide("ragu");
    else if (event.key === "r") { event.preventDefault(); decide("tolak"); }
    else if (lines.length && (event.key === "j" || event.key === "k")) {
      event.preventDefault();
      goTo(here < 0 ? 0 : here + (event.key === "j" ? 1 : -1));
    } else if (event.key === "Enter" && here >= 0 && target === lines[here]) {
      $("[data-open]", lines[here]).click();
    }
  });
  for (const [index, line] of lines.entries()) {
    line.addEventListener("focusin", () => {
      if (here >= 0 && here !== index) lines[here].classList.remove("here");
      here = index;
      line.classList.add("here");
    });
  }
  if (list && list.dataset.focus) {
    const index = lines.findIndex((line) => line.id === "i" + list.dataset.focus);
    goTo(index < 0 ? 0 : index);
  }

  const keysButton = $("[data-keys]");
  if (keysButton && keyList) keysButton.addEventListener("click", () => keyList.showModal());
  const print = $("[data-print]");
  if (print) print.addEventListener("click", () => window.print());
  const copy = $("[data-copy]");
  if (copy) copy.addEventListener("click", async () => {
    const text = $("[data-copy-text]");
    try { await navigator.clipboard.writeText(text.value); } catch { text.select(); document.execCommand("copy"); }
    copy.textContent = copy.dataset.done;
  });
})();
