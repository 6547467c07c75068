"""People of other servers ask for a place, wait and come in (contracts/reileta.md 3.5 "Full cross-server order", 3.3, 2.8)."""

import pytest

from support.peers import Visitor, in_time, new_host
from support.reileta import failed, failed_with, good, join

ENGINES = ("sqlite",)
pytestmark = [pytest.mark.linux, pytest.mark.timeout(120)]


@pytest.fixture
def pair(network):
    """The home of the visitors, and the server where the instances are."""
    return network.add(), network.add()


def of(instance):
    return f"/instances/{instance['id']}/candidate"


def at_home(instance, server):
    """The same path as it is asked for at home."""
    return f"/instances/{instance['id']}@{server.address}/candidate"


def heard(socket, action):
    """The next candidate that the socket is told of with this action."""
    while True:
        event = socket.expect("instance-candidate")
        if event["action"] == action:
            return event["candidate"]


def test_a_visitor_waits_for_a_place_and_comes_in(pair, connect):
    """3.5: "POST candidate at B with the integrity token -> WS to B, authenticate, subscribe `instance-candidate` -> on accepted: `instance-join`"."""
    home, there = pair
    host, _, instance = new_host(there, capacity=1)
    inside = connect(host)
    inside.ask("instance-join", instance=instance["id"])
    robin = join(home, "robin")
    visitor = Visitor(there, robin)
    candidate = good(visitor.post(of(instance), {"message": "Hello"}))
    assert (candidate["user"], candidate["display"], candidate["state"], candidate["position"]) == (robin.reference, robin.username, "queued", 1)
    socket = visitor.socket(connect)
    socket.subscribe("instance-candidate")
    socket.refused(48, "instance-join", instance=instance["id"])
    inside.ask("instance-leave", instance=instance["id"])
    assert heard(socket, "accepted")["user"] == robin.reference
    assert socket.ask("instance-join", instance=instance["id"])["user"] == robin.reference


@pytest.mark.parametrize("answer", ["accepted", "refused"])
def test_the_owner_decides_on_a_visitor(pair, connect, answer):
    """3.5: "Owner/moderator decides: `POST .../candidate {user:"u_...@s", state}`"; nobody with the same id of another server is meant."""
    home, there = pair
    host, world, _ = new_host(there)
    instance = host.make_instance(world, tags=["avr:invite_only"])
    watcher = connect(host, "instance-candidate")
    robin = join(home, "robin")
    visitor = Visitor(there, robin)
    assert good(visitor.post(of(instance), {}))["state"] == "pending"
    assert heard(watcher, "added")["user"] == robin.reference
    socket = visitor.socket(connect)
    socket.subscribe("instance-candidate")
    failed_with(host.post(of(instance), {"user": f"{robin.id}@{there.address}", "state": answer}), 14, 17, 33, 120)
    assert good(host.post(of(instance), {"user": robin.reference, "state": answer}))["state"] == answer
    assert heard(socket, answer)["user"] == robin.reference
    if answer == "accepted":
        assert socket.ask("instance-join", instance=instance["id"])["role"] == "normal"
    else:
        socket.refused(49, "instance-join", instance=instance["id"])


def test_a_visitor_decides_nothing(pair):
    """3.5: only who owns or moderates decides; a visitor withdraws its own request and no other."""
    home, there = pair
    host, world, _ = new_host(there)
    instance = host.make_instance(world, tags=["avr:invite_only"])
    robin, wren = (Visitor(there, join(home)) for _ in range(2))
    for visitor in (robin, wren):
        good(visitor.post(of(instance), {}))
    for state in ("accepted", "refused"):
        failed(robin.post(of(instance), {"user": robin.person.reference, "state": state}), 4)
        failed(robin.post(of(instance), {"user": wren.person.reference, "state": state}), 4)
    failed_with(robin.delete(of(instance), params={"user": wren.person.reference}), 4)
    assert {item["user"] for item in good(host.get(of(instance)))["items"]} == {robin.person.reference, wren.person.reference}
    assert good(robin.delete(of(instance))) == "DELETED"
    failed(robin.delete(of(instance)), 120)
    assert {item["user"] for item in good(host.get(of(instance)))["items"]} == {wren.person.reference}


def test_a_place_is_asked_for_through_the_home(pair, connect):
    """3.3: "and `.../candidate`, which need an acting user": the candidate is the person, whichever way it came."""
    home, there = pair
    host, world, _ = new_host(there)
    instance = host.make_instance(world, tags=["avr:invite_only"])
    robin, wren = join(home, "robin"), join(home, "wren")
    with in_time():
        candidate = good(robin.post(at_home(instance, there), {"message": "Hello"}))
    assert (candidate["user"], candidate["state"], candidate["message"]) == (robin.reference, "pending", "Hello")
    visitor = Visitor(there, robin)
    assert good(visitor.post(of(instance), {}))["id"] == candidate["id"], "121 is not an error: the same request"
    own = good(robin.get(f"/instances/{instance['id']}@{there.address}/queue"))
    assert own["candidate"]["id"] == candidate["id"]
    # What one sees of oneself is not shown to another.
    assert "candidate" not in good(wren.get(f"/instances/{instance['id']}@{there.address}/queue"))
    failed(wren.delete(at_home(instance, there)), 120)
    good(host.post(of(instance), {"user": robin.reference, "state": "accepted"}))
    assert visitor.enter(connect, instance)[1]["user"] == robin.reference


def test_a_request_is_withdrawn_through_the_home(pair):
    """3.5: "DELETE .../candidate: own (no body) -> "DELETED"; 120"."""
    home, there = pair
    host, world, _ = new_host(there)
    instance = host.make_instance(world, tags=["avr:invite_only"])
    robin = join(home, "robin")
    good(robin.post(at_home(instance, there), {}))
    assert good(robin.delete(at_home(instance, there))) == "DELETED"
    failed(robin.delete(at_home(instance, there)), 120)
    assert good(host.get(of(instance)))["items"] == []


def test_who_was_banned_stays_out_with_a_new_token(pair, connect):
    """5.3 moderate: Ban 1: it is the person that is banned, not the token or the socket."""
    home, there = pair
    host, _, instance = new_host(there)
    owner = connect(host)
    owner.ask("instance-join", instance=instance["id"])
    robin = join(home, "robin")
    socket, entered = Visitor(there, robin).enter(connect, instance)
    owner.ask("moderate", instance=instance["id"], to_player=entered["player"], type=1)
    assert socket.expect("instance-left")["type"] == 2
    again = Visitor(there, robin)
    again.socket(connect).refused(49, "instance-join", instance=instance["id"])
    failed(again.post(of(instance), {}), 49)
    failed(robin.post(at_home(instance, there), {}), 49)
    _, other = Visitor(there, join(home, "wren")).enter(connect, instance)
    assert other["role"] == "normal"


def test_friends_of_elsewhere_are_friends_of_nobody_here(pair, connect):
    """4.6: `avr:friends_only`: friends of the owner here; a visitor follows nobody here and is followed by nobody."""
    home, there = pair
    host, world, _ = new_host(there)
    instance = host.make_instance(world, tags=["avr:friends_only"])
    robin = join(home, "robin")
    Visitor(there, robin).socket(connect).refused(49, "instance-join", instance=instance["id"])
