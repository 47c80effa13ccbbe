/* The message box with its model, options and draft. */

import { Draft } from "./kept.js";
import { feature, words } from "./page.js";

const IME = 229;
/* So long the fields of a model are waited for when something is sent. */
const PATIENCE = 3000;

/* Enter sends, Shift+Enter breaks the line, an input method's Enter does neither. */
export function sends(event) {
  const composing = event.isComposing || event.keyCode === IME;
  return event.key === "Enter" && !event.shiftKey && !event.altKey && !composing;
}

export class ChatComposer extends HTMLElement {
  /* Ends what it listens to outside of itself. */
  #leaving = new AbortController();

  connectedCallback() {
    this.form = this.querySelector("form.composer");
    if (!this.form) return;
    this.field = this.querySelector("#message");
    this.model = this.querySelector("#model");
    this.panel = this.querySelector("#options");
    this.stop = this.querySelector("#stop");
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.form.addEventListener("change", (event) => this.#changed(event));
    this.form.addEventListener("keydown", (event) => this.#pressed(event));
    this.field.addEventListener("input", () => this.#typed());
    this.stop.addEventListener("click", () => this.#stop());
    const { signal } = this.#leaving;
    for (const type of ["dragover", "drop", "paste", "change"]) {
      this.parentElement.addEventListener(type, (event) => this.#carriesFiles(event), { signal });
    }
    addEventListener("pagehide", () => this.draft?.keep(), { signal });
  }

  /* Another one takes its place: the person's role has changed. */
  disconnectedCallback() {
    this.draft?.keep();
    this.#leaving.abort();
  }

  /* --- Typing ---------------------------------------------------------------------------------- */
  restore(store, conversation) {
    if (!this.form) return;
    const { signal } = this.#leaving;
    this.pick();
    this.draft = new Draft(this.field, store, conversation);
    this.#typed();
    const compare = () => this.draft.compare();
    document.addEventListener("visibilitychange", compare, { once: true, signal });
    // Files may have been chosen before this module was there.
    this.querySelector("#files").dispatchEvent(new Event("change", { bubbles: true }));
    this.#focusQuietly();
  }

  /* A new conversation has got its address; a preset is what one begins with. */
  adopt(conversation) {
    this.draft?.adopt(conversation);
    this.querySelector("#preset-field")?.remove();
  }

  #typed() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    this.#showButtons();
    this.draft?.keepSoon();
  }

  /* --- Sending --------------------------------------------------------------------------------- */
  async #submit(event) {
    event.preventDefault();
    const text = this.field.value;
    if (!text.trim()) {
      this.field.focus();
      return;
    }
    if (this.field.readOnly || this.#isTooLong(text)) return;
    const isBusy = this.querySelector("#attachments [data-busy]");
    this.say(isBusy ? words.filesBusy : "");
    if (isBusy) return;
    if (!this.panel.hidden) feature("options", (options) => options.close({ focus: false }));
    this.field.readOnly = Boolean(this.loading);
    if (this.loading) await this.settled();
    this.field.readOnly = false;
    this.#send(text);
  }

  #send(text) {
    const system_prompt = this.querySelector("#system-prompt").value;
    const detail = { text, system_prompt, ...this.chosen, ...this.#beside() };
    this.field.value = "";
    this.files("withhold", detail.attachments);
    // Stop comes to where Send was: the second click of a double click is not meant for it.
    this.#pauseStop(500);
    this.#typed();
    this.draft?.keep();
    this.field.focus();
    this.dispatchEvent(new CustomEvent("chat-send", { detail }));
  }

  #isTooLong(text) {
    const count = [...text.trim()].length;
    const most = Number(this.field.dataset.most);
    if (count > most) this.say(words.tooLong.replace("{count}", count).replace("{most}", most));
    return count > most;
  }

  get chosen() {
    if (!this.form) return {};
    return { language_model: Number(this.model.value), parameters: this.#parameters() };
  }

  /* Only what the chosen model documents. Without its fields: what is the default. */
  #parameters() {
    if (this.areStale) return {};
    const controls = [...this.fields.querySelectorAll("[data-parameter]")];
    const pairs = controls.map((control) => [control.dataset.parameter, valueOf(control)]);
    return Object.fromEntries(pairs.filter(([, value]) => value !== null));
  }

  /* A text that was not taken comes back, in front of what was typed meanwhile. */
  giveBack(text, said, attachments) {
    this.files("giveBack", attachments);
    const rest = this.field.value.trim();
    this.field.value = rest ? `${text}\n\n${rest}` : text;
    this.#typed();
    this.draft?.keep();
    this.say(said);
    this.field.focus();
  }

  say(text) {
    const alert = this.querySelector("#composer-alert");
    if (alert) Object.assign(alert, { textContent: text, hidden: !text });
  }

  /* --- Beside the text: features/attachments.js and features/presets.js ------------------------- */
  #beside() {
    const chips = [...this.querySelectorAll("#attachments [data-attachment]")];
    const preset = Number(this.querySelector("#preset")?.value ?? 0);
    const temporary = document.querySelectorAll("[data-temporary][aria-pressed=true]").length;
    return { attachments: chips.map((chip) => chip.dataset.attachment), preset, temporary };
  }

  /* Files of a message that is on its way stand beside the next one only if it comes back. */
  files(act, attachments = []) {
    if (attachments.length > 0) feature("attachments", (files) => files[act](attachments));
  }

  /* By the button, a drop or a paste: a piece of a document is pasted as text and as a picture. */
  #carriesFiles(event) {
    const { files, types = ["Files"] } = event.dataTransfer ?? event.clipboardData ?? event.target;
    if (!types.includes("Files") || types.includes("text/plain")) return;
    const added = [...(files ?? [])];
    if (event.type !== "change") event.preventDefault();
    else if (added.length > 0) event.target.value = "";
    if (event.type !== "dragover") this.files("add", added);
  }

  /* --- Stop ------------------------------------------------------------------------------------- */
  set running(running) {
    this.isRunning = running;
    if (!this.form) return;
    this.#showButtons();
  }

  #showButtons() {
    const send = this.querySelector("#send");
    if (!this.isRunning && this.stop.matches(":focus")) this.#focusQuietly();
    this.stop.hidden = !this.isRunning;
    send.hidden = Boolean(this.isRunning) && !this.field.value.trim();
  }

  /* On phones the keyboard comes when somebody wants to type. */
  #focusQuietly() {
    if (matchMedia("(hover: hover)").matches) this.field.focus({ preventScroll: true });
  }

  #stop() {
    this.#focusQuietly();
    this.#pauseStop(3000);
    this.dispatchEvent(new CustomEvent("chat-stop"));
  }

  #pauseStop(milliseconds) {
    this.stop.disabled = true;
    clearTimeout(this.pausing);
    this.pausing = setTimeout(() => (this.stop.disabled = false), milliseconds);
  }

  /* --- Model and options -------------------------------------------------------------------------- */
  #changed(event) {
    if (event.target === this.model) this.pick();
    if (event.target.id === "preset") feature("beginnings", (it) => it.choose(event.target));
    const { parameter } = event.target.dataset;
    for (const line of this.querySelectorAll("#privacy [data-switch]")) {
      if (parameter && line.dataset.switch === parameter) {
        line.hidden = (line.dataset.when === "on") !== event.target.checked;
      }
    }
  }

  get fields() {
    return this.querySelector("#option-fields");
  }

  get areStale() {
    return this.fields.dataset.model !== this.model.value;
  }

  /* Until the fields of the picked model are there, those of the other one are out of reach. */
  pick() {
    const { fields } = this;
    fields.inert = this.areStale;
    fields.setAttribute("aria-busy", String(fields.inert));
    this.loading = fields.inert ? this.#load(this.model.value) : null;
  }

  async #load(model) {
    await feature("options", (options) => options.load(model));
    if (this.model.value === model) this.loading = null;
  }

  /* Whoever sends right after picking a model means what its fields say. */
  settled() {
    const pause = new Promise((done) => setTimeout(done, PATIENCE));
    return Promise.race([this.loading, pause]);
  }

  #pressed(event) {
    if (event.target === this.field && event.key === "/" && !this.field.value) {
      event.preventDefault();
      feature("prompts", (prompts) => prompts.used());
    } else if (event.target === this.field && sends(event)) {
      event.preventDefault();
      this.form.requestSubmit();
    } else if (event.key === "Escape" && !this.panel.hidden) {
      feature("options", (options) => options.close());
    } else if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
    }
  }
}

/* null: the provider's own default. */
function valueOf(control) {
  if (control.dataset.kind === "boolean") return control.checked;
  if (control.value === "") return null;
  return control.dataset.kind === "choice" ? control.value : Number(control.value);
}
