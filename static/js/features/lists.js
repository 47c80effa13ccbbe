/* Draws the sidebar's lists anew, after something has happened to a conversation. */

import { nodes, request } from "../page.js";

const PAUSE = 300;

let refreshing = 0;

/* Each list stays as long as it has grown. */
export function refresh(current) {
  clearTimeout(refreshing);
  refreshing = setTimeout(() => fetchLists(current), PAUSE);
}

async function fetchLists(current) {
  const { url } = document.getElementById("lists").dataset;
  const query = new URLSearchParams({ current: current ?? "" });
  for (const list of document.querySelectorAll("#lists [data-list]")) {
    query.set(list.dataset.list, list.querySelectorAll(":scope > .entry").length);
  }
  const html = await request(`${url}?${query}`).catch(() => null);
  const lists = document.getElementById("lists");
  if (html !== null && lists.dataset.url === url) redraw(lists, nodes(html));
}

/* Who was in the lists with the keyboard stays there. */
function redraw(lists, fresh) {
  const focused = lists.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && placeOf(focused);
  const holder = lists.parentElement;
  lists.replaceWith(fresh);
  window.htmx?.process(document.getElementById("lists"));
  if (focused) (holder.querySelector(place) ?? holder).focus();
}

function placeOf(element) {
  const kind = element.localName;
  const entry = element.closest("[data-conversation]");
  const drawer = element.closest("[data-drawer]");
  if (entry) return `[data-conversation="${entry.dataset.conversation}"] > ${kind}`;
  if (element.dataset.address) return `[data-address="${element.dataset.address}"]`;
  if (element.dataset.feature) return `[data-feature="${element.dataset.feature}"]`;
  if (kind === "summary" && drawer) return `[data-drawer="${drawer.dataset.drawer}"] > summary`;
  return element.hasAttribute("href") ? `[href="${element.getAttribute("href")}"]` : "#lists";
}
