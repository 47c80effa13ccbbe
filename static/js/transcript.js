/* The turns of a conversation: puts in what the server tells of them, and what is on its way to it. */

import { Frames, Place } from "./log.js";
import { announce, copy, nodes, request, showCopied, words } from "./page.js";

const OPEN = '.turn:is([data-state="running"], [data-state="queued"], [data-tools="running"])';

export class ChatTranscript extends HTMLElement {
  connectedCallback() {
    this.log = this.querySelector("#log");
    this.place = new Place(this.log, this.querySelector("#newest"));
    const missed = () => this.dispatchEvent(new CustomEvent("chat-hole"));
    this.frames = new Frames(this.log, () => this.place.stick(), missed);
    this.log.addEventListener("click", (event) => this.#clicked(event));
    this.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
      if (detail.shouldSwap && !target.matches(".later")) this.#holdPlace();
    });
    setInterval(() => this.#count(), 1000);
  }

  article(id) {
    return this.log.querySelector(`#m${Number(id)}`);
  }

  /* What stands in the log itself: several answers side by side are one there, until the person
   * keeps one of them or writes on. */
  #outermost(id) {
    const article = this.article(id);
    return article?.closest(".choices") ?? article;
  }

  /* As conversation.opened tells them: ids and states, in order. */
  get states() {
    const isShown = (turn) => {
      const choices = turn.closest(".choices");
      return !choices || choices.dataset.shown === turn.dataset.message;
    };
    const turns = [...this.log.querySelectorAll("article[data-message]")].filter(isShown);
    return turns.map((turn) => [Number(turn.dataset.message), turn.dataset.state]);
  }

  /* The reply that a stop would mean: the one being written before those that wait. */
  get running() {
    const open = [...this.log.querySelectorAll(OPEN)];
    return open.find((turn) => turn.dataset.state !== "queued") ?? open[0];
  }

  /* A part is shown that is not the newest (features/jump.js): what is new has no place in it. */
  get elsewhere() {
    return Boolean(this.closest("[data-elsewhere]"));
  }

  #home() {
    if (this.asked) location.assign(location.pathname);
  }

  /* --- Events ------------------------------------------------------------------------------- */
  created({ messages, replaces, after, key, by, html }) {
    if (this.elsewhere) return this.#home();
    const isOwn = by === Number(document.getElementById("app").dataset.user);
    const pending = this.log.querySelector(`[data-pending="${CSS.escape(key ?? "")}"]`);
    if (messages.every((id) => this.article(id))) return pending?.remove();
    const hadFocus = this.log.contains(document.activeElement);
    let old = replaces && this.#outermost(replaces);
    while (old) {
      const next = old.nextElementSibling;
      this.#rescue(old);
      if (!old.dataset.pending) old.remove();
      old = next;
    }
    for (const choices of this.log.querySelectorAll(".choices")) {
      choices.replaceWith(this.article(choices.dataset.shown));
    }
    const before = after && this.article(after);
    if (before) delete before.dataset.tools;
    if (pending) pending.replaceWith(nodes(html));
    else if (before) before.after(nodes(html));
    else this.log.insertBefore(nodes(html), this.log.querySelector("[data-pending]"));
    this.#wake();
    if (hadFocus && document.activeElement === document.body) this.log.focus();
    if (pending || (replaces && isOwn)) this.place.follow();
    this.frames.soon();
  }

  /* A change from elsewhere must not take away what is being written in an edit box. */
  #rescue(article) {
    const typed = article.querySelector(".edit-box:not(:has([data-busy])) textarea")?.value;
    if (typed?.trim()) this.dispatchEvent(new CustomEvent("chat-lost", { detail: typed }));
  }

  begun({ reply }) {
    const article = this.article(reply);
    if (!article || article.dataset.state !== "queued") return;
    article.dataset.state = "running";
    const wait = article.querySelector(".turn-wait");
    const whole = article.hasAttribute("data-whole");
    wait.lastChild.replaceWith(whole ? `${words.whole} ` : words.writing);
    if (!whole) return;
    const elapsed = document.createElement("span");
    elapsed.className = "elapsed";
    elapsed.dataset.since = new Date().toISOString();
    wait.append(elapsed);
  }

  advanced(frame) {
    this.frames.add(frame);
  }

  /* The cards themselves are features/tools.js. */
  tools({ reply, tools }) {
    const article = this.article(reply);
    if (article) article.dataset.tools = tools;
    if (tools === "waiting") announce(words.toolWaiting);
  }

  ended({ reply, state, tools, html }) {
    this.frames.draw();
    this.frames.drop(reply);
    const article = this.article(reply);
    if (!article || !html) return;
    article.dataset.state = state;
    article.removeAttribute("data-whole");
    article.querySelector(".turn-foot").replaceWith(nodes(html));
    this.place.stick();
    const said = { completed: words.complete, stopped: words.stopped };
    if (!tools) announce(said[state] ?? (state === "interrupted" ? words.interrupted : words.failed));
  }

  swap(html) {
    if (this.elsewhere) return this.#home();
    const fresh = nodes(html);
    const focused = this.log.contains(document.activeElement) && document.activeElement;
    this.#keepEdited(fresh);
    const arrived = (turn) => fresh.querySelector(`[data-key="${turn.dataset.pending}"]`);
    const pending = [...this.log.querySelectorAll("[data-pending]")];
    const threads = [...this.log.querySelectorAll(".thread")];
    const places = threads.map((thread) => thread.closest("article").id);
    this.log.replaceChildren(fresh, ...pending.filter((turn) => !arrived(turn)));
    threads.forEach((thread, index) => this.log.querySelector(`#${places[index]}`)?.append(thread));
    if (focused) (focused.isConnected ? focused : this.log).focus({ preventScroll: true });
    this.#wake();
    this.frames.soon();
    this.place.stick();
  }

  close(said) {
    const notice = document.createElement("p");
    const link = Object.assign(document.createElement("a"), { href: "/", textContent: words.begin });
    notice.className = "page-notice";
    notice.append(`${said} `, link);
    this.log.replaceChildren(notice, ...this.log.querySelectorAll("[data-pending]"));
  }

  /* A message that is being edited stays as it is; without it, its text goes to the message box. */
  #keepEdited(fresh) {
    for (const article of this.log.querySelectorAll("article:has(.edit-box)")) {
      const place = fresh.querySelector(`#${article.id}`);
      if (place) place.replaceWith(article);
      else this.#rescue(article);
    }
  }

  /* --- What is on its way to the server -------------------------------------------------------- */
  pend(key, text, state) {
    let turn = this.log.querySelector(`[data-pending="${key}"]`);
    if (!turn) {
      this.log.append(document.getElementById("pending-turn").content.cloneNode(true));
      turn = this.log.lastElementChild;
      turn.dataset.pending = key;
      turn.querySelector(".as-typed").textContent = text;
      this.#wake();
      this.place.follow();
    }
    turn.querySelector("[data-pending-state]").textContent = state;
  }

  unpend(key) {
    this.log.querySelector(`[data-pending="${key}"]`)?.remove();
    this.#wake();
  }

  /* A command about a message was refused: its buttons and its edit box work again. */
  release(id, said) {
    const article = this.article(id);
    article?.querySelectorAll("[data-busy]").forEach((button) => {
      button.disabled = false;
      button.removeAttribute("data-busy");
    });
    const alert = article?.querySelector(".edit-box .composer-alert");
    if (!alert) return false;
    alert.textContent = said;
    alert.hidden = false;
    return true;
  }

  /* --- Around the turns ---------------------------------------------------------------------- */
  /* The page is not bare any more, unless its first message is refused. */
  #wake() {
    this.greeting ??= document.getElementById("greeting");
    const isBare = Boolean(this.greeting) && !this.log.childElementCount;
    document.getElementById("app").toggleAttribute("data-bare", isBare);
    if (isBare) this.log.before(this.greeting);
    else this.greeting?.remove();
  }

  #count() {
    for (const elapsed of this.log.querySelectorAll(".elapsed[data-since]")) {
      const seconds = Math.round((Date.now() - Date.parse(elapsed.dataset.since)) / 1000);
      if (seconds >= 0) elapsed.textContent = words.seconds.replace("{seconds}", seconds);
    }
  }

  /* Older turns are put in above. */
  #holdPlace() {
    this.place.hold((settle) => this.addEventListener("htmx:afterSwap", settle, { once: true }));
  }

  /* --- Buttons ------------------------------------------------------------------------------------ */
  #clicked(event) {
    const button = event.target.closest("button");
    const article = button?.closest("article");
    if (!button || !article) return;
    const id = Number(article.dataset.message);
    const { action, branch } = button.dataset;
    if (button.matches(".copy-code")) showCopied(button, copy(codeOf(button)));
    else if (branch) this.#tell({ type: "branch", message: Number(branch) });
    else if (action === "copy") showCopied(button, copy(this.source(id)));
    else if (action) this.ask(button, { type: `reply.${action}`, reply: id });
  }

  /* The text as written; what is shown must do when the server cannot be asked. */
  source(id) {
    const conversation = document.getElementById("app").dataset.conversation;
    const shown = this.article(id).querySelector('[data-part="content"]').innerText;
    return request(`/c/${conversation}/messages/${id}/source/`).catch(() => shown);
  }

  #tell(detail) {
    this.asked = true;
    this.dispatchEvent(new CustomEvent("chat-command", { detail }));
  }

  /* Sends a command and holds the button until it is answered. */
  ask(button, detail) {
    button.disabled = true;
    button.dataset.busy = "";
    this.#tell(detail);
  }
}

/* A long listing is several blocks; they are copied as the one that it is. */
function codeOf(button) {
  let block = button.closest(".block");
  let text = button.closest(".code-block").querySelector("pre").textContent;
  while ((block = block?.nextElementSibling)?.querySelector(":scope > .code-continued")) {
    text += block.querySelector("pre").textContent;
  }
  return text;
}
