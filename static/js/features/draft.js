/* Drafts on the server: what is typed here is there on other devices, and the other way round. */

import { request, words } from "../page.js";

/* After kept.js has waited for a pause in the typing. */
const PAUSE = 750;

const savers = new Map();
let draft = null;

export function begin(box) {
  const isFirst = !draft;
  draft = box;
  if (!isFirst) return;
  addEventListener("pagehide", () => savers.forEach((saver) => saver.leave()));
  addEventListener("pageshow", (event) => event.persisted && current().pull());
  addEventListener("online", () => savers.forEach((saver) => saver.save()));
  document.addEventListener("visibilitychange", seen);
  seen();
}

/* Who comes back from another window finds what was typed there. */
function seen() {
  if (document.hidden) savers.forEach((saver) => saver.save());
  else current().pull();
}

/* The text of the box is another one. */
export function changed() {
  current().take(draft.field.value);
}

/* null: none came, or not from Chatsite but from something on the way. */
function answerOf(address, body) {
  return request(address, body).then(JSON.parse).catch(() => null);
}

function current() {
  const name = draft.name;
  if (!savers.has(name)) savers.set(name, new Saver(name, draft.conversation));
  return savers.get(name);
}

/* One draft. `version` is the one that the server is known to have, with the text `saved`. */
class Saver {
  constructor(name, conversation) {
    const isOfPage = savers.size === 0;
    this.name = name;
    this.address = conversation ? `/c/${conversation}/draft/` : "/draft/";
    this.version = isOfPage ? draft.version : 0;
    this.saved = isOfPage ? draft.field.defaultValue : "";
    this.text = draft.field.value;
    this.sent = new Set([this.saved, this.text]);
  }

  take(text) {
    this.text = text;
    clearTimeout(this.timer);
    // Sent: then it is a draft no more.
    this.timer = setTimeout(() => this.save(), text ? PAUSE : 0);
  }

  get #body() {
    return new URLSearchParams({ text: this.text, version: this.version });
  }

  /* One at a time: each names the version that it follows. */
  async save() {
    clearTimeout(this.timer);
    if (this.saving || this.note || this.text === this.saved) return;
    const { text } = this;
    this.sent.add(text);
    this.saving = answerOf(this.address, this.#body);
    const there = await this.saving;
    this.saving = null;
    if (there?.kept) this.#kept(there);
    else if (there) this.#compare(there);
    if (this.saved === text && this.text !== text) this.save();
  }

  /* What this browser has kept is needed only by a page that is being made at this moment. */
  #kept({ text, version }) {
    this.version = version;
    this.saved = text;
    if (draft.name === this.name) draft.version = version;
    if (this.text === text) draft.store.set(this.name, { text, version, at: 0 });
  }

  #compare(there) {
    // Our own, whose answer was lost; or sent elsewhere, so that nothing is lost by another text.
    if (!there.text || this.sent.has(there.text)) {
      Object.assign(this, { version: there.version, saved: there.text });
      this.take(this.text);
    } else this.#offer(there);
  }

  async pull() {
    if (this.saving) return;
    const there = await answerOf(this.address);
    if (!there || there.version <= this.version || this.saving) return;
    const isUntouched = draft.field.value === this.saved || draft.field.value === there.text;
    if (isUntouched && draft.name === this.name) this.#show(there);
  }

  #show({ text, version }) {
    Object.assign(this, { text, version, saved: text });
    draft.show(text, version);
  }

  /* Two people at one box, or one at two: nobody's text goes without being asked. */
  #offer(there) {
    this.note = document.createElement("p");
    this.note.className = "composer-note";
    this.note.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = words.draftShow;
    button.addEventListener("click", () => {
      this.note.remove();
      this.note = null;
      this.#show(there);
      draft.field.focus();
    });
    this.note.append(`${words.draftNewer} `, button);
    draft.field.form.prepend(this.note);
  }

  /* The answer will not be heard. */
  leave() {
    if (this.note || this.text === this.saved) return;
    const body = this.#body;
    body.set("csrfmiddlewaretoken", document.body.dataset.csrf);
    this.sent.add(this.text);
    navigator.sendBeacon(this.address, body);
  }
}
