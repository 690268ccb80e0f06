// Everything that listens to htmx stands here, so that the library can be changed in one place.

const FAILED = ["htmx:sendError", "htmx:timeout", "htmx:responseError"];
const isRead = (config) => config?.verb === "get";
const startedByPerson = (event) => event?.type && !event.type.startsWith("live:");

// A morph keeps what the person is in the middle of; what belongs to another ticket it never keeps.
if (window.Idiomorph) {
  const keep = "composer-box, dialog[open], [data-keep]";
  const elements = (...nodes) => nodes.every((node) => node?.nodeType === Node.ELEMENT_NODE);
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (old, fresh) => {
    if (!elements(old, fresh) || !old.matches(keep)) return true;
    if (old.id !== fresh.id) old.replaceWith(document.importNode(fresh, true));
    return false;
  };
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !(name === "open" && node.tagName === "DETAILS");
}

// As the vendored extension, which calls every swap style that it does not know an inline one: then
// "beforeend" would bring its wrapper along.
const MORPHS = { morph: "outerHTML", "morph:outerHTML": "outerHTML", "morph:innerHTML": "innerHTML" };
htmx.defineExtension("morph", {
  isInlineSwap: (style) => MORPHS[style] === "outerHTML",
  handleSwap: (style, target, fragment) =>
    style in MORPHS && Idiomorph.morph(target, fragment.children, { morphStyle: MORPHS[style] }),
});

function cloneOf(id) {
  const template = document.getElementById(id);
  return template ? template.content.firstElementChild.cloneNode(true) : null;
}

/** Put a server-written message into the toast stack. */
export function say(id) {
  const note = cloneOf(id);
  if (note) document.getElementById("toasts")?.append(note);
}

// A fragment that did not come: keep what was there, say so beside it, offer the way on.
function showLoadFailure({ elt, target, requestConfig }) {
  const line = cloneOf("load-failed");
  if (!line || !target) return;
  target.querySelector(":scope > [data-load-failed]")?.remove();
  line.querySelector("button").addEventListener("click", () => {
    line.remove();
    htmx.ajax("GET", requestConfig.path, { source: elt, target, values: requestConfig.parameters });
  });
  target.prepend(line);
}

for (const name of FAILED) {
  document.addEventListener(name, (event) => {
    const { detail } = event;
    const config = detail.requestConfig;
    if (isRead(config)) {
      // A background refresh that fails says nothing: the live hub knows about the connection.
      if (startedByPerson(config.triggeringEvent)) showLoadFailure(detail);
    } else if (!detail.elt?.closest?.("composer-box")) {
      say(detail.xhr?.status === 403 ? "not-allowed" : "send-failed");
    }
  });
}

// What had the focus may be gone after a swap: then the nearest part around it has it.
let around = [];
document.addEventListener("focusin", ({ target }) => {
  if (target.closest("dialog")) return;
  around = [];
  for (let part = target; part; part = part.parentElement?.closest("[tabindex]")) around.push(part);
});
document.addEventListener("htmx:afterSettle", () => {
  // What is still there was left on purpose, by Esc or by a click elsewhere.
  const left = around[0]?.isConnected && around[0].checkVisibility?.() !== false;
  if (left || document.activeElement !== document.body) return;
  around.find((part) => part.isConnected)?.focus({ preventScroll: true });
});

// After a swap the focus goes where the server said, or to the first wrong field.
document.addEventListener("htmx:afterSettle", (event) => {
  const root = event.detail.elt;
  if (!root?.querySelector) return;
  root.parentElement?.querySelector(":scope > [data-load-failed]")?.remove();
  const wrong = event.detail.xhr?.status === 422 && root.querySelector('[aria-invalid="true"]');
  const wanted = wrong || root.querySelector("[data-focus]");
  wanted?.focus({ preventScroll: false });
});

// The same help for pages that were loaded whole.
document.querySelector('main [aria-invalid="true"]')?.focus();
