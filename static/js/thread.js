// The conversation: it begins at its end; what comes in below the reading position is announced and
// does not move the page; a reply says up to which message its author has read.

const AT_END_PX = 80;
const SAY_EVERY_MS = 5000;
let saidAt = 0;
let known = 0;
let number = "";

const box = () => document.querySelector("[data-thread]");
const lastId = () => Number(document.getElementById("thread")?.dataset.last);
const messages = () => [...document.querySelectorAll("#thread [data-message]")];
const idOf = (message) => Number(message.dataset.message);
const atEnd = (scroller) => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < AT_END_PX;

function toEnd(scroller) {
  scroller.scrollTop = scroller.scrollHeight;
}

/** Everything that stands in the thread has been seen. */
function seen() {
  const scroller = box();
  if (!scroller) return;
  known = lastId();
  for (const field of document.querySelectorAll("[data-last-seen]")) field.value = String(known);
  const line = document.querySelector("[data-newer]");
  if (line) line.hidden = true;
  document.body.dispatchEvent(new CustomEvent("thread-read"));
}

function announce(fresh) {
  const line = document.querySelector("[data-newer]");
  line.hidden = false;
  line.querySelector("[data-one]").hidden = fresh.length !== 1;
  line.querySelector("[data-many]").hidden = fresh.length === 1;
  line.querySelector("[data-count]").textContent = String(fresh.length);
}

/** For screen readers: at most one each five seconds. */
function say(fresh) {
  const status = document.querySelector("[data-announce]");
  if (!status || Date.now() - saidAt < SAY_EVERY_MS) return;
  saidAt = Date.now();
  status.textContent = fresh.map((message) => message.dataset.author ?? "").filter(Boolean).join(", ");
}

function begin() {
  const scroller = box();
  number = document.getElementById("convo")?.dataset.number ?? "";
  if (!scroller) return;
  known = lastId();
  scroller.addEventListener("scroll", () => atEnd(scroller) && lastId() > known && seen(), { passive: true });
  const wanted = location.hash.startsWith("#m") && document.getElementById(location.hash.slice(1));
  if (wanted) wanted.scrollIntoView({ block: "start" });
  else if (!new URLSearchParams(location.search).has("before")) toEnd(scroller);
}

// A button that is gone after its work leaves the focus in the conversation, not nowhere.
document.addEventListener("htmx:afterSettle", (event) => {
  const { requestConfig } = event.detail;
  if (requestConfig?.verb !== "post" || document.activeElement !== document.body) return;
  document.getElementById("convo")?.focus({ preventScroll: true });
});

let wasAtEnd = true;
let below = 0; // how far the reader was from the end when he asked for what is earlier
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const scroller = box();
  wasAtEnd = Boolean(scroller && atEnd(scroller));
  below = scroller && detail.target?.matches?.(".earlier") ? scroller.scrollHeight - scroller.scrollTop : 0;
});
document.addEventListener("htmx:afterSettle", (event) => {
  const scroller = box();
  const now = document.getElementById("convo")?.dataset.number ?? "";
  if (now !== number) return begin();
  if (!scroller) return;
  if (below) scroller.scrollTop = scroller.scrollHeight - below;
  below = 0;
  const fresh = messages().filter((message) => idOf(message) > known);
  if (!fresh.length) return;
  const mine = document.querySelector("composer-box")?.dataset.user;
  const others = fresh.filter((message) => message.dataset.by !== mine);
  // Whoever has just sent wants to see it, and was told of the others before.
  if (wasAtEnd || others.length < fresh.length) {
    toEnd(scroller);
    // Whoever was held back says himself that he has read it.
    if (!document.hidden && event.detail.xhr?.status !== 409) seen();
  } else {
    announce(others);
  }
  if (others.length) say(others);
});
document.addEventListener("visibilitychange", () => {
  const scroller = box();
  if (!document.hidden && scroller && atEnd(scroller) && lastId() > known) seen();
});

function go(message) {
  message.scrollIntoView({ block: "start", behavior: "smooth" });
  message.focus({ preventScroll: true });
  seen();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-newer] button")) {
    const first = messages().find((message) => idOf(message) > known);
    if (first) go(first);
  }
  const link = event.target.closest("[data-read-first]");
  if (link) {
    event.preventDefault();
    const first = document.querySelector(link.getAttribute("href"));
    link.closest("[data-say]")?.replaceChildren();
    if (first) go(first);
  }
});
begin();
