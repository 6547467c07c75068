"""Webhooks that a galaxy sends (contracts/cosmos.md 8), as whoever manages them sees them."""

import time

from .cosmos import ok


def hooks(galaxy, *more):
    return "/".join([f"/galaxy/{galaxy}/webhooks", *more])


def subscribe(caller, galaxy, receiver, *events, path="/hook", **more):
    """A new endpoint of this receiver, which has answered its ping: the object, with the secret."""
    made = caller.create(hooks(galaxy), {"url": receiver.url(path), "events": list(events or ["*"])} | more)
    if receiver.usual == 204 and not receiver.script:
        wait_until(lambda: state_of(caller, galaxy, made["id"]) == "active")
    return made


def state_of(caller, galaxy, hook):
    return ok(caller.get(hooks(galaxy, hook)))["state"]


def wait_until(holds, within=15):
    """Waits until this holds; returns what it gave."""
    deadline = time.monotonic() + within
    while not (value := holds()):
        assert time.monotonic() < deadline, f"it does not hold within {within} s"
        time.sleep(0.05)
    return value


def deliveries(caller, galaxy, hook, **query):
    text = "&".join(f"{name}={value}" for name, value in query.items())
    answer = ok(caller.get(hooks(galaxy, hook, "deliveries") + (f"?{text}" if text else "")))
    return answer if isinstance(answer, list) else answer["deliveries"]
