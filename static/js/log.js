/* The log: what is written into it, block by block, and where its reader is. */

import { nodes } from "./page.js";

const NEAR = 48;

/* --- The reader's place ----------------------------------------------------------------------- */
/* Follows what is new, stays where somebody reads, outlives a reload. */
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

/* --- Blocks ------------------------------------------------------------------------------------- */
/* One frame with the effect of both in a row. */
function merged(first, second) {
  if (second.keep < first.keep) return second;
  const kept = first.blocks.slice(0, second.keep - first.keep);
  return { ...second, keep: first.keep, blocks: [...kept, ...second.blocks] };
}

/* What did not change stays in place, and a selection in it stays, too. */
function replaceBlocks(holder, keep, blocks) {
  blocks.forEach((html, index) => {
    const block = document.createElement("div");
    Object.assign(block, { className: "block", dir: "auto" });
    block.append(nodes(html));
    const there = holder.children[keep + index];
    if (!there) holder.append(block);
    else if (!there.isEqualNode(block)) there.replaceWith(block);
  });
  while (holder.children.length > keep + blocks.length) holder.lastElementChild.remove();
}

/* Frames wait for the next picture. `drawn()` is called after each, `missed()` where a frame builds
 * on blocks that are not there. */
export class Frames {
  #waiting = new Map();
  #isDue = false;

  constructor(log, drawn, missed) {
    Object.assign(this, { log, drawn, missed });
  }

  add(frame) {
    const name = `${frame.reply}/${frame.part}`;
    const waiting = this.#waiting.get(name);
    this.#waiting.set(name, waiting ? merged(waiting, frame) : frame);
    this.soon();
  }

  drop(reply) {
    for (const part of ["content", "reasoning"]) this.#waiting.delete(`${reply}/${part}`);
  }

  /* Hidden pages get no animation frames, but must still take in what comes. */
  soon() {
    if (this.#isDue) return;
    this.#isDue = true;
    const draw = () => this.#isDue && this.draw();
    requestAnimationFrame(draw);
    setTimeout(draw, 250);
  }

  draw() {
    this.#isDue = false;
    for (const [name, frame] of this.#waiting) {
      const part = `#m${Number(frame.reply)} [data-part="${frame.part}"]`;
      const holder = this.log.querySelector(part);
      if (!holder) continue;
      this.#waiting.delete(name);
      if (frame.keep > holder.children.length) this.missed();
      else write(holder, frame);
    }
    this.drawn();
  }
}

function write(holder, { keep, blocks }) {
  replaceBlocks(holder, keep, blocks);
  const wrap = holder.closest("[data-part-wrap]");
  if (wrap) wrap.hidden = holder.children.length === 0;
}
