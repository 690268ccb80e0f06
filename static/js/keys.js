// <key-map>: single letters. A key is an attribute of the control it presses (data-key="r",
// data-key="g h"), so there is no key without a visible control. Letters act only when no field has
// the focus, no dialog is open, no modifier is down and no input method is composing.
// data-single="off" switches the letters off.

const PAUSE_MS = 1200;
const cookie = (name, value) => {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
};
const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
// What stands in a closed menu can be pressed as long as the menu itself is there.
const pressable = (element) => visible(element) || visible(element.closest("details")?.firstElementChild ?? element);
const controls = (key) => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(pressable);

function press(control) {
  if (control.matches("input:not([type=checkbox], [type=radio]), textarea, select")) {
    control.focus();
    control.scrollIntoView({ block: "nearest" });
  } else if (control.matches("details")) {
    control.open = true;
    const first = ":is(a, button, select, input:not([type=hidden])):not(:disabled)";
    control.querySelector(`.pop ${first}`)?.focus();
  } else {
    control.click();
  }
}

// ---- the cursor in a list: J and K, Enter or O
const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")].filter(visible);

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const here = all.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const from = here >= 0 ? here : all.findIndex((row) => row.hasAttribute("aria-current"));
  const next = all[Math.min(Math.max(from + by, 0), all.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function open() {
  const row = rows().find((one) => one === document.activeElement);
  if (!row) return false;
  row.click();
  return true;
}

// ---- panes: F6 and Shift F6
function nextPane(by) {
  const panes = [...document.querySelectorAll("#rail, .pane, main:not(:has(.pane))")].filter(visible);
  if (panes.length < 2) return false;
  const here = panes.findIndex((pane) => pane.contains(document.activeElement));
  const pane = panes[(here + by + panes.length) % panes.length];
  const first = pane.querySelector(
    '[aria-current], a[href], button:not(:disabled), textarea, input:not([type="hidden"]), [tabindex="0"]',
  );
  (first ?? pane).focus();
  return true;
}

function toggle(name, closed) {
  const root = document.documentElement;
  const value = root.dataset[name] === closed ? "" : closed;
  root.dataset[name] = value;
  cookie(name, value);
  return true;
}

function toList() {
  const row = rows().find((one) => one.hasAttribute("aria-current")) ?? rows()[0];
  row?.focus();
  return Boolean(row);
}

const BUILT_IN = {
  j: () => step(1),
  k: () => step(-1),
  o: open,
  u: toList,
  "?": () => document.querySelector('[data-open="keys"]')?.click() ?? true, // it may stand in a closed menu
  "[": () => toggle("rail", "icons"),
  "]": () => toggle("context", "closed"),
};

class KeyMap extends HTMLElement {
  #begun = "";
  #timer = 0;

  connectedCallback() {
    document.addEventListener("keydown", this.#down);
    document.addEventListener("click", this.#trim);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.#down);
    document.removeEventListener("click", this.#trim);
  }

  // The sheet shows only keys that do something on this page.
  #trim = (event) => {
    if (!event.target.closest('[data-open="keys"]')) return;
    for (const line of document.querySelectorAll("#keys [data-needs]")) {
      line.hidden = !document.querySelector(`[data-key="${CSS.escape(line.dataset.needs)}"]`);
    }
  };

  #down = (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "F6" && nextPane(event.shiftKey ? -1 : 1)) {
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      this.#escape(event);
    } else if (this.dataset.single !== "off" && event.key.length === 1 && this.#free(event.target)) {
      this.#letter(event);
    }
  };

  #free(target) {
    const field = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select";
    return !target.closest(`${field}, [contenteditable]`) && !document.querySelector("dialog[open]");
  }

  #letter(event) {
    const key = event.key.toLowerCase();
    const whole = this.#begun ? `${this.#begun} ${key}` : key;
    clearTimeout(this.#timer);
    this.#begun = "";
    const control = controls(whole)[0];
    if (control) {
      event.preventDefault();
      press(control);
    } else if (BUILT_IN[whole]?.()) {
      event.preventDefault();
    } else if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
      this.#begun = key;
      this.#timer = setTimeout(() => (this.#begun = ""), PAUSE_MS);
    }
  }

  // Esc leaves the field; what was typed stays.
  #escape(event) {
    if (document.querySelector("dialog[open]")) return;
    if (event.target.matches?.("input, textarea, select")) event.target.blur();
  }
}
customElements.define("key-map", KeyMap);
