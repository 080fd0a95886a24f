// Slots such as {客户名}: their values live by key for as long as the tab does, so that a card in
// Chinese, its English twin and the palette share them.

const SLOT = /\{([^{}\n]{1,20})\}/g;
const PREFIX = "shifu-slot-";
const unsaved = new Map(); // where the browser keeps no storage

export function slotValue(key) {
  let value = unsaved.get(key) ?? null;
  try {
    value = sessionStorage.getItem(PREFIX + key) ?? value;
  } catch {
    // storage is switched off
  }
  return (value ?? defaultValue(key)).trim();
}

function defaultValue(key) {
  const texts = document.querySelector("[data-copy-texts]");
  return key === "my_name" ? (texts?.dataset.myName ?? "") : "";
}

function keep(key, value) {
  unsaved.set(key, value);
  try {
    sessionStorage.setItem(PREFIX + key, value);
  } catch {
    // kept in memory until the page is left
  }
}

// Fills the slots of a text. keys: slot name -> key (null for a name that is no slot).
export function fillSlots(text, keys) {
  const open = new Set();
  const filled = text.replace(SLOT, (whole, name) => {
    if (!keys[name]) return whole;
    const value = slotValue(keys[name]);
    if (!value) open.add(name);
    return value || whole;
  });
  return { text: filled, open: [...open] };
}

function show(key) {
  const value = slotValue(key);
  for (const place of document.querySelectorAll(`.slot[data-slot="${key}"]`)) {
    place.dataset.name ??= place.textContent;
    place.textContent = value || place.dataset.name;
    place.classList.toggle("filled", Boolean(value));
  }
}

function buildInputs(box) {
  const names = new Map();
  for (const place of document.querySelectorAll(".slot[data-slot]")) {
    if (!names.has(place.dataset.slot)) names.set(place.dataset.slot, place.textContent);
  }
  for (const [key, name] of names) {
    const label = document.createElement("label");
    const text = document.createElement("span");
    const input = document.createElement("input");
    text.textContent = name.replace(/[{}]/g, "").replaceAll("_", " ");
    input.dataset.slotInput = key;
    input.maxLength = 30;
    input.autocomplete = "off";
    label.append(text, input);
    box.append(label);
  }
  names.forEach((_name, key) => show(key));
}

export function startSlots() {
  const box = document.querySelector("[data-slot-inputs]");
  if (box) buildInputs(box);
  const inputs = [...document.querySelectorAll("[data-slot-input]")];
  for (const input of inputs) {
    const key = input.dataset.slotInput;
    input.value = slotValue(key);
    input.addEventListener("input", () => {
      keep(key, input.value);
      for (const twin of inputs) {
        if (twin !== input && twin.dataset.slotInput === key) twin.value = input.value;
      }
      show(key);
    });
  }
}
