// The front end's one entry. Each module improves markup that works without it.
import "./hx.js";
import "./overlays.js";
import "./toast.js";
import "./time.js";
import "./keys.js";
import "./composer.js";
import "./live.js";
import "./queue.js";
import "./thread.js";

document.documentElement.dataset.js = ""; // see .only-js

// The tab title counts late tickets and overdue promises only; the rail brings the figure.
const showBadge = () => {
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  const badge = document.getElementById("rail")?.dataset.badge;
  document.title = badge && badge !== "0" ? `(${badge}) ${title}` : title;
};
document.addEventListener("htmx:afterSettle", showBadge);
showBadge();
