"""Where people of Reileta begin (contracts/reileta.md 2.3, Home)."""

import pytest

from support.reileta import Reileta, address_of, administrator, failed, good, join, new_id
from support.reileta_shapes import ids, is_world


@pytest.fixture
def world(somebody):
    """A world of somebody else, with a file for one platform and none for another."""
    world = somebody.make_world(title="Den")
    somebody.make_asset(world, b"files of a den", platform="windows")
    somebody.make_asset(world, platform="linux")
    return good(somebody.get(f"/worlds/{world['id']}"))


def test_a_home_is_a_world(person, world):
    """2.3: "`data` = the **World object itself** (with assets), not a reference"; "Only non-empty assets (R1); `?empty` shows all"."""
    chosen = good(person.post("/users/@me/home", {"id": world["id"]}))
    is_world(chosen)
    assert chosen == world == good(person.get("/users/@me/home")) and [asset["platform"] for asset in chosen["assets"]] == ["windows"]
    for query in ("?empty", "?empty=true"):
        assert {asset["platform"] for asset in good(person.get("/users/@me/home" + query))["assets"]} == {"windows", "linux"}
    home = person.me()["home"]
    assert home.partition("@")[0].partition(":")[0] == world["id"], "4.7: a reference string in UserMe"


def test_there_is_no_home_at_first(person):
    """2.3: "Unset or unreachable home -> the server's fallback world; if that is missing too -> 25"."""
    failed(person.get("/users/@me/home"), 25)
    assert "home" not in person.me()


def test_a_home_is_named_in_several_ways(registry, person, world):
    """2.3: body `{id: w_..., server?: address, version?: string}`; "also accept `{home: "w_...[:v][@s]"}`"."""
    address = address_of(registry)
    for body in ({"id": world["id"], "server": "", "version": ""}, {"id": world["id"], "server": address}, {"id": world["id"], "version": "1"},
                 {"home": world["id"]}, {"home": f"{world['id']}@{address}"}, {"home": f"{world['id']}:1@{address}"}):  # fmt: skip
        assert good(person.post("/users/@me/home", body))["id"] == world["id"], body
        assert person.me()["home"].startswith(world["id"])
        assert good(person.delete("/users/@me/home")) == "DELETED"
        failed(person.get("/users/@me/home"), 25)
    assert good(person.post(f"/users/{person.username}/home", {"id": world["id"]}))["id"] == world["id"]
    good(person.delete("/users/@me/home"))
    good(person.post("/users/@me", {"home": world["id"]}))
    assert good(person.get("/users/@me/home"))["id"] == world["id"], "POST users has `home?`"


def test_a_home_must_be_there(person, world):
    """2.3: "verify the world exists (25)"; what was chosen stays."""
    good(person.post("/users/@me/home", {"id": world["id"]}))
    for body in ({"id": new_id("w")}, {"home": new_id("w")}):
        failed(person.post("/users/@me/home", body), 25)
    for body in ({}, {"id": "nowhere"}, {"id": 7}, {"home": ""}):
        answer = person.post("/users/@me/home", body)
        assert answer.status_code == 400, answer.text
        failed(answer, answer.json()["error"]["code"])
    assert good(person.get("/users/@me/home"))["id"] == world["id"]


def test_a_home_that_has_gone_is_none(person, somebody, world):
    """2.3: "unreachable home -> fallback ... 25"."""
    good(person.post("/users/@me/home", {"id": world["id"]}))
    assert good(somebody.delete(f"/worlds/{world['id']}")) == "DELETED"
    failed(person.get("/users/@me/home"), 25)


def test_who_sees_and_sets_a_home(registry, warden, person, somebody, world):
    """2.3: "3 if not logged; admin, `avr:get_home_user`, or self, else 4"."""
    stranger = Reileta(registry)
    good(person.post("/users/@me/home", {"id": world["id"]}))
    for path in (f"/users/{person.id}/home", f"/users/{person.username}/home"):
        for method, body in (("GET", None), ("POST", {"id": world["id"]}), ("DELETE", None)):
            failed(stranger.request(method, path, body), 3)
            failed(somebody.request(method, path, body), 4)
    assert good(warden.get(f"/users/{person.id}/home"))["id"] == world["id"]
    good(warden.post(f"/users/{somebody.id}", {"tags": ["avr:get_home_user"]}))
    assert good(somebody.get(f"/users/{person.id}/home"))["id"] == world["id"]
    failed(somebody.delete(f"/users/{person.id}/home"), 4)
    assert good(warden.delete(f"/users/{person.id}/home")) == "DELETED"
    failed(person.get("/users/@me/home"), 25)
    failed(warden.get(f"/users/{new_id('u')}/home"), 17)


def test_a_server_may_have_a_world_for_those_without(engine, new_server):
    """contracts/configuration.md: reileta.fallback_world; 4.2: "`home` (own or fallback)"; 4.3: `fallback`."""
    fallback = new_id("w")
    server = new_server(engine, {"reileta.fallback_world": fallback})
    server.warden = administrator(server)
    robin = join(server, "robin")
    failed(robin.get("/users/@me/home"), 25)
    server.warden.make_world(id=fallback, title="Hall")
    hall = good(robin.get("/users/@me/home"))
    assert (hall["id"], hall["fallback"]) == (fallback, True)
    assert robin.me()["home"].startswith(fallback)
    own = robin.make_world()
    assert good(robin.post("/users/@me/home", {"id": own["id"]}))["fallback"] is False
    good(robin.delete(f"/worlds/{own['id']}"))
    assert good(robin.get("/users/@me/home"))["id"] == fallback
    assert fallback not in ids(robin.listed("/worlds", "worlds", owner=robin.id))
