"""What all answers of Reileta have in common (contracts/reileta.md 1.1, 1.2)."""

import io
import json
import time

import pytest
from PIL import Image

from support.api import PASSWORD
from support.reileta import UNCACHED, Reileta, at, envelope, failed, good, prehash, short_name
from support.reileta_shapes import now

LIMIT = 100_000


@pytest.fixture
def stranger(registry):
    return Reileta(registry)


# Keys


def test_a_success_has_data_and_no_error(stranger):
    """1.1: `{request, data?, time, error?, redirect?}`, "absent keys are omitted, never `null`"."""
    body = envelope(stranger.get("/server"))
    assert list(body) == ["request", "data", "time"] or set(body) == {"request", "data", "time"}


def test_an_error_has_no_data(stranger):
    """1.1: "an error has no `data` key"; `error` = `{code:int, message:string, status:int}`."""
    body = envelope(stranger.get("/users/@me"))
    assert set(body) == {"request", "error", "time"} and set(body["error"]) == {"code", "message", "status"}
    assert (body["error"]["code"], body["error"]["status"]) == (3, 403) and type(body["error"]["code"]) is int


@pytest.mark.parametrize("path", [
    "/time", "/time?", "/time?a=b&c=%20d%2F", "/users/%40me?x=%C3%A4", "/none/such?server=", "/users?query=a+b&limit=1", "/worlds//x", "/server?a=\"'",
])  # fmt: skip
def test_the_request_is_told_as_it_was_received(registry, stranger, path):
    """1.1: "`request` = URL path **with** query string, as received (no host)"; `envelope` compares."""
    body = envelope(stranger.get(path))
    assert "authuser" not in body["request"]


def test_the_time_is_that_of_the_server(stranger):
    """1.1: "server clock, integer ms since epoch"."""
    before = now()
    body = envelope(stranger.get("/server"))
    assert before - 1000 <= body["time"] <= now() + 1000


def test_the_time_can_be_asked(stranger):
    """2.1: "`data` = integer ms since epoch (a bare number)"."""
    first = good(stranger.get("/time"))
    assert type(first) is int and abs(first - now()) < 10_000
    time.sleep(0.01)
    assert good(stranger.get("/time")) > first


@pytest.mark.parametrize("method,path,code", [
    ("GET", "/none", 2), ("GET", "/users/@me/none", 2), ("PATCH", "/server", 2), ("PUT", "/users/@me", 2), ("DELETE", "/server", 2), ("GET", "/worlds/a/b/c", 2),
    ("POST", "/services", 2), ("GET", "/teapot", 42),
])  # fmt: skip
def test_what_is_not_there_is_said_in_the_envelope(person, method, path, code):
    """1.1: "Unknown route -> 404 code 2"; decision 0014: "paths and methods that are not there"; 2.1: the teapot."""
    failed(person.request(method, path), code)


# Headers


def test_every_answer_says_that_it_is_not_to_be_kept(person, stranger):
    """1.1: "Header set on every response"."""
    for answer in (stranger.get("/server"), stranger.get("/none"), stranger.get("/users/@me"), person.get("/users/@me"), stranger.post("/auth/login", {}),
                   person.put("/worlds", {})):  # fmt: skip
        assert {name: answer.headers[name] for name in UNCACHED} == UNCACHED


@pytest.mark.parametrize("path", ["/server", "/worlds", "/users/@me/home", "/none"])
def test_browsers_of_other_origins_may_ask(stranger, path):
    """1.1: "`Access-Control-Allow-Origin: *` without credentials on /api, allow headers ..., answer OPTIONS 204"."""
    headers = {"Origin": "https://web.example", "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,x-file-hash"}
    answer = stranger.request("OPTIONS", path, headers=headers)
    assert answer.status_code == 204 and answer.content == b""
    assert answer.headers["access-control-allow-origin"] == "*" and "access-control-allow-credentials" not in answer.headers
    allowed = {name.strip().lower() for name in answer.headers["access-control-allow-headers"].split(",")}
    assert {"authorization", "content-type", "x-file-hash"} <= allowed
    assert {"GET", "POST", "PUT", "DELETE"} <= {name.strip() for name in answer.headers["access-control-allow-methods"].split(",")}
    for origin in ("https://web.example", "null"):
        plain = stranger.get(path, headers={"Origin": origin})
        assert plain.headers["access-control-allow-origin"] == "*" and "access-control-allow-credentials" not in plain.headers


# Bodies


@pytest.fixture
def routes(registry, person):
    """Routes that take JSON, with the code of what they do not understand, and who may call them."""
    world = person.make_world()
    asset = person.make_asset(world)
    instance = person.make_instance(world)
    service = registry.warden.make_service()
    stranger, warden = Reileta(registry), registry.warden
    return [
        (stranger, "POST", "/auth/login", 22), (stranger, "POST", "/auth/register", 22), (person, "POST", "/users/@me", 14), (person, "PUT", "/worlds", 24),
        (person, "POST", f"/worlds/{world['id']}", 24), (person, "PUT", f"/worlds/{world['id']}/assets", 26),
        (person, "POST", f"/worlds/{world['id']}/assets/{asset['id']}", 26), (person, "PUT", "/instances", 33),
        (person, "POST", f"/instances/{instance['id']}", 33), (warden, "PUT", "/services", 110), (warden, "POST", f"/services/{service['id']}", 110),
        (warden, "POST", "/server", 29),
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"{", b"nonsense", b"[]", b'"x"', b"7", b"null", b'{"a": \xff}', b'{"title": "a"} more'], ids=range(8))
def test_a_malformed_body_has_the_code_of_its_route(routes, content):
    """1.1: "answer 400 in the envelope with the route's *InvalidInput code"."""
    for caller, method, path, code in routes:
        failed(caller.request(method, path, content=content, headers={"Content-Type": "application/json"}), code)


def test_a_body_has_at_most_100_000_bytes(stranger):
    """1.1: "default limit 100 kB"; decision 0014: "at most 100 000 bytes (413, code 130)"."""
    login = json.dumps({"username": "nobody", "password": PASSWORD}).encode()
    headers = {"Content-Type": "application/json"}
    for content, code in ((login.ljust(LIMIT), 23), (login.ljust(LIMIT + 1), 130)):
        failed(stranger.post("/auth/login", content=content, headers=headers), code)
        # Without a declared length too.
        failed(stranger.post("/auth/login", content=iter([content[:7], content[7:]]), headers=headers), code)
    assert "100000" in failed(stranger.post("/auth/login", content=login.ljust(LIMIT + 1), headers=headers), 130).replace(" ", "").replace(",", "")


# Around the API


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_the_probe_answers_any_method(registry, method):
    """1.1: "`/.well-known/avr` any method -> HTTP 200 (plain text body "OK")"."""
    answer = at(registry, method, "/.well-known/avr")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
    assert answer.text == ("" if method == "HEAD" else "OK")


def test_the_server_has_an_icon(registry, stranger):
    """1.1, 1.3: `<http>/icon.png`, which the Unity client downloads and shows."""
    server = good(stranger.get("/server"))
    assert server["icon"] == server["gateways"]["http"].rstrip("/") + "/icon.png"
    answer = at(registry, "GET", "/icon.png")
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).format == "PNG"


def test_what_is_off_is_not_there(engine, new_server):
    """contracts/configuration.md: "a dialect that is off answers 404 as if not there"."""
    server = new_server(engine, {"reileta.enabled": "false"})
    for path in ("/api/server", "/api/time", "/api/users", "/.well-known/avr", "/icon.png", "/socket.io/?EIO=4&transport=websocket"):
        answer = at(server, "GET", path)
        assert answer.status_code == 404 and '"request"' not in answer.text and "sid" not in answer.text, path


def test_no_secret_reaches_the_log(registry, person):
    """8: "tokens in query strings (keep only for compatibility, never log them)"."""
    good(Reileta(registry).get("/users/@me", params={"authuser": person.token}))
    good(person.get("/users/@me"))
    failed(Reileta(registry).post("/auth/login", {"username": person.username, "password": prehash("wrong " + short_name())}), 23)
    for secret in (person.token, prehash(PASSWORD)):
        assert secret not in registry.log and secret.replace("+", "%2B") not in registry.log
