// The queue beside a ticket: rows open in place, and others' changes do not move the list under the
// pointer: they wait behind "3 changes" until it is pressed or the list has been left alone.

const LEFT_ALONE_MS = 10_000;
const wide = matchMedia("(min-width: 48.01rem)");
const pane = () => document.getElementById("queue");
const rowsOf = (root) => [...root.querySelectorAll("[data-row]")];
const order = (root) => rowsOf(root).map((row) => row.id);
let usedAt = 0;
let waiting = null;
let timer = 0;

// ---- opening a row
function choose(number) {
  for (const row of rowsOf(document)) {
    const chosen = row.id === `r${number}`;
    if (chosen) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
    if (chosen) read(row);
  }
}

function read(row) {
  row.classList.remove("unread");
  const dot = row.querySelector(".dot");
  dot?.classList.remove("u");
  dot?.replaceChildren();
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-rows] [data-row]");
  const plain = row && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  if (!plain || !document.getElementById("convo")) return;
  event.preventDefault();
  choose(row.id.slice(1));
  const url = row.getAttribute("href");
  htmx.ajax("GET", url, { source: row, target: "#convo", swap: "morph" }).then(() => {
    if (document.getElementById("convo")?.dataset.number !== row.id.slice(1)) return;
    history.pushState({}, "", url);
    document.getElementById("main").dataset.pane = "convo";
    if (!wide.matches) document.getElementById("convo").querySelector("a")?.focus();
  });
});
// Back and forward between tickets that were opened in place: the page as the server shows it.
window.addEventListener("popstate", () => location.reload());

const current = document.querySelector("[data-rows] [data-row][aria-current]");
if (current) read(current);

// ---- one tab stop for the whole list
function rove() {
  const all = pane() ? rowsOf(pane()) : [];
  const stop = all.find((row) => row === document.activeElement) ?? all.find((row) => row.hasAttribute("aria-current")) ?? all[0];
  for (const row of all) row.tabIndex = row === stop ? 0 : -1;
}
document.addEventListener("focusin", (event) => event.target.closest("[data-row]") && rove());
document.addEventListener("htmx:afterSettle", rove);
rove();

// ---- changes by others
const used = (event) => {
  if (event.target.closest?.("#queue")) usedAt = Date.now();
};
for (const name of ["pointermove", "focusin", "keydown"]) document.addEventListener(name, used, { passive: true });

const inUse = () => Date.now() - usedAt < LEFT_ALONE_MS;
const extended = () => document.querySelectorAll("#queue [data-row]").length > 50;

function moved(fresh) {
  const before = order(pane());
  const after = order(fresh);
  const gone = before.filter((id) => !after.includes(id));
  const come = after.filter((id) => !before.includes(id));
  const kept = after.filter((id) => before.includes(id));
  const shifted = kept.filter((id, index) => before.filter((one) => after.includes(one))[index] !== id);
  return gone.length + come.length + (shifted.length ? 1 : 0);
}

function show() {
  clearTimeout(timer);
  const fresh = waiting;
  waiting = null;
  if (fresh && pane()) {
    htmx.swap(pane(), fresh, { swapStyle: "morph" });
    rove();
  }
}

document.addEventListener("htmx:configRequest", (event) => {
  // The list knows which ticket stands beside it only by the address of the page.
  if (event.detail.elt.id === "queue" && location.pathname.startsWith("/v/")) {
    event.detail.path = location.pathname + location.search;
  }
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, requestConfig } = event.detail;
  if (target?.id !== "queue" || requestConfig?.elt?.id !== "queue" || xhr.status !== 200) return;
  const fresh = new DOMParser().parseFromString(xhr.responseText, "text/html").getElementById("queue");
  const count = fresh ? moved(fresh) : 0;
  if (!count || !(inUse() || extended())) return;
  event.detail.shouldSwap = false;
  waiting = xhr.responseText;
  const line = pane().querySelector("[data-changes]");
  line.querySelector("[data-one]").hidden = count !== 1;
  line.querySelector("[data-many]").hidden = count === 1;
  line.querySelector("[data-count]").textContent = String(count);
  line.hidden = false;
  clearTimeout(timer);
  if (!extended()) timer = setTimeout(() => inUse() || show(), LEFT_ALONE_MS + 500);
});
document.addEventListener("click", (event) => event.target.closest("[data-changes]") && show());
