"""docs/api/gale.openapi.yaml is true: schemathesis reads it from the running server and tries everything it says."""

import re
from pathlib import Path

import pytest

from support.api import PASSWORD, register
from support.gale import Gale
from support.openapi import WIDE_LIMITS, check_with_schemathesis, methods, operations, read_document

ROOT = Path(__file__).resolve().parents[2]
DIALECT = ROOT / "Sources/Dialects/Gale"
BASES = ("", "/api", "/gale/api")
PATH = "/auth/openapi.yaml"
#: They lead somewhere else, answer with another protocol, or need Discord; tests of their own try them.
UNTRIED = ("GET /auth/login", "GET /auth/callback", "GET /socket/connect")
#: They succeed by leading somewhere else.
LEADING = ("GET /profile/{profileId}",)


@pytest.fixture
def document(server):
    return read_document(server, "/gale/api" + PATH)


@pytest.mark.parametrize("base", BASES)
def test_the_server_hands_out_the_file_of_the_repository_to_anybody(server, base):
    response = server.http.get(base + PATH)
    assert response.content == (ROOT / "docs/api/gale.openapi.yaml").read_bytes()
    assert response.headers["content-type"] == "application/yaml" and response.headers["etag"]


@pytest.mark.parametrize("base", BASES)
def test_the_server_has_every_route_that_is_in_it(server, document, base):
    """`Allow` names the methods of the document, and those that come with every route."""
    for path, item in document["paths"].items():
        response = server.http.options(base + path)
        assert response.status_code == 204, path
        # Where another API has a method of its own at the same address.
        shared = {"POST"} if base + path == "/api/auth/login" else set()
        assert set(response.headers["allow"].split(", ")) == methods(item) | shared, path


def test_there_are_as_many_routes_in_the_source(document):
    """Each line that mounts a route is one operation."""
    source = "\n".join(file.read_text() for file in DIALECT.rglob("*.swift"))
    mounted = re.findall(r"router\.(?:get|post|put|patch|delete)\(", source)
    assert len(mounted) == len(operations(document) - {"GET /auth/callback"}) + 1


@pytest.mark.timeout(360)
def test_the_server_does_what_it_says(engine, new_server, document, tmp_path):
    """All checks of schemathesis with its coverage, fuzzing and stateful phases; and each operation has succeeded at least once."""
    server = new_server(engine, WIDE_LIMITS | {"limits.rate": "false", "gale.profiles_per_user": "10000"})
    person = register(server, "gale")
    gale = Gale(server).log_in_here(person.username, PASSWORD)
    people = {"username": person.username, "password": PASSWORD, "token": gale.tokens["accessToken"]}
    check_with_schemathesis(
        document, server, "/gale/api", PATH, "openapi_gale_hooks.py", people, tmp_path, untried=UNTRIED, leading=LEADING)
