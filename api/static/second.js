// Keys of the second reading and the weekly sample; the pages work without this file.
"use strict";
(function () {
  const forms = Array.from(document.querySelectorAll("[data-second]"));
  const levels = document.querySelector("select[data-levels]");

  // Two quick presses must not answer the next item too.
  for (const form of forms) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
    });
    // Enter in a field would press the form's first button.
    for (const field of form.querySelectorAll("select, input")) {
      field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    }
  }
  window.addEventListener("pageshow", () => { for (const form of forms) delete form.dataset.sent; });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.matches("input, select, textarea")) return;
    if (levels && /^[1-4]$/.test(event.key)) { levels.value = event.key; return; }
    const wanted = Array.from(document.querySelectorAll("[data-key]")).find((one) => one.dataset.key === event.key);
    if (!wanted) return;
    event.preventDefault();
    const needed = wanted.dataset.needs && document.getElementById(wanted.dataset.needs);
    if (needed && !needed.value) { needed.focus(); return; }
    wanted.click();
  });
})();
