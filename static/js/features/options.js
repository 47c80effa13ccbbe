/* The panel of options: the fields of the chosen model, and beside them what to know before writing. */

import { addStyle, complain, nodes, request } from "../page.js";

const typed = new Map();
let session = null;
let styled = null;

export function start(page) {
  session = page;
  styled = addStyle(new URL("../../css/options.css", import.meta.url));
}

/* --- The panel -------------------------------------------------------------------------------- */
/* The button below the message box, or the one in the panel's corner. */
export function used() {
  if (session.composer.panel.hidden) open();
  else close();
}

async function open() {
  const { composer } = session;
  await styled;
  show(true);
  // What could not be had before is asked for again.
  if (!composer.loading) composer.pick();
  composer.querySelector("#system-prompt").focus();
}

export function close({ focus = true } = {}) {
  show(false);
  if (focus) session.composer.querySelector("#toggle-options").focus();
}

function show(isOpen) {
  const { composer } = session;
  composer.panel.hidden = !isOpen;
  composer.querySelector("#toggle-options").setAttribute("aria-expanded", String(isOpen));
}

/* --- The fields -------------------------------------------------------------------------------- */
function controls(fields) {
  return [...fields.querySelectorAll("[data-parameter]")];
}

/* What was typed for a model is there again when that model is picked again. */
function remember(fields) {
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
export async function load(model) {
  const { composer, conversation } = session;
  const address = composer.form.dataset.optionsUrl.replace("/0/", `/${model}/`);
  const query = conversation ? `?conversation=${conversation}` : "";
  remember(composer.fields);
  const html = await request(address + query).catch(() => null);
  if (composer.model.value !== model || !composer.areStale) return;
  if (html === null) complain();
  else put(composer, nodes(html));
}

function put(composer, fresh) {
  const warning = fresh.getElementById("model-warning").textContent;
  composer.querySelector("#privacy").replaceWith(fresh.getElementById("privacy"));
  composer.querySelector("#model-warning").textContent = warning;
  composer.querySelector("#option-fields").replaceWith(fresh.getElementById("option-fields"));
  recall(composer.querySelector("#option-fields"));
}
