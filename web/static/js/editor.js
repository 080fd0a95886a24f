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

class Autosave {
  constructor(form, state) {
    this.form = form;
    this.state = state; // where it says how things stand; may be missing
    this.typed = 0; // counts changes
    this.kept = 0; // the last change that the server has
    this.sending = null;
    this.leaving = false;
  }

  show(name, failed = false) {
    if (!this.state) return;
    this.state.textContent = this.state.dataset[name] ?? "";
    this.state.classList.toggle("failed", failed);
  }

  changed() {
    this.typed += 1;
    this.show("");
    this.keepLater();
  }

  keepLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), KEEP_AFTER_MS);
  }

  async keep() {
    clearTimeout(this.timer);
    if (this.typed === this.kept || this.leaving || this.sending) return;
    const version = this.typed;
    this.sending = new AbortController();
    this.show("textSaving");
    try {
      const { signal } = this.sending;
      const answer = await fetch("/api/draft", { method: "POST", body: new FormData(this.form), signal });
      if (!answer.ok) throw new Error(String(answer.status));
      this.kept = version;
      this.show(this.typed === version ? "textSaved" : "");
    } catch {
      if (!this.leaving) this.show("textFailed", true);
    }
    this.sending = null;
    if (this.typed !== version) this.keepLater();
  }

  // Saving or discarding: a draft that arrived after it would come back as a ghost.
  leave() {
    this.leaving = true;
    clearTimeout(this.timer);
    this.sending?.abort();
  }
}

function startAutosave(form) {
  const autosave = new Autosave(form, document.querySelector("[data-autosave-state]"));
  form.addEventListener("input", () => autosave.changed());
  form.addEventListener("groups-changed", () => autosave.changed());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") autosave.keep();
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) autosave.leave();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) autosave.leaving = false; // back by the browser's button
  });
  window.addEventListener("beforeunload", (event) => {
    if (!autosave.leaving && autosave.typed !== autosave.kept) event.preventDefault();
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
