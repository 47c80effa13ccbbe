/* The reader's place in the log: follows what is new, stays where somebody reads, outlives a reload. */

const NEAR = 48;

export class Place {
  following = true;
  #top = 0;
  #height = 0;
  #left = false;

  constructor(log, newest) {
    this.log = log;
    this.newest = newest;
    log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    newest.addEventListener("click", () => this.follow());
    new ResizeObserver(() => this.stick()).observe(log);
    this.stick();
  }

  /* After every change of what is shown. */
  stick() {
    if (this.following) this.log.scrollTop = this.log.scrollHeight;
    this.#top = this.log.scrollTop;
    this.#height = this.log.scrollHeight;
  }

  follow() {
    this.following = true;
    this.newest.hidden = true;
    this.stick();
  }

  /* Not the newest is looked at, and its end is not where anything is added. */
  leave() {
    this.following = false;
    this.#left = true;
  }

  /* Something is put in above: `put()` does it, and what is being read does not jump. */
  hold(put) {
    const { scrollTop, scrollHeight } = this.log;
    this.following = false;
    put(() => (this.log.scrollTop = scrollTop + this.log.scrollHeight - scrollHeight));
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    const up = scrollTop < this.#top - 2 && scrollHeight >= this.#height;
    const near = scrollHeight - scrollTop - clientHeight <= NEAR;
    if (up && !near) this.following = false;
    else if (near && !this.#left) this.following = true;
    this.newest.hidden = this.following;
    this.#top = scrollTop;
    this.#height = scrollHeight;
  }

  /* A reload brings the reader back to the same place. */
  keep(conversation) {
    const name = `place.${conversation ?? "new"}`;
    const [entry] = performance.getEntriesByType("navigation");
    const kept = JSON.parse(sessionStorage.getItem(name) ?? "null");
    if (kept && !kept.following && entry?.type !== "navigate") {
      this.following = false;
      this.log.scrollTop = kept.top;
    }
    addEventListener("pagehide", () => {
      const { following, log } = this;
      sessionStorage.setItem(name, JSON.stringify({ following, top: log.scrollTop }));
    });
  }
}
