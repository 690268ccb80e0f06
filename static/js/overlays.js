// Pop-up menus (details.menu) and dialogs.

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  const inMenu = event.target.closest("details.menu .pop :is(a, button)");
  if (!inMenu || inMenu.hasAttribute("data-stay")) return;
  const menu = inMenu.closest("details.menu");
  menu.open = false;
  // The focus stays on what can still be seen; but the button keeps it until its form has been read.
  setTimeout(() => menu.querySelector("summary").focus());
});
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
  event.preventDefault();
  event.stopPropagation();
});

// Dialogs. A link with hx-get and hx-target="#dialog" is a page of its own without script; here its
// fragment opens in the one shared <dialog>. Nothing typed is lost: a closed dialog keeps its form.
const shared = () => document.getElementById("dialog");
const isDirty = (form) =>
  [...form.elements].some((field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.tagName === "SELECT"
        ? [...field.options].some((option) => option.selected !== option.defaultSelected) &&
          [...field.options].some((option) => option.defaultSelected)
        : "defaultValue" in field && field.type !== "hidden" && field.value !== field.defaultValue,
  );

// Of a group of radio buttons the chosen one is the tab stop.
const firstField = (dialog) => {
  const field = dialog.querySelector("form :is(input:not([type=hidden]), select, textarea)");
  const group = field?.type === "radio" ? [...field.form.elements].filter((one) => one.name === field.name) : [];
  return group.find((radio) => radio.checked) || field;
};

let shownPath = "";
document.addEventListener("htmx:beforeRequest", (event) => {
  const dialog = shared();
  const { requestConfig, target, elt } = event.detail;
  if (!dialog || target !== dialog || requestConfig.verb !== "get" || dialog.contains(elt)) return;
  const kept = shownPath === requestConfig.path && [...dialog.querySelectorAll("form")].some(isDirty);
  shownPath = requestConfig.path;
  if (kept) {
    event.preventDefault();
    dialog.showModal();
  }
});
document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = shared();
  if (event.detail.target !== dialog) return;
  if (dialog.childElementCount && !dialog.open) {
    dialog.showModal();
    firstField(dialog)?.focus();
  }
  dialog.setAttribute("aria-labelledby", dialog.querySelector("h2[id]")?.id ?? "");
});
// A verb that succeeded answers with the header HX-Trigger: dialog-close.
document.addEventListener("dialog-close", () => {
  const dialog = shared();
  shownPath = "";
  dialog?.close();
  dialog?.replaceChildren();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  const dialog = opener && document.getElementById(opener.dataset.open);
  if (dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
    return;
  }
  if (event.target.closest("[data-close]")) {
    const open = event.target.closest("dialog");
    if (open) {
      event.preventDefault();
      open.close();
    }
  }
});

// The button of a promise names the time that is chosen.
document.addEventListener("change", ({ target }) => {
  const words = target.form?.querySelector("[data-outcome]");
  if (!words) return;
  words.dataset.outcome ||= words.textContent;
  const near = target.form.querySelector(".near-times :checked")?.closest("label");
  const shape = target.form.querySelector(".shapes :checked")?.value;
  words.textContent = near?.dataset[shape] || words.dataset.outcome;
});

// Esc leaves a field that holds new text first; the second Esc closes.
document.addEventListener(
  "keydown",
  (event) => {
    const field = event.target;
    const typing = event.key === "Escape" && field.matches?.("dialog :is(textarea, input)");
    if (typing && "defaultValue" in field && field.value !== field.defaultValue) {
      event.preventDefault();
      event.stopPropagation();
      field.closest("dialog").querySelector("[data-close]")?.focus();
    }
  },
  true,
);
