"""Tokens of integrity that people of this server get for others (contracts/reileta.md 2.7, 3.4): this server is the home."""

import concurrent.futures
import re

import pytest

from support.faults import SteppedClock
from support.peer_answers import broken, data, error, hang
from support.peers import AMONG_US, in_time
from support.reileta import Reileta, address_of, failed, failed_with, good, join
from support.reileta_shapes import is_time, now

PUT = ("PUT", "/api/integrity")


def test_somebody_gets_a_token(home, robin, peer):
    """2.7: "`data` = `{server: <target address>, user: <bare user id u_...>, token, expires_at ms}`"; 3.4 step 2: `{user: "u_...@A"}`."""
    with in_time():
        given = good(robin.post("/integrity", {"server": peer.address}))
    assert set(given) == {"server", "user", "token", "expires_at"}
    assert (given["server"], given["user"]) == (peer.address, robin.id) and peer.visitors == {given["token"]: robin.reference}
    assert abs(given["expires_at"] - now() - 300_000) < 60_000
    (put,) = peer.calls_of(*PUT)
    assert put.json == {"user": robin.reference} and put.token in peer.granted
    assert re.match(r"AVR/[^ ()]+ ?\(Server; " + re.escape(address_of(home)) + r"\)", put.headers["user-agent"])
    assert not peer.heard(robin.token)


def test_everybody_gets_one_of_their_own(home, robin, peer):
    """3.4: a token is for one person."""
    wren = join(home, "wren")
    first, second = (good(person.post("/integrity", {"server": peer.address})) for person in (robin, wren))
    assert peer.visitors == {first["token"]: robin.reference, second["token"]: wren.reference}


def test_own_tokens_are_listed(home, robin, peer, new_peer):
    """2.7: "his own outgoing tokens `[{id, server, expires_at, created_at}]` (no token text)"."""
    other = new_peer()
    for server in (peer, other):
        good(robin.post("/integrity", {"server": server.address}))
    answer = robin.get("/integrity")
    listed = good(answer)
    items = listed if isinstance(listed, list) else listed["items"]
    assert {item["server"] for item in items} == {peer.address, other.address} and len(items) == 2
    for item in items:
        assert {"id", "server", "expires_at", "created_at"} <= set(item)
        is_time(item["created_at"])
    for token in (*peer.visitors, *other.visitors):
        assert token not in answer.text and token not in home.log
    mine = good(join(home).get("/integrity"))
    assert (mine if isinstance(mine, list) else mine["items"]) == []
    failed(Reileta(home).get("/integrity"), 3)


@pytest.mark.parametrize("server", [..., "", 7, None, [], {}, "a b", "x" * 300, "user@127.0.0.1:1", "http://"])
def test_a_target_is_named_well(robin, server):
    """2.7: 34."""
    failed_with(robin.post("/integrity", {} if server is ... else {"server": server}), 34, *([5] if server == "http://" else []))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7"])
def test_a_request_is_an_object(robin, body):
    """1.1: "400 in the envelope with the route's *InvalidInput code"."""
    failed(robin.post("/integrity", content=body, headers={"Content-Type": "application/json"}), 34)


def test_only_people_of_here_get_one(home, robin, peer):
    """2.7: "auth: user, on his home server": 3; 8: "PUT hands out tokens for any user name"."""
    failed(Reileta(home).post("/integrity", {"server": peer.address}), 3)
    failed_with(peer.call(home, "POST", "/integrity", {"server": peer.address}), 3, 4)
    peer.prove(home)
    failed_with(peer.call(home, "POST", "/integrity", {"server": peer.address}, acting=robin.reference), 3, 4)
    assert not peer.calls_of(*PUT)


def test_nobody_is_there(robin, peer, new_peer):
    """2.7: 5."""
    peer.end()
    with in_time():
        failed(robin.post("/integrity", {"server": peer.address}), 5)


@pytest.mark.parametrize("code", [4, 17, 34, 104])
def test_a_target_may_refuse(robin, peer, code):
    """2.7: "8 (target refused or answered badly)", or the other side's own code."""
    peer.when(*PUT, error(code))
    failed_with(robin.post("/integrity", {"server": peer.address}), 8, code)


def test_a_target_that_refuses_the_challenge_gives_nothing(robin, peer):
    """3.4 step 4: "checks A's challenge"; a server that does not believe is not asked for people."""
    peer.when("PUT", "/api/challenges", error(102))
    failed_with(robin.post("/integrity", {"server": peer.address}), 8, 102)
    assert not any(call.token for call in peer.calls_of(*PUT))


@broken
def test_a_target_that_gives_no_answer(robin, peer, behaviour, codes):
    """3.1 step 6; 2.7: 8; in time."""
    peer.when(*PUT, behaviour)
    with in_time():
        failed_with(robin.post("/integrity", {"server": peer.address}), 8, *codes)
    mine = good(robin.get("/integrity"))
    assert (mine if isinstance(mine, list) else mine["items"]) == []


@pytest.mark.parametrize("wrong", [
    {"user": "u_00000000-0000-4000-8000-000000000000@elsewhere.example"}, {"user": 7}, {"user": None}, {"token": ""}, {"token": 7}, {"token": None},
    {"expires_at": "soon"}, {"expires_at": None}, {"token": "x" * 100_000},
], ids=str)  # fmt: skip
def test_a_target_must_answer_well(robin, peer, wrong):
    """3.4 step 6: "A checks the answer's shape and that the user's server is A"."""
    good_answer = {"id": "x", "user": robin.reference, "token": "dG9rZW4=", "expires_at": now() + 300_000}
    peer.when(*PUT, data(good_answer | wrong))
    failed_with(robin.post("/integrity", {"server": peer.address}), 8, 11)


def test_somebody_elses_token_is_not_taken(home, robin, peer):
    """3.4 step 6: an answer for another person of this server is none for this one."""
    wren = join(home, "wren")
    peer.when(*PUT, data({"id": "x", "user": wren.reference, "token": "dG9rZW4=", "expires_at": now() + 300_000}))
    failed_with(robin.post("/integrity", {"server": peer.address}), 8, 11)


def test_a_disabled_person_gets_none(home, robin, peer):
    """Decision 0014: `avr:disabled` ends the logins of this API, and with them the way to other servers."""
    good(home.warden.post(f"/users/{robin.id}", {"tags": ["avr:disabled"]}))
    failed_with(robin.post("/integrity", {"server": peer.address}), 3, 4)
    assert not peer.calls_of(*PUT)


@pytest.mark.linux
def test_what_is_over_is_not_listed(engine, new_server, peer, tmp_path):
    """2.7: live ones: a list does not grow for ever."""
    clock = SteppedClock(tmp_path)
    server = new_server(engine, AMONG_US, environment=clock.environment)
    robin = join(server)
    good(robin.post("/integrity", {"server": peer.address}))
    clock.step(600)
    listed = good(robin.get("/integrity"))
    assert (listed if isinstance(listed, list) else listed["items"]) == []


def test_nobody_is_vouched_for_in_many_places_at_a_time(robin, peer):
    """docs/federation.md: "eight for one person (code 140 beyond that)", also where a home asks others to let its people in."""
    peer.when("PUT", "/api/challenges", hang)
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = [pool.submit(robin.post, "/integrity", {"server": peer.address}) for _ in range(12)]
        codes = [failed_with(answer.result(), 6, 8, 140) for answer in answers]
    assert codes.count(140) == 4
    failed_with(robin.get("/server", params={"server": "nobody.example"}), 5)
