/* Cards of the tools that a model asked for: shows them, and sends what the person decides. */

/* Puts the cards as they are now into the turn; what was typed into one that still asks, stays. */
export function showCards(article, { tools, html }, nodes) {
  const holder = article.querySelector("[data-cards]");
  const typed = new Map();
  for (const field of holder.querySelectorAll("textarea")) typed.set(field.id, field.value);
  const focused = holder.contains(document.activeElement) ? document.activeElement.id : "";
  holder.replaceChildren(nodes(html));
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  if (focused) document.getElementById(focused)?.focus();
  article.dataset.tools = tools;
}

/* `ask` sends the command and holds the button until it is answered. */
export function watchCards(log, ask) {
  log.addEventListener("click", (event) => {
    const button = event.target.closest('button[type="button"][data-decision]');
    if (button) decide(button, button.dataset.decision, "", ask);
  });
  log.addEventListener("submit", (event) => {
    if (!event.target.matches(".tool-form")) return;
    event.preventDefault();
    const result = event.target.querySelector("textarea").value;
    decide(event.target.querySelector("[type=submit]"), "result", result, ask);
  });
}

function decide(button, decision, result, ask) {
  const message = Number(button.closest("article[data-message]").dataset.message);
  const call = Number(button.closest(".tool-call").dataset.call);
  ask(button, { type: "tool.answer", message, call, decision, result });
}
