/* What surrounds the conversation: sidebar, dialog, menus, clipboard, requests, features. */

export const words = document.getElementById("words").dataset;

const narrow = matchMedia("(max-width: 52rem)");
const sidebar = document.getElementById("sidebar");
const scrim = document.getElementById("scrim");
const dialog = document.getElementById("dialog");
const trouble = document.getElementById("trouble");
let complaining = 0;
let pressedOn = null;

/* --- Requests ------------------------------------------------------------------------------ */
/* Text of the answer. Raises an Error with `status` (0: no connection; 401: the page says so). */
export async function request(address, body) {
  const headers = { "HX-Request": "true", "X-CSRFToken": document.body.dataset.csrf };
  const method = body ? "POST" : "GET";
  const answer = await fetch(address, { method, headers, body }).catch(() => ({ status: 0 }));
  if (answer.status === 401) askToSignIn();
  if (!answer.ok) throw Object.assign(new Error("refused"), { status: answer.status });
  return answer.text();
}

/* Made and cleaned by the server. */
export function nodes(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/* --- Clipboard ------------------------------------------------------------------------------ */
/* `text` may be a promise: browsers want to be asked while the click is still warm. */
export async function copy(text) {
  try {
    const blob = Promise.resolve(text).then((plain) => new Blob([plain], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    const { copyByHand } = await import("./features/copying.js");
    return copyByHand(await Promise.resolve(text).catch(() => null));
  }
}

export function announce(text) {
  const announcer = document.getElementById("announcer");
  announcer.textContent = "";
  setTimeout(() => (announcer.textContent = text), 60);
}

/* What was asked for did not work: for eyes and ears, and above an open dialog, too. */
export function complain(text = navigator.onLine ? words.broken : words.lost) {
  hush();
  (dialog.open ? dialog : document.body).append(trouble);
  trouble.textContent = text;
  trouble.showPopover();
  complaining = setTimeout(hush, 8000);
}

function hush() {
  clearTimeout(complaining);
  if (trouble.matches(":popover-open")) trouble.hidePopover();
}

/* Says on the button itself that it was done, for a moment. */
export async function showCopied(button, copying) {
  const said = (await copying) ? words.copied : words.copyFailed;
  const label = button.querySelector("span") ?? button;
  label.dataset.before ??= label.textContent;
  label.textContent = said;
  announce(said);
  setTimeout(() => (label.textContent = label.dataset.before), 1500);
}

/* --- Head of the page ------------------------------------------------------------------------- */
export function showTitle(title) {
  if (!title) return;
  document.getElementById("title").textContent = title;
  document.title = document.title.replace(/^.*(?= · )/s, () => title);
}

export function showStatus(text, tone = "trouble") {
  const status = document.getElementById("connection");
  if (status.textContent === text) return;
  status.textContent = text;
  status.dataset.tone = tone;
}

export function askToSignIn() {
  const link = document.createElement("a");
  link.href = `${words.signinUrl}?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = words.signinLink;
  showStatus(words.signin);
  document.getElementById("connection").append(" ", link);
}

/* A new conversation has got its address, and can be renamed and deleted. */
export function showAddress(conversation) {
  history.replaceState(null, "", `/c/${conversation}/`);
  const actions = document.getElementById("bar-actions");
  for (const link of actions.querySelectorAll("a")) {
    link.href = `/c/${conversation}/${link.dataset.for}/`;
  }
  actions.hidden = false;
}

/* Nothing of the conversation stays on the page but what was not sent yet. */
export function closePage(said) {
  const log = document.getElementById("log");
  const notice = document.createElement("p");
  const link = Object.assign(document.createElement("a"), { href: "/", textContent: words.begin });
  notice.className = "page-notice";
  notice.append(`${said} `, link);
  log.replaceChildren(notice, ...log.querySelectorAll("[data-pending]"));
  showTitle(words.untitled);
  document.getElementById("bar-actions").hidden = true;
  document.getElementById("people").replaceChildren();
  document.getElementById("audience").textContent = "";
  dialog.close();
  announce(said);
}

/* --- Sidebar -------------------------------------------------------------------------------- */
function showSidebar(open) {
  sidebar.toggleAttribute("data-open", open);
  sidebar.inert = narrow.matches && !open;
  scrim.hidden = !(narrow.matches && open);
  document.getElementById("main").inert = narrow.matches && open;
  const opener = document.getElementById("open-sidebar");
  opener.setAttribute("aria-expanded", String(open));
  if (narrow.matches && open) document.getElementById("close-sidebar").focus();
}

function hideSidebar() {
  showSidebar(false);
  document.getElementById("open-sidebar").focus();
}

/* Draws the lists anew. */
export function refreshConversations(current) {
  feature("lists").then((lists) => lists.refresh(current), () => {});
}

function toggled({ target }) {
  if (target.dataset.drawer) feature("lists").then((lists) => lists.keepOpen());
}

/* --- Dialog ---------------------------------------------------------------------------------- */
export async function fetchDialog(address) {
  const html = await request(address).catch(() => null);
  if (html === null) complain();
  else openDialog(html);
}

export function openDialog(html) {
  const body = document.getElementById("dialog-body");
  body.replaceChildren(nodes(html));
  window.htmx?.process(body);
  if (!dialog.open) dialog.showModal();
  body.querySelector("[autofocus]")?.focus();
  body.querySelector("input[autofocus]")?.select();
}

/* Beside the dialog, not in its padding; and begun there: text may be selected out of it. */
function isBeside({ target, clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  const isIn = clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
  return target === dialog && !isIn;
}

function clicked(event) {
  hush();
  const opener = event.target.closest("[data-dialog], #bar-actions a");
  if (opener) {
    event.preventDefault();
    fetchDialog(opener.href);
  } else if (event.target.closest("[data-close]") || (isBeside(event) && pressedOn === dialog)) {
    event.preventDefault();
    dialog.close();
  }
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}

function pressed(event) {
  if (event.key === " " && event.target.matches?.("a[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
  if (dialog.open) return;
  const command = event.ctrlKey || event.metaKey;
  const typing = event.target.closest?.("input, textarea, select");
  if (command ? event.key === "k" : event.key === "/" && !typing) {
    event.preventDefault();
    if (narrow.matches) showSidebar(true);
    setTimeout(() => document.getElementById("search-box").focus(), narrow.matches ? 80 : 0);
  }
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (sidebar.hasAttribute("data-open")) {
    hideSidebar();
  }
}

/* `done(action, id, form)` is told of a rename or delete that was carried out. */
export function watchPage(store, done) {
  showSidebar(Boolean(sidebar.querySelector("[data-archive]")));
  narrow.addEventListener("change", () => showSidebar(false));
  document.getElementById("open-sidebar").addEventListener("click", () => showSidebar(true));
  document.getElementById("close-sidebar").addEventListener("click", hideSidebar);
  scrim.addEventListener("click", hideSidebar);
  document.addEventListener("click", clicked);
  document.addEventListener("pointerdown", ({ target }) => (pressedOn = target));
  document.addEventListener("keydown", pressed);
  sidebar.addEventListener("toggle", toggled, true);
  document.querySelector("[data-forget]").addEventListener("submit", () => store.forget());
  document.addEventListener("dialog-done", (event) => {
    dialog.close();
    const [, , id, action] = new URL(event.target.getAttribute("action"), location.href).pathname.split("/");
    done(action, id, event.target);
  });
  for (const type of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(type, () => complain());
  }
  sidebar.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}

/* --- Features ---------------------------------------------------------------------------------- */
/* Modules that are loaded when they are first needed; features/modules.js has the list. `start(session)` is
 * called once. For a click on a button or link with data-feature="name", and for a submitted form
 * with it, there is `used(element)`. See also `tell` and `meet`. */
const offered = { table: null, events: {}, session: null };
const started = new Map();
const handlers = new Map();

/* `table()` imports the modules by name; `events`: by type, the feature that is to hear of it. */
export function offer(table, events, session) {
  Object.assign(offered, { table, events, session });
  document.addEventListener("click", use);
  document.addEventListener("submit", use);
  document.getElementById("search-box").addEventListener("focus", () => feature("search"));
}

export function feature(name) {
  if (!started.has(name)) started.set(name, starting(name));
  return started.get(name);
}

async function starting(name) {
  try {
    const { modules } = await offered.table();
    const module = await modules[name]();
    module.start?.(offered.session);
    return module;
  } catch (error) {
    started.delete(name);
    complain();
    throw error;
  }
}

/* Features hear events of the open conversation in the order in which they came. */
export function on(type, handler) {
  handlers.set(type, [...(handlers.get(type) ?? []), handler]);
}

export async function tell(event) {
  const name = offered.events[event.type];
  if (name) await feature(name);
  for (const handler of handlers.get(event.type) ?? []) handler(event);
}

/* What has just come into the page may need a feature: data-needs="name" calls `met(element)`. */
export function meet() {
  for (const element of document.querySelectorAll("[data-needs]")) {
    const name = element.dataset.needs;
    delete element.dataset.needs;
    feature(name).then((module) => module.met(element));
  }
}

async function use(event) {
  const wanted = event.type === "submit" ? "form[data-feature]" : ":is(a, button)[data-feature]";
  const element = event.target.closest(wanted);
  if (!element) return;
  event.preventDefault();
  const module = await feature(element.dataset.feature);
  module.used(element);
}

/* The address of a feature's own stylesheet is new URL(…, import.meta.url), with the name in full. */
export function addStyle(address) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  document.head.append(link);
}
