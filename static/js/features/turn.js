/* What the menu of a message offers: another model, a branch of one's own, deleting and undo. */

import { addStyle, announce, complain, nodes, request } from "../page.js";

/* So long a deletion can be undone with one click, and longer while somebody is about to. */
const SHOWN = 15_000;
const GAP = 8;
let session = null;
let toast = null;
let hiding = 0;

const ACTS = { regenerate, branch, remove, undo, close };

export function start(page) {
  session = page;
  addStyle(new URL("../../css/turn.css", import.meta.url));
}

export function used(element) {
  return ACTS[element.dataset.act](element);
}

/* The model is chosen for what follows, too: the picker says so. */
function regenerate({ dataset }) {
  const { model } = session.composer;
  if (model.querySelector(`option[value="${dataset.model}"]`)) {
    model.value = dataset.model;
    model.dispatchEvent(new Event("change", { bubbles: true }));
  }
  session.command({ type: "reply.regenerate", reply: Number(dataset.reply) });
}

async function branch({ dataset }) {
  const answer = await post(dataset.to);
  if (answer?.startsWith("/")) location.assign(answer);
  else if (answer) show(answer);
}

async function remove({ dataset }) {
  const html = await post(dataset.to);
  if (!html) return;
  show(html);
  if (toast.querySelector("a")) dropFrom(session.transcript.article(dataset.message));
  refresh();
}

/* At once; a sibling comes in its place when the page has been compared. */
function dropFrom(turn) {
  while (turn) {
    const next = turn.nextElementSibling;
    if (turn.matches("[data-message]")) turn.remove();
    turn = next;
  }
}

async function undo(link) {
  const problem = await post(link.href);
  if (problem === null) return;
  close();
  if (problem) show(problem);
  document.getElementById("log").focus({ preventScroll: true });
  refresh();
}

async function post(address) {
  try {
    return await request(address, new URLSearchParams());
  } catch {
    complain();
    return null;
  }
}

/* The page hears of it over its socket; should that be away, it asks when it is back. */
function refresh() {
  session.transcript.dispatchEvent(new CustomEvent("chat-hole"));
}

function show(html) {
  close();
  toast = document.createElement("div");
  toast.className = "toast";
  toast.append(nodes(html));
  // Above the message box, in the middle of the column.
  const main = document.getElementById("main");
  main.append(toast);
  toast.style.bottom = `${main.clientHeight - session.composer.offsetTop + GAP}px`;
  announce(toast.querySelector("p").textContent);
  (toast.querySelector("a") ?? toast.querySelector("button")).focus();
  hiding = setTimeout(hide, SHOWN);
}

function hide() {
  if (toast.matches(":hover, :focus-within:has(:focus-visible)")) hiding = setTimeout(hide, 2000);
  else close();
}

function close() {
  clearTimeout(hiding);
  const focused = toast?.contains(document.activeElement);
  toast?.remove();
  toast = null;
  if (focused) document.getElementById("log").focus({ preventScroll: true });
}
