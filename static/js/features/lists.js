/* Draws the sidebar's lists anew, after something has happened to a conversation, and the bell. */

import { meet, nodes, request, words } from "../page.js";

const PAUSE = 300;

let refreshing = 0;
let asked = 0;

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
  const number = (asked += 1);
  const html = await request(`${url}?${query}`).catch(() => null);
  // An answer that was overtaken is older than what is shown.
  if (number !== asked) return;
  const lists = document.getElementById("lists");
  if (html !== null && lists.dataset.url === url) redraw(lists, nodes(html));
}

/* Who was in the lists with the keyboard stays there. */
function redraw(lists, fresh) {
  const focused = lists.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && placeOf(focused);
  const holder = lists.parentElement;
  lists.replaceWith(fresh);
  meet();
  if (focused) (holder.querySelector(place) ?? holder).focus();
}

function placeOf(element) {
  const kind = element.localName;
  const entry = element.closest("[data-conversation]");
  const drawer = element.closest("[data-drawer]");
  if (entry) return `[data-conversation="${entry.dataset.conversation}"] > ${kind}`;
  if (element.dataset.address) return `[data-address="${element.dataset.address}"]`;
  if (kind === "summary" && drawer) return `[data-drawer="${drawer.dataset.drawer}"] > summary`;
  if (element.hasAttribute("href")) return `[href="${element.getAttribute("href")}"]`;
  return element.dataset.feature ? `[data-feature="${element.dataset.feature}"]` : "#lists";
}

export function showNotices(count) {
  const bell = document.getElementById("bell");
  bell.dataset.count = count;
  bell.querySelector(".bell-count").textContent = count || "";
  const said = count ? words.newNotices.replace("{count}", count) : words.notices;
  bell.querySelector("[data-label]").textContent = said;
}

/* A drawer was opened or closed: the next page comes with those open that are open. */
export function used() {
  const drawers = document.querySelectorAll("#sidebar [data-drawer][open]");
  const open = [...drawers].map((it) => it.dataset.drawer);
  const secure = location.protocol === "https:" ? "; secure" : "";
  const kept = "path=/; max-age=31536000; samesite=lax";
  document.cookie = `open-lists=${open.join(".")}; ${kept}${secure}`;
}
