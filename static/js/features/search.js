/* The list of what was found, while somebody types into the box at the head of the sidebar. */

import { addStyle, announce, askToSignIn, nodes } from "../page.js";

const PAUSE = 150;
/* In the person's own name: another may sign in here. */
const KEPT = `search.${document.getElementById("app").dataset.user}`;

const sidebar = document.getElementById("sidebar");
const search = document.getElementById("search");
const box = document.getElementById("search-box");
const results = document.getElementById("search-results");

let timer = 0;
let asking = null;
let shown = "";

export function start() {
  addStyle(new URL("../../css/search.css", import.meta.url));
  box.addEventListener("input", (event) => !event.isComposing && later());
  box.addEventListener("compositionend", later);
  search.addEventListener("keydown", pressed);
  results.addEventListener("click", keep);
  if (!box.value) box.value = sessionStorage.getItem(KEPT) ?? "";
  if (box.value) {
    box.select();
    ask();
  }
}

/* Who opens a hit may want the next one, on the page that comes. */
function keep(event) {
  if (event.target.closest("a")) sessionStorage.setItem(KEPT, box.value);
}

function later() {
  clearTimeout(timer);
  asking?.abort();
  if (box.value.trim()) timer = setTimeout(ask, PAUSE);
  else clear();
}

function clear() {
  clearTimeout(timer);
  asking?.abort();
  sessionStorage.removeItem(KEPT);
  box.value = "";
  shown = "";
  results.replaceChildren();
  show(false);
}

function show(open) {
  results.hidden = !open;
  sidebar.toggleAttribute("data-searching", open);
}

async function ask() {
  const text = box.value;
  if (text === shown) return;
  asking = new AbortController();
  results.setAttribute("aria-busy", "true");
  try {
    const address = `${box.form.action}?${new URLSearchParams({ q: text })}`;
    const answer = await fetch(address, {
      headers: { "HX-Request": "true" },
      signal: asking.signal,
    });
    if (answer.status === 401) askToSignIn();
    if (!answer.ok) throw new Error("refused");
    draw(text, nodes(await answer.text()));
  } catch (error) {
    if (error.name === "AbortError") return;
    fail();
  }
  results.removeAttribute("aria-busy");
}

function draw(text, found) {
  shown = text;
  results.replaceChildren(found);
  results.scrollTop = 0;
  show(true);
  const { said } = results.querySelector(".hits").dataset;
  announce(said || results.querySelector(".hits-note")?.textContent || "");
}

function fail() {
  const note = document.createElement("p");
  note.className = "hits-note";
  note.textContent = box.dataset.failed;
  shown = "";
  results.replaceChildren(note);
  show(true);
  announce(note.textContent);
}

function pressed(event) {
  if (event.isComposing) return;
  if (event.key === "Escape" && (box.value || !results.hidden)) {
    event.preventDefault();
    event.stopPropagation();
    clear();
    box.focus();
  } else if (event.key === "Escape") {
    box.blur();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    move(event);
  }
}

/* Between the box and the hits, round and round. */
function move(event) {
  if (results.hidden) return;
  const stops = [box, ...results.querySelectorAll("a")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  const at = stops.indexOf(document.activeElement) + step;
  event.preventDefault();
  stops.at(at % stops.length).focus();
}
