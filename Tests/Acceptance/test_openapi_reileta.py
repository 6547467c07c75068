"""docs/api/reileta.openapi.yaml names every route of the Reileta API and no other, and what the server answers has the shapes that it says."""

import re
from pathlib import Path

import pytest

from support.api import PASSWORD
from support.openapi import WIDE_LIMITS, check_with_schemathesis, methods, operations, read_document
from support.reileta import administrator, at, failed

ROOT = Path(__file__).resolve().parents[2]
DIALECT = ROOT / "Sources/Dialects/Reileta"
PATH = "/api/reileta/openapi.yaml"
#: They never succeed.
REFUSING = ("GET /api/server@", "GET /api/teapot")
#: They succeed with another server only, and what is read of it at the same paths is left out with them.
OF_OTHERS = (
    "GET /api/challenges", "PUT /api/challenges", "GET /api/challenges/{id}", "DELETE /api/challenges/{id}", "GET /api/chalnges/{id}", "DELETE /api/chalnges/{id}",
    "GET /api/integrity", "POST /api/integrity", "PUT /api/integrity",
)  # fmt: skip
#: Answers every method in the same way.
PROBE = "/.well-known/avr"
#: What another API has at the same address.
SHARED = {"/api/auth/login": {"GET", "HEAD"}}


@pytest.fixture
def document(server):
    return read_document(server, PATH)


def test_the_server_has_every_route_that_is_in_it(server, document):
    """`Allow` names the methods of the document, and those that come with every route."""
    for path, item in document["paths"].items():
        if path == PROBE:
            continue
        response = server.http.options(path)
        assert response.status_code == 204, path
        assert set(re.split(r", *", response.headers["allow"])) == methods(item) | SHARED.get(path, set()), path


def test_there_are_as_many_routes_in_the_source(document):
    """Each line that mounts a route is one operation, but for the pictures of people, which are of two kinds, the challenges, which are spelt in two ways, and the probe."""
    source = "\n".join(file.read_text() for file in DIALECT.rglob("*.swift"))
    mounted = re.findall(r"router\.(?:get|post|put|patch|delete)\((?!.*APIDocument)", source)
    documents = {"GET /icon.png", f"GET {PATH}"}
    probes = {operation for operation in operations(document) if operation.endswith(" " + PROBE)}
    assert len(mounted) + 5 == len(operations(document) - documents - probes)


@pytest.mark.parametrize(("path", "code"), [("/api/server@", 29), ("/api/teapot", 42)])
def test_what_never_succeeds_fails_as_it_says(server, document, path, code):
    answer = at(server, "GET", path)
    failed(answer, code)
    assert str(answer.status_code) in document["paths"][path]["get"]["responses"]


@pytest.mark.timeout(900)
def test_the_server_does_what_it_says(engine, new_server, document, tmp_path):
    """All checks of schemathesis with its coverage, fuzzing and stateful phases; and each operation has succeeded at least once."""
    # Gale has a method of its own at /api/auth/login.
    server = new_server(engine, WIDE_LIMITS | {"limits.rate": "false", "gale.enabled": "false"})
    warden = administrator(server)
    people = {"username": warden.username, "password": PASSWORD, "token": warden.token}
    # contracts/reileta.md 1.1: a method that a path does not take is 404 with code 2, as an unknown path is; schemathesis wants 405.
    left_out = ("unsupported_method",)
    check_with_schemathesis(
        document, server, "", PATH, "openapi_reileta_hooks.py", people, tmp_path, untried=REFUSING + OF_OTHERS, left_out_checks=left_out, scenarios=25)
