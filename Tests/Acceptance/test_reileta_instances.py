"""The records of instances (contracts/reileta.md 2.8, 4.6); who is in them is in test_reileta_joining.py."""

import re

import pytest

from support.api import unique
from support.reileta import NOBODY, Reileta, address_of, failed, good, join, new_id, short_name
from support.reileta_shapes import ids, is_instance

VISIBILITY = ["avr:public", "avr:friends_plus", "avr:friends_only", "avr:invite_plus", "avr:invite_only", "avr:private"]


@pytest.fixture
def stranger(registry):
    return Reileta(registry)


@pytest.fixture
def world(person):
    return person.make_world(capacity=24, tags=["avr:public"])


# Making


def test_an_instance_is_made(registry, person, world, stranger):
    """2.8: "Defaults: id generated, name = 6 hex chars, capacity = the world's capacity"; 4.6: `master` is null while nobody is there."""
    for body in ({}, {"version": "", "name": "", "id": "", "capacity": 0, "title": "", "description": "", "password": "", "whitelist": []}):
        instance = good(person.put("/instances", {"world": world["id"], "tags": []} | body))
        is_instance(instance, person)
        assert re.fullmatch("[0-9a-f]{6}", instance["name"]) and instance["capacity"] == 24
        assert (instance["master"], instance["users"], instance["connected"], instance["players"]) == (None, [], 0, [])
        assert instance["world"] == f"{world['id']}@{address_of(registry)}" and instance["server"] == address_of(registry)
        assert good(stranger.get(f"/instances/{instance['id']}")) == instance


def test_an_instance_is_what_its_maker_says(person, world):
    """2.8: `{world, version? <=32, name?, id? i_..., capacity? 1..128, tags?}`, "`title <=64`, `description <=256`"; the limits are exact."""
    for capacity, name in ((1, "a-_"), (128, "z_9.8-76")):
        wanted = {"id": new_id("i"), "name": name, "title": "x" * 64, "description": "y" * 256, "capacity": capacity}
        instance = good(person.put("/instances", wanted | {"world": world["id"], "version": "v" * 32, "tags": ["avr:public"]}))
        is_instance(instance, person)
        assert {key: instance[key] for key in wanted} == wanted and instance["tags"] == ["avr:public"]
        assert instance["world"].startswith(f"{world['id']}:{'v' * 32}@")
        good(person.delete(f"/instances/{instance['id']}"))


def test_an_instance_names_its_world_and_its_owner(person, world):
    """4.6: `world: "w_...@server"`, `owner: "u_...@server"`, and `world_ids`, `owner_ids`, in which R2 has the same texts."""
    instance = person.make_instance(world)
    assert (instance["owner"], instance["owner_ids"]) == (person.reference, person.reference)
    assert instance["world"] == instance["world_ids"] == f"{world['id']}@{instance['server']}"


def test_a_world_is_named_in_several_ways(registry, person, world):
    """2.8: "accept `world` as bare or full reference `w_...[:v][@s]`, alias `world_ids`"; C0 puts to `/api/instances@<own server>`."""
    address = address_of(registry)
    for body, version in (({"world": f"{world['id']}@{address}"}, ""), ({"world": f"{world['id']}:7@{address}"}, ":7"), ({"world": f"{world['id']}:7"}, ":7"),
                          ({"world_ids": world["id"]}, ""), ({"world": "", "world_ids": f"{world['id']}@{address}"}, "")):  # fmt: skip
        assert good(person.put("/instances", body | {"tags": []}))["world"] == f"{world['id']}{version}@{address}", body
    assert good(person.put(f"/instances@{address}", {"world": world["id"], "tags": []}))["server"] == address
    assert good(person.put(f"/instances?server={address}", {"world": world["id"]}))["server"] == address


@pytest.mark.parametrize("members,limit", [
    ({"world": ...}, ""), ({"world": ""}, ""), ({"world": 7}, ""), ({"world": "den"}, ""), ({"world": "i_" + NOBODY}, ""), ({"name": "ab"}, "3"),
    ({"name": "a" * 9}, "8"), ({"name": "ABC"}, ""), ({"name": "a b"}, ""), ({"name": "#abc"}, ""), ({"name": 7}, ""), ({"capacity": 129}, "128"),
    ({"capacity": -1}, "1"), ({"capacity": "9"}, ""), ({"title": "x" * 65}, "64"), ({"description": "x" * 257}, "256"), ({"version": "x" * 33}, "32"),
    ({"id": "i_7"}, ""), ({"id": "w_" + NOBODY}, ""), ({"tags": "avr:public"}, ""), ({"tags": [7]}, ""), ({"password": 7}, ""), ({"whitelist": 7}, ""),
])  # fmt: skip
def test_an_instance_has_its_limits(person, world, members, limit):
    """2.8: 33, and the message names the limit (decision 0014); for changes as well."""
    form = {name: value for name, value in ({"world": world["id"], "tags": []} | members).items() if value is not ...}
    assert limit in failed(person.put("/instances", form), 33)
    if not {"world", "id"} & set(members):
        instance = person.make_instance(world)
        assert limit in failed(person.post(f"/instances/{instance['id']}", members), 33)
        assert good(person.get(f"/instances/{instance['id']}")) == instance


def test_a_world_must_be_there(person):
    """2.8: 25."""
    failed(person.put("/instances", {"world": new_id("w"), "tags": []}), 25)


def test_names_and_ids_are_given_once(person, somebody, world):
    """2.8: "name already used -> 47"."""
    instance = person.make_instance(world, id=new_id("i"), name=short_name())
    for members in ({"name": instance["name"]}, {"id": instance["id"]}):
        failed(somebody.put("/instances", {"world": world["id"], "tags": []} | members), 47)
    other = person.make_instance(world)
    failed(person.post(f"/instances/{other['id']}", {"name": instance["name"]}), 47)
    good(person.delete(f"/instances/{instance['id']}"))
    good(person.post(f"/instances/{other['id']}", {"name": instance["name"]}))


def test_making_instances_needs_its_tag(bare, registry, world):
    """2.8: "auth user (R2: tag `avr:instance_creator` or admin)"."""
    failed(Reileta(registry).put("/instances", {"world": world["id"], "tags": []}), 3)
    there = bare.warden.make_world()
    bare.warden.make_instance(there)
    robin = join(bare, "robin")
    failed(robin.put("/instances", {"world": there["id"], "tags": []}), 4)
    good(bare.warden.post(f"/users/{robin.id}", {"tags": ["avr:instance_creator"]}))
    is_instance(robin.make_instance(there), robin)


# Tags (4.6)


def test_the_strictest_tag_stays(person, world):
    """4.6: "visibility group 1, weakest to strictest"; "conflicting -> the strictest stays; **no visibility tag -> ends as `avr:private`**"."""
    for number, tag in enumerate(VISIBILITY):
        for tags in ([tag], VISIBILITY[: number + 1], [tag, "avr:public"], [tag, tag]):
            assert person.make_instance(world, tags=tags)["tags"] == [tag], tags
    assert person.make_instance(world, tags=[])["tags"] == ["avr:private"]
    instance = person.make_instance(world, tags=["avr:private"])
    assert good(person.post(f"/instances/{instance['id']}", {"tags": ["avr:public", "avr:invite_only"]}))["tags"] == ["avr:invite_only"]


def test_an_unknown_tag_is_refused(person, world):
    """4.6: "unknown tag -> 38"."""
    failed(person.put("/instances", {"world": world["id"], "tags": ["avr:public", "avr:upside_down"]}), 38)
    instance = person.make_instance(world)
    failed(person.post(f"/instances/{instance['id']}", {"tags": ["owls"]}), 38)
    assert good(person.get(f"/instances/{instance['id']}")) == instance


def test_tags_of_administrators(warden, person, world):
    """4.6: "admin tags silently dropped for non-admins": `avr:permanent`, `avr:official`."""
    tags = ["avr:public", "avr:permanent", "avr:official"]
    assert set(warden.make_instance(world, tags=tags)["tags"]) == set(tags)
    instance = person.make_instance(world, tags=tags)
    assert instance["tags"] == ["avr:public"]
    assert good(person.post(f"/instances/{instance['id']}", {"tags": tags}))["tags"] == ["avr:public"]
    assert set(good(warden.post(f"/instances/{instance['id']}", {"tags": tags}))["tags"]) == set(tags)


# Reading


def test_an_instance_is_read_by_id_and_by_name(registry, person, world, stranger):
    """2.8: "`:id` = id, or name (R1+; N1/C2 also `#name`)"; decision 0014: whoever knows the id can read it."""
    instance = person.make_instance(world, name=short_name())
    address = address_of(registry)
    for path in (instance["id"], instance["name"], f"%23{instance['name']}", f"{instance['id']}?server={address}"):
        assert good(stranger.get(f"/instances/{path}")) == instance, path
    for path in (f"{instance['id']}@{address}", f"{instance['name']}@{address}", f"{instance['id']}%40{address}"):
        assert good(person.get(f"/instances/{path}")) == instance, path


@pytest.mark.parametrize("method,body", [("GET", None), ("POST", {"title": "Other"}), ("DELETE", None)])
def test_an_instance_that_is_not_there(person, method, body):
    """2.8: "Errors 33, 36"."""
    for id, codes in (("i_" + NOBODY, [36]), ("zzz.zzz", [36]), ("i_" + "Z" * 36, [33]), ("A name", [33, 36]), ("w_" + NOBODY, [33, 36]), ("ab", [33, 36])):
        answer = person.request(method, f"/instances/{id}", body)
        failed(answer, answer.json()["error"]["code"])
        assert answer.json()["error"]["code"] in codes, answer.text


def test_a_password_is_never_shown(person, somebody, world, warden):
    """8: nothing secret on the wire; nor who is on the list, to others."""
    secret = unique("secret")
    instance = person.make_instance(world, tags=["avr:public"], password=secret, whitelist=[somebody.reference])
    answers = [person.get(f"/instances/{instance['id']}"), warden.get("/instances", params={"id": instance["id"]}), person.get("/instances"),
               person.post(f"/instances/{instance['id']}", {"title": "Den", "password": secret + "!"})]  # fmt: skip
    is_instance(good(answers[0]))
    for answer in answers:
        assert secret not in answer.text and "argon2" not in answer.text and "hash" not in answer.text


# Changing and deleting


def test_its_owner_changes_an_instance(person, world):
    """2.8: "owner/master/admin; body `{name?, title?, description?, capacity?, tags?, world?/version?}`"."""
    instance = person.make_instance(world, title="Den", description="Dark.", tags=["avr:public"])
    path = f"/instances/{instance['id']}"
    name = short_name()
    changed = good(person.post(path, {"name": name, "title": "Nest", "capacity": 5}))
    is_instance(changed, person)
    assert changed["updated_at"] > instance["updated_at"]
    assert changed | {"updated_at": 0} == instance | {"name": name, "title": "Nest", "capacity": 5, "updated_at": 0}
    same = good(person.post(path, {"name": "", "title": "", "description": "", "capacity": 0, "world": "", "version": ""}))
    assert same | {"updated_at": 0} == changed | {"updated_at": 0}
    other = person.make_world()
    assert good(person.post(path, {"world": other["id"], "version": "2"}))["world"].startswith(f"{other['id']}:2@")
    failed(person.post(path, {"world": new_id("w")}), 25)
    failed(person.get("/instances/" + instance["name"]), 36)


@pytest.mark.parametrize("method,body", [("POST", {"title": "Mine"}), ("DELETE", None)])
def test_others_do_not(warden, person, somebody, world, stranger, method, body):
    """2.8: "owner or admin else 4"."""
    instance = person.make_instance(world, tags=["avr:public"])
    path = f"/instances/{instance['id']}"
    failed(stranger.request(method, path, body), 3)
    failed(somebody.request(method, path, body), 4)
    assert good(stranger.get(path)) == instance
    data = good(warden.request(method, path, body))
    assert data == "DELETED" or (data["title"], data["owner"]) == ("Mine", person.reference)


def test_an_instance_is_removed(person, world, stranger):
    """2.8: `"DELETED"`."""
    instance = person.make_instance(world)
    assert good(person.delete(f"/instances/{instance['name']}")) == "DELETED"
    for path in (instance["id"], instance["name"]):
        failed(stranger.get(f"/instances/{path}"), 36)
    failed(person.delete(f"/instances/{instance['id']}"), 36)


# Lists


def test_instances_are_listed(warden, person, somebody, world, stranger):
    """2.8: "show only `avr:public`/`avr:official` ones, plus those the caller owns or is in"; filters `query`/`q`, `world`, `owner`."""
    word = unique("den")
    shown = {tag: person.make_instance(world, title=f"{word} {tag[4:]}", tags=[tag]) for tag in VISIBILITY}
    official = warden.make_instance(world, title=f"{word} official", tags=["avr:official", "avr:private"])
    for_all = {shown["avr:public"]["id"], official["id"]}
    for caller, expected in ((stranger, for_all), (somebody, for_all), (person, for_all | set(ids(shown.values())))):
        for name in ("query", "q"):
            found = caller.listed("/instances", "instances", limit=100, **{name: word.upper()})
            assert set(ids(found)) == expected
    for instance in found:
        is_instance(instance)
    assert set(ids(warden.listed("/instances", "instances", query=word, limit=100))) >= for_all
    assert set(ids(stranger.listed("/instances", "instances", world=world["id"]))) == for_all
    for owner in (person.id, person.reference):
        assert ids(stranger.listed("/instances", "instances", owner=owner)) == [shown["avr:public"]["id"]]


def test_the_id_of_what_is_private_lets_nobody_list_it(person, world, stranger):
    """Decision 0014: "is not in the lists of others", whatever the filter."""
    open_to_all, closed = person.make_instance(world, tags=["avr:public"]), person.make_instance(world)
    assert set(ids(person.listed("/instances", "instances", id=[open_to_all["id"], closed["id"]]))) == {open_to_all["id"], closed["id"]}
    assert ids(stranger.listed("/instances", "instances", id=[open_to_all["id"], closed["id"]])) == [open_to_all["id"]]


def test_a_bare_array_can_be_had(person, world, stranger):
    """1.4: "If a bare array is ever needed for R1 compatibility, serve it on `GET /api/instances?format=array`"."""
    instance = person.make_instance(world, tags=["avr:public"])
    found = good(stranger.get("/instances", params={"format": "array", "world": world["id"]}))
    assert isinstance(found, list) and ids(found) == [instance["id"]]
    is_instance(found[0])


def test_instances_are_kept(engine, new_server):
    """Decision 0014: "a restart empties instances, as it ends the sockets": the records stay."""
    server = new_server(engine, {"reileta.address": "nest.example"})
    robin = join(server, "robin")
    instance = robin.make_instance(robin.make_world(), tags=["avr:public"], title="Den")
    server.restart()
    assert good(robin.get(f"/instances/{instance['id']}")) == instance
