"""What runs inside schemathesis for every API (SCHEMATHESIS_HOOKS): which requests are meant well, and the notes for the test that has started it.

OPENAPI_WORLD names a file that says who signs in and where the notes go.
"""

import json
import os
from pathlib import Path

from schemathesis import GenerationMode

WORLD = json.loads(Path(os.environ["OPENAPI_WORLD"]).read_text())


class Turns:
    """Lets something be so every other time."""

    def __init__(self):
        self.counts = {}

    def is_second(self, operation):
        self.counts[operation] = self.counts.get(operation, 0) + 1
        return self.counts[operation] % 2 == 0


def is_good(case):
    """Whether the request is meant to succeed."""
    return case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE


def is_linked(case):
    """Whether links say what the request is about."""
    return case.meta.phase.name.value == "stateful"


def without(body, *names):
    return {name: value for name, value in body.items() if name not in names}


def written_plainly(value):
    """JSON with integers of 64 bits at most, written as such: the server takes no others, as its documents say in words."""
    match value:
        case dict():
            return {name: written_plainly(member) for name, member in value.items()}
        case list():
            return [written_plainly(item) for item in value]
        case float() if value.is_integer():
            return written_plainly(int(value))
        case int() if not -(2**63) <= value < 2**63:
            return 0
    return value


def note(case, response):
    """Notes what came of a request."""
    with open(WORLD["notes"], "a") as notes:
        notes.write(f"{response.status_code} {case.method} {case.operation.label.split(' ', 1)[1]}\n")
