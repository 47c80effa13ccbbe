/* The sidebar beside or, where there is no room, above the conversation; and the account's menu. */

/* What was hidden can have the focus a moment later; how long that is, the machine decides. */
const AGAIN = 40;
const TRIES = 100;

const narrow = matchMedia("(max-width: 52rem)");
const sidebar = document.getElementById("sidebar");
const scrim = document.getElementById("scrim");
const opener = document.getElementById("open-sidebar");
const menu = sidebar.querySelector("[data-menu]");

export function start() {
  narrow.addEventListener("change", () => show(false));
  document.getElementById("close-sidebar").addEventListener("click", hide);
  scrim.addEventListener("click", hide);
  document.addEventListener("click", ({ target }) => menu.contains(target) || (menu.open = false));
  document.addEventListener("keydown", pressed);
}

/* The button in the head of the page; the menu looks after itself. */
export function used(element) {
  if (element === opener) show(true);
}

/* The page of what is archived comes with it open. */
export function met() {
  show(true);
}

export function search() {
  show(true, "search-box");
}

/* `first` has the focus when it comes above the conversation, which is out of reach then. */
function show(open, first = "close-sidebar") {
  sidebar.toggleAttribute("data-open", open);
  sidebar.inert = narrow.matches && !open;
  scrim.hidden = !(narrow.matches && open);
  document.getElementById("main").inert = narrow.matches && open;
  opener.setAttribute("aria-expanded", String(open));
  if (narrow.matches && open) focusWhenShown(document.getElementById(first), TRIES);
}

function focusWhenShown(element, tries) {
  element.focus({ preventScroll: true });
  if (document.activeElement === element || !tries || !sidebar.hasAttribute("data-open")) return;
  setTimeout(focusWhenShown, AGAIN, element, tries - 1);
}

function hide() {
  show(false);
  opener.focus();
}

function pressed({ key }) {
  if (key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (menu.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (sidebar.hasAttribute("data-open")) {
    hide();
  }
}
