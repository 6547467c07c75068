"""Asking to come into an instance, and waiting for a place (contracts/reileta.md 3.5, 4.6, 4.7, 5.4)."""

import concurrent.futures
import time

import pytest

from support.cosmos_webhooks import wait_until
from support.reileta import NOBODY, Reileta, address_of, administrator, failed, good, join, new_id, short_name
from support.reileta_shapes import is_candidate, is_list, now


@pytest.fixture
def world(person):
    return person.make_world(tags=["avr:public"])


@pytest.fixture
def closed(person, world):
    """An instance that nobody comes into uninvited."""
    return person.make_instance(world, tags=["avr:invite_only"], capacity=4)


@pytest.fixture
def small(person, world, connect):
    """An open instance with one place, and who has taken it."""
    instance = person.make_instance(world, tags=["avr:public"], capacity=1)
    first = connect(person)
    enter(first, instance)
    return instance, first


@pytest.fixture
def hasty(engine, new_server):
    """A server that holds places for a second only."""
    server = new_server(engine, {"reileta.reservation_seconds": "1", "limits.rate": "false"})
    server.warden = administrator(server)
    return server


def enter(socket, instance, **more):
    return socket.ask("instance-join", instance=instance["id"], **more)


def ask(person, instance, **body):
    candidate = good(person.post(f"/instances/{instance['id']}/candidate", body))
    is_candidate(candidate, instance)
    return candidate


def decide(person, instance, other, state, **more):
    return ask(person, instance, user=other.reference, state=state, **more)


def withdraw(person, instance, **query):
    return person.request("DELETE", f"/instances/{instance['id']}/candidate", params=query)


def own(person, instance):
    return good(person.get(f"/instances/{instance['id']}/queue"))


def listed(person, instance):
    data = good(person.get(f"/instances/{instance['id']}/candidate"))
    is_list(data, "candidates")
    return data["items"]


# Asking


def test_whoever_may_come_in_has_a_place_at_once(registry, person, somebody, world, connect):
    """3.5: "Entry allowed and free place -> `state:"accepted"` at once (place reserved until `expires_at`, 60 s)"."""
    instance = person.make_instance(world, tags=["avr:public"], capacity=1)
    before = now()
    candidate = ask(somebody, instance, message="Hello")
    assert candidate == {
        "id": candidate["id"], "instance": f"{instance['id']}@{address_of(registry)}", "user": somebody.reference, "display": somebody.username,
        "state": "accepted", "message": "Hello", "created_at": candidate["created_at"], "expires_at": candidate["expires_at"],
    }  # fmt: skip
    assert 55_000 < candidate["expires_at"] - before < 75_000
    # "reservations of others count against capacity"
    connect(person).refused(48, "instance-join", instance=instance["id"])
    assert enter(connect(somebody), instance)["role"] == "normal"
    # Whoever has come in asks for nothing any more.
    assert listed(person, instance) == [] and own(somebody, instance) == {"total": 0}


def test_asking_again_changes_nothing(person, somebody, closed):
    """3.5: "121 is not an error: return the existing candidate"."""
    first = ask(somebody, closed, message="Let me in")
    assert first["state"] == "pending" and ask(somebody, closed, message="Please") == first and ask(somebody, closed) == first
    assert listed(person, closed) == [first]


def test_whoever_finds_no_place_waits(registry, person, small):
    """3.5: "Full -> `"queued"`, `position` >= 1"; GET …/queue: "others: `{total, position}` of self"."""
    instance, _ = small
    people = [join(registry) for _ in range(3)]
    for place, waiting in enumerate(people, 1):
        candidate = ask(waiting, instance)
        assert (candidate["state"], candidate["position"]) == ("queued", place) and "expires_at" not in candidate
    for place, waiting in enumerate(people, 1):
        seen = own(waiting, instance)
        assert (seen["total"], seen["position"], seen["candidate"]["state"]) == (3, place, "queued")
    assert [candidate["user"] for candidate in listed(person, instance)] == [waiting.reference for waiting in people]
    assert good(withdraw(people[0], instance)) == "DELETED"
    assert [own(waiting, instance).get("position") for waiting in people] == [None, 1, 2]
    assert ask(people[0], instance)["position"] == 3


@pytest.mark.parametrize("tag", ["avr:friends_plus", "avr:friends_only", "avr:invite_plus", "avr:invite_only", "avr:private"])
def test_somebody_has_to_decide_on_the_others(person, somebody, world, connect, tag):
    """3.5: "Needs approval -> `"pending"`"; "`instance-join` … succeeds if … an accepted candidate exists; else error … 49"."""
    instance = person.make_instance(world, tags=[tag])
    socket = connect(somebody)
    assert ask(somebody, instance)["state"] == "pending"
    socket.refused(49, "instance-join", instance=instance["id"])
    candidate = decide(person, instance, somebody, "accepted")
    assert candidate["state"] == "accepted" and candidate["expires_at"] > now()
    enter(socket, instance)
    socket.ask("instance-leave", instance=instance["id"])
    # It was for one time.
    socket.refused(49, "instance-join", instance=instance["id"])


def test_friends_need_not_be_asked_about(person, somebody, world):
    """3.5: "Entry allowed"."""
    instance = person.make_instance(world, tags=["avr:friends_only"])
    person.follow(somebody)
    somebody.follow(person)
    assert ask(somebody, instance)["state"] == "accepted"


def test_a_refused_one_waits(person, somebody, closed, connect):
    """3.5: refused; it can ask again only after a while, and the error names how long."""
    failed(person.post(f"/instances/{closed['id']}/candidate", {"user": somebody.reference, "state": "refused"}), 120)
    ask(somebody, closed)
    assert decide(person, closed, somebody, "refused")["state"] == "refused"
    answer = somebody.post(f"/instances/{closed['id']}/candidate", {})
    assert "600" in failed(answer, 49) and int(answer.headers["retry-after"]) > 500
    failed(withdraw(somebody, closed), 120)
    assert own(somebody, closed)["candidate"]["state"] == "refused" and listed(person, closed) == []
    connect(somebody).refused(49, "instance-join", instance=closed["id"])
    # Those who decide may think again.
    assert decide(person, closed, somebody, "accepted")["state"] == "accepted"
    enter(connect(somebody), closed)


def test_somebody_is_invited(person, somebody, closed, connect):
    """3.5: accepting somebody who has not asked is an invitation."""
    candidate = decide(person, closed, somebody, "accepted")
    assert (candidate["user"], candidate["state"]) == (somebody.reference, "accepted")
    assert own(somebody, closed)["candidate"] == candidate
    enter(connect(somebody), closed)


def test_whoever_is_let_in_needs_no_password(person, somebody, world, connect):
    """An accepted candidate needs no password; one whom nobody has decided on does, and so asks with it or waits."""
    instance = person.make_instance(world, tags=["avr:public"], password="sesame")
    socket = connect(somebody)
    assert ask(somebody, instance)["state"] == "pending"
    decide(person, instance, somebody, "accepted")
    enter(socket, instance)
    socket.ask("instance-leave", instance=instance["id"])
    socket.refused(49, "instance-join", instance=instance["id"])
    failed(somebody.post(f"/instances/{instance['id']}/candidate", {"password": "barley"}), 49)
    assert ask(somebody, instance, password="sesame")["state"] == "accepted"
    socket.refused(49, "instance-join", instance=instance["id"])
    enter(socket, instance, password="sesame")


def test_the_list_is_kept(person, somebody, world, connect):
    """The whitelist stays enforced for direct entry."""
    instance = person.make_instance(world, tags=["avr:public"], whitelist=["nobody"])
    connect(somebody).refused(49, "instance-join", instance=instance["id"])
    assert ask(somebody, instance)["state"] == "pending"
    decide(person, instance, somebody, "accepted")
    enter(connect(somebody), instance)


# Who may


def test_strangers_ask_nothing(registry, closed):
    stranger = Reileta(registry)
    for method, path in (("POST", "candidate"), ("DELETE", "candidate"), ("GET", "candidate"), ("GET", "queue")):
        failed(stranger.request(method, f"/instances/{closed['id']}/{path}"), 3)


def test_an_instance_must_be_there(person, closed):
    """3.5: 36; also when it was there."""
    for id in (new_id("i"), closed["id"]):
        if id == closed["id"]:
            good(person.delete(f"/instances/{id}"))
        for method, path in (("POST", "candidate"), ("DELETE", "candidate"), ("GET", "candidate"), ("GET", "queue")):
            failed(person.request(method, f"/instances/{id}/{path}"), 36)


def test_others_decide_nothing(registry, person, somebody, closed, connect):
    """3.5: owner/moderator decides: others get 4, also about themselves."""
    other = join(registry)
    ask(somebody, closed)
    path = f"/instances/{closed['id']}/candidate"
    for target in (somebody, other, person):
        for state in ("accepted", "refused"):
            failed(somebody.post(path, {"user": target.reference, "state": state}), 4)
    failed(withdraw(other, closed, user=somebody.reference), 4)
    failed(withdraw(other, closed, user="u_" + NOBODY), 4)
    failed(other.post(path, {"user": somebody.reference}), 33)
    assert [candidate["state"] for candidate in listed(person, closed)] == ["pending"]
    assert "items" not in own(other, closed)
    connect(somebody).refused(49, "instance-join", instance=closed["id"])


def test_moderators_and_administrators_decide(registry, warden, person, somebody, world, connect):
    """4.6: roles admin, master, moderator, normal; names as usernames or `u_…[@server]`."""
    for name in (somebody.username, somebody.id, somebody.reference):
        instance = person.make_instance(world, tags=["avr:private"], moderators=[name])
        assert instance["moderators"] == [somebody.reference]
    roles = {}
    for helper in (somebody, warden, person):
        other = join(registry)
        ask(other, instance)
        assert decide(helper, instance, other, "accepted")["state"] == "accepted"
        enter(connect(other), instance)
        roles[helper.id] = enter(connect(helper), instance)["role"]
    assert roles == {somebody.id: "moderator", warden.id: "admin", person.id: "master"}
    shown = {player["user"]: player["role"] for player in good(person.get(f"/instances/{instance['id']}"))["players"]}
    assert shown[somebody.reference] == "moderator"
    assert good(person.post(f"/instances/{instance['id']}", {"moderators": None}))["moderators"] == []
    failed(somebody.post(f"/instances/{instance['id']}/candidate", {"user": other.reference, "state": "accepted"}), 4)
    failed(somebody.post(f"/instances/{instance['id']}", {"title": "Mine"}), 4)


def test_moderators_have_their_limits(person, somebody, world):
    """Every limit is named, and nothing changes."""
    path = f"/instances/{person.make_instance(world, moderators=[somebody.username])['id']}"
    assert "32" in failed(person.post(path, {"moderators": [somebody.username] * 33}), 33)
    assert "nobody_here" in failed(person.post(path, {"moderators": ["nobody_here"]}), 33)
    failed(person.post(path, {"moderators": "all"}), 33)
    assert good(person.get(path))["moderators"] == [somebody.reference]
    # Its owner needs no list, and each is on it once.
    assert good(person.post(path, {"moderators": [person.username, somebody.id, somebody.username]}))["moderators"] == [somebody.reference]


@pytest.mark.parametrize("body,code", [
    ({"message": "x" * 129}, 33), ({"message": 7}, 33), ({"password": "x" * 129}, 33), ({"password": 7}, 33), ({"user": 7, "state": "accepted"}, 33), ({"state": "accepted"}, 33),
    ({"user": "nobody_here", "state": "accepted"}, 17), ({"user": "u_" + NOBODY, "state": "refused"}, 17), ({"user": "nobody_here"}, 33),
])  # fmt: skip
def test_what_is_wrong_is_refused(person, closed, body, code):
    path = f"/instances/{closed['id']}/candidate"
    failed(person.post(path, body), code)
    for state in ("pending", "Accepted", 7):
        failed(person.post(path, {"user": person.reference, "state": state}), 33)
    assert listed(person, closed) == []


def test_a_message_has_128_characters(person, somebody, closed):
    assert "128" in failed(somebody.post(f"/instances/{closed['id']}/candidate", {"message": "x" * 129}), 33)
    assert ask(somebody, closed, message="é" * 128)["message"] == "é" * 128


def test_requests_are_withdrawn(person, somebody, closed):
    """3.5: "own (no body) or, for owner/moderator, `{user}` / `?user=` -> `"DELETED"`; 120"."""
    path = f"/instances/{closed['id']}/candidate"
    failed(withdraw(somebody, closed), 120)
    for take_back in (lambda: withdraw(somebody, closed), lambda: withdraw(person, closed, user=somebody.username),
                      lambda: person.request("DELETE", path, {"user": somebody.reference}), lambda: withdraw(somebody, closed, user=somebody.id)):  # fmt: skip
        ask(somebody, closed)
        assert good(take_back()) == "DELETED" and listed(person, closed) == []
    failed(withdraw(person, closed, user=somebody.username), 120)
    failed(withdraw(person, closed, user="nobody_here"), 17)


def test_an_accepted_one_gives_its_place_back(person, somebody, world, connect):
    instance = person.make_instance(world, tags=["avr:public"], capacity=1)
    ask(somebody, instance)
    connect(person).refused(48, "instance-join", instance=instance["id"])
    good(withdraw(somebody, instance))
    enter(connect(person), instance)


def test_nobody_asks_everywhere(registry, person, world):
    """Open requests of one account have a limit, which the error names."""
    other = join(registry)
    instances = [person.make_instance(world, tags=["avr:private"]) for _ in range(33)]
    for instance in instances[:32]:
        ask(other, instance)
    assert "32" in failed(other.post(f"/instances/{instances[32]['id']}/candidate", {}), 47)
    # An invitation is no request of its own.
    assert decide(person, instances[32], other, "accepted")["state"] == "accepted"
    for instance in instances:
        good(person.delete(f"/instances/{instance['id']}"))
    assert ask(other, person.make_instance(world, tags=["avr:private"]))["state"] == "pending"


# Places that become free


def test_who_waits_is_let_in_in_order(registry, person, small, connect):
    """3.5: "When a player leaves, the first `queued` becomes `accepted`; its sockets get `instance-candidate`, everybody in the queue `instance-queue`"."""
    instance, first = small
    people = [join(registry) for _ in range(3)]
    sockets = [connect(waiting, "instance-candidate", "instance-queue") for waiting in people]
    owner = connect(person, "instance-candidate", "instance-queue")
    for waiting in people:
        ask(waiting, instance)
    for socket, place in zip(sockets, (1, 2, 3), strict=True):
        told = socket.expect("instance-candidate")
        assert (told["action"], told["candidate"]["position"]) == ("added", place) and told["instance"] == instance["id"]
        is_candidate(told["candidate"], instance)
        assert socket.expect("instance-queue") == {"instance": instance["id"], "total": place, "position": place}
    for place, waiting in enumerate(people, 1):
        assert owner.expect("instance-candidate")["candidate"]["user"] == waiting.reference
        queue = owner.expect("instance-queue")
        assert queue["total"] == place and [item["user"] for item in queue["items"]] == [other.reference for other in people[:place]]
    first.ask("instance-leave", instance=instance["id"])
    told = sockets[0].expect("instance-candidate")
    assert (told["action"], told["candidate"]["state"]) == ("accepted", "accepted") and told["candidate"]["expires_at"] > now()
    for socket, place in zip(sockets[1:], (1, 2), strict=True):
        while (queue := socket.expect("instance-queue"))["total"] != 2:
            assert queue["total"] == 3
        assert queue["position"] == place
    assert owner.expect("instance-candidate")["action"] == "accepted"
    # Nobody comes between.
    for socket in (first, sockets[1], sockets[2]):
        socket.refused(48, "instance-join", instance=instance["id"])
    enter(sockets[0], instance)
    assert sockets[0].expect("instance-candidate")["action"] == "removed"


def test_others_hear_nothing_of_candidates(registry, person, somebody, closed, connect):
    """What somebody says who asks is for those who decide, and itself."""
    sockets = [connect(join(registry), "all"), connect.guest(registry)]
    sockets[1].subscribe("all")
    own = connect(somebody, "all")
    ask(somebody, closed, message="A secret")
    decide(person, closed, somebody, "refused")
    assert [own.expect("instance-candidate")["action"] for _ in range(2)] == ["added", "refused"]
    for socket in sockets:
        socket.sync()
        assert not [event for event in socket.events if event["command"] in ("instance-candidate", "instance-queue")]


def test_more_places_are_for_those_who_wait(person, somebody, small):
    """The first queued becomes accepted when the capacity is raised."""
    instance, _ = small
    assert ask(somebody, instance)["state"] == "queued"
    good(person.post(f"/instances/{instance['id']}", {"capacity": 2}))
    wait_until(lambda: own(somebody, instance)["candidate"]["state"] == "accepted")


def test_the_line_breaks_and_the_next_comes(person, somebody, small):
    instance, first = small
    ask(somebody, instance)
    first.abort()
    wait_until(lambda: own(somebody, instance)["candidate"]["state"] == "accepted", within=40)


def test_a_place_is_not_held_for_ever(hasty, connect):
    """3.5: 60 s, here one; then the next has it."""
    owner, first, second = join(hasty), join(hasty), join(hasty)
    instance = owner.make_instance(owner.make_world(), tags=["avr:public"], capacity=1)
    sockets = [connect(first, "instance-candidate"), connect(second, "instance-candidate")]
    ask(first, instance)
    assert ask(second, instance)["state"] == "queued"
    assert [sockets[0].expect("instance-candidate")["action"] for _ in range(2)] == ["added", "expired"]
    assert [sockets[1].expect("instance-candidate")["action"] for _ in range(3)] == ["added", "accepted", "expired"]
    assert own(first, instance)["candidate"]["state"] == "expired" and listed(owner, instance) == []
    # Nobody waits: whoever comes has it.
    enter(connect(owner), instance)
    assert ask(first, instance)["state"] == "queued"


def test_whoever_was_let_in_and_comes_late_need_not_be_decided_on_again(hasty, connect):
    owner, other = join(hasty), join(hasty)
    instance = owner.make_instance(owner.make_world(), tags=["avr:private"])
    socket = connect(other, "instance-candidate")
    decide(owner, instance, other, "accepted")
    assert [socket.expect("instance-candidate")["action"] for _ in range(2)] == ["added", "expired"]
    socket.refused(49, "instance-join", instance=instance["id"])

    def comes_in():
        assert ask(other, instance)["state"] == "accepted"
        return "error" not in socket.request("instance-join", {"instance": instance["id"]})

    wait_until(comes_in)


def test_one_place_is_given_to_one(engine, new_server, connect):
    """Two ask, and two come, at the same moment, again and again: never more are inside than there may be, and nobody is forgotten."""
    server = new_server(engine, {"limits.rate": "false", "chat.requests_per_second": "1000"})
    owner, people = join(server), [join(server), join(server)]
    world = owner.make_world()
    sockets = [connect(other) for other in people]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for _ in range(40):
            instance = owner.make_instance(world, tags=["avr:public"], capacity=1)
            candidates = list(pool.map(lambda other: ask(other, instance), people))
            assert sorted(candidate["state"] for candidate in candidates) == ["accepted", "queued"], candidates
            winner = [candidate["state"] for candidate in candidates].index("accepted")
            answers = list(pool.map(lambda socket: socket.request("instance-join", {"instance": instance["id"]}), sockets))
            assert "error" not in answers[winner] and answers[1 - winner]["error"]["code"] == 48
            # The place goes to the other, whoever runs for it.
            leaving = pool.submit(sockets[winner].ask, "instance-leave", instance=instance["id"])
            coming = pool.submit(sockets[1 - winner].request, "instance-join", {"instance": instance["id"]})
            leaving.result()
            if "error" in coming.result():
                sockets[winner].refused(48, "instance-join", instance=instance["id"])
                wait_until(lambda: own(people[1 - winner], instance)["candidate"]["state"] == "accepted")
                enter(sockets[1 - winner], instance)
            assert good(owner.get(f"/instances/{instance['id']}"))["connected"] == 1
            good(owner.delete(f"/instances/{instance['id']}"))


def test_many_run_for_few_places(engine, new_server, connect):
    """However they come, directly or asked for, never more are inside than there may be."""
    server = new_server(engine, {"limits.rate": "false"})
    owner, people = join(server), [join(server) for _ in range(8)]
    world = owner.make_world()
    sockets = [connect(other) for other in people]

    def run(number):
        if number % 2:
            ask(people[number], instance)
        answer = sockets[number].request("instance-join", {"instance": instance["id"]})
        return "error" not in answer

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for _ in range(10):
            instance = owner.make_instance(world, tags=["avr:public"], capacity=3)
            came = list(pool.map(run, range(8)))
            shown = good(owner.get(f"/instances/{instance['id']}"))
            assert shown["connected"] == sum(came) <= 3
            held = [candidate for candidate in listed(owner, instance) if candidate["state"] == "accepted"]
            assert shown["connected"] + len(held) <= 3
            good(owner.delete(f"/instances/{instance['id']}"))


# What is kept


@pytest.mark.parametrize("how", ["restart", "kill"])
def test_requests_are_kept(engine, new_server, connect, how):
    """An acknowledged request survives a restart, and so do the places that are held."""
    server = new_server(engine, {"reileta.address": "nest.example"})
    owner, first, second, third = (join(server) for _ in range(4))
    world = owner.make_world()
    closed, small = owner.make_instance(world, tags=["avr:private"]), owner.make_instance(world, tags=["avr:public"], capacity=1)
    ask(first, closed, message="Soon")
    assert ask(second, small)["state"] == "accepted" and ask(third, small)["state"] == "queued"
    before = listed(owner, closed), own(second, small), own(third, small)
    if how == "kill":
        server.kill()
        server.start()
    else:
        server.restart()
    assert (listed(owner, closed), own(second, small), own(third, small)) == before
    connect(owner).refused(48, "instance-join", instance=small["id"])
    socket = connect(second)
    enter(socket, small)
    socket.ask("instance-leave", instance=small["id"])
    wait_until(lambda: own(third, small)["candidate"]["state"] == "accepted")


def test_a_deleted_instance_is_asked_for_no_more(person, somebody, closed, connect):
    socket = connect(somebody, "instance-candidate")
    ask(somebody, closed)
    assert socket.expect("instance-candidate")["action"] == "added"
    good(person.delete(f"/instances/{closed['id']}"))
    told = socket.expect("instance-candidate")
    assert (told["action"], told["instance"]) == ("removed", closed["id"])
    failed(somebody.post(f"/instances/{closed['id']}/candidate", {}), 36)


def test_who_is_gone_asks_no_more(registry, person, closed, connect):
    other = join(registry)
    good(person.post(f"/instances/{closed['id']}", {"moderators": [other.username]}))
    good(person.post(f"/instances/{closed['id']}", {"moderators": None}))
    ask(other, closed)
    good(person.post(f"/instances/{closed['id']}", {"moderators": [other.username]}))
    good(other.delete("/users/@me"))
    assert listed(person, closed) == [] and good(person.get(f"/instances/{closed['id']}"))["moderators"] == []


def test_a_queue_is_told_of_in_short_frames(registry, person, world, connect):
    """5.1: "Outbound frames should stay < 4096 bytes": the socket of the tests fails at a longer one."""
    instance = person.make_instance(world, tags=["avr:public"], capacity=1, name=short_name())
    enter(connect(person), instance)
    owner = connect(person, "instance-queue")
    for _ in range(12):
        ask(join(registry), instance, message="é" * 128)
    deadline = time.monotonic() + 30
    while owner.expect("instance-queue")["total"] != 12:
        assert time.monotonic() < deadline
    assert len(listed(person, instance)) == 10 and good(person.get(f"/instances/{instance['name']}/queue"))["total"] == 12
