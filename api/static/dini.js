// Small comforts of every page, and the keys that lead elsewhere: every page works without this file.
"use strict";
(function () {
  const $ = (selector) => document.querySelector(selector);
  const ROOMS = { q: "/antrean", l: "/laporan", i: "/ikhtisar", s: "/sumber" };
  const keyList = $("[data-keylist]");
  let going = 0;

  for (const part of document.querySelectorAll("[data-keys], [data-print], [data-copy], [data-strip]")) part.hidden = false;

  // Whether a key belongs to what is being typed or chosen there, and not to the page.
  window.DiniTyping = (target) =>
    target.matches("input:not([type=checkbox]), select, textarea, [contenteditable]") ||
    Boolean(document.querySelector("dialog[open]"));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (window.DiniTyping(event.target)) return;
    if (going && Date.now() - going < 1500 && ROOMS[event.key] && $(".top nav")) {
      event.preventDefault();
      event.stopImmediatePropagation(); // "s" after "g" is a place to go, not a level
      location.assign(ROOMS[event.key]);
      return;
    }
    going = event.key === "g" ? Date.now() : 0;
    if (event.key === "?" && keyList) { event.preventDefault(); keyList.showModal(); }
  });

  // Menus of the header close on Escape and when one goes on elsewhere.
  const menus = document.querySelectorAll("[data-menu]");
  const within = (menu, target) => menu.contains(target) || (menu.matches(".menu") && menu.nextElementSibling.contains(target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    const open = [...menus].reverse().find((menu) => menu.open && within(menu, event.target));
    if (!open) return;
    event.preventDefault(); // and does not lead back to the queue
    open.open = false;
    open.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (menu.open && !within(menu, event.target)) menu.open = false;
  });

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
