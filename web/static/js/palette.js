// The palette: search while typing, choose with the arrows, open or copy without leaving the keys.

import { copyWords } from "./copy.js";
import { csrfToken, hasModifier, isTyping } from "./keys.js";

const DELAY_MS = 120;
const SEARCH_PAGE = "/search?q=";
const CHINESE_ONLY = /^[\u3400-\u9fff\s，。？！、]*[\u3400-\u9fff][\u3400-\u9fff\s，。？！、]*$/;
const WORD_MS = 800; // a letter this soon after the "c" means that a word was begun, such as crm

class Palette {
  constructor(dialog) {
    this.dialog = dialog;
    this.input = dialog.querySelector("[data-palette-input]");
    this.list = dialog.querySelector("[data-palette-list]");
    this.note = dialog.querySelector("[data-palette-note]");
    this.copyButton = dialog.querySelector("[data-copy-selected]");
    this.texts = this.list.dataset;
    this.options = []; // {entry, element}
    this.selected = -1;
    this.shown = null; // the query whose answer is on screen
    this.swallowedAt = -Infinity;
    this.after = null; // what to do as soon as the answer is there
    this.listen();
  }

  listen() {
    this.list.tabIndex = -1;
    this.input.addEventListener("input", (event) => {
      if (!event.isComposing) this.searchSoon();
    });
    this.input.addEventListener("compositionend", () => this.searchSoon());
    this.input.addEventListener("keydown", (event) => this.keyInInput(event));
    this.list.addEventListener("keydown", (event) => this.keyInList(event));
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.copyButton?.addEventListener("click", () => this.copy());
    this.dialog.querySelector("[data-close-palette]").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close(); // the backdrop
    });
    this.dialog.addEventListener("close", () => this.pending?.abort());
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault(); // a search field would take the first Escape to empty itself
      this.dialog.close();
    });
  }

  open() {
    if (this.dialog.open) return;
    this.dialog.showModal();
    this.input.focus();
    this.input.select();
    this.search();
  }

  // Searching

  get typed() {
    return this.input.value.trim();
  }

  searchSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), DELAY_MS);
  }

  async search() {
    clearTimeout(this.timer);
    this.pending?.abort();
    const mine = (this.pending = new AbortController());
    const query = this.typed;
    try {
      const answer = await fetch(`/api/search?q=${encodeURIComponent(query)}`, { signal: mine.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const data = await answer.json();
      if (mine.signal.aborted) return;
      this.show(query, data);
    } catch {
      if (mine.signal.aborted) return;
      this.clear();
      this.shown = query;
      this.say(this.texts.textFailed);
    }
    const next = this.after;
    this.after = null;
    next?.();
  }

  // Runs an action on the answer to what is typed now, not on an older one.
  whenReady(action) {
    if (this.shown === this.typed) return action();
    this.after = action;
    return this.search();
  }

  // Drawing

  clear() {
    this.list.replaceChildren();
    this.options = [];
    this.select(-1);
    this.say("");
  }

  show(query, data) {
    this.clear();
    this.shown = query;
    if (!query) {
      this.group(this.texts.textFavourites, data.favourites ?? []);
      this.group(this.texts.textRecent, data.recent ?? []);
      if (!this.options.length) this.line("palette-empty", this.texts.textStart);
      return;
    }
    this.say(data.note ?? "");
    this.group("", data.results ?? []);
    if (this.options.length) {
      this.select(0);
    } else if (data.nearest?.length) {
      this.group(this.texts.textNearest, data.nearest);
    } else {
      this.line("palette-empty", this.texts.textNothing);
    }
  }

  say(text, done = false) {
    this.note.textContent = text;
    this.note.hidden = !text;
    this.note.classList.toggle("done", done);
  }

  line(name, text) {
    const item = make("li", name, text);
    item.setAttribute("role", "presentation");
    this.list.append(item);
  }

  group(heading, entries) {
    if (heading && entries.length) this.line("palette-heading", heading);
    for (const entry of entries) {
      const element = optionOf(entry, this.options.length);
      this.options.push({ entry, element });
      this.list.append(element);
    }
    this.input.setAttribute("aria-expanded", String(this.options.length > 0));
  }

  select(index) {
    this.options[this.selected]?.element.setAttribute("aria-selected", "false");
    this.selected = index;
    const chosen = this.options[index];
    for (const box of [this.input, this.list]) {
      if (chosen) box.setAttribute("aria-activedescendant", chosen.element.id);
      else box.removeAttribute("aria-activedescendant");
    }
    chosen?.element.setAttribute("aria-selected", "true");
    chosen?.element.scrollIntoView({ block: "nearest" });
    if (this.copyButton) this.copyButton.hidden = !chosen?.entry.can_copy;
  }

  // Keys

  keyInInput(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter") {
      event.preventDefault();
      const copies = event.ctrlKey || event.metaKey;
      this.whenReady(() => (copies ? this.copy() : this.openSelected()));
    } else if (this.copiesAtOnce(event)) {
      event.preventDefault();
      this.swallowedAt = event.timeStamp;
      this.whenReady(() => this.copy());
    } else if (event.key.length === 1 && !hasModifier(event) && event.timeStamp - this.swallowedAt < WORD_MS) {
      this.input.setRangeText("c", this.input.selectionStart, this.input.selectionEnd, "end");
      this.swallowedAt = -Infinity;
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && this.options.length) {
      // Stepping into the list stays on a result that is already chosen.
      event.preventDefault();
      if (event.key === "ArrowUp") this.select(this.options.length - 1);
      else if (this.selected < 0) this.select(0);
      this.list.focus();
    }
  }

  // A "c" behind a Chinese query copies: no Chinese sentence goes on with a lone Latin letter.
  copiesAtOnce(event) {
    const atEnd = this.input.selectionStart === this.input.value.length;
    return event.key === "c" && !hasModifier(event) && !event.repeat && atEnd && CHINESE_ONLY.test(this.typed);
  }

  keyInList(event) {
    const last = this.options.length - 1;
    const key = event.key === "Process" && event.code === "KeyC" ? "c" : event.key;
    if (key === "ArrowDown") this.select(Math.min(this.selected + 1, last));
    else if (key === "ArrowUp" && this.selected > 0) this.select(this.selected - 1);
    else if (key === "ArrowUp") this.input.focus();
    else if (key === "Home") this.select(0);
    else if (key === "End") this.select(last);
    else if (key === "Enter" && (event.ctrlKey || event.metaKey)) this.copy();
    else if (key === "Enter") this.openSelected();
    else if (key === "c" && !hasModifier(event)) this.copy();
    else {
      // A letter belongs to the query again; the browser types it into what has the focus.
      if ((key.length === 1 || key === "Backspace" || key === "Process") && !hasModifier(event)) this.input.focus();
      return;
    }
    event.preventDefault();
  }

  clicked(event) {
    const element = event.target.closest("[role=option]");
    const index = this.options.findIndex((option) => option.element === element);
    if (index < 0) return;
    this.select(index);
    this.openSelected(event.ctrlKey || event.metaKey);
  }

  // What the reader came for

  openSelected(inNewTab = false) {
    const chosen = this.options[this.selected];
    if (!chosen && !this.typed) return;
    if (chosen) this.logUse(); // the search page logs by itself
    const url = chosen ? chosen.entry.url : SEARCH_PAGE + encodeURIComponent(this.typed);
    if (inNewTab) {
      window.open(url, "_blank", "noopener");
    } else {
      // Without this, a link to a place on this very page would stay behind the palette.
      this.dialog.close();
      location.assign(url);
    }
  }

  async copy() {
    const chosen = this.options[this.selected];
    if (!chosen) return;
    this.logUse();
    const { said, complete } = await copyWords(chosen.entry.id);
    this.say(said, complete);
  }

  logUse() {
    if (!this.typed) return;
    fetch("/api/search/used", {
      method: "POST",
      keepalive: true,
      headers: { "X-CSRFToken": csrfToken() },
      body: new URLSearchParams({ q: this.typed }),
    }).catch(() => {}); // a search that is not counted must not disturb anybody
  }
}

function make(tag, name, text = "") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

function optionOf(entry, index) {
  const element = make("li", "palette-option");
  element.id = `palette-option-${index}`;
  element.setAttribute("role", "option");
  element.setAttribute("aria-selected", "false");
  const title = make("div", "option-title");
  title.append(...partsOf(entry.title_parts ?? [[entry.title, false]]));
  element.append(title);
  if (entry.passage?.length) {
    const passage = make("div", "option-passage");
    passage.append(...partsOf(entry.passage));
    element.append(passage);
  }
  for (const part of element.children) part.lang = entry.lang ?? "";
  const foot = make("div", "option-foot");
  foot.append(make("span", "", entry.kind), ...(entry.reasons ?? []).map((reason) => make("span", "why", reason)));
  element.append(foot);
  return element;
}

function partsOf(parts) {
  return parts.map(([text, marked]) => (marked ? make("mark", "", text) : document.createTextNode(text)));
}

export function startPalette() {
  const dialog = document.querySelector("[data-palette]");
  if (!dialog) return;
  const palette = new Palette(dialog);
  for (const button of document.querySelectorAll("[data-open-palette]")) {
    button.addEventListener("click", () => palette.open());
  }
  document.addEventListener("keydown", (event) => {
    const hotKey = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
    const isSlash = event.key === "/" || (event.code === "Slash" && !event.shiftKey);
    const slash = isSlash && !hasModifier(event) && !isTyping(event);
    if (!hotKey && !slash) return;
    event.preventDefault();
    palette.open();
  });
}
