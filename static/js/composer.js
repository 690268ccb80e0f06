// <composer-box data-user data-ticket>: reply and internal note as two forms of which one is open,
// each with a draft of its own. Markup and hooks: docs/frontend.md. Whatever the server answers,
// the text stays until a send has succeeded.

import { forget, keep, recall } from "./drafts.js";
import { ChosenFiles } from "./files.js";

const sent = (xhr) => xhr && xhr.status >= 200 && xhr.status < 300;

class ComposerBox extends HTMLElement {
  #forms = [];
  #files = new Map();
  #stop = null;
  #online = true;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#forms = [...this.querySelectorAll("form[data-kind]")];
    for (const form of this.#forms) this.#prepare(form);
    this.addEventListener("click", this.#clicked, { signal });
    this.addEventListener("input", this.#typed, { signal });
    this.addEventListener("keydown", this.#pressed, { signal });
    this.addEventListener("files-changed", this.#filesChanged, { signal });
    this.addEventListener("paste", this.#pasted, { signal });
    for (const kind of ["dragover", "dragleave", "drop"]) {
      this.addEventListener(kind, this.#dragged, { signal });
    }
    // before htmx sees it
    this.addEventListener("submit", this.#submitted, { signal, capture: true });
    this.addEventListener("htmx:beforeSend", this.#sending, { signal });
    this.addEventListener("htmx:beforeOnLoad", this.#answered, { signal });
    this.addEventListener("htmx:afterRequest", this.#finished, { signal });
    const { body } = document;
    body.addEventListener("live:connection", ({ detail }) => this.#connection(detail.online), { signal });
  }

  disconnectedCallback() {
    this.#stop.abort();
  }

  #key(form) {
    return { user: this.dataset.user, ticket: this.dataset.ticket, kind: form.dataset.kind };
  }

  #text(form) {
    return form.querySelector("textarea");
  }

  get #open() {
    return this.#forms.find((form) => !form.hidden) ?? this.#forms[0];
  }

  #prepare(form) {
    const text = this.#text(form);
    const list = form.querySelector("[data-files]");
    if (list) this.#files.set(form, new ChosenFiles(form.querySelector("input[type=file]"), list));
    if (this.dataset.sent === form.dataset.kind) forget(this.#key(form)); // sent without htmx
    if (text.value) return; // the server gave the text back, for example after an error
    text.value = recall(this.#key(form));
    if (text.value) this.#saved(form, true);
  }

  #saved(form, on) {
    const mark = form.querySelector("[data-saved]");
    if (mark) mark.hidden = !on;
  }

  // ---- reply or note
  #clicked = (event) => {
    const tab = event.target.closest("[data-kind-tab]");
    if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.show(tab.dataset.kindTab);
  };

  show(kind) {
    for (const form of this.#forms) form.hidden = form.dataset.kind !== kind;
    for (const tab of this.querySelectorAll("[data-kind-tab]")) {
      if (tab.dataset.kindTab === kind) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
    this.#text(this.#open).focus();
  }

  // ---- writing
  #typed = (event) => {
    const form = event.target.closest("form[data-kind]");
    if (!form || event.target !== this.#text(form)) return;
    const done = keep(this.#key(form), event.target.value);
    this.#saved(form, done && event.target.value.trim() !== "");
  };

  #pressed = (event) => {
    const form = event.target.closest("form[data-kind]");
    if (!form || !(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
    const key = event.key.toLowerCase();
    if (key === "enter") {
      const other = event.shiftKey && form.querySelector("[data-send-solve]");
      const button = other || form.querySelector("[data-send]");
      // a click, because htmx learns from it which button was meant
      if (button && !button.disabled) button.click();
    } else if (!event.shiftKey && (key === "b" || key === "i") && event.target === this.#text(form)) {
      this.#wrap(event.target, key === "b" ? "**" : "*");
    } else {
      return;
    }
    event.preventDefault();
  };

  #wrap(text, mark) {
    const { selectionStart: from, selectionEnd: to } = text;
    const inner = text.value.slice(from, to);
    // the only way that leaves the browser's own undo working
    if (!document.execCommand("insertText", false, mark + inner + mark)) {
      text.setRangeText(mark + inner + mark, from, to, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    text.setSelectionRange(from + mark.length, to + mark.length);
  }

  // ---- files
  #filesChanged = (event) => {
    const hint = event.target.form?.querySelector("[data-attach-hint]");
    if (hint && event.target.files.length) hint.hidden = true;
  };

  #pasted = (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const list = this.#files.get(this.#open);
    if (!files.length || !list) return;
    event.preventDefault();
    list.add(files);
  };

  #dragged = (event) => {
    const list = this.#files.get(this.#open);
    if (!list || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.classList.toggle("drop", event.type === "dragover");
    if (event.type === "drop") list.add([...event.dataTransfer.files]);
  };

  // ---- sending
  #submitted = (event) => {
    const form = event.target;
    if (!this.#forms.includes(form)) return;
    const hold = form.hasAttribute("aria-busy") || !this.#online || this.#asksForFile(form);
    if (!hold) return;
    event.preventDefault();
    event.stopPropagation();
  };

  // a second press while the first is under way does nothing
  #sending = (event) => {
    if (this.#forms.includes(event.detail.elt)) event.detail.elt.setAttribute("aria-busy", "true");
  };

  // "You wrote attached but nothing is attached", asked once for a text
  #asksForFile(form) {
    const hint = form.querySelector("[data-attach-hint]");
    if (!hint || !hint.hidden || this.#files.get(form)?.count) return false;
    const words = hint.dataset.attachHint.split("|").filter(Boolean);
    const text = this.#text(form).value.toLowerCase();
    const said = words.some((word) => text.includes(word.toLowerCase()));
    if (said) hint.hidden = false;
    return said;
  }

  #answered = (event) => {
    const form = event.detail.elt;
    if (this.#forms.includes(form) && sent(event.detail.xhr)) this.#clear(form);
  };

  #clear(form) {
    forget(this.#key(form));
    form.reset(); // a promise or a copy belongs to the one reply it left with
    this.#text(form).value = "";
    form.querySelector("[data-say]")?.replaceChildren();
    this.#files.get(form)?.clear();
    this.#saved(form, false);
    for (const line of form.querySelectorAll("[data-attach-hint], [data-send-failed]")) line.hidden = true;
  }

  #finished = (event) => {
    const form = event.detail.elt;
    if (!this.#forms.includes(form)) return;
    form.removeAttribute("aria-busy");
    const { status } = event.detail.xhr;
    const failed = form.querySelector("[data-send-failed]");
    if (failed) failed.hidden = sent(event.detail.xhr) || status === 409 || status === 422;
  };

  #connection(online) {
    this.#online = online;
    for (const button of this.querySelectorAll("[data-send], [data-send-solve]")) button.disabled = !online;
    for (const line of this.querySelectorAll("[data-offline]")) line.hidden = online;
  }
}
customElements.define("composer-box", ComposerBox);
