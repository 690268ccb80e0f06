// <time-left due="2026-11-19T14:00:00Z">in 46 min</time-left>
// The server writes the words; here they are only kept up to date: once a minute, once a second in
// the last two minutes. One timer for the whole page. More than a day away nothing is touched.

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const shown = new Set();
const words = document.getElementById("words")?.dataset ?? {};
let timer = 0;

const fill = (pattern, values) => pattern.replace(/%(\w+)%/g, (_, name) => values[name]);

/** The words for a distance in milliseconds, or null where the server's text should stay. */
export function distance(ms) {
  const late = ms < 0;
  const far = Math.abs(ms);
  if (far >= DAY || !words.inMinutes) return null;
  if (!late && far < 2 * MINUTE) return fill(words.inSeconds, { s: Math.ceil(far / 1000) });
  const minutes = late ? Math.floor(far / MINUTE) : Math.ceil(far / MINUTE);
  if (late && minutes === 0) return words.now;
  const values = { h: Math.floor(minutes / 60), m: minutes % 60 };
  if (values.h === 0) return fill(late ? words.lateMinutes : words.inMinutes, values);
  if (values.m === 0) return fill(late ? words.lateWholeHours : words.inWholeHours, values);
  return fill(late ? words.lateHours : words.inHours, values);
}

function tick() {
  clearTimeout(timer);
  if (!shown.size) return;
  let nearest = Infinity;
  for (const element of shown) {
    const ms = Date.parse(element.getAttribute("due")) - Date.now();
    // a promise "at" a time has a quarter of an hour before it is late
    const begun = ms < 0 && Date.now() < Date.parse(element.getAttribute("until"));
    const text = begun ? words.now : distance(ms);
    if (text !== null && element.textContent !== text) element.textContent = text;
    const state = ms < 0 && !begun ? "late" : null;
    if (state) element.dataset.s = state;
    nearest = Math.min(nearest, Math.abs(ms));
  }
  timer = setTimeout(tick, nearest < 2 * MINUTE + 1000 ? 1000 : MINUTE);
}

class TimeLeft extends HTMLElement {
  static observedAttributes = ["due"];

  connectedCallback() {
    shown.add(this);
    tick();
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  attributeChangedCallback() {
    if (this.isConnected) tick();
  }
}
customElements.define("time-left", TimeLeft);
document.addEventListener("visibilitychange", () => document.hidden || tick());
