/* Who is here, and what changes for the page when one's own role does. */

import { addStyle, announce, nodes, on, request, words } from "../page.js";

const SHOWN = 5;

let session = null;

export function start(page) {
  session = page;
  addStyle(new URL("../../css/together.css", import.meta.url));
  on("people.changed", showPeople);
  on("conversation.role", changeRole);
}

function badge(text, name, tone) {
  const item = document.createElement("li");
  const letters = document.createElement("span");
  const spoken = document.createElement("span");
  item.className = tone === "more" ? "person person-more" : "person";
  item.dataset.tone = tone;
  item.title = spoken.textContent = name;
  spoken.className = "visually-hidden";
  letters.textContent = text;
  letters.setAttribute("aria-hidden", "true");
  item.append(letters, spoken);
  return item;
}

function showPeople({ people, more }) {
  const list = document.getElementById("people");
  const fit = people.length + more <= SHOWN ? SHOWN : SHOWN - 1;
  const rest = people.length + more - Math.min(people.length, fit);
  const badges = people
    .slice(0, fit)
    .map(({ initials, name, tone }) => badge(initials, words.here.replace("{name}", name), tone));
  if (rest) badges.push(badge(`+${rest}`, words.moreHere.replace("{count}", rest), "more"));
  list.replaceChildren(...badges);
  list.hidden = !badges.length;
}

/* The page as it is for the new role; what was typed is kept with the conversation. */
async function changeRole({ role }) {
  const { app } = session;
  const could = app.dataset.role !== "viewer";
  const can = role !== "viewer";
  app.dataset.role = role;
  const html = await request(location.pathname).catch(() => null);
  if (html === null) {
    location.reload();
    return;
  }
  // It has changed again: the page for that is on its way.
  if (app.dataset.role !== role) return;
  const fresh = nodes(html);
  for (const part of ["#audience", "#bar-actions"]) {
    document.querySelector(part).replaceWith(fresh.querySelector(part));
  }
  if (could !== can) {
    const composer = document.importNode(fresh.querySelector("chat-composer"), true);
    session.composer.replaceWith(composer);
    session.equip(composer);
    announce(can ? words.nowWriter : words.nowReader);
  }
  session.transcript.swap(fresh.querySelector("#log").innerHTML);
  // What came while the page was made is not on it.
  session.open();
}
