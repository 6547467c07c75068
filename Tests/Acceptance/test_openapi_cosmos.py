"""docs/api/cosmos.openapi.yaml names every route of the Cosmos API and no other, and what the server answers has the shapes that it says."""

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from support.cosmos import PUBLIC_URL
from support.cosmos_signing import base64url
from support.openapi import check_with_schemathesis, operations, read_document

ROOT = Path(__file__).resolve().parents[2]
DIALECT = ROOT / "Sources/Dialects/Cosmos"
PATH = "/meta/openapi.yaml"
#: Five wrong codes end all codes and stop the address; test_cosmos_operators.py tries it.
CLAIM = "POST /operators/claim"


@pytest.fixture
def document(server):
    return read_document(server, PATH)


def test_the_server_has_every_route_that_is_in_it(server, document):
    """`Allow` names the methods of the document, and those that come with every route."""
    for path, item in document["paths"].items():
        response = server.http.options(path)
        assert response.status_code == 204, path
        methods = {method.upper() for method in item if method in ("get", "post", "put", "patch", "delete")}
        more = {"HEAD"} if "GET" in methods else set()
        assert set(re.split(r", *", response.headers["allow"])) - {"OPTIONS"} == methods | more, path


def test_there_are_as_many_routes_in_the_source(document):
    """Each line that mounts a route is one operation."""
    source = "\n".join(file.read_text() for file in DIALECT.rglob("*.swift"))
    mounted = re.findall(r"router\.(?:get|post|put|patch|delete)\(", source)
    assert len(mounted) == len(operations(document))


def fits(document, name, value):
    """Whether a value has a shape of the document."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    Draft202012Validator(schema).validate(value)


def test_answers_have_their_shapes(cosmos, document, receiver):
    fits(document, "Meta", cosmos.anonymous.get("/meta").json())
    fits(document, "KeySet", cosmos.anonymous.get("/.well-known/jwks.json").json())
    owner = cosmos.operator()
    galaxy = cosmos.galaxy(owner)
    fits(document, "Galaxy", owner.get(f"/galaxy/{galaxy}").json())
    room = owner.create_channel(galaxy)["id"]
    for channel in owner.get(f"/galaxy/{galaxy}/channels").json():
        fits(document, "Channel", channel)
    for member in owner.get(f"/galaxy/{galaxy}/members").json():
        fits(document, "Member", member)
    fits(document, "Session", owner.post("/session").json())
    place = f"/galaxy/{galaxy}/channels/{room}/webhooks"
    fits(document, "Webhook", owner.post(place, {"name": "Nest"}).json())
    for webhook in owner.get(place).json():
        fits(document, "Webhook", webhook)
    made = owner.post(f"/galaxy/{galaxy}/webhooks", {"url": receiver.url(), "events": ["*"]}).json()
    fits(document, "Endpoint", made)
    receiver.expect("webhook.ping")
    fits(document, "Problem", owner.post("/galaxy/nowhere/channels", {}).json())
    fits(document, "Problem", owner.post(f"/galaxy/{galaxy}/channels", {}).json())


@pytest.mark.timeout(360)
def test_the_server_does_what_it_says(engine, new_cosmos, receiver, document, tmp_path):
    """All checks of schemathesis with its coverage, fuzzing and stateful phases; and each operation has succeeded at least once."""
    cosmos = new_cosmos(engine, {"limits.rate": False})
    owner = cosmos.operator()
    people = {
        "public_url": PUBLIC_URL, "metadata_key": base64url(cosmos.metadata.key.seed), "owner": owner.subject, "token": owner.token,
        "tokens": [owner.new_token() for _ in range(1_000)], "receiver": receiver.url(),
    }  # fmt: skip
    check_with_schemathesis(document, cosmos.server, "", PATH, "openapi_cosmos_hooks.py", people, tmp_path, untried=(CLAIM,))
