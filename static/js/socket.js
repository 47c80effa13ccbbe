/* The socket: opens, acknowledges what it took in, notices silence, and comes back. */

const ACKNOWLEDGE_BYTES = 32_768;
const ACKNOWLEDGE_AFTER = 500;
const PING_EVERY = 25_000;
const SLOWEST_RETURN = 15_000;
const SAY_CONNECTING_AFTER = 1_500;
const SAY_LOST_AFTER = 10_000;

/* So many sockets in a row that never opened, on a network that is there: a proxy stops them. */
const PLAIN_AFTER = 3;

/* Close codes with a meaning of their own; after all others it simply comes back. */
const STATE_AFTER = { 1012: "restarting", 4001: "signin", 4003: "refused", 4013: "crowded" };
const WAIT_AFTER = { 4013: 10_000, 4400: 5_000 };
const FINAL = new Set(["signin", "refused"]);

const POLL_ADDRESS = "/live/poll/";
const CLOSED_BY_NETWORK = 1006;
const SIGN_IN_AGAIN = 4001;
const AFTER_STATUS = { 403: SIGN_IN_AGAIN };

export class Socket {
  #socket = null;
  #ref = 0;
  #attempt = 0;
  #taken = 0;
  #acknowledged = 0;
  #acknowledging = 0;
  #returning = 0;
  #saying = [];
  #pingedAt = 0;
  #heardAt = 0;
  #unopened = 0;
  #state = "new";

  /* `heard(event)` gets every event; `changed(state)` is told how the connection is. */
  constructor(heard, changed) {
    this.heard = heard;
    this.changed = changed;
  }

  get isOpen() {
    return this.#state === "open";
  }

  start() {
    addEventListener("online", () => this.#comeBack());
    addEventListener("offline", () => this.#socket?.close());
    addEventListener("pageshow", (event) => event.persisted && this.#comeBack());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#comeBack());
    setInterval(() => this.#ping(), PING_EVERY);
    this.#open();
  }

  /* The number under which the answer comes, or 0: there is no connection. */
  send(command) {
    if (!this.isOpen) return 0;
    this.#ref += 1;
    this.#write({ ...command, ref: this.#ref });
    return this.#ref;
  }

  #write(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #open() {
    clearTimeout(this.#returning);
    this.#taken = this.#acknowledged = this.#pingedAt = 0;
    this.#sayLater();
    const address = new URL("/live/", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const plain = this.#unopened >= PLAIN_AFTER;
    const socket = plain ? new PlainSocket() : new WebSocket(address);
    this.#unopened += 1;
    this.#socket = socket;
    socket.addEventListener("message", (event) => socket === this.#socket && this.#take(event));
    socket.addEventListener("close", (event) => socket === this.#socket && this.#closed(event));
  }

  #take(message) {
    this.#heardAt = Date.now();
    let event;
    try {
      event = JSON.parse(message.data);
    } catch {
      return;
    }
    if (event.type === "hello") this.#greeted();
    this.heard(event);
    if (event.at > this.#taken && event.type !== "pong") this.#noteTaken(event.at);
  }

  #greeted() {
    this.#attempt = 0;
    if (this.#socket instanceof WebSocket) this.#unopened = 0;
    this.#silence();
    this.#become("open");
  }

  /* The server holds back what goes beyond its window of unacknowledged bytes. */
  #noteTaken(count) {
    this.#taken = count;
    if (count - this.#acknowledged >= ACKNOWLEDGE_BYTES) this.#acknowledge();
    else this.#acknowledging ||= setTimeout(() => this.#acknowledge(), ACKNOWLEDGE_AFTER);
  }

  #acknowledge() {
    clearTimeout(this.#acknowledging);
    this.#acknowledging = 0;
    if (this.#taken === this.#acknowledged) return;
    this.#acknowledged = this.#taken;
    this.#write({ type: "frames.acknowledge", bytes: this.#taken });
  }

  /* A link can die without a word: a ping that found no answer until the next one tells. */
  #ping() {
    if (!this.isOpen) return;
    if (this.#pingedAt > this.#heardAt) {
      this.#drop();
      return;
    }
    this.#pingedAt = Date.now();
    this.#write({ type: "ping" });
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#closed({ code: 1006 });
  }

  #closed({ code }) {
    clearTimeout(this.#acknowledging);
    this.#acknowledging = 0;
    this.#socket = null;
    const state = STATE_AFTER[code] ?? "closed";
    this.#become(state);
    if (FINAL.has(state)) {
      this.#silence();
      return;
    }
    this.#sayLater();
    const longest = Math.min(SLOWEST_RETURN, 500 * 2 ** this.#attempt);
    this.#attempt += 1;
    const wait = WAIT_AFTER[code] ?? Math.max(50, Math.random() * longest);
    this.#returning = setTimeout(() => this.#open(), wait);
  }

  /* The network is back, or the person is: no need to wait any longer. */
  #comeBack() {
    if (this.#socket === null && this.#state !== "refused" && this.#state !== "crowded") {
      this.#attempt = 0;
      this.#open();
    } else if (this.isOpen) {
      this.#ping();
    }
  }

  #become(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.changed(state);
  }

  /* Short breaks are nobody's concern; longer ones are said plainly. */
  #sayLater() {
    if (this.#saying.length) return;
    const unless = (state) => () => !this.isOpen && !FINAL.has(this.#state) && this.changed(state);
    this.#saying = [
      setTimeout(unless("connecting"), SAY_CONNECTING_AFTER),
      setTimeout(unless("lost"), navigator.onLine ? SAY_LOST_AFTER : 0),
    ];
  }

  #silence() {
    this.#saying.forEach(clearTimeout);
    this.#saying = [];
  }
}

/* In the place of a socket where a proxy lets none through: the same messages by plain requests. */
class PlainSocket extends EventTarget {
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
    const response = await fetch(POLL_ADDRESS, {
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

/* crypto.randomUUID is only there with https. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
