/* Selecting several conversations in the sidebar, to archive, move or delete them at once. */

import { addStyle, announce, complain, feature, request, words } from "../page.js";

/* The server does no more at once. */
const MOST = 500;

const chosen = new Set();
let session = null;
let nav = null;
let bar = null;
let watcher = null;
let last = null;

export function start(page) {
  session = page;
  nav = document.getElementById("conversations");
  addStyle(new URL("../../css/filing.css", import.meta.url));
  watcher = new MutationObserver(prepare);
  document.addEventListener("dialog-done", ({ target }) => {
    if (bar && target.getAttribute("action") === bar.getAttribute("action")) end();
  });
  document.addEventListener("filed", () => {
    end();
    session.refreshLists();
  });
}

export function used() {
  if (bar) end();
  else begin();
}

function begin() {
  bar = document.getElementById("selection-bar").content.cloneNode(true).firstElementChild;
  nav.before(bar);
  nav.toggleAttribute("data-selecting", true);
  bar.addEventListener("submit", submitted);
  bar.addEventListener("click", clicked);
  bar.addEventListener("keydown", pressed);
  nav.addEventListener("keydown", pressed);
  nav.addEventListener("click", ranged);
  nav.addEventListener("change", changed);
  watcher.observe(nav, { childList: true, subtree: true });
  prepare();
  bar.querySelector("[data-all]").focus();
}

function end() {
  if (!bar) return;
  watcher.disconnect();
  bar.remove();
  bar = null;
  last = null;
  chosen.clear();
  nav.toggleAttribute("data-selecting", false);
  nav.removeEventListener("keydown", pressed);
  nav.removeEventListener("click", ranged);
  nav.removeEventListener("change", changed);
  nav.querySelectorAll(".entry-check").forEach((box) => box.remove());
  nav.querySelector("[data-feature=selection]")?.focus();
}

function boxes() {
  return [...nav.querySelectorAll(".entry-check")];
}

/* Lists that are drawn anew or grow get their boxes, too. Others' conversations have none. */
function prepare() {
  for (const entry of nav.querySelectorAll(".entry[data-own]:not(:has(> .entry-check))")) {
    const title = entry.querySelector(".entry-link").firstChild.textContent.trim();
    const box = document.createElement("input");
    box.type = "checkbox";
    box.className = "entry-check";
    box.value = entry.dataset.conversation;
    box.setAttribute("aria-label", words.select.replace("{title}", () => title));
    entry.prepend(box);
  }
  const archive = Boolean(nav.querySelector("[data-archive]"));
  for (const button of bar.querySelectorAll("[data-when]")) {
    button.hidden = (button.dataset.when === "archive") !== archive;
  }
  show();
}

function show() {
  const all = boxes();
  const loaded = new Set(all.map((box) => box.value));
  chosen.forEach((id) => loaded.has(id) || chosen.delete(id));
  all.forEach((box) => (box.checked = chosen.has(box.value)));
  const output = bar.querySelector("output");
  const text = output.dataset.text.replace("{count}", chosen.size);
  if (output.textContent !== text) output.textContent = text;
  bar.elements.ids.value = [...chosen].join(",");
  bar.querySelectorAll("[name=action]").forEach((button) => (button.disabled = !chosen.size));
}

function changed({ target }) {
  if (target.matches(".entry-check")) set([target], target.checked);
}

function set(some, on) {
  for (const { value } of some) {
    if (!on) chosen.delete(value);
    else if (chosen.size < MOST) chosen.add(value);
  }
  show();
}

/* With Shift: all from the last one to this. While selecting, a title selects as its box does. */
function ranged(event) {
  const entry = event.target.closest(".entry[data-own]");
  const box = entry?.querySelector(".entry-check");
  if (!box || event.target.closest(".entry-more")) return;
  if (event.target !== box) {
    event.preventDefault();
    set([box], !chosen.has(box.value));
  }
  const all = boxes();
  const from = all.indexOf(last);
  if (event.shiftKey && from >= 0) {
    const [first, final] = [from, all.indexOf(box)].toSorted((a, b) => a - b);
    set(all.slice(first, final + 1), last.checked);
  }
  last = box;
}

function clicked(event) {
  if (event.target.closest("[data-end]")) end();
  if (event.target.closest("[data-all]")) set(boxes(), chosen.size < boxes().length);
}

function pressed(event) {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  end();
}

async function submitted(event) {
  if (event.submitter.hasAttribute("formaction")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(bar, event.submitter));
  const action = event.submitter.value;
  const html = await request(bar.getAttribute("action"), body).catch(() => null);
  if (html === null) complain();
  else if (html) feature("dialog", (dialog) => dialog.open(html));
  else {
    announce(action === "restore" ? words.restored : words.archived);
    end();
    session.refreshLists();
  }
}
