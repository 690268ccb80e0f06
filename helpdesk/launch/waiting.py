"""Waiting with a limit, by looking again and again."""

import time
from collections.abc import Callable

from helpdesk.launch.problem import Problem

STEP_S = 0.05


def holds_within(timeout_s: float, condition: Callable[[], bool]) -> bool:
    """Whether `condition` becomes true before the time is over."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(STEP_S)
    return True


def poll(
    condition: Callable[[], bool],
    *,
    timeout_s: float,
    while_true: Callable[[], bool],
    problem: str,
) -> None:
    """Returns when `condition` holds.

    Raises Problem with the sentence given when the time is over, or when `while_true` no longer
    holds: what is waited for can then not come any more.
    """
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end or not while_true():
            raise Problem(problem)
        time.sleep(STEP_S)
