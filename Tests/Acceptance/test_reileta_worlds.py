"""Worlds (contracts/reileta.md 2.5, 4.3)."""

import pytest

from support.api import unique
from support.reileta import NOBODY, Reileta, address_of, failed, good, join, new_id
from support.reileta_shapes import ids, is_world


@pytest.fixture
def stranger(registry):
    return Reileta(registry)


# Making


def test_a_world_is_made(registry, person, stranger):
    """2.5: "Defaults: id generated, title "New world", capacity 10, owner = caller"; 4.3: with no tags "private + release"."""
    for body in ({}, {"id": "", "title": "", "description": "", "capacity": 0, "tags": []}):
        world = good(person.put("/worlds", body))
        is_world(world, person)
        assert (world["title"], world["capacity"], world["assets"], world["fallback"]) == ("New world", 10, [], False)
        assert set(world["tags"]) == {"avr:private", "avr:release"} and "description" not in world
        assert world["server"] == address_of(registry) and world["created_at"] == world["updated_at"]
        assert good(person.get(f"/worlds/{world['id']}")) == world


def test_a_world_is_what_its_maker_says(person):
    """2.5: `{id? w_..., title? <=64, description? <=256, capacity? 1..128, tags? string[]}`; the limits are exact."""
    for capacity in (1, 128):
        wanted = {"id": new_id("w"), "title": "x" * 64, "description": "y" * 256, "capacity": capacity, "tags": ["avr:public", "avr:release"]}
        world = good(person.put("/worlds", wanted))
        is_world(world, person)
        assert {name: world[name] for name in wanted if name != "tags"} | {"tags": sorted(world["tags"])} == wanted


@pytest.mark.parametrize("members,limit", [
    ({"title": "x" * 65}, "64"), ({"description": "x" * 257}, "256"), ({"capacity": 129}, "128"), ({"capacity": -1}, "1"), ({"capacity": 1.5}, ""),
    ({"capacity": "10"}, ""), ({"tags": ["a,b"]}, "comma"), ({"tags": "avr:public"}, ""), ({"tags": [7]}, ""), ({"title": 7}, ""), ({"description": 7}, ""),
    ({"id": "w_7"}, ""), ({"id": "i_" + NOBODY}, ""), ({"id": "w_" + "Z" * 36}, ""), ({"id": 7}, ""),
])  # fmt: skip
def test_a_world_has_its_limits(person, members, limit):
    """2.5: 24, and the message names the limit (decision 0014); for changes as well."""
    assert limit in failed(person.put("/worlds", members), 24)
    if "id" not in members:
        world = person.make_world(title="Den")
        assert limit in failed(person.post(f"/worlds/{world['id']}", members), 24)
        assert good(person.get(f"/worlds/{world['id']}")) == world


def test_a_world_names_its_owner(person):
    """4.3: "send `owner_id`, `owner` ("u_...@server"), `owner_ids` (same)": each is a text."""
    world = person.make_world()
    assert (world["owner_id"], world["owner"], world["owner_ids"]) == (person.id, person.reference, person.reference)


def test_an_id_is_given_once(person, somebody):
    """2.5: "30" when the id is taken; decision 0014: one "that looks like a number of this server is refused: it may be given out later"."""
    chosen = new_id("w")
    person.make_world(id=chosen)
    for caller in (person, somebody):
        failed(caller.put("/worlds", {"id": chosen}), 30)
    given = person.make_world()["id"]
    for _ in range(2):
        answer = somebody.put("/worlds", {"id": given})
        failed(answer, answer.json()["error"]["code"])
        assert answer.json()["error"]["code"] in (24, 30), answer.text
        person.delete(f"/worlds/{given}")
    # What a client had chosen is free again.
    good(person.delete(f"/worlds/{chosen}"))
    assert somebody.make_world(id=chosen)["owner_id"] == somebody.id


def test_making_worlds_needs_its_tag(bare, stranger):
    """2.5: "Errors 3, 24, 4"; "tag `avr:world_creator` (R2)"."""
    robin = join(bare, "robin")
    failed(stranger.put("/worlds", {}), 3)
    failed(robin.put("/worlds", {}), 4)
    bare.warden.make_world()
    good(bare.warden.post(f"/users/{robin.id}", {"tags": ["avr:world_creator"]}))
    is_world(robin.make_world(), robin)


@pytest.mark.parametrize("tags,left", [
    (["avr:public", "avr:private"], {"avr:private", "avr:release"}), (["avr:public"], {"avr:public", "avr:release"}),
    (["avr:develepement"], {"avr:private", "avr:develepement"}), (["avr:release", "avr:develepement", "avr:public"], {"avr:public", "avr:release"}),
    (["avr:public", "avr:public"], {"avr:public", "avr:release"}), (["avr:release"], {"avr:private", "avr:release"}),
])  # fmt: skip
def test_one_tag_of_a_group_stays(person, tags, left):
    """4.3: "group 1 `avr:public | avr:private` (private wins), group 2 `avr:develepement` (sic) `| avr:release` (release wins)"."""
    for world in (person.make_world(tags=tags), good(person.post(f"/worlds/{person.make_world()['id']}", {"tags": tags}))):
        assert set(world["tags"]) == left and len(world["tags"]) == len(left)


def test_only_administrators_make_something_official(warden, person):
    """4.3: "`avr:official` (admin)"."""
    assert "avr:official" in warden.make_world(tags=["avr:official"])["tags"]
    answer = person.put("/worlds", {"tags": ["avr:official", "avr:public"]})
    if answer.status_code == 200:
        assert "avr:official" not in good(answer)["tags"]
    else:
        failed(answer, 4)


# Reading


def test_whoever_knows_the_id_reads_it(registry, person, stranger):
    """2.5: "auth anyone. `:id` must match `w_...` (24)"; decision 0014: "Whoever knows the id of a world or an instance can read it"."""
    world = person.make_world(tags=["avr:private"])
    for path in (world["id"], f"{world['id']}?empty", f"{world['id']}?server=", f"{world['id']}?server={address_of(registry)}"):
        assert good(stranger.get(f"/worlds/{path}"))["id"] == world["id"]
    assert good(person.get(f"/worlds/{world['id']}@{address_of(registry)}"))["id"] == world["id"]


@pytest.mark.parametrize("method,body", [("GET", None), ("POST", {"title": "Other"}), ("DELETE", None)])
def test_a_world_that_is_not_there(person, method, body):
    """2.5: "Errors 24, 25"."""
    for id, code in (("w_" + NOBODY, 25), ("w_7", 24), ("den", 24), ("i_" + NOBODY, 24), ("w_" + "Z" * 36, 24), (person.id, 24)):
        failed(person.request(method, f"/worlds/{id}", body), code)


# Changing and deleting


def test_its_owner_changes_a_world(person):
    """2.5: "same fields as PUT (body `id` optional and ignored)"; what is not named stays, `null` clears."""
    world = person.make_world(title="Den", description="Dark.", capacity=20, tags=["avr:public"])
    path = f"/worlds/{world['id']}"
    changed = good(person.post(path, {"id": new_id("w"), "title": "Nest"}))
    is_world(changed, person)
    assert changed["id"] == world["id"] and changed["updated_at"] > world["updated_at"]
    assert (changed["title"], changed["description"], changed["capacity"], changed["tags"]) == ("Nest", "Dark.", 20, world["tags"])
    same = good(person.post(path, {"id": "", "title": "", "description": "", "capacity": 0}))
    assert {**same, "updated_at": 0} == {**changed, "updated_at": 0}
    assert "description" not in good(person.post(path, {"description": None}))
    assert good(person.post(path, {"capacity": 128, "tags": ["avr:private"]}))["capacity"] == 128
    assert "avr:private" in good(person.get(path))["tags"]


@pytest.mark.parametrize("method,body", [("POST", {"title": "Mine"}), ("DELETE", None)])
def test_others_do_not(warden, person, somebody, stranger, method, body):
    """2.5: "Auth owner or admin ... Errors 3, 24, 25, 4"."""
    world = person.make_world(title="Den")
    failed(stranger.request(method, f"/worlds/{world['id']}", body), 3)
    failed(somebody.request(method, f"/worlds/{world['id']}", body), 4)
    assert good(person.get(f"/worlds/{world['id']}")) == world
    data = good(warden.request(method, f"/worlds/{world['id']}", body))
    assert data == "DELETED" or (data["title"], data["owner_id"]) == ("Mine", person.id)


def test_a_world_goes_with_its_assets(person, stranger):
    """2.5: "`data` = `"DELETED"`"; "delete assets and unreferenced files too"."""
    world = person.make_world()
    asset = person.make_asset(world, b"files of a den")
    path = f"/worlds/{world['id']}"
    assert good(person.delete(path)) == "DELETED"
    for more in ("", "/assets", f"/assets/{asset['id']}", f"/assets/{asset['id']}/file", "/thumbnail"):
        failed(stranger.get(path + more), 25)
    failed(person.delete(path), 25)


# Lists


def test_worlds_are_listed(person, somebody, stranger):
    """2.5: "list per 1.4, filters `query`, `id`, `user_id`|`owner`"."""
    word = unique("den")
    first, second = person.make_world(title=f"{word} one", tags=["avr:public"]), somebody.make_world(title=f"Two {word.upper()}", tags=["avr:public"])
    for name in ("query", "q", "search"):
        found = stranger.listed("/worlds", "worlds", **{name: word})
        assert set(ids(found)) == {first["id"], second["id"]}
    for world in found:
        is_world(world)
    assert ids(stranger.listed("/worlds", "worlds", query=word, limit=1)) == ids(stranger.listed("/worlds", "worlds", query=word))[:1]
    for query in ({"user_id": person.id}, {"owner": person.id}, {"owner": person.reference}, {"owner": person.username}):
        assert ids(stranger.listed("/worlds", "worlds", **query)) == [first["id"]], query
    assert set(ids(stranger.listed("/worlds", "worlds", id=[first["id"], second["id"], new_id("w")]))) == {first["id"], second["id"]}
    assert stranger.listed("/worlds", "worlds", id=first["id"], owner=somebody.id) == []


def test_what_is_private_is_listed_for_its_owner(warden, person, somebody, stranger):
    """2.5: "hide worlds tagged `avr:private` from non-owners"; decision 0014: "its owner and administrators"."""
    word = unique("den")
    world = person.make_world(title=word)
    for caller, is_shown in ((person, True), (warden, True), (somebody, False), (stranger, False)):
        for query in ({"query": word}, {"owner": person.id}):
            data = good(caller.get("/worlds", params=query))
            assert (ids(data["items"]), data["total"]) == (([world["id"]], 1) if is_shown else ([], 0)), query
    good(person.post(f"/worlds/{world['id']}", {"tags": ["avr:public"]}))
    assert ids(stranger.listed("/worlds", "worlds", query=word)) == [world["id"]]


def test_the_id_of_what_is_private_lets_nobody_list_it(person, stranger):
    """Decision 0014: "is not in the lists of others", whatever the filter."""
    world = person.make_world()
    assert person.listed("/worlds", "worlds", id=world["id"]) == [world]
    assert stranger.listed("/worlds", "worlds", id=world["id"]) == []


def test_worlds_are_kept(engine, new_server):
    """Nothing acknowledged is lost."""
    server = new_server(engine, {"reileta.address": "nest.example"})
    robin = join(server, "robin")
    chosen, given = robin.make_world(id=new_id("w"), title="Den"), robin.make_world(tags=["avr:public"])
    good(robin.delete(f"/worlds/{robin.make_world()['id']}"))
    server.restart()
    assert set(ids(robin.listed("/worlds", "worlds", owner=robin.id))) == {chosen["id"], given["id"]}
    for world in (chosen, given):
        assert good(robin.get(f"/worlds/{world['id']}")) == world
