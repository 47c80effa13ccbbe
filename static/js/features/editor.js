/* The box in which a message is edited, in place of the message. */

import { sends } from "../composer.js";

let session = null;

export function start(page) {
  session = page;
}

export async function used(button) {
  const article = button.closest("article");
  if (article.querySelector(".edit-box")) return;
  const message = Number(article.dataset.message);
  const text = await session.transcript.source(message);
  if (article.querySelector(".edit-box")) return;
  open(article, text, (sender, changed) => {
    session.transcript.ask(sender, { type: "message.edit", message, text: changed });
  });
}

function open(article, text, submit) {
  const parts = article.querySelectorAll(".said, .turn-foot");
  article.append(document.getElementById("edit-box").content.cloneNode(true));
  const box = article.querySelector(".edit-box");
  const field = box.querySelector("textarea");
  const close = () => {
    box.remove();
    parts.forEach((part) => (part.hidden = false));
    article.querySelector('[data-feature="editor"]')?.focus();
  };
  parts.forEach((part) => (part.hidden = true));
  field.value = text;
  field.rows = Math.min(12, Math.max(3, text.split("\n").length + 1));
  field.focus();
  box.querySelector("[data-cancel]").addEventListener("click", close);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.target === field && sends(event)) {
      event.preventDefault();
      box.requestSubmit();
    }
  });
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) submit(box.querySelector("[type=submit]"), field.value);
  });
}
