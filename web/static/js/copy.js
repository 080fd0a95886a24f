// Copying an article's words to say, with the slots filled in.

import { hasModifier, isTyping } from "./keys.js";
import { fillSlots } from "./slots.js";

const TOAST_MS = 6000;
const fetched = new Map(); // article id -> promise of its words
let toastTimer = 0;

function words(id) {
  if (!fetched.has(id)) {
    const answer = fetch(`/api/words/${id}`, { headers: { Accept: "application/json" } }).then((r) => {
      if (!r.ok) throw new Error(String(r.status));
      return r.json();
    });
    answer.catch(() => fetched.delete(id));
    fetched.set(id, answer);
  }
  return fetched.get(id);
}

function toast(text) {
  const line = document.querySelector("[data-toast]");
  if (!line) return;
  clearTimeout(toastTimer);
  line.textContent = text;
  toastTimer = setTimeout(() => { line.textContent = ""; }, TOAST_MS);
}

// Copies the words of an article; returns what the reader is told, and whether nothing is left to do.
export async function copyWords(id) {
  const texts = document.querySelector("[data-copy-texts]")?.dataset ?? {};
  let said;
  let complete = false;
  try {
    const { text, slots = {} } = await words(id);
    const filled = fillSlots(text, slots);
    if (!filled.text.trim()) said = texts.nothingToCopy;
    else if (!(await toClipboard(filled.text))) said = texts.notCopied;
    else if (filled.open.length) said = texts.copiedOpen.replace("%s", listOf(filled.open));
    else [said, complete] = [texts.copied, true];
  } catch {
    said = texts.failed ?? texts.notCopied;
  }
  toast(said ?? "");
  return { said: said ?? "", complete };
}

function listOf(names) {
  return names.join(document.documentElement.lang.startsWith("zh") ? "、" : ", ");
}

async function toClipboard(text) {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // refused; the old way may still work
  }
  return copyFromTextarea(text);
}

// Plain http has no navigator.clipboard. Inside an open dialog nothing outside it can be selected.
function copyFromTextarea(text) {
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.className = "visually-hidden";
  area.value = text;
  area.readOnly = true;
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  if (done) {
    area.remove();
    before?.focus({ preventScroll: true });
  } else {
    // it stays selected, so that Ctrl+C works, and goes when the reader goes on
    area.addEventListener("blur", () => area.remove(), { once: true });
  }
  return done;
}

export function startCopy() {
  const button = document.querySelector("[data-copy]");
  if (!button) return;
  const id = button.dataset.copy;
  words(id).catch(() => {}); // at hand, so that the tap itself copies; tried again when it failed
  button.addEventListener("click", () => copyWords(id));
  document.addEventListener("keydown", (event) => {
    const wanted = event.key === "c" || (event.key === "Process" && event.code === "KeyC");
    const elsewhere = isTyping(event) || hasModifier(event) || document.querySelector("dialog[open]");
    if (!wanted || elsewhere || event.repeat) return;
    event.preventDefault();
    copyWords(id);
  });
}
