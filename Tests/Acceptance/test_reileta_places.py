"""Places of instances that become free, and who gets them (contracts/reileta.md 3.5, 5.4)."""

import concurrent.futures
import time

import pytest

from support.candidates import ask, decide, enter, listed, own
from support.cosmos_webhooks import wait_until
from support.reileta import administrator, failed, good, join, short_name
from support.reileta_shapes import is_candidate, now


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
