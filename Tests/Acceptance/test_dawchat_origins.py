"""Pages of other origins, with the cookie of their visitor (contracts/dawchat.md 1: CORS; SECURITY.md)."""

import pytest

from support.api import register
from support.dawchat import DawchatPerson, newcomer

ENGINES = ("sqlite",)
LISTED, OTHER = "https://chat.example.org", "https://other.example.org"


def cross_origin(response):
    return {name: value for name, value in response.headers.items() if name.startswith("access-control-")}


def preflight(server, origin, method="POST"):
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"}
    return server.http.options("/api/channel/create", headers=asked)


@pytest.mark.parametrize("origin", [LISTED, "null", "http://127.0.0.1"])
def test_no_other_origin_may_read_anything_by_default(server, origin):
    robin = newcomer(server, "robin")
    for response in (robin.http.get("/api/user/info", headers={"Origin": origin}), preflight(server, origin)):
        assert cross_origin(response) == {}


def test_a_listed_origin_may_use_the_cookie_and_another_may_not(new_server):
    """contracts/dawchat.md 1: "configurable origin list, allow PUT too", "with credentials"."""
    server = new_server(settings={"dawchat.cors_origins": f'["{LISTED}"]'})
    robin = newcomer(server, "robin")
    answer = cross_origin(robin.http.get("/api/user/info", headers={"Origin": LISTED}))
    assert answer["access-control-allow-origin"] == LISTED and answer["access-control-allow-credentials"] == "true"
    allowed = cross_origin(preflight(server, LISTED, "PUT"))
    assert allowed["access-control-allow-origin"] == LISTED and allowed["access-control-allow-credentials"] == "true"
    assert {"GET", "HEAD", "POST", "PUT"} <= set(allowed["access-control-allow-methods"].split(", "))
    for response in (robin.http.get("/api/user/info", headers={"Origin": OTHER}), preflight(server, OTHER)):
        assert "access-control-allow-origin" not in response.headers


def test_a_listed_origin_may_read_every_answer(new_server):
    """1: errors are for the page too; caches are told that the answer is for this origin."""
    server = new_server(settings={"dawchat.cors_origins": f'["http://localhost:5000", "{LISTED}"]'})
    robin, stranger = newcomer(server, "robin"), DawchatPerson(server)
    for origin in ("http://localhost:5000", LISTED):
        fields = {"Origin": origin}
        for response, status in (
            (robin.http.post("/api/channel/create", headers=fields), 400), (stranger.http.get("/api/channel/info", headers=fields), 401),
            (robin.http.get("/api/user/nope", headers=fields), 404), (robin.http.delete("/api/user/info", headers=fields), 405),
            (robin.http.post("/api/channel/create", content=b" " * (1 << 21), headers=fields), 413),
        ):  # fmt: skip
            assert response.status_code == status and response.headers["access-control-allow-origin"] == origin
            assert response.headers["access-control-allow-credentials"] == "true" and "origin" in response.headers["vary"].lower()
    for near in ("http://localhost:5001", "https://localhost:5000", "http://localhost:5000.evil.example", "http://localhost", "null"):
        assert cross_origin(preflight(server, near)) == cross_origin(robin.http.get("/api/user/info", headers={"Origin": near})) == {}


def test_the_cookie_stays_at_home(server):
    """RFC 6265bis 5.6.7: with SameSite=Lax a browser does not send it with what a page of another site posts."""
    robin = newcomer(server, "robin")
    cookie = robin.user_login(username=robin.username, password=robin.password).headers["set-cookie"]
    assert cookie.endswith("; HttpOnly; SameSite=Lax")


def test_the_cookie_is_for_tls_alone_where_people_come_over_tls(new_server):
    server = new_server(settings={"server.public_url": "https://nest.example.org"})
    account = register(server)
    login = server.http.post("/api/user/login", json={"username": account.username, "password": account.password})
    assert login.headers["set-cookie"].endswith("; SameSite=Lax; Secure")
