/* What is kept in this browser until the server has it: the draft, and commands on their way. */

import { announce, words } from "./page.js";

/* A text that could not be sent for so long is given back, not sent behind one's back. */
const STALE = 10 * 60_000;

/* A pause in the typing. */
const PAUSE = 250;

/* crypto.randomUUID is only there with https. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/* What a person has typed stays in this browser, apart from what others typed in it. */
export class Store {
  constructor(user) {
    this.prefix = `chatsite.${user}.`;
  }

  get(name) {
    try {
      return JSON.parse(localStorage.getItem(this.prefix + name));
    } catch {
      return null;
    }
  }

  set(name, value) {
    if (this.forgotten) return;
    const empty = value === "" || value === null || value.length === 0;
    try {
      if (empty) localStorage.removeItem(this.prefix + name);
      else localStorage.setItem(this.prefix + name, JSON.stringify(value));
      this.isFull = false;
    } catch {
      this.isFull = true;
      /* Full, or refused in a private window: then it lasts as long as the page. */
    }
  }

  forget() {
    this.forgotten = true;
    try {
      Object.keys(localStorage)
        .filter((name) => name.startsWith(this.prefix))
        .forEach((name) => localStorage.removeItem(name));
    } catch {
      /* Nothing was stored, then. */
    }
  }
}

/* --- The draft --------------------------------------------------------------------------------- */
/* The page comes with what the server has; what it may not have yet is newer. See features/draft.js. */
export class Draft {
  #keeping = 0;
  #drafts = null;

  constructor(field, store, conversation) {
    Object.assign(this, { field, store, conversation });
    const { draftVersion, draftAt } = field.dataset;
    const own = store.get(this.name);
    this.version = Math.max(Number(draftVersion), own?.version ?? 0);
    // The page may have been made just before the server took what the last one sent it.
    if (own?.at === 0 && own.version > draftVersion) field.defaultValue = own.text;
    this.kept = field.defaultValue;
    const isNewer = own && (own.version === this.version || own.at > Number(draftAt));
    if (!isNewer || own.text === this.kept) store.set(this.name, "");
    else if (field.value === this.kept) field.value = own.text;
  }

  get name() {
    return `draft.${this.conversation ?? "new"}`;
  }

  keepSoon() {
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => this.keep(), PAUSE);
  }

  keep() {
    clearTimeout(this.#keeping);
    const text = this.field.value;
    if (text === this.kept) return;
    this.kept = text;
    this.store.set(this.name, { text, version: this.version, at: Date.now() });
    this.#save((drafts) => drafts.changed());
  }

  /* With what the server has meanwhile. */
  compare() {
    this.#save(() => {});
  }

  #save(act) {
    if (this.#drafts) act(this.#drafts);
    else import("./features/draft.js").then((drafts) => this.#begin(drafts, act), () => {});
  }

  #begin(drafts, act) {
    this.#drafts = drafts;
    drafts.begin(this);
    act(drafts);
  }

  /* What was typed elsewhere. */
  show(text, version) {
    Object.assign(this, { version, kept: text });
    this.field.value = text;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* A new conversation has got its address. */
  adopt(conversation) {
    this.keep();
    Object.assign(this, { conversation, version: 0, kept: "" });
    this.keep();
  }
}

/* --- Commands ---------------------------------------------------------------------------------- */
/* What waits to be sent, also over a reload. With a key: however often it is sent, it is done once. */
class Outbox {
  #own = [];

  constructor(store) {
    this.store = store;
  }

  /* Read anew each time: what another window has settled must not come back. Where nothing can be
   * stored, there are only this window's own. */
  get #waiting() {
    return this.store.isFull ? this.#own : (this.store.get("outbox") ?? []);
  }

  /* Without a conversation: what is to begin a new one. */
  of(conversation) {
    const fresh = (command) => !conversation && command.fresh;
    return this.#waiting.filter((it) => it.conversation === conversation || fresh(it));
  }

  add(command) {
    const keyed = { ...command, key: uuid(), at: Date.now() };
    this.#keep([...this.#waiting, keyed]);
    return keyed;
  }

  settle({ key }) {
    this.#keep(this.#waiting.filter((other) => other.key !== key));
  }

  #keep(commands) {
    this.#own = commands;
    this.store.set("outbox", commands);
  }
}

export class Commands {
  #session;
  #outbox;
  #sent = new Map();
  #stopping = null;
  /* The conversation that the first message is to begin. */
  #fresh = null;

  constructor(session, store) {
    this.#session = session;
    this.#outbox = new Outbox(store);
  }

  /* The number under which the answer comes, or 0: there is no connection. */
  say(command) {
    const { at: _at, fresh: _fresh, ...plain } = command;
    const ref = this.#session.socket.send(plain);
    if (ref) this.#sent.set(ref, command);
    return ref;
  }

  /* With a key, and not lost: of a conversation that is there, or is to be. */
  send(detail) {
    this.#fresh ??= this.#session.conversation ?? uuid();
    const fresh = !this.#session.conversation;
    this.deliver({ type: "message.send", conversation: this.conversation, fresh, ...detail });
  }

  deliver(command) {
    this.#deliver(this.#outbox.add(command));
  }

  /* Without a connection it is said again when there is one. */
  stop(reply) {
    const { conversation, socket } = this.#session;
    const command = { type: "reply.stop", conversation, reply };
    this.#stopping = socket.send(command) ? null : command;
    announce(words.stopping);
  }

  get conversation() {
    return this.#session.conversation ?? this.#fresh;
  }

  get #waiting() {
    return this.#outbox.of(this.#session.conversation);
  }

  #deliver(command) {
    this.#show(command, this.say(command) ? words.sending : words.waiting);
  }

  #show(command, state) {
    if (command.type !== "message.send") return;
    this.#session.transcript.pend(command.key, command.text, state);
  }

  /* --- The connection ---------------------------------------------------------------------------- */
  /* What was kept over a reload. */
  takeUp() {
    for (const command of this.#waiting) {
      if (Date.now() - command.at > STALE) this.#giveBack(command, "");
      else if (command.type === "message.send") {
        if (command.fresh) this.#fresh = command.conversation;
        this.#session.composer.files("withhold", command.attachments);
        this.#show(command, words.waiting);
      }
    }
  }

  /* Another connection answers nothing that was said over the last one. */
  forgetAnswers() {
    this.#sent.clear();
  }

  deliverAll() {
    if (this.#stopping && this.#session.socket.send(this.#stopping)) this.#stopping = null;
    for (const command of this.#waiting) this.#deliver(command);
  }

  interrupted() {
    for (const command of this.#waiting) this.#show(command, words.waiting);
  }

  /* --- Answers ------------------------------------------------------------------------------------ */
  accepted({ ref, again }) {
    const command = this.#answered(ref);
    if (!command?.key) return;
    this.#outbox.settle(command);
    if (!this.#session.conversation) this.#session.adopt(command.conversation);
    if (!again) return;
    this.#session.transcript.unpend(command.key);
    this.#session.open();
  }

  refused({ ref, code, words: said }) {
    const command = this.#answered(ref);
    if (command?.type === "conversation.seen") return;
    if (command?.key) this.#giveBack(command, said);
    else if (command && code === "not_found") this.#session.end(words.gone);
    else this.#session.composer.say(said);
  }

  #answered(ref) {
    const command = this.#sent.get(ref);
    this.#sent.delete(ref);
    return command;
  }

  #giveBack(command, said) {
    const { composer, transcript } = this.#session;
    this.#outbox.settle(command);
    transcript.unpend(command.key);
    const shown = command.message ?? command.reply;
    if (shown && transcript.release(shown, said)) return;
    if (command.text) composer.giveBack(command.text, said, command.attachments);
    else composer.say(said);
  }
}
