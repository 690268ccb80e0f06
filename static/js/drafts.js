// Drafts live in this browser under (user, ticket, kind) and nowhere else, until they are sent.

const PREFIX = "helpdesk.draft.";

const name = ({ user, ticket, kind }) => `${PREFIX}${user}.${ticket}.${kind}`;

/** True if it was really written: storage can be full or forbidden. */
export function keep(key, text) {
  try {
    if (text.trim()) localStorage.setItem(name(key), JSON.stringify({ text, at: Date.now() }));
    else localStorage.removeItem(name(key));
    return true;
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

export function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(name(key)) ?? "null")?.text ?? "";
  } catch (error) {
    if (error instanceof DOMException || error instanceof SyntaxError) return "";
    throw error;
  }
}

export const forget = (key) => keep(key, "");

// Signing out leaves nothing behind for the next person at this desk.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-sign-out]")) return;
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  }
});
