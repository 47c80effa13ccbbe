/* What all modules share: the sentences of the page, requests, what is said to the person, features. */

export const words = document.getElementById("words").dataset;

const trouble = document.getElementById("trouble");
let complaining = 0;

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

/* --- Said to the person ----------------------------------------------------------------------- */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  announcer.textContent = "";
  setTimeout(() => (announcer.textContent = text), 60);
}

/* What was asked for did not work: for eyes and ears, and above an open dialog, too. */
export function complain(text = navigator.onLine ? words.broken : words.lost) {
  hush();
  (document.querySelector("dialog[open]") ?? document.body).append(trouble);
  trouble.textContent = text;
  trouble.showPopover();
  complaining = setTimeout(hush, 8000);
  document.addEventListener("click", hush, { once: true });
}

function hush() {
  clearTimeout(complaining);
  if (trouble.matches(":popover-open")) trouble.hidePopover();
}

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

/* --- Keys ------------------------------------------------------------------------------------ */
/* A link that is a button is pressed as one; / and Ctrl+K lead to the search. */
export function pressed(event) {
  if (event.key === " " && event.target.matches?.("a[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
  if (document.querySelector("dialog[open]")) return;
  const command = event.ctrlKey || event.metaKey;
  const typing = event.target.closest?.("input, textarea, select");
  if (!(command ? event.key === "k" : event.key === "/" && !typing)) return;
  event.preventDefault();
  const box = document.getElementById("search-box");
  box.focus();
  // On a narrow screen it is out of sight, and cannot have the focus.
  if (document.activeElement !== box) feature("sidebar", (sidebar) => sidebar.search());
}

/* --- Clipboard ------------------------------------------------------------------------------ */
/* `text` may be a promise: browsers want to be asked while the click is still warm. */
export async function copy(text) {
  try {
    const blob = Promise.resolve(text).then((plain) => new Blob([plain], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    const byHand = import("./features/copying.js");
    return Promise.all([byHand, text]).then(
      ([{ copyByHand }, plain]) => copyByHand(plain),
      () => false,
    );
  }
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

/* --- Features ---------------------------------------------------------------------------------- */
/* Modules that are loaded when they are first needed; features/modules.js has the list.
 * `start(session)` is called once. Elements with data-feature="name" are handed to `used(element)`:
 * a link or button that is clicked, a form that is submitted, a field that is gone into, a <details>
 * that is opened or closed. See also `tell` and `meet`. */
const USED = {
  click: ":is(a, button)[data-feature]",
  submit: "form[data-feature]",
  focusin: "input[data-feature]",
  toggle: "details[data-feature]",
};
const started = new Map();
const handlers = new Map();
let offered = null;

/* `table()` imports the modules by name; `events`: by type, the feature that is to hear of it. */
export function offer(session, table, events) {
  offered = { session, table, events };
  for (const type of Object.keys(USED)) document.addEventListener(type, use, type === "toggle");
}

/* Does something with a feature. Where it cannot be had, that is said and nothing is done. */
export async function feature(name, act) {
  if (!started.has(name)) started.set(name, starting(name));
  const module = await started.get(name);
  if (module) return act?.(module);
  started.delete(name);
  complain();
}

function starting(name) {
  const { session, table } = offered;
  const loading = table().then(({ modules }) => modules[name]());
  return loading.catch(() => null).then((module) => {
    module?.start?.(session);
    return module;
  });
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
    feature(element.dataset.needs, (module) => {
      if (!element.dataset.needs) return;
      delete element.dataset.needs;
      module.met(element);
    });
  }
}

function use(event) {
  const element = event.target.closest?.(USED[event.type]);
  if (!element) return;
  if (event.cancelable) event.preventDefault();
  feature(element.dataset.feature, (module) => module.used?.(element));
}

/* The address of a feature's own stylesheet is new URL(…, import.meta.url), with the name in full.
 * What must not be seen without it waits. */
export function addStyle(address) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
  document.head.append(link);
  return new Promise((done) => {
    for (const type of ["load", "error"]) link.addEventListener(type, done, { once: true });
  });
}
