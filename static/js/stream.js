// A reader of text/event-stream over fetch. EventSource hides comments, so it cannot notice that a
// connection has gone silent, and it cannot tell a refused session from a broken line.

const SILENCE_MS = 40_000;

/** The stream was refused: the session has ended or the role has changed. */
export class Refused extends Error {}

function parse(block) {
  const message = { event: "message", data: "", id: null };
  for (const line of block.split(/\r?\n/)) {
    const [, field, value] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === "data") message.data += message.data ? `\n${value ?? ""}` : (value ?? "");
    else if (field === "event") message.event = value;
    else if (field === "id") message.id = value;
  }
  return message;
}

/**
 * Read until the stream ends; it always ends by throwing.
 * `onOpen()` once, `onBeat()` for every chunk, comments included, `onMessage({event, data, id})`.
 */
export async function readStream(url, { lastId, signal, onOpen, onBeat, onMessage }) {
  const stop = new AbortController();
  const abort = () => stop.abort();
  signal.addEventListener("abort", abort);
  let silence = setTimeout(abort, SILENCE_MS);
  try {
    const headers = { Accept: "text/event-stream" };
    if (lastId) headers["Last-Event-ID"] = lastId;
    const response = await fetch(url, { headers, signal: stop.signal, cache: "no-store" });
    const type = response.headers.get("Content-Type") ?? "";
    const ended = response.status === 401 || response.status === 403 || response.redirected;
    if (ended) throw new Refused();
    if (!response.ok || !type.startsWith("text/event-stream")) throw new Error(`${response.status}`);
    onOpen();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new Error("ended");
      clearTimeout(silence);
      silence = setTimeout(abort, SILENCE_MS);
      onBeat();
      const blocks = (rest + value).split(/\r?\n\r?\n/);
      rest = blocks.pop();
      for (const block of blocks) {
        const message = parse(block);
        if (message.data || message.event !== "message") onMessage(message);
      }
    }
  } finally {
    clearTimeout(silence);
    signal.removeEventListener("abort", abort);
  }
}
