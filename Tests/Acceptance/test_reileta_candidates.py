"""Asking to come into an instance (contracts/reileta.md 3.5, 4.6, 4.7, 5.4)."""

import pytest

from support.candidates import ask, decide, enter, listed, own, withdraw
from support.reileta import NOBODY, Reileta, address_of, failed, good, join, new_id
from support.reileta_shapes import now


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
