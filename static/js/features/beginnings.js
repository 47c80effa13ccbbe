/* What the page of a new conversation offers: beginnings of a text, and presets, which are model,
 * settings and instructions under one name. */

import { announce, complain, nodes, request, words } from "../page.js";

let session = null;
let wanted = 0;

export function start(page) {
  session = page;
}

/* A suggestion goes into the message box; a card is chosen, or chosen again, which takes it back. */
export async function used(button) {
  const { field } = session.composer;
  if (button.dataset.suggestion) suggest(field, button.dataset.suggestion);
  else if ("temporary" in button.dataset) switchTemporary(button);
  else await press(button);
  field.focus();
}

function suggest(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.setSelectionRange(text.length, text.length);
}

/* What is said in the bar stays there when the greeting has gone. */
function switchTemporary(button) {
  const pressed = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(pressed));
  document.getElementById("audience").textContent = pressed ? button.dataset.note : "";
}

async function press(card) {
  const picker = session.composer.querySelector("#preset");
  picker.value = card.getAttribute("aria-pressed") === "true" ? "0" : card.dataset.preset;
  await choose(picker);
}

export async function choose(picker) {
  const chosen = picker.selectedOptions[0];
  const number = (wanted += 1);
  const html = picker.value === "0" ? "" : await presetOf(chosen);
  // Another one has been chosen before this one came.
  if (number !== wanted) return;
  if (html === null) {
    picker.value = picker.dataset.before ?? "0";
    return;
  }
  if (html) put(html);
  if (picker.value === "0") session.composer.querySelector("#system-prompt").value = "";
  picker.dataset.before = picker.value;
  for (const card of document.querySelectorAll(".preset-card")) {
    card.setAttribute("aria-pressed", String(card.dataset.preset === picker.value));
  }
  announce(picker.value === "0" ? words.presetNone : chosen.textContent.trim());
}

/* null: it could not be had, which has been said. */
function presetOf(chosen) {
  return request(chosen.dataset.address).catch(() => {
    complain();
    return null;
  });
}

/* Puts the preset's model, fields and instructions in the place of those that are there. */
function put(html) {
  const { composer } = session;
  const fresh = nodes(html);
  composer.querySelector("#system-prompt").value =
    fresh.querySelector("[data-instructions]").value;
  composer.model.value = fresh.getElementById("option-fields").dataset.model;
  for (const id of ["privacy", "option-fields", "model-warning"]) {
    composer.querySelector(`#${id}`).replaceWith(fresh.getElementById(id));
  }
  composer.model.dispatchEvent(new Event("change", { bubbles: true }));
}
