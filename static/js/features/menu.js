/* The menu of an entry or a message: fetched when it is opened, used with the arrow keys. */

import { addStyle, announce, complain, nodes, request } from "../page.js";

const EDGE = 8;
let session = null;
let menu = null;
let opener = null;

export function start(page) {
  session = page;
  addStyle(new URL("../../css/filing.css", import.meta.url));
  menu = document.createElement("div");
  menu.className = "entry-menu";
  menu.popover = "manual";
  menu.setAttribute("role", "menu");
  menu.addEventListener("click", chosen);
  menu.addEventListener("keydown", pressed);
  menu.addEventListener("focusout", left);
  document.addEventListener("pointerdown", pointedElsewhere);
  document.getElementById("conversations").addEventListener("scroll", () => close(), true);
  addEventListener("resize", () => close());
}

export async function used(button) {
  const again = opener === button;
  close();
  if (again) return;
  opener = button;
  // Of sidebar and log one may be out of use, with all that is in it.
  button.closest("#sidebar, #main").append(menu);
  button.setAttribute("aria-expanded", "true");
  const html = await request(button.dataset.address).catch(() => null);
  if (opener !== button) return;
  if (html === null) {
    close();
    complain();
    return;
  }
  menu.setAttribute("aria-label", button.getAttribute("aria-label"));
  menu.replaceChildren(nodes(html));
  menu.showPopover();
  place(button.getBoundingClientRect());
  items()[0]?.focus();
}

/* Below the button, or above it where there is no room. */
function place({ top, bottom, right }) {
  const { width, height } = menu.getBoundingClientRect();
  const below = bottom + height + EDGE < innerHeight;
  menu.style.left = `${Math.max(EDGE, Math.min(right - width, innerWidth - width - EDGE))}px`;
  menu.style.top = `${below ? bottom + 4 : Math.max(EDGE, top - height - 4)}px`;
}

function items() {
  return [...menu.querySelectorAll("[role=menuitem]")];
}

function close() {
  if (!opener) return;
  opener.setAttribute("aria-expanded", "false");
  opener = null;
  if (menu.matches(":popover-open")) menu.hidePopover();
}

/* Back to the button first: a dialog gives the focus back to where it was. */
function leave() {
  const button = opener;
  const again = `[data-feature="menu"][data-address="${button?.dataset.address}"]`;
  close();
  // The list may have been drawn anew meanwhile.
  (button?.isConnected ? button : document.querySelector(again))?.focus();
}

async function chosen(event) {
  const item = event.target.closest("[role=menuitem]");
  if (!item) return;
  leave();
  const { address, action, said } = item.dataset;
  if (!action) return;
  try {
    await request(address, new URLSearchParams({ action }));
    announce(said);
  } catch {
    complain();
  }
  session.refreshLists();
}

function pressed(event) {
  const all = items();
  const at = all.indexOf(document.activeElement);
  const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
  if (event.key in moves) {
    event.preventDefault();
    all[(moves[event.key] + all.length) % all.length]?.focus();
  } else if (event.key === "Escape") {
    event.stopPropagation();
    leave();
  } else if (event.key === "Tab") {
    leave();
  } else if (event.key === " " && document.activeElement.matches("a")) {
    event.preventDefault();
    event.stopPropagation();
    document.activeElement.click();
  }
}

function left(event) {
  if (event.relatedTarget && !menu.contains(event.relatedTarget)) close();
}

function pointedElsewhere({ target }) {
  if (!menu.contains(target) && !opener?.contains(target)) close();
}
