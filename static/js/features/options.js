/* The fields of another model, and beside them what to know before writing. */

import { complain, nodes, request } from "../page.js";

const typed = new Map();

function controls(fields) {
  return [...fields.querySelectorAll("[data-parameter]")];
}

/* What was typed for a model is there again when that model is picked again. */
export function remember(fields) {
  const kept = controls(fields).map(({ dataset, value, checked }) => [
    dataset.parameter,
    { value, checked },
  ]);
  typed.set(fields.dataset.model, new Map(kept));
}

function recall(fields) {
  const kept = typed.get(fields.dataset.model);
  for (const control of controls(fields)) {
    const before = kept?.get(control.dataset.parameter);
    if (!before || control.disabled) continue;
    Object.assign(control, before);
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/* Puts them in when they are still wanted; says so when they could not be had. */
export async function load(composer, address, isWanted) {
  const html = await request(address).catch(() => null);
  if (!isWanted()) return;
  if (html === null) {
    complain();
    return;
  }
  const fresh = nodes(html);
  const warning = fresh.getElementById("model-warning").textContent;
  composer.querySelector("#privacy").replaceWith(fresh.getElementById("privacy"));
  composer.querySelector("#model-warning").textContent = warning;
  composer.querySelector("#option-fields").replaceWith(fresh.getElementById("option-fields"));
  recall(composer.querySelector("#option-fields"));
}
