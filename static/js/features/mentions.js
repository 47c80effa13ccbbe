/* Names to choose from after an @ in a comment: people who may open the conversation. */

import { nodes, request } from "../page.js";

const PAUSE = 150;
const BEGUN = /(?:^|\s)@([^@\n]{0,40})$/;

let asking = 0;

function listOf(field) {
  return field.parentElement.querySelector(".mentionable");
}

/* What stands between the last @ and the caret, or null. */
function begun(field) {
  const before = field.value.slice(0, field.selectionStart);
  return BEGUN.exec(before)?.[1] ?? null;
}

function hide(field) {
  const list = listOf(field);
  list.hidden = true;
  list.replaceChildren();
  field.removeAttribute("aria-activedescendant");
}

export function suggest(field) {
  clearTimeout(asking);
  if (begun(field) === null) hide(field);
  else asking = setTimeout(() => show(field), PAUSE);
}

async function show(field) {
  const name = begun(field);
  const { people } = field.form.dataset;
  const html = await request(`${people}?q=${encodeURIComponent(name ?? "")}`).catch(() => "");
  if (!field.isConnected || begun(field) !== name) return;
  const list = listOf(field);
  list.replaceChildren(nodes(html));
  list.hidden = !list.querySelector("[role=option]");
  for (const option of list.children) {
    // Before the field loses the focus.
    option.addEventListener("mousedown", (event) => {
      event.preventDefault();
      put(field, option);
    });
  }
  if (list.hidden) hide(field);
  else choose(field, list.firstElementChild);
}

function choose(field, option) {
  for (const other of listOf(field).children) {
    other.setAttribute("aria-selected", String(other === option));
  }
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function put(field, option) {
  const end = field.selectionStart;
  const start = end - begun(field).length;
  field.setRangeText(`${option.dataset.name} `, start, end, "end");
  hide(field);
  field.focus();
}

/* True: the key was for the list. */
export function pick(event) {
  const field = event.target;
  const list = listOf(field);
  if (list.hidden) return false;
  const options = [...list.children];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) choose(field, options.at((at + step) % options.length));
  else if (["Enter", "Tab"].includes(event.key) && !event.isComposing) put(field, options[at]);
  else if (event.key === "Escape") hide(field);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}
