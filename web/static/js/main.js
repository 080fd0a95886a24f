// Starts what a page has. Without scripts every page still reads, searches and saves.

import { startCopy } from "./copy.js";
import { startEditor } from "./editor.js";
import { startPalette } from "./palette.js";
import { startQuiz } from "./quiz.js";
import { startSlots } from "./slots.js";
import { startVideo } from "./video.js";

const PHONE = window.matchMedia("(max-width: 719.98px)");

function startAutoSubmit() {
  for (const form of document.querySelectorAll("[data-auto-submit]")) {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select")) form.requestSubmit();
    });
  }
}

function startFolds() {
  const fold = () => {
    for (const part of document.querySelectorAll("[data-fold-on-phone]")) part.open = !PHONE.matches;
  };
  fold();
  PHONE.addEventListener("change", fold);
}

function startMenus() {
  const closeOthers = (keep) => {
    for (const menu of document.querySelectorAll(".menu[open]")) {
      if (menu !== keep) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => closeOthers(event.target.closest(".menu")));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.(".menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

function startPrinting() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => window.print());
  }
}

function nameKeysAsOnMac() {
  if (!/Mac|iPhone|iPad/.test(navigator.platform)) return;
  for (const key of document.querySelectorAll("[data-open-palette] kbd")) key.textContent = "⌘K";
}

startSlots();
startCopy();
startPalette();
startEditor();
startQuiz();
startVideo();
startAutoSubmit();
startFolds();
startMenus();
startPrinting();
nameKeysAsOnMac();
