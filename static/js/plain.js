/* In the place of a socket where a proxy lets none through: the same messages by plain requests. */

const ADDRESS = "/live/poll/";
const CLOSED_BY_NETWORK = 1006;
const SIGN_IN_AGAIN = 4001;
const AFTER_STATUS = { 403: SIGN_IN_AGAIN };

export class PlainSocket extends EventTarget {
  #session = null;
  #commands = [];
  #asking = null;
  readyState = WebSocket.CONNECTING;

  constructor() {
    super();
    this.#poll();
  }

  /* What is to be said does not wait for the request that waits for news. */
  send(text) {
    this.#commands.push(text);
    if (this.#session === null || this.saying) return;
    this.saying = setTimeout(() => this.#say(), 0);
  }

  close() {
    this.#end(CLOSED_BY_NETWORK);
  }

  async #say() {
    this.saying = 0;
    const commands = this.#commands.splice(0);
    try {
      this.#take(await this.#ask(commands, null));
    } catch {
      this.#end(CLOSED_BY_NETWORK);
    }
  }

  async #poll() {
    this.#asking = new AbortController();
    try {
      this.#take(await this.#ask(this.#commands.splice(0), this.#asking.signal));
    } catch {
      this.#end(CLOSED_BY_NETWORK);
    }
    if (this.readyState <= WebSocket.OPEN) this.#poll();
  }

  async #ask(commands, signal) {
    const response = await fetch(ADDRESS, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ session: this.#session, commands, wait: signal !== null }),
      signal,
    });
    if (response.ok) return response.json();
    return { closed: AFTER_STATUS[response.status] ?? CLOSED_BY_NETWORK };
  }

  #take({ session, messages = [], closed }) {
    if (this.readyState > WebSocket.OPEN) return;
    this.#session = session ?? this.#session;
    if (session) this.readyState = WebSocket.OPEN;
    for (const data of messages) this.dispatchEvent(new MessageEvent("message", { data }));
    if (closed) this.#end(closed);
  }

  #end(code) {
    if (this.readyState > WebSocket.OPEN) return;
    this.readyState = WebSocket.CLOSED;
    this.#asking?.abort();
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}
