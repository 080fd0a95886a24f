// Writing: what is typed is kept by itself, shown as it will look, and repeated parts can grow.

import { csrfToken } from "./keys.js";

const KEEP_AFTER_MS = 1500;
const PREVIEW_AFTER_MS = 300;
const NUMBERED = ["name", "id", "for", "aria-describedby", "aria-labelledby"];

export function startEditor() {
  const form = document.querySelector("[data-editor]");
  if (!form) return;
  startGroups(form);
  startAutosave(form);
  startPreview(form);
}

function startAutosave(form) {
  const state = document.querySelector("[data-autosave-state]");
  let typed = 0; // counts changes
  let kept = 0; // the last change that the server has
  let timer = 0;
  let sending = null;
  let leaving = false;

  const show = (text, failed = false) => {
    if (!state) return;
    state.textContent = text ?? "";
    state.classList.toggle("failed", failed);
  };

  async function keep() {
    clearTimeout(timer);
    if (typed === kept || leaving || sending) return;
    const version = typed;
    sending = new AbortController();
    show(state?.dataset.textSaving);
    try {
      const answer = await fetch("/api/draft", { method: "POST", body: new FormData(form), signal: sending.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      kept = version;
      show(typed === kept ? state?.dataset.textSaved : "");
    } catch {
      if (!leaving) show(state?.dataset.textFailed, true);
    }
    sending = null;
    if (typed !== version) timer = setTimeout(keep, KEEP_AFTER_MS);
  }

  const changed = () => {
    typed += 1;
    show("");
    clearTimeout(timer);
    timer = setTimeout(keep, KEEP_AFTER_MS);
  };
  form.addEventListener("input", changed);
  form.addEventListener("groups-changed", changed);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
  // Saving or discarding: a draft that arrived after it would come back as a ghost.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    leaving = true;
    clearTimeout(timer);
    sending?.abort();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false; // back by the browser's button
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && typed !== kept) event.preventDefault();
  });
}

function startPreview(form) {
  const box = document.querySelector("[data-preview]");
  const body = form.querySelector("textarea[name=body]");
  if (!box || !body) return;
  let timer = 0;
  let pending = null;

  async function draw() {
    pending?.abort();
    const mine = (pending = new AbortController());
    const typed = new FormData(form);
    const data = new URLSearchParams({ body: body.value, lang: typed.get("lang") ?? "zh", csrf_token: csrfToken() });
    try {
      const answer = await fetch("/api/preview", { method: "POST", body: data, signal: mine.signal });
      if (!answer.ok) return;
      const { html } = await answer.json();
      if (!mine.signal.aborted) box.innerHTML = html; // cleaned by the server
    } catch {
      // the last preview stays; the next key tries again
    }
  }

  body.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(draw, PREVIEW_AFTER_MS);
  });
}

function startGroups(form) {
  form.addEventListener("click", (event) => {
    const adds = event.target.closest("[data-add-group]");
    const removes = event.target.closest("[data-remove-group]");
    if (adds) addGroup(adds.closest("[data-groups]"));
    else if (removes) removeGroup(removes);
    else return;
    form.dispatchEvent(new Event("groups-changed"));
  });
}

function addGroup(box) {
  const numbers = [...box.querySelectorAll("[name]")].map((field) => numberOf(field.name, box.dataset.groups));
  const next = String(Math.max(-1, ...numbers) + 1);
  const part = box.querySelector("template").content.cloneNode(true);
  for (const element of part.querySelectorAll("*")) {
    for (const name of NUMBERED) {
      if (element.hasAttribute(name)) element.setAttribute(name, element.getAttribute(name).replaceAll("__N__", next));
    }
  }
  const group = part.querySelector(".group");
  const groups = box.querySelectorAll(".group");
  const last = groups[groups.length - 1];
  if (last) last.after(part);
  else box.querySelector("template").before(part);
  group.querySelector("input, textarea, select")?.focus();
}

function removeGroup(button) {
  const box = button.closest("[data-groups]");
  button.closest(".group").remove();
  box.querySelector("[data-add-group]")?.focus();
}

// steps.3.say -> 3
function numberOf(name, groups) {
  const number = name.startsWith(`${groups}.`) ? Number.parseInt(name.slice(groups.length + 1), 10) : -1;
  return Number.isNaN(number) ? -1 : number;
}
