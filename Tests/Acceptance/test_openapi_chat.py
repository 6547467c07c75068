"""docs/api/chat.openapi.yaml is true: schemathesis reads it from the running server and tries everything it says."""

import re
from pathlib import Path

import pytest

from support.api import Api, register
from support.openapi import WIDE_LIMITS, check_with_schemathesis, methods, operations, read_document

ROOT = Path(__file__).resolve().parents[2]
DIALECT = ROOT / "Sources/Dialects/Chat"


@pytest.fixture
def document(server):
    return read_document(server, "/api/rest/openapi.yaml")


def test_head_says_what_get_would(stranger):
    """RFC 9110 9.3.2, 8.8.3: also the tag, which is a strong one, as for each byte that is the same."""
    whole, head = stranger.get("/openapi.yaml"), stranger.request("HEAD", "/openapi.yaml")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag"):
        assert head.headers[name] == whole.headers[name]
    assert re.fullmatch(r'"[^"]+"', head.headers["etag"])


def test_every_route_of_the_server_is_in_it(document):
    files = [DIALECT / "ChatDialect.swift", *DIALECT.glob("Routes/*.swift")]
    routes = re.findall(r'(?:router|group)\.(get|post|put|patch|delete)\("([^"]+)"', "\n".join(file.read_text() for file in files))
    named = {method.upper() + " " + re.sub(":([a-z_]+)", r"{\1}", path) for method, path in routes}
    assert named - {"GET /api/ws"} == operations(document)


def test_the_server_has_every_route_that_is_in_it(account, document):
    """`Allow` names the methods of the document, and those that come with every route."""
    for path, item in document["paths"].items():
        response = account.api.request("OPTIONS", re.sub(r"\{[a-z_]+\}", "1", path))
        assert response.status_code == 204, path
        assert set(response.headers["allow"].split(", ")) == methods(item), path


@pytest.mark.timeout(360)
def test_the_server_does_what_it_says(engine, new_server, document, tmp_path):
    """All checks of schemathesis with its coverage, fuzzing and stateful phases; and each operation has succeeded at least once."""
    server = new_server(engine, WIDE_LIMITS)
    people = {name: sign_up(server, name) for name in ("robin", "wren")}
    check_with_schemathesis(document, server, "/api/rest", "/openapi.yaml", "openapi_chat_hooks.py", people, tmp_path)


def sign_up(server, name):
    account = register(server, name)
    assert Api(server, account.access_token).get("/auth/me").status_code == 200
    return {"username": account.username, "password": account.password, "user_id": account.user_id, "token": account.access_token}
