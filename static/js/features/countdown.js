/* Counts down until a provider that was busy may be asked again. */

import { announce, words } from "../page.js";

const ends = new Map();
let session = null;

export function start(page) {
  session = page;
  setInterval(() => ends.forEach((_end, button) => show(button)), 1000);
}

/* The server counts from the end of the answer: so a reload changes nothing. */
export function met(button) {
  ends.set(button, Date.now() + 1000 * Number(button.dataset.seconds));
  show(button);
}

function show(button) {
  const seconds = Math.ceil((ends.get(button) - Date.now()) / 1000);
  if (!button.isConnected) ends.delete(button);
  else if (seconds > 0) wait(button, seconds);
  else end(button);
}

/* Another model need not be waited for. */
function wait(button, seconds) {
  if (button.hasAttribute("data-busy")) return;
  const { language_model } = session.composer.chosen;
  button.disabled = language_model === Number(button.dataset.model);
  const left = words.inTime.replace("{time}", clock(seconds));
  button.querySelector(".countdown").textContent = button.disabled ? left : "";
}

function clock(seconds) {
  if (seconds < 100) return words.seconds.replace("{seconds}", seconds);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/* Said once, at the end: nobody wants to have the seconds read out. */
function end(button) {
  ends.delete(button);
  const said = button.closest("article").querySelector("[data-then]");
  button.disabled = button.hasAttribute("data-busy");
  button.querySelector(".countdown").textContent = "";
  said.textContent = said.dataset.then;
  announce(said.dataset.then);
}
