// A toast goes by itself after ten seconds, but never while it is looked at, and not if it says
// that something went wrong. It never takes the focus.

const LASTS_MS = 10_000;

class ToastNote extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    // Two hints at once fetch the same notice twice; and one that got worse takes its own place.
    const same = this.dataset.notice && `toast-note[data-notice="${this.dataset.notice}"]`;
    for (const other of same ? document.querySelectorAll(same) : []) if (other !== this) other.remove();
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-dismiss]")) this.remove();
    });
    if (this.dataset.s === "late" || this.hasAttribute("data-stay")) return;
    for (const name of ["pointerenter", "focusin"]) {
      this.addEventListener(name, () => clearTimeout(this.#timer));
    }
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.#arm());
    this.#arm();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #arm() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.remove(), LASTS_MS);
  }
}
customElements.define("toast-note", ToastNote);
