/* Cards of the tools that a model asked for. */

import { nodes, on } from "../page.js";

let session = null;

export function start(page) {
  session = page;
  on("reply.tools", showCards);
}

/* A button that decides, or the form with a result entered by hand. */
export function used(element) {
  const button = element.querySelector("[type=submit]") ?? element;
  const { decision } = button.dataset;
  const message = Number(button.closest("article[data-message]").dataset.message);
  const call = Number(button.closest(".tool-call").dataset.call);
  const result = decision === "result" ? element.querySelector("textarea").value : "";
  session.transcript.ask(button, { type: "tool.answer", message, call, decision, result });
}

/* Puts the cards as they are now into the turn; what was typed into one that still asks, stays. */
function showCards({ reply, html }) {
  const holder = session.transcript.article(reply)?.querySelector("[data-cards]");
  if (!holder) return;
  const typed = new Map();
  for (const field of holder.querySelectorAll("textarea")) typed.set(field.id, field.value);
  const focused = holder.contains(document.activeElement) ? document.activeElement.id : "";
  holder.replaceChildren(nodes(html));
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  if (focused) document.getElementById(focused)?.focus();
  session.transcript.place.stick();
}
