"""Times of the pages an agent lives on, with many tickets. See bench/README.md."""

import argparse
import http.client
import re
import sys
import time
from collections.abc import Callable
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit

from tests.browser.screens import GRINDER, number_of
from tests.browser.stack import Stack, a_stack
from tests.browser.visitors import ADDRESSES, PASSWORD

ROUNDS = 40
WARM_UP = 5
OPEN_ONE_IN = 20
COPIED = {
    "closed": "status = 'closed'",
    "open": "status NOT IN ('closed', 'solved')",
}
PART = {"HX-Request": "true", "HX-Target": "convo"}


class Reader:
    """An agent who has signed in, on one connection."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._cookies: dict[str, str] = {}
        form = self.get("/login/")
        [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[:1]
        fields = {"login": ADDRESSES["agent"], "password": PASSWORD, "csrfmiddlewaretoken": token}
        self._ask("POST", "/login/", urlencode(fields))

    def get(self, path: str, headers: dict[str, str] | None = None) -> str:
        return self._ask("GET", path, headers=headers)

    def _ask(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        sent = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request(method, path, body, {**sent, **(headers or {})})
        answer = self._connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        text = answer.read().decode()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return text


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--tickets", type=int, default=20_000, help="how many (default 20000)")
    tickets = parser.parse_args().tickets
    with a_stack() as stack:
        multiply(stack, tickets)
        reader = Reader(stack.url)
        number = number_of(stack, GRINDER)
        pages = {
            "home": lambda: reader.get("/home/"),
            "queue, my open": lambda: reader.get("/v/my-open/"),
            "queue, all open": lambda: reader.get("/v/all-open/"),
            "queue, solved": lambda: reader.get("/v/solved/"),
            "ticket in the workspace": lambda: reader.get(f"/v/my-open/{number}/"),
            "ticket, part": lambda: reader.get(f"/v/my-open/{number}/", PART),
            "promises": lambda: reader.get("/promises/"),
        }
        count = stack.row("SELECT count(*) FROM tickets_ticket")[0]
        say(f"{count} tickets, {ROUNDS} requests each\n{'':26}median    p95  ms")
        for name, ask in pages.items():
            middle, most = measured(ask)
            say(f"{name:26}{middle:6.0f} {most:6.0f}")


def multiply(stack: Stack, tickets: int) -> None:
    """So many tickets, with a message each: copies of the demo's, spread over the past."""
    for kind, condition in COPIED.items():
        share = tickets // OPEN_ONE_IN
        wanted = share if kind == "open" else tickets - share
        [sources] = stack.row(f"SELECT count(*) FROM tickets_ticket WHERE {condition}")  # noqa: S608
        _copy_tickets(stack, condition, wanted // sources)
    _copy_message(stack)
    for table in ("tickets_ticket", "tickets_message"):
        stack.change(f"ANALYZE {table}")


def _copy_tickets(stack: Stack, condition: str, times: int) -> None:
    spread = {
        name: f"{name} - n * interval '7 min'"
        for name in ("opened_at", "last_event_at", "solved_at")
    }
    columns = _columns(stack, "tickets_ticket", without=("id", "number", "created_at"))
    values = ", ".join(spread.get(name, name) for name in columns)
    stack.change(
        f"INSERT INTO tickets_ticket ({', '.join(columns)}) SELECT {values}"  # noqa: S608
        f" FROM tickets_ticket, generate_series(1, %s) n WHERE {condition}",
        [times],
    )


def _copy_message(stack: Stack) -> None:
    """Each copy gets the words of one note."""
    columns = _columns(stack, "tickets_message", without=("id", "ticket_id", "created_at"))
    values = ", ".join(f"m.{name}" for name in columns)
    stack.change(
        f"INSERT INTO tickets_message (ticket_id, {', '.join(columns)})"  # noqa: S608
        f" SELECT t.id, {values} FROM tickets_ticket t,"
        " (SELECT * FROM tickets_message WHERE kind = 'note' LIMIT 1) m"
        " WHERE NOT EXISTS (SELECT FROM tickets_message WHERE ticket_id = t.id)"
    )


def _columns(stack: Stack, table: str, *, without: tuple[str, ...]) -> list[str]:
    [names] = stack.row(
        "SELECT array_agg(column_name::text) FROM information_schema.columns"
        " WHERE table_name = %s AND is_generated = 'NEVER'",
        table,
    )
    return [name for name in names if name not in without]


def measured(ask: Callable[[], str]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    times = []
    for turn in range(WARM_UP + ROUNDS):
        begun = time.perf_counter()
        ask()
        if turn >= WARM_UP:
            times.append((time.perf_counter() - begun) * 1000)
    return median(times), quantiles(times, n=20)[-1]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
