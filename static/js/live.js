// <live-hub src="/live/" ping="/healthz">: hints that something changed, never the content.
//
// One stream per browser: tabs elect a leader (Web Locks), which hands events on
// (BroadcastChannel). Each hint {"k", "id", "v"} becomes DOM events on <body>:
//   live:<k>   and   live:<k>-<id>;   a ticket also raises live:queue
// Elements that care fetch their own part again:
//   hx-trigger="live:ticket-48213 from:body, live:resync from:body"
// live:resync means "something may have been missed"; live:connection says {online}.

import { Refused, readStream } from "./stream.js";

const MERGE_MS = 250;
const OFFLINE_AFTER_MS = 10_000;
const POLL_MS = 20_000;
const MISSED_MS = 60_000;
const TAKEN_OVER_MS = 2000;
const FAILURES_BEFORE_POLL = 3;
const BACK_AGAIN_MS = 6000;

/** Resolves after `ms`, or at once when one of the signals is aborted. */
const pause = (ms, ...signals) =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    for (const signal of signals) signal.addEventListener("abort", done);
  });
/** Full jitter between 1 s and a ceiling that doubles up to 30 s. */
const jitter = (failures) => 1000 + Math.random() * (Math.min(30_000, 1000 * 2 ** failures) - 1000);

class LiveHub extends HTMLElement {
  #stop = null;
  #channel = null;
  #waiting = new Map();
  #merge = 0;
  #lastBeat = Date.now();
  #lastId = "";
  #failures = 0;
  #brokenSince = 0;
  #offlineTimer = 0;
  #online = true;
  #refused = false;
  #retry = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    if ("BroadcastChannel" in window) {
      this.#channel = new BroadcastChannel("helpdesk-live");
      this.#channel.addEventListener("message", ({ data }) => this.#hear(data));
    }
    document.addEventListener("visibilitychange", this.#woke, { signal });
    window.addEventListener("online", () => this.#again(), { signal });
    this.addEventListener("click", (event) => event.target.closest("[data-retry]") && this.#again());
    this.#lead(signal);
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#channel?.close();
    clearTimeout(this.#offlineTimer);
  }

  // ---- leader: holds the stream until the tab goes
  async #lead(signal) {
    if (!navigator.locks) return this.#run(signal); // plain http on another host: each tab for itself
    const waiting = Date.now();
    try {
      await navigator.locks.request("helpdesk-live", { signal }, () => this.#run(signal, waiting));
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  async #run(signal, waiting = Date.now()) {
    // the leader before us has gone; something may have come in between
    if (Date.now() - waiting > TAKEN_OVER_MS) this.#tell({ state: "broken" });
    while (!signal.aborted) {
      try {
        await readStream(this.getAttribute("src"), {
          lastId: this.#lastId,
          signal,
          onOpen: () => this.#tell({ state: "open" }),
          onBeat: () => this.#tell({ state: "beat" }),
          onMessage: (message) => this.#received(message),
        });
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refused) return this.#tell({ state: "refused" });
      }
      this.#failures += 1;
      this.#tell({ state: "broken" });
      await this.#wait(signal);
    }
  }

  async #wait(signal) {
    const polling = this.#failures >= FAILURES_BEFORE_POLL;
    const again = new AbortController();
    this.#retry = again;
    await pause(jitter(this.#failures), signal, again.signal);
    this.#retry = null;
    if (polling && Date.now() - this.#lastBeat > POLL_MS && (await this.#reachable())) {
      this.#tell({ state: "polled" });
    }
  }

  async #reachable() {
    try {
      const url = this.getAttribute("ping");
      return (await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(5000) })).ok;
    } catch {
      return false;
    }
  }

  #again() {
    this.#retry?.abort();
    this.#channel?.postMessage({ state: "again" });
  }

  #received({ event, data, id }) {
    if (event === "resync") return this.#tell({ id, hint: { k: "resync" } });
    try {
      const hint = JSON.parse(data);
      if (hint && typeof hint.k === "string") this.#tell({ id, hint });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error; // not a hint of ours: nothing to fetch
    }
  }

  /** To this tab and to all others. */
  #tell(news) {
    this.#channel?.postMessage(news);
    this.#hear(news);
  }

  // ---- every tab
  #hear({ hint, state, id }) {
    if (id) this.#lastId = id; // whoever leads next goes on from here
    if (hint) return this.#collect(hint);
    if (state === "open" || state === "beat") this.#connected();
    else if (state === "polled") this.#polled();
    else if (state === "broken") this.#broken();
    else if (state === "again") this.#retry?.abort();
    else if (state === "refused") this.#signedOut();
  }

  #collect({ k, id, v }) {
    const name = id === undefined || id === null ? `live:${k}` : `live:${k}-${id}`;
    const known = this.#waiting.get(name);
    if (!known || !(known.v > v)) this.#waiting.set(name, { k, id, v });
    this.#merge ||= setTimeout(() => this.#release(), MERGE_MS);
  }

  #release() {
    this.#merge = 0;
    const hints = [...this.#waiting];
    this.#waiting.clear();
    const kinds = new Map();
    for (const [name, detail] of hints) {
      if (detail.id !== undefined && detail.id !== null) this.#raise(name, detail);
      kinds.set(`live:${detail.k}`, detail);
      if (detail.k === "ticket") kinds.set("live:queue", detail);
    }
    for (const [name, detail] of kinds) this.#raise(name, detail);
  }

  #raise(name, detail) {
    document.body.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #connected() {
    const missed = this.#failures > 0 || this.#brokenSince > 0;
    this.#lastBeat = Date.now();
    this.#failures = 0;
    this.#brokenSince = 0;
    clearTimeout(this.#offlineTimer);
    this.#offlineTimer = 0;
    if (missed) this.#raise("live:resync", {});
    if (this.#refused) this.#show("");
    this.#refused = false;
    this.#setOnline(true);
  }

  // The stream is down but the desk answers: pages look again by themselves.
  #polled() {
    this.#lastBeat = Date.now();
    this.#setOnline(true);
    if (!document.hidden) this.#raise("live:resync", {});
  }

  #broken() {
    this.#brokenSince ||= Date.now();
    this.#offlineTimer ||= setTimeout(async () => {
      this.#offlineTimer = 0;
      if (this.#brokenSince && !(await this.#reachable())) this.#setOnline(false);
    }, OFFLINE_AFTER_MS);
  }

  #signedOut() {
    this.#refused = true;
    clearTimeout(this.#offlineTimer);
    this.#show("signed-out");
  }

  #woke = () => {
    if (document.hidden) return;
    if (this.#refused) {
      this.#refused = false; // perhaps signed in again in another tab
      this.#lead(this.#stop.signal);
    }
    if (Date.now() - this.#lastBeat > MISSED_MS) {
      this.#lastBeat = Date.now();
      this.#raise("live:resync", {});
      this.#again();
    }
  };

  #setOnline(online) {
    if (online === this.#online) return;
    this.#online = online;
    this.#raise("live:connection", { online });
    if (online) {
      this.#show("online");
      setTimeout(() => this.#online && this.#show(""), BACK_AGAIN_MS);
      return;
    }
    const since = this.querySelector("[data-since]");
    if (since) {
      // The reader's own zone, as all times of the page, whatever the device's is.
      const options = { timeStyle: "short", timeZone: this.dataset.zone };
      const clock = new Intl.DateTimeFormat(document.documentElement.lang, options);
      since.textContent = clock.format(this.#brokenSince || Date.now());
    }
    this.#show("offline");
  }

  #show(which) {
    for (const line of this.querySelectorAll("[data-when]")) line.hidden = line.dataset.when !== which;
  }
}
customElements.define("live-hub", LiveHub);
