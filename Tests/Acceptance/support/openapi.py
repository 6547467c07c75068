"""What the tests of all OpenAPI documents do: look at a document, and let schemathesis try on a server what it says."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import yaml

SUPPORT = Path(__file__).resolve().parent
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
#: So wide that nothing is refused, and still every answer tells how much is left.
WIDE_LIMITS = {
    "limits.rate": "true", "chat.sign_ins_per_minute": "100000", "chat.requests_per_second": "100000",
    "chat.messages_per_5_seconds": "100000",
}


def read_document(server, path):
    """A document, as the server hands it out."""
    response = server.http.get(path)
    assert response.status_code == 200
    return yaml.safe_load(response.text)


def operations(document):
    """All operations, as `POST /servers`."""
    return {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item if method in METHODS}


def methods(item):
    """The methods of a path, with those that come with every route."""
    named = {method.upper() for method in item if method in METHODS} | {"OPTIONS"}
    return named | {"HEAD"} if "GET" in named else named


def check_references(document):
    """What no operation uses is a mistake, but for what is true of all paths."""
    text = json.dumps(document)
    for kind, components in document["components"].items():
        for name in components:
            used = f'"#/components/{kind}/{name}"' in text or kind == "securitySchemes"
            assert used or (kind, name) in {("responses", "MethodNotAllowed")}, f"{kind} {name}"


def check_with_schemathesis(document, server, prefix, path, hooks, people, folder, *, untried=(), leading=(), left_out_checks=(), scenarios=80):
    """All checks of schemathesis with its coverage, fuzzing and stateful phases; and each operation has succeeded at least once.

    `path` is where the document is below `prefix`; `hooks` is a file of this folder; `untried` are operations that a program which waits for the
    end of each answer cannot try; `leading` are those that succeed with 3xx; `left_out_checks` are checks that are at
    odds with the contract of an API; `scenarios` says how much of the stateful phase there is.
    """
    notes, world = folder / "notes", folder / "world.json"
    world.write_text(json.dumps(people | {"url": server.url, "notes": str(notes)}))
    config = folder / "schemathesis.toml"
    config.write_text((SUPPORT / "schemathesis.toml").read_text().replace("max-examples = 80", f"max-examples = {scenarios}"))
    left_out = [word for place in sorted({operation.split(" ", 1)[1] for operation in untried}) for word in ("--exclude-path", place)]
    if left_out_checks:
        left_out += ["--exclude-checks", ",".join(left_out_checks)]
    run = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "--no-color",
            "run", server.url + prefix + path, "--url", server.url + prefix, *left_out,
        ],
        cwd=folder, capture_output=True, text=True, timeout=800,
        env=os.environ | {"SCHEMATHESIS_HOOKS": str(SUPPORT / hooks), "OPENAPI_WORLD": str(world), "PYTHONPATH": str(SUPPORT.parent)},
    )
    assert run.returncode == 0, run.stdout[-30_000:] + run.stderr[-2_000:]
    seen = Counter(tuple(line.split(" ", 1)) for line in notes.read_text().splitlines())
    succeeded = {operation for status, operation in seen if status.startswith("2") or status.startswith("3") and operation in leading}
    # schemathesis has used the document already, to read all others.
    assert operations(document) - succeeded == {f"GET {path}", *untried}
    assert not any(status == "429" for status, _ in seen), "what was refused for its number has not been tested"
