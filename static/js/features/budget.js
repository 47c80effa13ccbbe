/* What is left of a budget: looked up when an answer has ended, as it has used some of it. */

import { nodes, on, request } from "../page.js";

export function start() {
  on("reply.ended", refresh);
}

async function refresh() {
  const line = document.getElementById("budget");
  const html = line && (await request(line.dataset.address).catch(() => null));
  if (typeof html !== "string" || line.innerHTML.trim() === html.trim()) return;
  line.replaceChildren(nodes(html));
}
