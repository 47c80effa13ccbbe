/* htmx, for what fetches fragments by itself: long lists, closed drawers, the forms of the dialog. */

import { askToSignIn, complain } from "../page.js";

const SOURCE = document.querySelector('meta[name="htmx-source"]').content;

let loading = null;

/* Makes the hx- attributes of this element, and of what is in it, do something. */
export async function process(element) {
  loading ??= load();
  if (await loading) htmx.process(element);
  else complain();
}

/* A drawer may have been opened before. */
export async function met(element) {
  const drawer = element.closest("details[open]");
  await process(element);
  if (drawer?.open) window.htmx?.trigger(drawer, "toggle");
}

/* It begins with the whole page, but only where that is there or still to come. */
async function load() {
  if (document.readyState !== "complete") {
    await new Promise((done) => addEventListener("load", done, { once: true }));
  }
  const script = Object.assign(document.createElement("script"), { src: SOURCE });
  const isThere = await new Promise((done) => {
    script.addEventListener("load", () => done(true));
    script.addEventListener("error", () => done(false));
    document.head.append(script);
  });
  if (isThere) watch();
  else loading = null;
  return isThere;
}

function watch() {
  for (const type of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(type, ({ detail }) => {
      if (detail.xhr.status === 401) askToSignIn();
      complain();
    });
  }
}
