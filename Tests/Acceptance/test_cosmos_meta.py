"""GET /meta, versions and what every answer carries (contracts/cosmos.md 2, 5, 10)."""

import base64
import datetime
import json
import re

import pytest

from support.cosmos import PUBLIC_URL, Metadata, World, is_time, nothing, ok, problem
from support.cosmos_signing import thumbprint_of

ENGINES = ("sqlite",)


def meta(world):
    return ok(world.anonymous.get("/meta"))


# /meta


def test_meta_has_what_the_seed_asks_for_and_more(cosmos):
    """5.1: the table of members."""
    answer = cosmos.anonymous.get("/meta")
    shown = ok(answer)
    assert answer.headers["cache-control"] == "no-store"
    assert shown["v"] == 1 and type(shown["v"]) is int
    is_time(shown["startedAt"])
    is_time(shown["serverTime"])
    assert shown["versions"] == sorted(shown["versions"]) and 1 in shown["versions"]
    assert shown["server"] == PUBLIC_URL
    assert shown["software"]["name"] == "Roost" and isinstance(shown["software"]["version"], str)
    assert shown["deprecations"] == []
    assert {"maxGalaxies", "maxChannelsPerGalaxy", "maxBodyBytes"} <= set(shown["limits"])
    assert (shown["limits"]["maxGalaxies"], shown["limits"]["maxChannelsPerGalaxy"]) == (100_000, 500)
    assert all(type(value) is int for value in shown["limits"].values())
    assert shown["auth"] == {"issuers": [cosmos.identity.issuer], "typ": "cosmos-id+jwt", "s2s": "cosmos-s2s-v1"}


def test_meta_names_the_features(cosmos):
    """5.1: "features ... from: session, claims, roles, webhooks.in, ..."."""
    features = meta(cosmos)["features"]
    known = {"session", "claims", "roles", "webhooks.in", "webhooks.in.slack", "webhooks.in.github", "webhooks.out", "dpop"}
    assert set(features) <= known and len(features) == len(set(features))
    assert {"session", "claims", "webhooks.in", "webhooks.in.slack", "webhooks.in.github", "webhooks.out", "dpop"} <= set(features)


def test_the_start_stays_and_the_time_goes_on(cosmos):
    """5.1: "startedAt ... constant for the life of the process", "serverTime ... now"."""
    first, second = meta(cosmos), meta(cosmos)
    assert first["startedAt"] == second["startedAt"] <= first["serverTime"] <= second["serverTime"]
    told = datetime.datetime.fromisoformat(second["serverTime"])
    assert abs((datetime.datetime.now(datetime.UTC) - told).total_seconds()) < 5


def test_a_restart_is_a_new_start_with_the_same_keys(new_cosmos):
    """5.1: "process start", "serverId ... of our signing keys"."""
    world = new_cosmos()
    before = meta(world)
    world.server.restart()
    after = meta(world)
    assert after["startedAt"] > before["startedAt"] and after["serverId"] == before["serverId"]


@pytest.mark.parametrize("fields", [
    {"authorization": "Bearer nonsense"}, {"authorization": "Basic eDp5"}, {"signature-input": "x=();tag=\"cosmos-s2s-v1\"", "signature": "x=:AA==:"},
])  # fmt: skip
def test_bad_credentials_do_not_make_meta_fail(cosmos, fields):
    """5.1: "never needs auth, ignores query, body and Authorization"."""
    ok(cosmos.anonymous.get("/meta?v=99&x", headers=fields))


def test_a_body_does_not_make_meta_fail(cosmos):
    """5.1: "ignores query, body and Authorization"."""
    ok(cosmos.anonymous.get("/meta", content=b"{", content_type="text/plain"))


def test_head_works_where_get_works(cosmos):
    """2: "HEAD works wherever GET works"."""
    answer = cosmos.anonymous.request("HEAD", "/meta")
    assert answer.status_code == 200 and answer.content == b"" and answer.headers["cosmos-version"] == "1"


def test_the_software_may_be_kept_to_oneself(new_cosmos):
    """5.1: "`exposeSoftware=false` omits it"."""
    assert "software" not in meta(new_cosmos(settings={"cosmos.expose_software": False}))


def test_a_server_without_peers_says_so(new_cosmos):
    """4, standalone mode: nobody is an issuer."""
    assert meta(new_cosmos(world=World(metadata=False, identity=False)))["auth"]["issuers"] == []


def test_the_key_document_holds_the_keys_that_meta_names(cosmos):
    """3.5: "Our own key: ... published at /.well-known/jwks.json; ... `serverId` (its thumbprint) in /meta"."""
    answer = cosmos.anonymous.get("/.well-known/jwks.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] in ("application/json", "application/jwk-set+json")
    [key] = answer.json()["keys"]
    assert (key["kty"], key["crv"], key["kid"]) == ("OKP", "Ed25519", thumbprint_of(key["x"]))
    assert "d" not in key, "the private half stays here"
    assert len(base64.urlsafe_b64decode(key["x"] + "=")) == 32
    assert meta(cosmos)["serverId"] == [key["kid"]]


def test_a_dialect_that_is_off_is_not_there(new_cosmos):
    """contracts/configuration.md: "a dialect that is off answers 404 as if not there"."""
    world = new_cosmos(settings={"cosmos.enabled": False})
    for path in ("/meta", "/galaxy/g1", "/v1/meta", "/.well-known/jwks.json", "/webhooks/1/x", "/hooks/x"):
        assert world.anonymous.get(path).status_code == 404, path


# Versions


@pytest.mark.parametrize("path", ["/meta", "/v1/meta"])
@pytest.mark.parametrize("fields", [{}, {"cosmos-version": "1"}])
def test_version_1_can_be_asked_for_in_both_ways(cosmos, path, fields):
    """5.2: "Unprefixed path = version `v`. `/v1/...` = version 1 explicitly", "request header `Cosmos-Version: <int>`"."""
    answer = cosmos.anonymous.get(path, headers=fields)
    assert ok(answer)["v"] == 1
    if fields and path == "/meta":
        assert "cosmos-version" in answer.headers["vary"].lower()


@pytest.mark.parametrize("path", ["/v2/meta", "/v0/meta", "/v99/galaxy/g1", "/v2", "/v4294967297/meta"])
def test_another_version_is_refused_with_those_that_are_served(cosmos, path):
    """5.2: "`/v{n}/...` with n not served => 400/4600 with `supported`"."""
    problem(cosmos.anonymous.get(path), 4600, supported=[1])


@pytest.mark.parametrize("path,version", [("/meta", "2"), ("/v1/meta", "2"), ("/galaxy/g1", "7")])
def test_another_version_in_the_header_is_refused(cosmos, path, version):
    """5.2: "unsupported => 400/4600; disagreeing with the path prefix => 400/4600"."""
    answer = cosmos.anonymous.get(path, headers={"cosmos-version": version})
    problem(answer, 4600, supported=[1])


@pytest.mark.parametrize("version", ["one", "1.0", "+1", "1e0", "", "true", "1, 1"])
def test_a_version_that_is_no_integer_is_refused(cosmos, version):
    """5.2: "Not an integer => 400/4400"."""
    problem(cosmos.anonymous.get("/galaxy/g1", headers={"cosmos-version": version}), 4400)


def test_the_plural_is_the_same(cosmos):
    """5.2: "Plural aliases `/v1/galaxies...` may be routed to the same handlers. S2S signatures always cover the path actually requested"."""
    owner = cosmos.operator()
    galaxy = ok(cosmos.signer.post("/v1/galaxies", {"id": cosmos.new_id(), "name": "Nest", "ownerId": owner.subject}), 201)
    assert ok(cosmos.anonymous.get(f"/v1/galaxies/{galaxy['id']}")) == ok(cosmos.anonymous.get(f"/galaxy/{galaxy['id']}"))
    channel = owner.create(f"/v1/galaxies/{galaxy['id']}/channels", {"name": "room", "type": 0})
    assert owner.channels(galaxy["id"]) == [channel] == ok(owner.get(f"/v1/galaxy/{galaxy['id']}/channels"))
    path = f"/galaxy/{galaxy['id']}"
    problem(Metadata(cosmos, url=f"{PUBLIC_URL}{path}").get("/v1" + path), 4101)


# What every answer carries


@pytest.mark.parametrize("path,code", [("/galaxy/none", 4300), ("/v3/meta", 4600)])
def test_errors_are_problem_documents(cosmos, path, code):
    """2: the members of the problem document; 5.2: "Every response has `Cosmos-Version`"; 10: "X-Content-Type-Options nosniff"."""
    answer = cosmos.anonymous.get(path)
    problem(answer, code)
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method,path,allowed", [
    ("DELETE", "/meta", {"GET", "HEAD"}), ("PATCH", "/galaxy", {"POST"}), ("POST", "/galaxy/g1", {"GET", "HEAD"}),
    ("PUT", "/galaxy/g1/channels", {"GET", "HEAD", "POST"}), ("GET", "/session", {"POST", "DELETE"}), ("POST", "/v1/meta", {"GET", "HEAD"}),
    ("POST", "/.well-known/jwks.json", {"GET", "HEAD"}),
])  # fmt: skip
def test_a_wrong_method_is_told_the_right_ones(cosmos, method, path, allowed):
    """2: "Wrong method on a known path 405 with Allow"."""
    answer = cosmos.anonymous.request(method, path)
    assert answer.status_code == 405, answer.text
    assert allowed <= {word.strip() for word in answer.headers["allow"].split(",")}
    assert answer.headers["content-type"].split(";")[0] == "application/problem+json"


@pytest.mark.parametrize("path", ["/galaxy", "/galaxy/g1/channels", "/session", "/operators/claim"])
def test_a_browser_elsewhere_may_ask(cosmos, path):
    """10, CORS: "OPTIONS 204 without auth", with the methods, headers and age."""
    answer = cosmos.anonymous.request(
        "OPTIONS", path, headers={"origin": "https://ui.example", "access-control-request-method": "POST"}
    )
    nothing(answer)
    headers = answer.headers
    words = lambda name: {word.strip().lower() for word in headers[name].split(",")}  # noqa: E731
    assert headers["access-control-allow-origin"] == "*" and headers["access-control-max-age"] == "600"
    assert {"get", "post", "put", "patch", "delete"} <= words("access-control-allow-methods")
    assert {"authorization", "content-type", "cosmos-version", "dpop"} <= words("access-control-allow-headers")


def test_a_browser_elsewhere_may_read(cosmos):
    """10, CORS: "Access-Control-Allow-Origin `*`", "expose ..."; "no cookies"."""
    answer = cosmos.anonymous.get("/meta", headers={"origin": "https://ui.example"})
    assert answer.headers["access-control-allow-origin"] == "*" and "access-control-allow-credentials" not in answer.headers
    exposed = {word.strip().lower() for word in answer.headers["access-control-expose-headers"].split(",")}
    assert {"cosmos-version", "deprecation", "sunset", "link", "retry-after", "www-authenticate", "location"} <= exposed
    refused = cosmos.anonymous.get("/galaxy/none", headers={"origin": "https://ui.example"})
    assert refused.headers["access-control-allow-origin"] == "*", "an error can be read as well"


@pytest.mark.parametrize("path", ["/webhooks/1/token", "/hooks/token", "/webhooks/metadata"])
def test_a_browser_elsewhere_may_not_post_to_webhooks(cosmos, path):
    """10: "No CORS on /webhooks/*, /hooks/*, S2S-only calls"."""
    headers = {"origin": "https://ui.example", "access-control-request-method": "POST"}
    assert "access-control-allow-origin" not in cosmos.anonymous.request("OPTIONS", path, headers=headers).headers
    assert "access-control-allow-origin" not in cosmos.anonymous.post(path, {}, headers={"origin": "https://ui.example"}).headers


# Bodies


def galaxy_body(world, **more):
    return {"id": world.new_id(), "name": "Nest", "ownerId": world.operator().subject} | more


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data; boundary=x"])
def test_another_media_type_is_refused(cosmos, kind):
    """2: "Content-Type must be application/json (charset utf-8 allowed) else 415"."""
    content = json.dumps(galaxy_body(cosmos)).encode()
    problem(cosmos.signer.post("/galaxy", content=content, content_type=kind), 4406)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"])
def test_the_charset_may_be_named(cosmos, kind):
    """2: "charset utf-8 allowed"."""
    ok(cosmos.signer.post("/galaxy", content=json.dumps(galaxy_body(cosmos)).encode(), content_type=kind), 201)


@pytest.mark.parametrize("content", [
    b"{", b"[]", b'"x"', b"null", b"{}x", b'{"id": "g1",}', b"\xff", b'{"name": "\xc3\x28"}', b"\xef\xbb\xbf{}", b"[" * 60_000,
], ids=["cut", "list", "text", "null", "more", "comma", "byte", "utf8", "mark", "deep"])  # fmt: skip
def test_what_is_no_json_object_is_refused(cosmos, content):
    """2: "JSON. UTF-8, object at top"."""
    problem(cosmos.signer.post("/galaxy", content=content), 4400)


def test_a_member_that_stands_twice_is_not_read_two_ways(cosmos):
    """2: "Duplicate member names: rejecting is preferred, last-wins tolerated"."""
    first, second = cosmos.new_id(), cosmos.new_id()
    content = f'{{"id": "{first}", "name": "n", "ownerId": "{cosmos.operator().subject}", "id": "{second}"}}'.encode()
    answer = cosmos.signer.post("/galaxy", content=content)
    assert answer.status_code == 400 or ok(answer, 201)["id"] == second
    problem(cosmos.anonymous.get(f"/galaxy/{first}"), 4300)


def test_a_body_beyond_the_limit_is_refused(cosmos):
    """2: "Body limit 64 KiB on seed endpoints (413 beyond)"; the limit is the one that /meta tells."""
    limit = meta(cosmos)["limits"]["maxBodyBytes"]
    assert limit == 65_536
    body = galaxy_body(cosmos)
    room = limit - len(json.dumps(body | {"more": ""}))
    ok(cosmos.signer.post("/galaxy", body | {"more": "x" * room}), 201)
    problem(cosmos.signer.post("/galaxy", galaxy_body(cosmos) | {"more": "x" * (limit + 1)}), 4405)


# The log


def test_the_log_holds_no_secrets(new_cosmos):
    """10, logs: "never Authorization, Signature, tokens, webhook URLs past the id, claim codes, bodies"."""
    world = new_cosmos(settings={"log.level": "trace"})
    owner = world.operator()
    galaxy = world.galaxy(owner, name="Owls of Athens")
    channel = owner.create_channel(galaxy)["id"]
    hook = owner.create(f"/galaxy/{galaxy}/channels/{channel}/webhooks", {"name": "ci"})
    nothing(world.anonymous.post(f"/webhooks/{hook['id']}/{hook['token']}", {"content": "a secret sentence"}))
    session = ok(owner.post("/session"))["token"]
    world.anonymous.post(f"/webhooks/{hook['id']}/{'x' * 64}", {"content": "a"})
    code = "COSMOS-" + "7" * 26
    world.person().post("/operators/claim", {"code": code})
    world.server.stop()
    log = world.server.log
    secrets = [owner.token, owner.token.split(".")[2], hook["token"], session, "a secret sentence", "7" * 26, "Owls of Athens", "x" * 64]
    assert [secret for secret in secrets if secret in log] == []
    assert not re.search(r"Bearer \S|sig1=:", log)
