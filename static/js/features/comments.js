/* Threads of comments under messages, as everybody who may read the conversation sees them. */

import { sends } from "../composer.js";
import { addStyle, complain, nodes, on, request, words } from "../page.js";
import { uuid } from "../kept.js";
import { pick, suggest } from "./mentions.js";

const SURE = 4000;

let session = null;

export function start(page) {
  session = page;
  addStyle(new URL("../../css/together.css", import.meta.url));
  on("comments.changed", changed);
  session.transcript.addEventListener("input", ({ target }) => {
    if (target.matches(".comment-form textarea")) suggest(target);
  });
  session.transcript.addEventListener("keydown", pressed);
}

/* A form of a thread, the button under a message, or a button in a thread. */
export function used(element) {
  const action = element.dataset.do;
  if (element.matches("form")) send(element);
  else if (action === "edit") edit(element);
  else if (action === "remove") remove(element);
  else if (action === "close") close(element.closest(".thread"));
  else if (action === "cancel") stopEditing(element.closest(".comment"));
  else toggle(element);
}

function pressed(event) {
  const form = event.target.closest(".comment-form");
  if (!form || !event.target.matches("textarea")) return;
  if (pick(event)) return;
  if (sends(event)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape") {
    const editing = form.closest(".comment");
    if (editing) stopEditing(editing);
    else close(form.closest(".thread"));
  }
}

/* --- Threads ---------------------------------------------------------------------------------- */
function buttonOf(article) {
  return article.querySelector(".comment-button");
}

async function toggle(button) {
  const article = button.closest("article");
  const open = article.querySelector(".thread");
  if (open) {
    close(open);
    return;
  }
  const html = await fetched(article);
  if (html === null || article.querySelector(".thread")) return;
  article.append(nodes(html));
  session.transcript.place.stick();
  mark(button, { unread: false });
  button.setAttribute("aria-expanded", "true");
  article.querySelector(".thread").scrollIntoView({ block: "nearest" });
  article.querySelector(".comment-form textarea").focus({ preventScroll: true });
}

function close(thread) {
  const button = buttonOf(thread.closest("article"));
  thread.remove();
  button?.setAttribute("aria-expanded", "false");
  button?.focus();
}

function fetched(article) {
  const address = `/c/${session.conversation}/messages/${article.dataset.message}/comments/`;
  return request(address).catch(() => {
    complain();
    return null;
  });
}

/* Somebody has changed the comments on a message. */
async function changed({ message, count, by }) {
  const article = session.transcript.article(message);
  const button = article && buttonOf(article);
  if (!button) return;
  const thread = article.querySelector(".thread");
  const isOwn = by === Number(session.app.dataset.user);
  mark(button, { count, unread: !thread && !isOwn && count > Number(button.dataset.count) });
  // One's own may have been written in another window.
  const shown = Number(thread?.querySelector(".comment-list").dataset.count);
  if (!thread || (isOwn && shown === count)) return;
  const html = await fetched(article);
  if (html !== null) redraw(thread, html);
}

/* The list is drawn anew; a comment that is being changed, and the form, stay as they are. */
function redraw(thread, html) {
  const fresh = nodes(html).querySelector(".comment-list");
  const list = thread.querySelector(".comment-list");
  for (const editing of list.querySelectorAll(".comment:has(form)")) {
    fresh.querySelector(`#${editing.id}`)?.replaceWith(editing);
  }
  list.replaceWith(fresh);
  session.transcript.place.stick();
  const button = buttonOf(thread.closest("article"));
  if (button) mark(button, { count: Number(fresh.dataset.count), unread: false });
}

function mark(button, { count = Number(button.dataset.count), unread }) {
  button.dataset.count = count;
  const label = button.querySelector("[data-label]");
  label.textContent = count ? words.comments.replace("{count}", count) : words.comment;
  button.toggleAttribute("data-unread", unread);
  while (label.nextSibling) label.nextSibling.remove();
  if (!unread) return;
  button.insertAdjacentHTML("beforeend", '<span class="unread-dot"></span>');
  button.append(Object.assign(document.createElement("span"), { className: "visually-hidden" }));
  button.lastChild.textContent = words.new;
}

/* --- One comment --------------------------------------------------------------------------------- */
async function post(form, fields) {
  const alert = form.querySelector("[role=alert]");
  const submit = form.querySelector("[type=submit]");
  submit.disabled = true;
  const headers = { "HX-Request": "true", "X-CSRFToken": document.body.dataset.csrf };
  const body = new URLSearchParams(fields);
  const answer = await fetch(form.getAttribute("action"), { method: "POST", headers, body }).catch(
    () => null,
  );
  submit.disabled = false;
  if (answer?.ok) return answer.text();
  const isPlain = answer?.headers.get("Content-Type")?.startsWith("text/plain");
  alert.textContent = isPlain ? await answer.text() : words.broken;
  alert.hidden = false;
  return null;
}

/* The key outlives a failure: sending again does not say it twice. */
async function send(form) {
  const field = form.elements.text;
  const editing = form.closest(".comment");
  if (!field.value.trim()) {
    field.focus();
    return;
  }
  form.dataset.key ||= uuid();
  const thread = form.closest(".thread");
  const html = await post(form, { text: field.value, key: form.dataset.key });
  if (html === null) return;
  form.querySelector("[role=alert]").hidden = true;
  if (editing) {
    editing.querySelector("form").remove();
  } else {
    field.value = "";
    delete form.dataset.key;
  }
  redraw(thread, html);
  if (editing) thread.querySelector(`#${editing.id} [data-do=edit]`)?.focus();
}

function edit(button) {
  const comment = button.closest(".comment");
  const form = comment.closest(".thread").querySelector(":scope > .comment-form").cloneNode(true);
  const field = form.elements.text;
  const text = comment.querySelector("[data-text]");
  form.setAttribute("action", button.dataset.url);
  form.querySelector(".help").remove();
  field.removeAttribute("aria-describedby");
  field.id = `edit-${comment.id}`;
  form.querySelector("label").htmlFor = field.id;
  field.value = text.textContent;
  form.querySelector("[data-do=close]").dataset.do = "cancel";
  text.hidden = comment.querySelector(".comment-actions").hidden = true;
  comment.append(form);
  field.focus();
}

function stopEditing(comment) {
  comment.querySelector("form").remove();
  comment.querySelector("[data-text]").hidden = false;
  comment.querySelector(".comment-actions").hidden = false;
  comment.querySelector("[data-do=edit]").focus();
}

/* The first click asks, the second one does it. */
async function remove(button) {
  if (!button.dataset.sure) {
    const label = button.textContent;
    button.dataset.sure = "yes";
    button.textContent = words.really;
    setTimeout(() => {
      button.textContent = label;
      delete button.dataset.sure;
    }, SURE);
    return;
  }
  const thread = button.closest(".thread");
  const html = await request(button.dataset.url, new URLSearchParams()).catch(() => null);
  if (html === null) complain();
  else redraw(thread, html);
  thread.querySelector(":scope > .comment-form textarea")?.focus();
}
