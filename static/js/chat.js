/* The open conversation: commands go out, events come in, and nothing that was typed is lost. */

import { ChatComposer } from "./composer.js";
import {
  announce,
  askToSignIn,
  closePage,
  complain,
  feature,
  meet,
  offer,
  refreshConversations,
  request,
  showAddress,
  showStatus,
  showTitle,
  tell,
  watchPage,
  words,
} from "./page.js";
import { Outbox, Socket, Store, uuid } from "./socket.js";
import { ChatTranscript } from "./transcript.js";

/* Features that are loaded to hear of an event; features/modules.js has all of them. */
const FEATURE_OF = {
  "comments.changed": "comments",
  "conversation.role": "people",
  "conversation.shared": "sharing",
  "people.changed": "people",
  "reply.ended": "budget",
  "reply.tools": "tools",
};

/* A text that could not be sent for so long is given back, not sent behind one's back. */
const STALE = 10 * 60_000;

class Session {
  constructor(app) {
    this.app = app;
    this.transcript = document.getElementById("transcript");
    this.composer = document.querySelector("chat-composer");
    this.store = new Store(app.dataset.user);
    this.conversation = app.dataset.conversation || null;
    this.outbox = new Outbox(this.store);
    this.sent = new Map();
    this.held = null;
    this.socket = new Socket((event) => this.#heard(event), (state) => this.#connection(state));
  }

  start() {
    watchPage(this.store, (action, id, form) => this.#carriedOut(action, id, form));
    offer(() => import("./features/modules.js"), FEATURE_OF, this);
    this.equip(this.composer);
    this.transcript.addEventListener("chat-command", ({ detail }) => this.command(detail));
    this.transcript.addEventListener("chat-hole", () => this.open());
    this.transcript.addEventListener("chat-lost", ({ detail }) => {
      this.composer.giveBack(detail, words.changedMeanwhile);
    });
    document.addEventListener("visibilitychange", () => this.#see());
    this.transcript.place.keep(this.conversation);
    if (this.app.dataset.found) feature("jump");
    this.#takeUp();
    this.#changed();
    this.socket.start();
  }

  /* The composer of the page, and the one that takes its place when the person's role changes. */
  equip(composer) {
    this.composer = composer;
    composer.addEventListener("chat-send", ({ detail }) => this.#send(detail));
    composer.addEventListener("chat-stop", () => this.#stop());
    composer.restore(this.store, this.conversation);
  }

  /* --- What waits to be sent, also over a reload -------------------------------------------------- */
  #takeUp() {
    for (const command of this.outbox.of(this.conversation)) {
      if (Date.now() - command.at > STALE) this.#takeBack(command, "");
      else if (command.type === "message.send") {
        this.fresh = command.fresh ? command.conversation : this.fresh;
        this.composer.files("withhold", command.attachments);
        this.transcript.pend(command.key, command.text, words.waiting);
      }
    }
  }

  #takeBack(command, said) {
    this.outbox.settle(command);
    this.transcript.unpend(command.key);
    const shown = command.message ?? command.reply;
    if (shown && this.transcript.release(shown, said)) return;
    if (command.text) this.composer.giveBack(command.text, said, command.attachments);
    else this.composer.say(said);
  }

  /* --- Commands ----------------------------------------------------------------------------------- */
  #send(detail) {
    this.fresh ??= this.conversation ?? uuid();
    const conversation = this.conversation ?? this.fresh;
    const fresh = !this.conversation;
    this.#dispatch({ type: "message.send", conversation, fresh, ...detail });
  }

  async command(detail) {
    if (detail.type === "reply.regenerate") await this.composer.settled();
    if (detail.type === "branch") this.#branch(detail.message);
    else this.#dispatch({ conversation: this.conversation, ...detail, ...this.#chosenFor(detail) });
  }

  /* Who tries again with another model in the picker wants that one. */
  #chosenFor({ type }) {
    return type === "reply.regenerate" ? this.composer.chosen : {};
  }

  #dispatch(command) {
    this.#deliver(this.outbox.add(command));
  }

  #deliver(command) {
    const ref = this.#say(command);
    if (command.type !== "message.send") return;
    this.transcript.pend(command.key, command.text, ref ? words.sending : words.waiting);
  }

  #stop() {
    const running = this.transcript.running;
    if (!running) return;
    const reply = Number(running.dataset.message);
    const command = { type: "reply.stop", conversation: this.conversation, reply };
    // Without a connection it is said again when there is one.
    this.stopping = this.socket.send(command) ? null : command;
    announce(words.stopping);
  }

  async #branch(message) {
    await this.#replace(() => {
      const body = new URLSearchParams({ message });
      return request(`/c/${this.conversation}/branch/`, body);
    });
    this.open();
  }

  /* --- Events ------------------------------------------------------------------------------------- */
  #heard(event) {
    const known = {
      hello: () => this.#greeted(),
      "command.accepted": () => this.#accepted(event),
      "command.refused": () => this.#refused(event),
      "notices.changed": () => feature("lists").then((it) => it.showNotices(event.count)),
      "conversations.changed": () => refreshConversations(this.conversation),
      "node.saving": () => showStatus(words.saving, "quiet"),
    };
    if (known[event.type]) known[event.type]();
    else if (event.conversation && event.conversation !== this.#current) return;
    else if (this.held && event.type !== "conversation.closed") this.held.push(event);
    else this.#apply(event);
  }

  get #current() {
    return this.conversation ?? this.fresh;
  }

  #apply(event) {
    showStatus("");
    const known = {
      "conversation.opened": () => this.#opened(event),
      "conversation.deleted": () => this.#over(words.deleted),
      "conversation.closed": () => this.#over(event.words),
      "conversation.shared": () => this.app.toggleAttribute("data-shared", event.shared),
      "conversation.turned": () => this.open(),
      "message.created": () => this.transcript.created(event),
      "reply.begun": () => this.transcript.begun(event),
      "reply.advanced": () => this.transcript.advanced(event),
      "reply.ended": () => this.transcript.ended(event),
      "reply.tools": () => this.transcript.tools(event),
    };
    showTitle(event.title);
    known[event.type]?.();
    tell(event);
    if (event.type !== "reply.advanced") this.#changed();
    if (["reply.ended", "comments.changed"].includes(event.type)) this.#see();
  }

  /* What comes while nobody looks stays unread. */
  #see() {
    if (document.hidden || this.closed || !this.conversation) return;
    this.#say({ type: "conversation.seen", conversation: this.conversation });
  }

  #greeted() {
    this.sent.clear();
    if (this.conversation && !this.closed) this.open();
    if (this.stopping && this.socket.send(this.stopping)) this.stopping = null;
    for (const command of this.outbox.of(this.conversation)) this.#deliver(command);
  }

  open() {
    this.#say({ type: "conversation.open", conversation: this.conversation });
  }

  #say(command) {
    const { at: _at, fresh: _fresh, ...plain } = command;
    const ref = this.socket.send(plain);
    if (ref) this.sent.set(ref, command);
    return ref;
  }

  /* What the page shows may be old, or from before a gap: then it is fetched anew. */
  #opened({ turns, role, shared }) {
    this.app.toggleAttribute("data-shared", shared);
    document.getElementById("people").replaceChildren();
    if (role !== this.app.dataset.role) tell({ type: "conversation.role", role });
    if (this.transcript.elsewhere) return;
    const shown = this.transcript.states.slice(-turns.length || undefined);
    if (JSON.stringify(shown) === JSON.stringify(turns)) return;
    this.#replace(() => request(`/c/${this.conversation}/transcript/`));
  }

  /* Events that come while a transcript is on its way are applied to it, not to the old one.
   * Of several that were asked for, the last one counts. */
  async #replace(fetching) {
    this.held ??= [];
    this.replacing = fetching;
    const html = await fetching().catch(({ status }) => {
      if (status === 404) this.#over(words.gone);
      else complain();
    });
    if (this.replacing !== fetching) return;
    if (html !== undefined && !this.closed) this.transcript.swap(html);
    const held = this.held ?? [];
    this.held = null;
    held.forEach((event) => this.#heard(event));
    this.#changed();
  }

  #accepted({ ref, again }) {
    const command = this.sent.get(ref);
    this.sent.delete(ref);
    if (!command?.key) return;
    this.outbox.settle(command);
    if (!this.conversation) this.#adopt(command.conversation);
    if (!again) return;
    this.transcript.unpend(command.key);
    this.open();
  }

  /* The new conversation exists: from now on the page has its address. */
  #adopt(conversation) {
    this.conversation = conversation;
    this.app.dataset.conversation = conversation;
    this.composer.adopt(conversation);
    showAddress(conversation);
    refreshConversations(conversation);
  }

  #refused({ ref, code, words: said }) {
    const command = this.sent.get(ref);
    this.sent.delete(ref);
    if (command?.type === "conversation.seen") return;
    if (command?.key) this.#takeBack(command, said);
    else if (command && code === "not_found") this.#over(words.gone);
    else this.composer.say(said);
  }

  /* --- What the page says --------------------------------------------------------------------------- */
  #changed() {
    this.composer.running = Boolean(this.transcript.running);
    meet();
  }

  #connection(state) {
    if (state !== "open") {
      this.outbox
        .of(this.conversation)
        .filter((command) => command.type === "message.send")
        .forEach((command) => this.transcript.pend(command.key, command.text, words.waiting));
    }
    if (state === "open" || state === "closed") showStatus("");
    else if (state === "signin") askToSignIn();
    else showStatus(words[state], state === "connecting" ? "quiet" : "trouble");
  }

  #over(said) {
    if (this.closed) return;
    this.closed = true;
    closePage(said);
    this.composer.hidden = true;
  }

  #carriedOut(action, id, form) {
    refreshConversations(this.conversation);
    if (id !== this.conversation) return;
    if (action === "rename") showTitle(form.elements.title.value);
    if (action === "delete") location.assign("/");
  }
}

customElements.define("chat-composer", ChatComposer);
customElements.define("chat-transcript", ChatTranscript);
new Session(document.getElementById("app")).start();
