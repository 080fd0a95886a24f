// A video goes on where one stopped, or at the line of the transcript that the address names.

import { csrfToken } from "./keys.js";

const REMEMBER_EVERY_MS = 5000;
const NEAR_THE_END_S = 5;

export function startVideo() {
  const video = document.querySelector("[data-video]");
  if (!video) return;
  const wanted = secondOf(location.hash) ?? Number(video.dataset.position);
  whenReady(video, () => {
    if (secondOf(location.hash) !== null || wanted < video.duration - NEAR_THE_END_S) video.currentTime = wanted;
  });
  window.addEventListener("hashchange", () => {
    const second = secondOf(location.hash);
    if (second === null) return;
    video.currentTime = second;
    video.play().catch(() => {}); // a browser may want a click first
  });
  remember(video);
}

function whenReady(video, act) {
  if (video.readyState >= HTMLMediaElement.HAVE_METADATA) act();
  else video.addEventListener("loadedmetadata", act, { once: true });
}

// #t-1-05 is 65 seconds, #t-1-02-03 an hour more.
function secondOf(hash) {
  const match = /^#t-(\d+)-(\d\d)(?:-(\d\d))?$/.exec(hash);
  if (!match) return null;
  return match.slice(1).filter((part) => part !== undefined).reduce((sum, part) => 60 * sum + Number(part), 0);
}

function remember(video) {
  let kept = Math.floor(video.currentTime);
  const keep = () => {
    const second = Math.floor(video.currentTime);
    if (second === kept) return;
    kept = second;
    const data = new URLSearchParams({ seconds: String(second), csrf_token: csrfToken() });
    fetch(video.dataset.video, { method: "POST", body: data, keepalive: true }).catch(() => {});
  };
  video.addEventListener("pause", keep);
  window.addEventListener("pagehide", keep);
  setInterval(() => {
    if (!video.paused) keep();
  }, REMEMBER_EVERY_MS);
}
