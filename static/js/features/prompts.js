/* The prompt library beside the message box: pick one, fill in its variables, get its text. */

import { addStyle, complain, feature, nodes, request, words } from "../page.js";

let session = null;
let picker = null;
let opening = false;

export function start(page) {
  session = page;
  addStyle(new URL("../../css/files.css", import.meta.url));
}

/* The button or “/” opens the list; a form brings what was filled in. */
export async function used(element) {
  if (element?.matches("form")) await fill(element);
  else if (picker) close();
  else await open(!element);
}

async function open(bySlash) {
  if (opening) return;
  opening = true;
  const html = await request(session.composer.form.dataset.promptsUrl).catch(() => null);
  opening = false;
  const { field } = session.composer;
  if (html === null) {
    if (bySlash) field.setRangeText("/", 0, 0, "preserve");
    complain();
    return;
  }
  session.composer.querySelector(".composer-box").before(nodes(html));
  picker = document.getElementById("prompt-picker");
  picker.dataset.opened = bySlash ? "slash" : "button";
  const search = picker.querySelector("input");
  search.addEventListener("input", () => narrow(search.value));
  search.addEventListener("keydown", pressed);
  picker.addEventListener("click", (event) => pick(event.target.closest("[role=option]")));
  document.addEventListener("focusin", left);
  document.addEventListener("pointerdown", left);
  search.focus();
  // What was typed before the list was there.
  if (bySlash) search.value = field.value;
  if (search.value) put("");
  narrow(search.value);
}

/* “/demo long” is no prompt but a text: the message box gets it back as soon as that is clear. */
function narrow(typed) {
  filter(typed);
  const bySlash = picker.dataset.opened === "slash";
  if (bySlash && typed && shown().length === 0) giveUp(typed);
}

function left({ target }) {
  if (!picker?.contains(target) && !target.closest?.("[data-feature=prompts]")) close();
}

function close() {
  document.removeEventListener("focusin", left);
  document.removeEventListener("pointerdown", left);
  picker?.remove();
  picker = null;
}

/* --- The list --------------------------------------------------------------------------------- */
function shown() {
  return [...picker.querySelectorAll("[role=option]:not([hidden])")];
}

/* Titles that begin with what was typed come before those that only contain it. */
function filter(typed) {
  const wanted = typed.trim().toLocaleLowerCase();
  const list = picker.querySelector("[role=listbox]");
  const rank = (option) => {
    const text = option.textContent.trim().toLocaleLowerCase();
    if (text.startsWith(wanted)) return 0;
    return text.includes(wanted) ? 1 : 2;
  };
  const options = [...list.children].map((option) => [rank(option), option]);
  options.sort(([a], [b]) => a - b);
  for (const [place, option] of options) option.hidden = place === 2;
  list.append(...options.map(([, option]) => option));
  picker.querySelector("[data-none]").hidden = shown().length > 0;
  mark(shown()[0]);
}

function mark(option) {
  const search = picker.querySelector("input");
  for (const other of picker.querySelectorAll("[aria-selected=true]")) {
    other.setAttribute("aria-selected", "false");
  }
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) search.setAttribute("aria-activedescendant", option.id);
  else search.removeAttribute("aria-activedescendant");
}

function pressed(event) {
  const options = shown();
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in moves) {
    event.preventDefault();
    mark(options[(at + moves[event.key] + options.length) % options.length]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    pick(options[at]);
  } else if (event.key === "Escape") {
    event.stopPropagation();
    giveUp(event.target.value);
  }
}

/* Who meant a text that begins with “/” gets it. */
function giveUp(typed) {
  const bySlash = picker.dataset.opened === "slash";
  close();
  session.composer.field.focus();
  if (bySlash && !session.composer.field.value) insert(`/${typed}`);
}

/* --- Its text ----------------------------------------------------------------------------------- */
async function pick(option) {
  if (!option) return;
  close();
  session.composer.field.focus();
  const { address, variables } = option.dataset;
  if (variables === "0") {
    await take(address, {});
    return;
  }
  const html = await request(address).catch(() => null);
  if (html === null) complain();
  else feature("dialog", (dialog) => dialog.open(html));
}

async function fill(form) {
  if (await take(form.action, new FormData(form))) {
    document.getElementById("dialog").close();
    session.composer.field.focus();
  }
}

async function take(address, values) {
  const answer = await request(address, new URLSearchParams(values)).catch(() => null);
  if (answer === null) {
    complain();
    return false;
  }
  const { text, unfilled } = JSON.parse(answer);
  insert(text);
  const said = unfilled.length > 0 ? words.promptUnfilled : "";
  session.composer.say(said.replace("{names}", unfilled.join(", ")));
  return true;
}

/* Where the cursor is; what was typed stays. */
function insert(text) {
  const { field } = session.composer;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  told(field);
}

function put(text) {
  session.composer.field.value = text;
  told(session.composer.field);
}

function told(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
