// Taking a quiz: what is chosen is kept by itself, and the clock is shown. The server's clock counts.

const KEEP_AFTER_MS = 900;

export function startQuiz() {
  const form = document.querySelector("[data-quiz]");
  if (!form) return;
  const keeper = new Keeper(form, document.querySelector("[data-quiz-state]"));
  form.addEventListener("input", () => keeper.later());
  form.addEventListener("submit", (event) => {
    keeper.stop();
    if (!keeper.sending) return;
    event.preventDefault(); // the page would carry a revision that is about to be old
    keeper.done = () => form.requestSubmit();
  });
  startClock(form, keeper);
}

class Keeper {
  constructor(form, state) {
    this.form = form;
    this.state = state;
    this.stopped = false;
    this.sending = false;
    this.again = false;
  }

  say(name, failed = false) {
    this.state.textContent = this.state.dataset[name] ?? "";
    this.state.classList.toggle("failed", failed);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), KEEP_AFTER_MS);
  }

  async keep() {
    if (this.stopped) return;
    if (this.sending) {
      this.again = true; // one after the other: each carries the revision that the last one made
      return;
    }
    this.sending = true;
    this.say("textKeeping");
    try {
      const answer = await fetch(this.form.dataset.keep, { method: "POST", body: new FormData(this.form) });
      const body = await answer.json();
      if (answer.ok) {
        this.form.elements.revision.value = body.revision;
        this.say("textKept");
      } else {
        this.state.textContent = body.error ?? this.state.dataset.textFailed;
        this.state.classList.add("failed");
      }
    } catch {
      this.say("textFailed", true);
    }
    this.sending = false;
    if (this.done) {
      this.done();
    } else if (this.again) {
      this.again = false;
      this.later();
    }
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }
}

function startClock(form, keeper) {
  const clock = form.querySelector("[data-seconds]");
  if (!clock) return;
  const ends = performance.now() + 1000 * Number(clock.dataset.seconds);
  const draw = () => {
    const left = Math.max(0, Math.round((ends - performance.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    clock.classList.toggle("clock-short", left <= 60);
    if (left > 0) return setTimeout(draw, 500);
    keeper.stop();
    return form.requestSubmit();
  };
  draw();
}
