"""docs/api/chat.openapi.yaml is true: schemathesis reads it from the running server and tries everything it says."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import openapi_spec_validator
import pytest
import yaml

from support.api import Api, register

ROOT = Path(__file__).resolve().parents[2]
ROUTES = ROOT / "Sources/Dialects/Chat/Routes"
SUPPORT = Path(__file__).resolve().parent / "support"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
#: So wide that nothing is refused, and still every answer tells how much is left.
WIDE_LIMITS = {
    "limits.rate": "true", "chat.sign_ins_per_minute": "100000", "chat.requests_per_second": "100000",
    "chat.messages_per_5_seconds": "100000",
}
#: schemathesis has used it already, to read all others.
OWN_OPERATION = "GET /openapi.yaml"


@pytest.fixture
def document(stranger):
    response = stranger.get("/openapi.yaml")
    assert response.status_code == 200
    return yaml.safe_load(response.text)


def operations(document):
    """All operations, as `POST /servers`."""
    return {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item if method in METHODS}


def test_it_is_a_valid_document(document):
    assert document["openapi"].startswith("3.1.")
    openapi_spec_validator.validate(document)


def test_the_server_hands_out_the_file_of_the_repository_to_anybody(stranger):
    response = stranger.get("/openapi.yaml")
    assert response.content == (ROOT / "docs/api/chat.openapi.yaml").read_bytes()
    assert response.headers["content-type"] == "application/yaml"
    assert response.headers["access-control-allow-origin"] == "*"


def test_head_says_what_get_would(stranger):
    """RFC 9110 9.3.2, 8.8.3: also the tag, which is a strong one, as for each byte that is the same."""
    whole, head = stranger.get("/openapi.yaml"), stranger.request("HEAD", "/openapi.yaml")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag"):
        assert head.headers[name] == whole.headers[name]
    assert re.fullmatch(r'"[^"]+"', head.headers["etag"])


def test_every_route_of_the_server_is_in_it(document):
    source = "\n".join(file.read_text() for file in ROUTES.glob("*.swift"))
    routes = re.findall(r'router\.(get|post|put|patch|delete)\("([^"]+)"', source)
    named = {method.upper() + " " + re.sub(":([a-z_]+)", r"{\1}", path) for method, path in routes}
    assert named - {"GET /api/ws"} == operations(document)


def test_the_server_has_every_route_that_is_in_it(account, document):
    """`Allow` names the methods of the document, and those that come with every route."""
    for path, item in document["paths"].items():
        methods = {method.upper() for method in item if method in METHODS} | {"OPTIONS"}
        if "GET" in methods:
            methods.add("HEAD")
        response = account.api.request("OPTIONS", re.sub(r"\{[a-z_]+\}", "1", path))
        assert response.status_code == 204, path
        assert set(response.headers["allow"].split(", ")) == methods, path


def test_every_reference_leads_somewhere_and_nothing_is_left_over(document):
    """What no operation uses is a mistake, but for what is true of all paths."""
    text = json.dumps(document)
    for kind, components in document["components"].items():
        for name in components:
            used = f'"#/components/{kind}/{name}"' in text or kind == "securitySchemes"
            assert used or (kind, name) in {("responses", "MethodNotAllowed")}, f"{kind} {name}"


@pytest.mark.timeout(180)
def test_the_server_does_what_it_says(engine, new_server, document, tmp_path):
    """All checks of schemathesis with its coverage, fuzzing and stateful phases; and each operation has succeeded at least once."""
    server = new_server(engine, WIDE_LIMITS)
    people = {name: sign_up(server, name) for name in ("robin", "wren")}
    notes, world = tmp_path / "notes", tmp_path / "world.json"
    world.write_text(json.dumps(people | {"url": server.url, "notes": str(notes)}))
    run = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(SUPPORT / "schemathesis.toml"), "--no-color",
            "run", server.url + "/api/rest/openapi.yaml", "--url", server.url + "/api/rest",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=150,
        env=os.environ | {"SCHEMATHESIS_HOOKS": str(SUPPORT / "openapi_hooks.py"), "OPENAPI_WORLD": str(world)},
    )
    assert run.returncode == 0, run.stdout[-12_000:] + run.stderr[-2_000:]
    seen = Counter(tuple(line.split(" ", 1)) for line in notes.read_text().splitlines())
    succeeded = {operation for status, operation in seen if status.startswith("2")}
    assert operations(document) - succeeded == {OWN_OPERATION}
    assert not any(status == "429" for status, _ in seen), "what was refused for its number has not been tested"


def sign_up(server, name):
    account = register(server, name)
    assert Api(server, account.access_token).get("/auth/me").status_code == 200
    return {"username": account.username, "password": account.password, "user_id": account.user_id, "token": account.access_token}
