/* A message that the address names: it is scrolled to and stands out for a moment. */

import { complain, request } from "../page.js";

let session = null;

export function start(page) {
  session = page;
  const article = session.transcript.article(page.app.dataset.found);
  if (!article) return;
  if ("elsewhere" in page.app.dataset) session.transcript.place.leave();
  else session.transcript.place.following = false;
  article.dataset.found = "";
  article.tabIndex = -1;
  article.focus({ preventScroll: true });
  show(article, session.transcript.log);
}

/* In the middle, or at the top when it is long. Only the log may scroll, not the page around it. */
function show(article, log) {
  const room = Math.max(16, (log.clientHeight - article.offsetHeight) / 2);
  log.scrollTop += article.getBoundingClientRect().top - log.getBoundingClientRect().top - room;
}

/* The branch becomes the one that everybody sees. */
export async function used(button) {
  const address = `/c/${session.conversation}/`;
  button.disabled = true;
  try {
    await request(`${address}branch/`, new URLSearchParams({ message: button.dataset.to }));
    location.assign(address);
  } catch {
    button.disabled = false;
    complain();
  }
}
