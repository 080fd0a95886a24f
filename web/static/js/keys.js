// Keys that work anywhere on a page, and never take a letter from somebody who is typing.

const FIELDS = "input, textarea, select, [contenteditable]";

export function isTyping(event) {
  return event.isComposing || event.keyCode === 229 || Boolean(event.target.closest?.(FIELDS));
}

export function hasModifier(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

export function csrfToken() {
  return document.querySelector("meta[name=csrf-token]")?.content ?? "";
}
