"""Asking until a rate limit answers."""

import time

PATIENCE = 120


def until_limited(ask, *, limit, seconds, used=0):
    """Asks (each time with the number of those that passed) until one is refused with 429; returns what passed, and the refusal.

    As many pass as the limit has, and as many more as came back meanwhile: a slow machine gets more through than a quick one, by the same limit.
    """
    passed, began = [], time.monotonic()
    while (answer := ask(len(passed))).status_code != 429:
        passed.append(answer)
        elapsed = time.monotonic() - began
        assert len(passed) <= limit + elapsed * limit / seconds + 1, f"{len(passed)} passed within {elapsed:.1f} s"
        assert elapsed < PATIENCE, f"{len(passed)} passed and none was refused"
    assert len(passed) >= limit - used, f"only {len(passed)} passed"
    return passed, answer
