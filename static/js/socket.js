/* The socket: opens, acknowledges what it took in, notices silence, and comes back. */

const ACKNOWLEDGE_BYTES = 32_768;
const ACKNOWLEDGE_AFTER = 500;
const PING_EVERY = 25_000;
const SLOWEST_RETURN = 15_000;
const SAY_CONNECTING_AFTER = 1_500;
const SAY_LOST_AFTER = 10_000;

/* Who comes back from a pause waits no longer than this for a link that may be dead. */
const PONG_WITHIN = 5_000;

/* A socket that is neither opened nor refused hangs somewhere on the way. */
const HELLO_WITHIN = 20_000;

/* So many sockets in a row that never opened, on a network that is there: a proxy stops them. */
const PLAIN_AFTER = 3;

/* Close codes with a meaning of their own; after all others it simply comes back. */
const STATE_AFTER = { 1012: "restarting", 4001: "signin", 4013: "crowded" };
const WAIT_AFTER = { 4013: 10_000, 4400: 5_000 };
const FINAL = new Set(["signin"]);

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
  #Plain = null;
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
    addEventListener("offline", () => this.#cutOff());
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
    const socket = this.#Plain ? new this.#Plain() : new WebSocket(address);
    this.#unopened += 1;
    this.#socket = socket;
    setTimeout(() => socket === this.#socket && !this.isOpen && this.#drop(), HELLO_WITHIN);
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
    if (this.#socket instanceof WebSocket) {
      this.#unopened = 0;
      this.#Plain = null;
    }
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
    if (this.#dropSilent()) return;
    this.#pingedAt = Date.now();
    this.#write({ type: "ping" });
  }

  #dropSilent() {
    if (this.isOpen && this.#pingedAt > this.#heardAt) this.#drop();
    return !this.isOpen;
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
    if (this.#unopened >= PLAIN_AFTER && !this.#Plain) this.#doWithout();
    const longest = Math.min(SLOWEST_RETURN, 500 * 2 ** this.#attempt);
    this.#attempt += 1;
    const wait = WAIT_AFTER[code] ?? Math.max(50, Math.random() * longest);
    this.#returning = setTimeout(() => this.#open(), wait);
  }

  async #doWithout() {
    const { PlainSocket } = await import("./plain.js").catch(() => ({ PlainSocket: null }));
    this.#Plain = PlainSocket;
  }

  /* The network is back, or the person is: no need to wait any longer. */
  #comeBack() {
    if (this.#socket === null && this.#state !== "crowded") {
      this.#attempt = 0;
      this.#open();
    } else if (this.isOpen) {
      this.#probe();
    }
  }

  /* While the page slept, its link may have died, and the answer to its last ping been lost. */
  #probe() {
    const socket = this.#socket;
    this.#pingedAt = Date.now();
    this.#write({ type: "ping" });
    setTimeout(() => socket === this.#socket && this.#dropSilent(), PONG_WITHIN);
  }

  #become(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.changed(state);
  }

  /* Nothing more will come through a socket whose end cannot be told either. */
  #cutOff() {
    this.#silence();
    if (this.#socket) this.#drop();
    else this.#sayLater();
  }

  /* Short breaks are nobody's concern; longer ones are said plainly. */
  #sayLater() {
    if (this.#saying.length) return;
    const say = (state) => !this.isOpen && !FINAL.has(this.#state) && this.changed(state);
    const online = navigator.onLine;
    this.#saying = [
      setTimeout(() => say(online ? "connecting" : "lost"), online ? SAY_CONNECTING_AFTER : 0),
      setTimeout(() => say("lost"), SAY_LOST_AFTER),
    ];
  }

  #silence() {
    this.#saying.forEach(clearTimeout);
    this.#saying = [];
  }
}
