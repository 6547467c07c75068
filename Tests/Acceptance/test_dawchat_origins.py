"""Pages of other origins, with the cookie of their visitor (contracts/dawchat.md 1: CORS; SECURITY.md)."""

import pytest

from support.api import register
from support.dawchat import newcomer

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
