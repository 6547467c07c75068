"""Coming into an instance and leaving it (contracts/reileta.md 3.5, 4.6, 5.3, 5.4)."""

import concurrent.futures

import pytest

from support.api import unique
from support.cosmos_webhooks import wait_until
from support.reileta import Reileta, address_of, administrator, failed, good, join, new_id, short_name
from support.reileta_shapes import ids, is_id, is_instance


@pytest.fixture
def world(person):
    return person.make_world(tags=["avr:public"])


@pytest.fixture
def instance(person, world):
    """An instance that anybody may come into."""
    return person.make_instance(world, tags=["avr:public"], name=short_name(), capacity=10)


def enter(socket, instance, **more):
    data = socket.ask("instance-join", instance=instance["id"], **more)
    is_id(data["player"], "p")
    assert data["instance"].split("@")[0] == instance["id"]
    return data


def bare(data):
    """The data of an event, with the id of the instance as it is without its server."""
    return data | {"instance": data["instance"].split("@")[0]}


def befriend(one, other):
    one.follow(other)
    other.follow(one)


# Coming in


def test_somebody_comes_in(registry, person, connect, instance):
    """5.3: "answer adds `success, role, capacity, players:[{player,user,display,role}]`"; R2: `{instance:"i_...@s", player, user:"u_...@s", display}`."""
    socket = connect(person)
    data = enter(socket, instance)
    assert data["instance"] == f"{instance['id']}@{address_of(registry)}"
    assert (data["user"], data["display"], data["capacity"]) == (person.reference, person.username, 10)
    assert data["role"] in ("admin", "master", "moderator", "normal")
    assert data["players"] == [{"player": data["player"], "user": person.reference, "display": person.username, "role": data["role"]}]
    shown = good(person.get(f"/instances/{instance['id']}"))
    is_instance(shown)
    assert (shown["users"], shown["connected"], len(shown["players"])) == ([person.reference], 1, 1)
    assert shown["players"][0]["display"] == person.username and shown["master"] in (None, person.reference)
    socket.sync()
    assert [event for event in socket.events if event["command"] == "instance-joined"] == [], "the sender does not get its own event"


@pytest.mark.parametrize("command", ["instance-join", "instance:join", "avr/instance:enter", "avr/enter"])
def test_coming_in_has_many_names(registry, person, connect, instance, command):
    """5.2: the names across versions; 5.3: `{instance: "i_..."[@ own address] | name}`."""
    socket = connect(person)
    for text in (instance["id"], f"{instance['id']}@{address_of(registry)}", instance["name"], f"{instance['name']}@{address_of(registry)}"):
        data = socket.ask(command, instance=text)
        assert data["instance"].startswith(instance["id"]), text


@pytest.mark.parametrize("command", ["instance-leave", "avr/instance:quit", "avr/quit"])
def test_leaving_has_many_names(person, connect, instance, command):
    """5.2, 5.3: "-> `{instance, player, type: 3}` [found R2]"."""
    socket = connect(person)
    came = enter(socket, instance)
    left = socket.ask(command, instance=instance["name"])
    assert bare(left)["instance"] == instance["id"] and left["player"] == came["player"] and left["type"] == 3
    socket.refused(39, "instance-leave", instance=instance["id"])
    assert good(person.get(f"/instances/{instance['id']}"))["connected"] == 0


def test_a_socket_is_inside_once(person, connect, instance):
    """5.3: "one user may have several sockets in one instance but each socket at most once (same player returned)"."""
    first, second = connect(person), connect(person)
    one = enter(first, instance)
    assert enter(first, instance)["player"] == one["player"]
    other = enter(second, instance)
    assert other["player"] != one["player"] and len(other["players"]) == 2
    assert good(person.get(f"/instances/{instance['id']}"))["connected"] == 2


def test_the_others_are_told(person, somebody, connect, instance):
    """5.4: "`instance-joined`: to the others in the room: `{instance, player, user:"u_...@s", display}`"; "`instance-left`: `{instance, player, type}`"."""
    first, second = connect(person), connect(somebody)
    enter(first, instance)
    data = enter(second, instance)
    assert {player["user"] for player in data["players"]} == {person.reference, somebody.reference}
    assert bare(first.expect("instance-joined")) == {
        "instance": instance["id"], "player": data["player"], "user": somebody.reference, "display": somebody.username,
    }  # fmt: skip
    second.ask("instance-leave", instance=instance["id"])
    assert bare(first.expect("instance-left")) == {"instance": instance["id"], "player": data["player"], "type": 3}
    for socket in (first, second):
        socket.sync()
        assert [event for event in socket.events if event["command"].startswith("instance-")] == []
    # Who has left hears no more of it.
    enter(connect(somebody), instance)
    first.expect("instance-joined")
    second.sync()
    assert second.events == []


def test_who_is_not_inside_hears_nothing(person, somebody, connect, instance):
    """5.4: "to the others in the room": a topic alone lets nobody listen at the door."""
    outside, inside = connect(somebody, "all"), connect(person)
    outside.request("subscribe", {"events": [f"instance:{instance['id']}", "instance", "instance-joined"]})
    enter(inside, instance)
    inside.ask("instance-leave", instance=instance["id"])
    good(person.post("/users/@me", {"display": "Kestrel"}))
    outside.sync()
    assert not [event for event in outside.events if event["command"] in ("instance-joined", "instance-left")]


def test_who_does_not_want_to_hear_does_not(person, somebody, connect, instance):
    """5.3: "joining an instance subscribes to `instance:<id>` automatically", and one may unsubscribe."""
    first, second = connect(person), connect(somebody)
    enter(first, instance)
    first.ask("unsubscribe", events=[f"instance:{instance['id']}"])
    enter(second, instance)
    second.ask("instance-leave", instance=instance["id"])
    first.sync()
    first.subscribe("instance-joined")
    first.drain("unsubscribed")
    assert first.events == []
    enter(second, instance)
    assert first.expect("instance-joined")["user"] == somebody.reference


# Who may


def test_a_guest_stays_outside(registry, connect, instance):
    """5.3: "not authenticated -> 3"."""
    guest = connect.guest(registry)
    for command in ("instance-join", "instance:join", "instance-leave"):
        guest.refused(3, command, instance=instance["id"])


def test_an_instance_must_be_there(person, connect, instance):
    """5.3: 36; leaving one that one is not in: 39."""
    socket = connect(person)
    for id in (new_id("i"), "zzz.zzz"):
        socket.refused(36, "instance-join", instance=id)
    for data in ({}, {"instance": ""}, {"instance": 7}, {"instance": None}):
        answer = socket.request("instance-join", data)
        assert answer["error"]["code"] in (33, 36), answer
    socket.refused(39, "instance-leave", instance=instance["id"])


def test_an_instance_may_be_full(person, somebody, connect, world):
    """5.3: 48."""
    instance = person.make_instance(world, tags=["avr:public"], capacity=1)
    first, second = connect(person), connect(somebody)
    enter(first, instance)
    second.refused(48, "instance-join", instance=instance["id"])
    assert good(person.get(f"/instances/{instance['id']}"))["connected"] == 1
    enter(first, instance)
    first.ask("instance-leave", instance=instance["id"])
    enter(second, instance)


@pytest.mark.parametrize("tag,stranger,friend", [
    ("avr:public", True, True), ("avr:friends_plus", False, True), ("avr:friends_only", False, True), ("avr:invite_plus", False, False),
    ("avr:invite_only", False, False), ("avr:private", False, False),
])  # fmt: skip
def test_tags_say_who_may(registry, person, somebody, connect, world, tag, stranger, friend):
    """4.6: "`avr:friends_only` (friends of owner and master) ... `avr:private` (owner only)"; "No code enforces visibility on join -> enforce": 49."""
    instance = person.make_instance(world, tags=[tag])
    other = join(registry)
    befriend(person, other)
    for caller, may in ((somebody, stranger), (other, friend), (person, True)):
        socket = connect(caller)
        if may:
            enter(socket, instance)
            socket.ask("instance-leave", instance=instance["id"])
        else:
            socket.refused(49, "instance-join", instance=instance["id"])
    assert good(person.get(f"/instances/{instance['id']}"))["connected"] == 0


def test_friends_of_those_inside_may(registry, person, somebody, connect, world):
    """4.6: "`avr:friends_plus` (friends of members)"."""
    other = join(registry)
    befriend(person, somebody)
    befriend(somebody, other)
    plus, only = person.make_instance(world, tags=["avr:friends_plus"]), person.make_instance(world, tags=["avr:friends_only"])
    inside, socket = connect(somebody), connect(other)
    socket.refused(49, "instance-join", instance=plus["id"])
    enter(inside, plus)
    enter(socket, plus)
    enter(connect(person), only)
    enter(inside, only)
    socket.refused(49, "instance-join", instance=only["id"])


def test_following_is_not_friendship(person, somebody, connect, world):
    """4.2: "mutual follows"."""
    instance = person.make_instance(world, tags=["avr:friends_only"])
    somebody.follow(person)
    connect(somebody).refused(49, "instance-join", instance=instance["id"])


def test_whoever_is_inside_finds_it(person, somebody, connect, world):
    """2.8: "plus those the caller owns or is in"."""
    befriend(person, somebody)
    instance = person.make_instance(world, tags=["avr:friends_only"], title=unique("den"))
    query = {"query": instance["title"]}
    assert somebody.listed("/instances", "instances", **query) == []
    socket = connect(somebody)
    enter(socket, instance)
    assert ids(somebody.listed("/instances", "instances", **query)) == [instance["id"]]
    assert Reileta(person.server).listed("/instances", "instances", **query) == []
    socket.ask("instance-leave", instance=instance["id"])
    assert somebody.listed("/instances", "instances", **query) == []


# Leaving otherwise


@pytest.mark.parametrize("how", ["close", "abort", "logout", "again"])
def test_who_goes_away_has_left(registry, person, somebody, connect, instance, how):
    """5.3: "On disconnect the room gets `left` with type 4"; "re-authenticating replaces the identity after leaving instances"."""
    first, second = connect(person), connect(somebody)
    enter(first, instance)
    player = enter(second, instance)["player"]
    if how == "close":
        second.close()
    elif how == "abort":
        second.abort()
    elif how == "logout":
        good(somebody.get("/auth/logout"))
    else:
        second.ask("authenticate", token=join(registry).token)
    left = first.expect("instance-left", timeout=40)
    assert left["player"] == player and (left["type"] == 4 if how in ("close", "abort") else left["type"] in (3, 4))
    wait_until(lambda: good(person.get(f"/instances/{instance['id']}"))["users"] == [person.reference])


def test_an_instance_that_is_deleted_sends_all_away(person, somebody, connect, instance):
    """2.8: "players get `instance-left` with type Closed(3)"."""
    sockets = [connect(person), connect(somebody)]
    for socket in sockets:
        enter(socket, instance)
    good(person.delete(f"/instances/{instance['id']}"))
    for socket in sockets:
        left = socket.expect("instance-left")
        assert left["instance"].split("@")[0] == instance["id"] and left["type"] == 3
        socket.refused(36, "instance-join", instance=instance["id"])


def test_a_restart_empties_instances(engine, new_server, connect):
    """Decision 0014: "a restart empties instances, as it ends the sockets"."""
    server = new_server(engine)
    robin = join(server, "robin")
    instance = robin.make_instance(robin.make_world(), tags=["avr:public"])
    enter(connect(robin), instance)
    server.restart()
    shown = good(robin.get(f"/instances/{instance['id']}"))
    assert (shown["connected"], shown["players"], shown["master"]) == (0, [], None)
    enter(connect(robin), instance)


def test_places_are_not_given_twice(registry, person, connect, world):
    """5.3: 48, when many come at once."""
    instance = person.make_instance(world, tags=["avr:public"], capacity=3)
    sockets = [connect(join(registry)) for _ in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda socket: socket.request("instance-join", {"instance": instance["id"]}), sockets))
    assert sorted(answer["error"]["code"] if "error" in answer else 0 for answer in answers) == [0] * 3 + [48] * 5
    assert good(person.get(f"/instances/{instance['id']}"))["connected"] == 3


def test_a_player_is_shown_with_the_role_that_it_has_now(engine, new_server, connect):
    """Who is given the administration of the server, or loses it, while inside; and so are the owner's moderators."""
    server = new_server(engine)
    warden, owner, guest, viewer = administrator(server), join(server), join(server), join(server)
    instance = owner.make_instance(owner.make_world(tags=["avr:public"]), tags=["avr:public"])
    inside = enter(connect(guest), instance)["player"]
    watcher = connect(viewer)

    def shown():
        """The role that both a newcomer and a reader are told; None while they are told two."""
        told = {player["player"]: player["role"] for player in enter(watcher, instance)["players"]}
        watcher.ask("instance-leave", instance=instance["id"])
        read = {player["player"]: player["role"] for player in good(viewer.get(f"/instances/{instance['id']}"))["players"]}
        return told[inside] if told[inside] == read[inside] else None

    assert shown() == "normal"
    good(warden.post(f"/users/{guest.id}", {"tags": ["avr:admin"]}))
    wait_until(lambda: shown() == "admin")
    good(warden.post(f"/users/{guest.id}", {"tags": None}))
    wait_until(lambda: shown() == "normal")
    good(owner.post(f"/instances/{instance['id']}", {"moderators": [guest.username]}))
    wait_until(lambda: shown() == "moderator")


def test_an_instance_with_many_is_told_of_in_short_frames(registry, person, connect, world):
    """5.1: "Outbound frames should stay < 4096 bytes": the socket of the tests fails at a longer one."""
    instance = person.make_instance(world, tags=["avr:public"], capacity=128)
    people = [join(registry) for _ in range(4)]
    sockets = [connect(people[number % 4]) for number in range(40)]
    for socket in sockets:
        enter(socket, instance)
    sockets[0].expect("instance-joined")
    assert len(good(person.get(f"/instances/{instance['id']}"))["players"]) == 40
    watcher = connect(person, "update-instance")
    good(person.post(f"/instances/{instance['id']}", {"title": "Nest"}))
    while watcher.expect("update-instance")["instance"].get("title") != "Nest":
        pass


def test_a_record_of_nothing_stays(person, connect, instance):
    """2.8: what is refused changes nothing."""
    socket = connect(person)
    enter(socket, instance)
    failed(Reileta(person.server).delete(f"/instances/{instance['id']}"), 3)
    socket.sync()
    assert not [event for event in socket.events if event["command"] == "instance-left"]
