"""Several servers: people meet across them, and what happens when one of them is away (contracts/reileta.md 3, 8)."""

import concurrent.futures
import contextlib
import os
import signal
import threading

import pytest

from support.cosmos_webhooks import wait_until
from support.peers import Visitor, in_time, new_host, token_for
from support.reileta import Reileta, failed, failed_with, good, join
from support.reileta_shapes import is_list

ENGINES = ("sqlite",)
pytestmark = [pytest.mark.linux, pytest.mark.timeout(180)]


@pytest.fixture
def three(network):
    """Three servers: at two of them people are at home, at the third they meet."""
    return network.add(), network.add(), network.add()


@contextlib.contextmanager
def stopped(server):
    """While this lasts, the server is there and does nothing, as behind a broken network."""
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


def meet(connect, person, there, instance):
    """Somebody goes by documented calls only: finds the server, reads the instance at home, gets a token, enters (3.5)."""
    server = good(person.get(f"/server@{there.address}"))
    shown = good(person.get(f"/instances/{instance['id']}@{server['address']}"))
    given = good(person.post("/integrity", {"server": server["address"]}))
    socket = connect.open(there)
    assert socket.ask("authenticate", integrity=given["token"])["internal"] is False
    entered = socket.ask("instance-join", instance=shown["id"])
    assert entered["user"] == f"{person.id}@{person.server.address}"
    return socket, entered


# Meeting


def test_two_people_of_two_servers_meet_at_a_third(three, connect):
    """3.5 "Full cross-server order"; each sees the other come and go, under its own name."""
    one, two, third = three
    _, world, instance = new_host(third)
    robin, wren = join(one, "robin"), join(two, "wren")
    first, entered = meet(connect, robin, third, instance)
    assert entered["players"][0]["display"] == robin.username
    second, _ = meet(connect, wren, third, instance)
    joined = first.expect("instance-joined")
    assert (joined["user"], joined["display"]) == (wren.reference, wren.username)
    shown = good(Reileta(third).get(f"/instances/{instance['id']}"))
    assert set(shown["users"]) == {robin.reference, wren.reference} and shown["connected"] == 2
    # Each looks the other up at home, by the reference that it has been told.
    for person, other in ((robin, wren), (wren, robin)):
        found = good(person.get(f"/users/{other.reference}"))
        assert (found["username"], found["external"]) == (other.username, True)
    # The world comes from where it is.
    assert good(robin.get(f"/worlds/{world['id']}@{third.address}"))["title"] == world["title"]
    assert second.ask("instance-leave", instance=instance["id"])["type"] == 3
    assert first.expect("instance-left")["player"] == joined["player"]
    second.close()
    assert good(Reileta(third).get(f"/instances/{instance['id']}"))["users"] == [robin.reference]


def test_everybody_visits_everybody(three, connect):
    """3.4 in all directions at once: challenges between the same two servers do not get into each other's way."""
    with concurrent.futures.ThreadPoolExecutor(6) as pool, in_time(30):
        visits = []
        for home in three:
            person = join(home)
            visits += [(person, there, pool.submit(token_for, person, there)) for there in three if there is not home]
        tokens = [(person, there, given.result()["token"]) for person, there, given in visits]
    for person, there, token in tokens:
        me = good(Reileta(there, token).get("/users/@me"))
        assert (me["id"], me["server"]) == (person.id, person.server.address)


def test_somebody_makes_an_instance_elsewhere(network, connect):
    """3.3: PUT /api/instances@<server>, as C0 does; the owner comes in as such."""
    home, there = network.add(), network.add({"reileta.external_tags": '["avr:instance_creator"]'})
    robin = join(home, "robin")
    world = new_host(there)[1]
    made = good(robin.put(f"/instances@{there.address}", {"world": world["id"], "tags": ["avr:private"]}))
    assert made["owner"] == robin.reference and made["server"] == there.address
    _, entered = Visitor(there, robin).enter(connect, made)
    assert entered["role"] == "master"
    wren = join(home, "wren")
    Visitor(there, wren).socket(connect).refused(49, "instance-join", instance=made["id"])


def test_the_servers_know_one_another(three):
    """`GET /api/servers`: `authenticated` (a token there), `authorized` (one here)."""
    one, two, third = three
    token_for(join(one), two)
    for server, other, held, given in ((one, two, True, False), (two, one, False, True)):
        listed = good(server.warden.get("/servers"))
        is_list(listed, "servers")
        (item,) = [item for item in listed["items"] if item["address"] == other.address]
        assert (item["authenticated"], item["authorized"]) == (held, given)
    assert third.address not in str(good(one.warden.get("/servers")))


# Nobody is taken for another


def test_a_token_is_for_one_server_and_one_person(three):
    """2.7, 3.4: a token of one server is nothing at another, and is no other person."""
    one, two, third = three
    robin, wren = join(one, "robin"), join(one, "wren")
    token = token_for(robin, two)["token"]
    assert good(Reileta(two, token).get("/users/@me"))["id"] == robin.id
    for server in (one, third):
        for headers in ({"Authorization": token}, {"Authorization": f"Integrity {token}"}):
            failed(Reileta(server).get("/users/@me", headers=headers), 3)
    failed_with(Reileta(two, token).get("/users/@me", headers={"X-AVR-As": wren.reference}), 4, 103)
    # A login of one server is none of another.
    failed(Reileta(two, robin.token).get("/users/@me"), 3)


def test_a_challenge_cannot_be_passed_on(three, peer):
    """3.2 step 3: a server that is asked for a token by one goes with its challenge to another, and gets nothing."""
    one, two, _ = three
    answers = []

    def pass_on(call):
        answers.append(Reileta(two).put("/challenges", call.json, headers={"User-Agent": call.headers["user-agent"]}))
        return call.peer.usual(call)

    peer.when("PUT", "/api/challenges", pass_on)
    good(one.warden.put("/challenges", {"server": peer.address}))
    failed(answers[0], 102)
    assert not any(item["authorized"] for item in good(two.warden.get("/servers"))["items"] if item["address"] == one.address)


def test_a_token_that_was_heard_is_of_no_use_elsewhere(three, peer):
    """3.2: the token that a server sends to one is not good at another, nor is the one that this one gave it."""
    one, two, _ = three
    good(one.warden.put("/challenges", {"server": peer.address}))
    good(one.warden.put("/challenges", {"server": two.address}))
    heard = next(iter(peer.granted))
    given = peer.prove(one)["token"]
    for token in (heard, given):
        answer = Reileta(two).put("/integrity", {"user": join(one).reference}, headers={"Authorization": token, "User-Agent": f"AVR/4(Server; {one.address})"})
        failed(answer, 103)


def test_a_server_at_the_same_host_is_another(network, new_peer):
    """1.4: the port is part of the address."""
    there = network.add()
    neighbour = new_peer("127.0.0.2")
    neighbour.prove(there)
    failed_with(neighbour.introduce(there, f"{neighbour.user['id']}@{there.address}"), 4, 34)
    failed_with(neighbour.introduce(there, f"{neighbour.user['id']}@127.0.0.2:1"), 4, 5)


def test_two_servers_that_point_at_one_another_end(three):
    """3.3: one hop: a home that is elsewhere, whose home is elsewhere, is looked for once."""
    one, two, _ = three
    robin, wren = join(one, "robin"), join(two, "wren")
    for path in (f"/users/{wren.id}@{one.address}@{two.address}", f"/users/{robin.id}@{two.address}?server={one.address}", f"/users/{robin.id}@{one.address}@{two.address}"):
        with in_time():
            answer = robin.get(path)
        if answer.status_code != 200:
            failed_with(answer, 5, 14, 17, 29)


# One of them is away


@pytest.mark.parametrize("which", ["home", "target"])
def test_a_join_goes_on_after_a_restart(three, connect, which):
    """DESIGN 1.2: in the middle of a join each of the servers is killed and comes back: what was given is still good, what is missing is asked for anew."""
    home, _, there = three
    robin = join(home, "robin")
    instance = new_host(there)[2]
    victim = home if which == "home" else there
    given = token_for(robin, there)
    victim.restart()
    _, entered = Visitor(there, robin, given["token"]).enter(connect, instance)
    assert entered["user"] == robin.reference
    victim.restart()
    with in_time(30):
        meet(connect, robin, there, instance)


def test_a_server_killed_while_it_is_asked_leaves_no_half(three, connect):
    """The target dies while tokens are given: every answer is whole or an error, and afterwards all works."""
    home, _, there = three
    instance = new_host(there)[2]
    people = [join(home) for _ in range(4)]
    answers, go_on = [], threading.Event()

    def ask(person):
        while not go_on.is_set():
            answers.append((person, person.post("/integrity", {"server": there.address})))

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask, person) for person in people]
        wait_until(lambda: len(answers) >= 8)
        there.restart()
        enough = len(answers) + 8
        wait_until(lambda: len(answers) >= enough, 60)
        go_on.set()
        for done in asking:
            done.result(60)
    for person, answer in answers:
        if answer.status_code == 200:
            assert good(answer)["user"] == person.id
        else:
            failed_with(answer, 5, 6, 7, 8)
    last = {person.id: good(answer)["token"] for person, answer in answers if answer.status_code == 200}
    for person in people:
        _, entered = Visitor(there, person, last[person.id]).enter(connect, instance)
        assert entered["user"] == person.reference


def test_a_silent_server_is_given_up(three, connect):
    """"A deadline of 5 s per request to another server, 10 s for the whole"; afterwards the network is as it was."""
    home, other, there = three
    robin, instance = join(home, "robin"), new_host(there)[2]
    meet(connect, robin, there, instance)
    elsewhere = join(other)
    with stopped(there):
        with in_time():
            failed_with(robin.get(f"/users/nobody@{there.address}"), 5, 6)
        with in_time():
            failed_with(robin.post("/integrity", {"server": there.address}), 5, 6, 8)
        with in_time():
            failed_with(elsewhere.post("/integrity", {"server": there.address}), 5, 6, 8)
        with in_time():
            good(robin.get("/users/@me"))
    with in_time(60):
        for person in (robin, elsewhere):
            # That it was away may be remembered for a while.
            wait_until(lambda: person.get(f"/server@{there.address}").status_code == 200, 30)  # noqa: B023
            meet(connect, person, there, instance)


def test_a_home_that_is_silent_keeps_nobody_out(three, connect):
    """3.4 step 7: the token is the target's own: who has one comes in, though the home cannot be asked."""
    home, _, there = three
    robin, wren = join(home, "robin"), join(home, "wren")
    instance = new_host(there)[2]
    given = token_for(robin, there)["token"]
    with stopped(home), in_time():
        _, entered = Visitor(there, robin, given).enter(connect, instance)
        assert entered["user"] == f"{robin.id}@{home.address}"
    assert Visitor(there, wren).enter(connect, instance)[1]["user"] == wren.reference


@pytest.mark.parametrize("seconds", [120, -120])
def test_clocks_may_differ_by_two_minutes(network, connect, seconds):
    """3.2, 3.4: a pending challenge lives for 60 s of its own server's clock, a token for 300 s of the one that gave it."""
    home, there = network.add(clocked=True), network.add()
    home.clock.step(seconds)
    robin = join(home, "robin")
    meet(connect, robin, there, new_host(there)[2])
    meet(connect, join(there, "wren"), home, new_host(home)[2])
    good(home.warden.put("/challenges", {"server": there.address}))


# Taking back


def test_a_token_that_is_taken_back_is_renewed(three, connect):
    """2.6, 3.2 step 6: the target takes back the token of the home; the home proves itself anew when somebody needs it."""
    home, _, there = three
    robin, instance = join(home, "robin"), new_host(there)[2]
    token_for(robin, there)
    (challenge,) = [item for item in good(there.warden.get("/challenges"))["items"] if item["server"] == home.address and item["direction"] == "in"]
    assert good(there.warden.delete(f"/challenges/{challenge['id']}")) == "DELETED"
    meet(connect, robin, there, instance)
    accepted = [item for item in good(there.warden.get("/challenges"))["items"] if item["server"] == home.address and item["state"] == "accepted"]
    assert len(accepted) == 1 and accepted[0]["id"] != challenge["id"]


def test_a_server_that_closes_lets_nobody_in(network):
    """3.2: "denied -> 104": neither a challenge nor people of a server that is denied."""
    home = network.add()
    there = network.add({"reileta.peers.deny": f'["{home.address}"]'})
    robin = join(home, "robin")
    with in_time():
        failed_with(robin.post("/integrity", {"server": there.address}), 8, 104)
    failed(home.warden.put("/challenges", {"server": there.address}), 104)


def test_nothing_secret_is_in_a_log(three, connect):
    """DESIGN 10, 8: "logs every socket frame incl. tokens (R0)"; "never log them"."""
    home, _, there = three
    robin, instance = join(home, "robin"), new_host(there)[2]
    token = token_for(robin, there)["token"]
    Visitor(there, robin, token).enter(connect, instance)
    Reileta(there).get("/users/@me", params={"integrityuser": token})
    connect.open(there, query={"integrityuser": token}).expect("authenticated")
    for server in (home, there):
        assert token not in server.log and token[:24] not in server.log and robin.token[:24] not in server.log
