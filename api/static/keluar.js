// Signing out while decisions wait in this browser: how many is said first, and the person chooses.
"use strict";
document.addEventListener("DOMContentLoaded", function () {
  const box = document.querySelector("[data-leave]"), Dini = window.Dini;
  if (!box || !Dini) return;
  const told = box.querySelector("[data-leave-told]");
  const send = box.querySelector("[data-leave-send]"), anyway = box.querySelector("[data-leave-anyway]");
  let form = null;

  document.addEventListener("submit", (event) => {
    if (!event.target.matches('form[action="/keluar"]') || Dini.foreign()) return;
    const n = Dini.unrecorded();
    if (!n) { Dini.left(); return; }
    event.preventDefault();
    form = event.target;
    told.textContent = Dini.say("leave_n", { n });
    box.showModal();
  });
  function leave() {
    // From here on the other tabs of this account stop; "submit" would ask once more.
    Dini.left();
    form.submit();
  }
  anyway.addEventListener("click", leave);
  send.addEventListener("click", async () => {
    send.disabled = true;
    told.textContent = Dini.say("sending_n", { n: Dini.unrecorded() });
    await Dini.answered();
    await Dini.flush();
    send.disabled = false;
    const n = Dini.unrecorded();
    if (!n && box.open) leave();
    else told.textContent = Dini.say("leave_still", { n });
  });
});
