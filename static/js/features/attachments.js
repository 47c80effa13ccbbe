/* Files beside a message: uploaded one after the other, shown for review, removed again. */

import { addStyle, announce, complain, nodes, request, words } from "../page.js";

let session = null;
let uploading = Promise.resolve();

export function start(page) {
  session = page;
  addStyle(new URL("../../css/files.css", import.meta.url));
  document.addEventListener("change", weigh);
  document.addEventListener("input", weigh);
}

/* Of the composer that is there: it is another one when the person's role has changed. */
function files() {
  return session.composer.querySelector("#attachments");
}

/* The button that removes a file. Its text is a dialog of the page. */
export async function used(button) {
  const chip = button.closest("[data-attachment]");
  const next = chip.nextElementSibling ?? chip.previousElementSibling;
  const gone = await request(button.dataset.address, new URLSearchParams()).then(
    () => true,
    (error) => error.status === 404,
  );
  if (!gone) {
    complain();
    return;
  }
  chip.remove();
  show();
  announce(words.fileRemoved);
  (next?.querySelector("button") ?? session.composer.field).focus();
}

/* --- On their way with a message ------------------------------------------------------------- */
const withheld = new Map();

export function withhold(attachments) {
  for (const id of attachments) {
    const chip = files().querySelector(`[data-attachment="${CSS.escape(id)}"]`);
    if (chip) withheld.set(id, chip);
    chip?.remove();
  }
  show();
}

export function giveBack(attachments) {
  files().append(...attachments.map((id) => withheld.get(id)).filter(Boolean));
  show();
}

/* --- Uploading -------------------------------------------------------------------------------- */
/* One at a time: the server reads few at once, and the first ones are ready sooner. */
export function add(added) {
  const list = files();
  const { most, mostBytes } = list.dataset;
  const problems = [];
  session.composer.say("");
  for (const file of added) {
    if (list.childElementCount >= Number(most)) {
      problems.push(words.fileMany.replace("{most}", most));
      break;
    }
    if (file.size > Number(mostBytes)) problems.push(words.fileLarge.replace("{name}", file.name));
    else queue(file);
  }
  if (problems.length > 0) session.composer.say(problems.join(" "));
}

/* What is wrong with one file does not hide what is wrong with another. */
function sayToo(sentence) {
  const alert = document.getElementById("composer-alert");
  const before = alert.hidden ? "" : alert.textContent;
  if (!before.includes(sentence)) session.composer.say(`${before} ${sentence}`.trim());
}

function queue(file) {
  const piece = document.getElementById("uploading-file").content.cloneNode(true);
  const chip = piece.querySelector("li");
  chip.querySelector(".file-name").textContent = file.name;
  files().append(piece);
  show();
  const control = { cancelled: false };
  chip.querySelector("button").addEventListener("click", () => {
    control.cancelled = true;
    control.sending?.abort();
    drop(chip);
  });
  uploading = uploading.then(() => upload(file, chip, control)).catch(() => complain());
}

async function upload(file, chip, control) {
  if (control.cancelled) return;
  try {
    const answer = await attempt(file, chip, control);
    if (answer.status !== 200) throw new Error(told(answer, file));
    chip.replaceWith(nodes(answer.responseText));
    weigh();
    announce(words.fileReady.replace("{name}", file.name));
  } catch (error) {
    if (control.cancelled) return;
    drop(chip);
    sayToo(error.message);
  }
}

function told({ status, responseText }, file) {
  if (status === 400) return saidIn(responseText) ?? words.broken;
  if (status === 413) return words.fileLarge.replace("{name}", file.name);
  return status === 0 ? words.fileOffline.replace("{name}", file.name) : words.broken;
}

/* Undefined: something on the way has answered, and not Chatsite. */
function saidIn(answer) {
  try {
    return JSON.parse(answer).words;
  } catch {
    return undefined;
  }
}

async function attempt(file, chip, control) {
  const ticket = await request(files().dataset.ticketUrl).catch(({ status }) => {
    throw new Error(told({ status }, file));
  });
  return new Promise((done) => {
    const sending = new XMLHttpRequest();
    control.sending = sending;
    const progress = chip.querySelector("progress");
    sending.upload.addEventListener("progress", ({ loaded, total }) => {
      progress.value = loaded / total;
      if (loaded === total) progress.removeAttribute("value");
    });
    sending.addEventListener("loadend", () => done(sending));
    sending.open("POST", address(file));
    sending.setRequestHeader("Content-Type", "application/octet-stream");
    sending.setRequestHeader("HX-Request", "true");
    sending.setRequestHeader("X-CSRFToken", document.body.dataset.csrf);
    sending.setRequestHeader("X-Upload-Ticket", ticket);
    sending.send(file);
  });
}

function address(file) {
  const query = new URLSearchParams({ name: file.name });
  if (session.conversation) query.set("conversation", session.conversation);
  return `${files().dataset.url}?${query}`;
}

function drop(chip) {
  chip.remove();
  show();
}

function show() {
  const list = files();
  list.closest("#attached").hidden = list.childElementCount === 0;
  weigh();
}

/* --- Does it fit? ------------------------------------------------------------------------------- */
/* The files were counted better by the server. */
function weigh() {
  if (!files()) return;
  const warning = document.getElementById("attached-warning");
  const model = session.composer.model.selectedOptions[0];
  const room = Number(model?.dataset.window);
  const factor = Number(model?.dataset.factor) || 1;
  const chips = [...files().querySelectorAll("[data-tokens]")];
  const tokens = chips.reduce((sum, chip) => sum + Number(chip.dataset.tokens), 0);
  const tooMuch = room > 0 && tokens > 0 && (tokens + textTokens()) * factor > room;
  const sentence = tooMuch ? words.fileTooMuch.replace("{model}", model.textContent.trim()) : "";
  if (warning.textContent !== sentence) warning.textContent = sentence;
}

/* Roughly four characters make a token. */
function textTokens() {
  const said = document.getElementById("log").textContent.length;
  return (said + session.composer.field.value.length) / 4;
}
