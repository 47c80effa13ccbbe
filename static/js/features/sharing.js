/* Sharing: copies the address of a link, and says beside the title who else reads along. */

import { copy, on, request, showCopied } from "../page.js";

let session = null;

export function start(page) {
  session = page;
  on("conversation.shared", showAudience);
}

export function used(button) {
  showCopied(button, copy(document.getElementById(button.dataset.copy).value));
}

/* Everybody is told something else, so the line itself does not come with the event. */
async function showAudience() {
  const line = await request(`/c/${session.conversation}/audience/`).catch(() => null);
  if (line !== null) document.getElementById("audience").textContent = line.trim();
}
