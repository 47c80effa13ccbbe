/* The one dialog of the page: a fragment of the server's, whose forms bring the next one. */

import { addStyle, complain, nodes, request } from "../page.js";
import { process } from "./htmx.js";

/* A click may wander so many pixels between press and release. */
const STEADY = 8;
const CONTROL = "a, button, summary";

const dialog = document.getElementById("dialog");
const body = document.getElementById("dialog-body");

let session = null;
let styled = null;
let asked = 0;
let press = null;

export function start(page) {
  session = page;
  styled = addStyle(new URL("../../css/dialog.css", import.meta.url));
  dialog.addEventListener("pointerdown", pressed);
  dialog.addEventListener("pointerup", released);
  dialog.addEventListener("click", clicked);
  dialog.addEventListener("close", () => (asked += 1));
  document.addEventListener("dialog-done", done);
}

/* A link to what is to be shown. Of several that were clicked the last one counts. */
export async function used({ href }) {
  const number = (asked += 1);
  const html = await request(href).catch(() => null);
  if (number !== asked) return;
  if (html === null) complain();
  else open(html);
}

export async function open(html) {
  await styled;
  body.replaceChildren(nodes(html));
  process(body);
  if (!dialog.open) dialog.showModal();
  body.querySelector("[autofocus]")?.focus();
  body.querySelector("input[autofocus]")?.select();
}

function done({ target }) {
  dialog.close();
  const { pathname } = new URL(target.getAttribute("action"), location.href);
  const [, , id, action] = pathname.split("/");
  session.carriedOut(action, id, target);
}

/* --- Clicks ----------------------------------------------------------------------------------- */
function pressed({ target, clientX, clientY }) {
  press = { target, clientX, clientY };
}

/* Begun beside the dialog, too: text may be selected out of it. */
function clicked(event) {
  const isBeside = press?.target === dialog && isOutside(press) && isOutside(event);
  if (!isBeside && !event.target.closest("[data-close]")) return;
  event.preventDefault();
  dialog.close();
}

function isOutside({ clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

/* An answer that comes between press and release takes the pressed button away, and its click with
 * it: then the same button of what is shown now is meant. Touches are clicks where they end. */
function released({ pointerType, clientX, clientY }) {
  const control = press?.target.closest(CONTROL);
  if (pointerType !== "mouse" || !control || control.isConnected) return;
  const isSteady = Math.hypot(clientX - press.clientX, clientY - press.clientY) < STEADY;
  if (isSteady) counterpart(control)?.click();
}

/* Of several that look the same, none. */
function counterpart(control) {
  const action = (it) => it.closest("form")?.getAttribute("action");
  const found = [...body.querySelectorAll(control.localName)].filter(
    (it) => it.isEqualNode(control) && action(it) === action(control),
  );
  return found.length === 1 ? found[0] : null;
}
