/* The open conversation: what the server tells of it reaches the page, and the page its address. */

import { Commands, Store } from "./kept.js";
import { ChatComposer } from "./composer.js";
import {
  announce,
  askToSignIn,
  complain,
  feature,
  meet,
  offer,
  pressed,
  request,
  showStatus,
  showTitle,
  tell,
  words,
} from "./page.js";
import { Socket } from "./socket.js";
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

/* After these, somebody who looks has seen something new. */
const NEWS = new Set(["comments.changed", "reply.ended"]);

class Session {
  constructor(app) {
    this.app = app;
    this.transcript = document.getElementById("transcript");
    this.store = new Store(app.dataset.user);
    this.conversation = app.dataset.conversation || null;
    this.commands = new Commands(this, this.store);
    this.socket = new Socket((event) => this.#heard(event), (state) => this.#connection(state));
  }

  start() {
    offer(this, () => import("./features/modules.js"), FEATURE_OF);
    this.#watch();
    this.equip(document.querySelector("chat-composer"));
    this.transcript.place.keep(this.conversation);
    if (this.app.dataset.found) feature("jump");
    this.commands.takeUp();
    this.#changed();
    this.socket.start();
  }

  #watch() {
    const { transcript } = this;
    transcript.addEventListener("chat-command", ({ detail }) => this.command(detail));
    transcript.addEventListener("chat-hole", () => this.open());
    transcript.addEventListener("chat-lost", ({ detail }) => {
      this.composer.giveBack(detail, words.changedMeanwhile);
    });
    document.addEventListener("visibilitychange", () => this.#see());
    document.addEventListener("keydown", pressed);
    const signOut = document.querySelector("[data-forget]");
    signOut.addEventListener("submit", () => this.store.forget());
    document.querySelector("#sidebar [aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  /* The composer of the page, and the one that takes its place when the person's role changes. */
  equip(composer) {
    this.composer = composer;
    composer.addEventListener("chat-send", ({ detail }) => this.commands.send(detail));
    composer.addEventListener("chat-stop", () => this.#stop());
    composer.restore(this.store, this.conversation);
  }

  /* --- What the person does ------------------------------------------------------------------------ */
  async command(detail) {
    const { conversation } = this;
    if (detail.type === "branch") {
      this.#branch(detail.message);
    } else if (detail.type === "reply.regenerate") {
      // Who tries again with another model in the picker wants that one.
      await this.composer.settled();
      this.commands.deliver({ conversation, ...detail, ...this.composer.chosen });
    } else {
      this.commands.deliver({ conversation, ...detail });
    }
  }

  #stop() {
    const { running } = this.transcript;
    if (running) this.commands.stop(Number(running.dataset.message));
  }

  async #branch(message) {
    const body = new URLSearchParams({ message });
    await this.#replace(() => request(`/c/${this.conversation}/branch/`, body));
    this.open();
  }

  open() {
    this.commands.say({ type: "conversation.open", conversation: this.conversation });
  }

  /* What comes while nobody looks stays unread. */
  #see() {
    if (document.hidden || this.closed || !this.conversation) return;
    this.commands.say({ type: "conversation.seen", conversation: this.conversation });
  }

  /* A form of the dialog was carried out. */
  carriedOut(action, id, form) {
    this.refreshLists();
    if (id !== this.conversation) return;
    if (action === "rename") showTitle(form.elements.title.value);
    if (action === "delete") location.assign("/");
  }

  refreshLists() {
    feature("lists", (lists) => lists.refresh(this.conversation));
  }

  /* --- What the server tells ------------------------------------------------------------------------ */
  /* Whatever conversation the page shows. */
  #toThePerson = {
    hello: () => this.#greeted(),
    "command.accepted": (event) => this.commands.accepted(event),
    "command.refused": (event) => this.commands.refused(event),
    "notices.changed": ({ count }) => feature("lists", (lists) => lists.showNotices(count)),
    "conversations.changed": () => this.#listsChanged(),
    "node.saving": () => showStatus(words.saving, "quiet"),
  };

  /* Of the conversation that the page shows; features hear of these, too. */
  #ofTheConversation = {
    "conversation.opened": (event) => this.#opened(event),
    "conversation.deleted": () => this.end(words.deleted),
    "conversation.closed": (event) => this.end(event.words),
    "conversation.shared": ({ shared }) => this.app.toggleAttribute("data-shared", shared),
    "conversation.turned": () => this.open(),
    "message.created": (event) => this.transcript.created(event),
    "reply.begun": (event) => this.transcript.begun(event),
    "reply.advanced": (event) => this.transcript.advanced(event),
    "reply.ended": (event) => this.transcript.ended(event),
    "reply.tools": (event) => this.transcript.tools(event),
  };

  #heard(event) {
    const act = this.#toThePerson[event.type];
    if (act) act(event);
    else if (event.conversation && event.conversation !== this.commands.conversation) return;
    else if (this.held && event.type !== "conversation.closed") this.held.push(event);
    else this.#apply(event);
  }

  #apply(event) {
    showStatus("");
    showTitle(event.title);
    this.#ofTheConversation[event.type]?.(event);
    tell(event);
    if (event.type !== "reply.advanced") this.#changed();
    if (NEWS.has(event.type)) this.#see();
  }

  #greeted() {
    this.commands.forgetAnswers();
    if (this.conversation) this.open();
    this.commands.deliverAll();
  }

  /* What was deleted or withdrawn may be back. */
  #listsChanged() {
    this.refreshLists();
    if (this.closed) this.open();
  }

  #connection(state) {
    if (state !== "open") this.commands.interrupted();
    if (state === "open" || state === "closed") showStatus("");
    else if (state === "signin") askToSignIn();
    else showStatus(words[state], state === "connecting" ? "quiet" : "trouble");
  }

  /* --- The page follows ------------------------------------------------------------------------------ */
  /* What the page shows may be old, or from before a gap: then it is fetched anew. */
  #opened({ turns, role, shared }) {
    if (this.closed) {
      location.reload();
      return;
    }
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
      if (status === 404) this.end(words.gone);
      else complain();
    });
    if (this.replacing !== fetching) return;
    if (html !== undefined && !this.closed) this.transcript.swap(html);
    const held = this.held ?? [];
    this.held = null;
    held.forEach((event) => this.#heard(event));
    this.#changed();
  }

  /* The new conversation exists: from now on the page has its address, and can rename and delete it. */
  adopt(conversation) {
    this.conversation = conversation;
    this.app.dataset.conversation = conversation;
    this.composer.adopt(conversation);
    history.replaceState(null, "", `/c/${conversation}/`);
    const actions = document.getElementById("bar-actions");
    for (const link of actions.querySelectorAll("a")) {
      link.href = `/c/${conversation}/${link.dataset.for}/`;
    }
    actions.hidden = false;
    this.refreshLists();
  }

  #changed() {
    this.composer.running = Boolean(this.transcript.running);
    meet();
  }

  /* Nothing of the conversation stays on the page but what was not sent yet. */
  end(said) {
    if (this.closed) return;
    this.closed = true;
    this.composer.hidden = true;
    this.transcript.close(said);
    showTitle(words.untitled);
    document.getElementById("bar-actions").hidden = true;
    document.getElementById("people").replaceChildren();
    document.getElementById("audience").textContent = "";
    document.getElementById("dialog").close();
    announce(said);
  }
}

customElements.define("chat-composer", ChatComposer);
customElements.define("chat-transcript", ChatTranscript);
new Session(document.getElementById("app")).start();
