"""How servers prove to one another who they are (contracts/reileta.md 2.6, 3.2): this server proves itself to another."""

import concurrent.futures
import hashlib
import re
import time

import pytest

from support.faults import SteppedClock
from support.peer_answers import broken, data, error, once
from support.peer_server import DAY
from support.peers import AMONG_US, in_time
from support.reileta import Reileta, address_of, administrator, failed, failed_with, good, join
from support.reileta_shapes import is_challenge, is_id

TRY = "/api/challenges"


def prove(server, peer):
    """The server proves itself to the peer, because its administrator wants it."""
    return good(server.warden.put("/challenges", {"server": peer.address}))


def state_of(server, peer):
    """What the list of the server says of its challenges at the peer."""
    items = good(server.warden.get("/challenges", params={"limit": 100}))["items"]
    return [item["state"] for item in items if item["server"] == peer.address and item["direction"] == "out"]


@pytest.fixture
def own(engine, new_server, tmp_path):
    """A server of the test's own, with its administrator and a clock that can be set."""
    clock = SteppedClock(tmp_path)
    server = new_server(engine, AMONG_US, environment=clock.environment)
    server.clock, server.warden = clock, administrator(server)
    return server


def test_a_server_proves_itself(home, peer):
    """2.6 (b), 3.2 steps 1, 2: `{server: A, id, nonce_hash}`, UA `AVR/...(Server; A)`; "answers the Challenge (no token) when it is accepted"."""
    with in_time():
        challenge = prove(home, peer)
    is_challenge(challenge, peer.address, "out")
    (put,) = peer.calls_of("PUT", TRY)
    assert put.json["server"] == address_of(home) and put.json["id"] == challenge["id"] and re.fullmatch("[0-9a-f]{64}", put.json["nonce_hash"])
    assert set(put.json) == {"server", "id", "nonce_hash"}
    assert re.fullmatch(r"AVR/[^ ()]+ ?\(Server; " + re.escape(address_of(home)) + r"\)", put.headers["user-agent"])
    assert state_of(home, peer) == ["accepted"]
    assert not peer.heard(home.warden.token)


def test_a_pending_challenge_is_shown_to_whoever_dials(home, robin, peer):
    """2.6: "public only for a pending outgoing one: `{id, server, state:"pending", nonce}`"; step 5: "nonce no longer served"."""
    seen = []

    def look(call):
        path = f"/challenges/{call.json['id']}"
        seen.append((call.json, good(Reileta(home).get(path)), good(Reileta(home).get(path.replace("challenges", "chalnges")))))
        return call.peer.usual(call)

    peer.when("PUT", TRY, look)
    prove(home, peer)
    (body, shown, alias) = seen[0]
    assert shown == alias and set(shown) == {"id", "server", "state", "nonce"}
    assert (shown["id"], shown["server"], shown["state"]) == (body["id"], peer.address, "pending")
    assert hashlib.sha256(shown["nonce"].encode()).hexdigest() == body["nonce_hash"] and re.fullmatch(r"[A-Za-z0-9_-]{43}", shown["nonce"])
    path = f"/challenges/{body['id']}"
    failed_with(Reileta(home).get(path), 3, 101)
    failed_with(robin.get(path), 4, 101)
    after = good(home.warden.get(path))
    is_challenge(after, peer.address, "out")
    assert shown["nonce"] not in home.warden.get(path).text


def test_each_challenge_is_new(home, peer):
    """3.2 step 1: the nonce is random, the id is new."""
    prove(home, peer)
    prove(home, peer)
    first, second = (put.json for put in peer.calls_of("PUT", TRY))
    assert first["id"] != second["id"] and first["nonce_hash"] != second["nonce_hash"]


@pytest.mark.linux
def test_a_pending_challenge_ends(own, peer):
    """3.2 step 1: "expires in 60 s": after that the nonce is not served."""
    seen = []

    def look(call):
        for seconds in (50, 62):
            own.clock.step(seconds)
            seen.append(Reileta(own).get(f"/challenges/{call.json['id']}"))
        own.clock.step(0)
        return error(102)(call)

    peer.when("PUT", TRY, look)
    failed(own.warden.put("/challenges", {"server": peer.address}), 102)
    assert good(seen[0])["state"] == "pending"
    failed_with(seen[1], 3, 101)


def test_only_an_administrator_begins_one(home, robin, peer):
    """2.6: "(b) by a local admin"."""
    failed(robin.put("/challenges", {"server": peer.address}), 4)
    failed_with(Reileta(home).put("/challenges", {"server": peer.address}), 3, 100)
    for body in ({}, {"server": 7}, {"server": "a b"}, {"server": ["x"]}):
        failed(home.warden.put("/challenges", body), 100)
    assert not peer.calls


@pytest.mark.parametrize("code", [102, 104, 100, 5])
def test_what_the_other_says_is_told(home, peer, code):
    """"Failures of the other side keep their own error code"; the state is refused."""
    peer.when("PUT", TRY, error(code))
    failed(home.warden.put("/challenges", {"server": peer.address}), code)
    assert state_of(home, peer) in (["refused"], [])


@broken
def test_what_is_no_answer_is_told(home, peer, behaviour, codes):
    """3.1 step 6: 6, 7, 8, 9, 11, and in time; nothing is kept of it."""
    peer.when("PUT", TRY, behaviour)
    with in_time():
        failed_with(home.warden.put("/challenges", {"server": peer.address}), *codes, 8)
    assert "accepted" not in state_of(home, peer)
    failed_with(Reileta(home).get(f"/challenges/{peer.calls_of('PUT', TRY)[0].json['id']}"), 3, 101)


@pytest.mark.parametrize("wrong", [
    {"token": None}, {"token": ""}, {"token": 7}, {"token": "a\r\nX-Evil: 1"}, {"token": "x" * 100_000}, {"server": "elsewhere.example"}, {"id": "c_" + "0" * 36},
    {"expires_at": "soon"}, {"expires_at": None}, {"expires_at": 0}, {"expires_at": -(2**63)}, {"expires_at": 2**63},
], ids=str)  # fmt: skip
def test_a_token_must_come_well(home, peer, wrong):
    """3.1 step 6: "malformed -> 11"; what comes is not sent on as it is."""
    peer.when("PUT", TRY, lambda call: data(peer.grant(call.json["server"], call.json["id"]) | wrong)(call))
    answer = home.warden.put("/challenges", {"server": peer.address})
    failed_with(answer, 8, 11)
    assert "accepted" not in state_of(home, peer)


def test_nobody_is_there(home, peer):
    """5: "cannot be discovered"."""
    peer.end()
    with in_time():
        failed(home.warden.put("/challenges", {"server": peer.address}), 5)


def test_a_server_does_not_challenge_itself(home):
    """3.2: another server is another one."""
    with in_time():
        failed_with(home.warden.put("/challenges", {"server": address_of(home)}), 5, 100, 102)


# The token in use


def test_the_token_goes_along(home, robin, peer):
    """3.2 step 6: "A sends `Authorization: <token>` + UA on every call"."""
    prove(home, peer)
    (token,) = peer.granted
    good(robin.get(f"/users/{peer.user['id']}@{peer.address}"))
    assert [call.token for call in peer.calls_of("GET", "/api/users/.*")] == [token]


def test_the_token_goes_to_nobody_else(home, robin, peer, new_peer):
    """3.2: a token is for one server."""
    other = new_peer()
    prove(home, peer)
    (token,) = peer.granted
    good(robin.get(f"/users/{other.user['id']}@{other.address}"))
    good(robin.post("/integrity", {"server": other.address}))
    assert not other.heard(token) and not other.heard(token.rstrip("="))


def test_a_token_is_not_shown(home, peer):
    """4.7: "token? (once)": that of another server is for nobody's eyes."""
    prove(home, peer)
    (token,) = peer.granted
    for path in ("/challenges", "/servers", f"/challenges/{peer.calls_of('PUT', TRY)[0].json['id']}"):
        assert token not in home.warden.get(path, params={"limit": 100}).text
    assert token not in home.log


def test_a_token_that_is_over_is_renewed(home, robin, peer):
    """3.2 step 6: "unknown/expired -> 103; A then redoes 1-5 once"."""
    prove(home, peer)
    (old,) = peer.granted
    peer.granted.clear()
    assert good(robin.post("/integrity", {"server": peer.address}))["server"] == peer.address
    assert len(peer.calls_of("PUT", TRY)) == 2 and old not in peer.granted
    assert [call.token == old for call in peer.calls_of("PUT", "/api/integrity")] == [True, False]


def test_a_server_that_never_believes_is_asked_twice(home, robin, peer):
    """3.2 step 6: "once": a server that says 103 for ever does not make this one go round."""
    peer.when("PUT", "/api/integrity", error(103))
    with in_time():
        failed_with(robin.post("/integrity", {"server": peer.address}), 8, 103)
    assert len(peer.calls_of("PUT", "/api/integrity")) <= 2 and len(peer.calls_of("PUT", TRY)) <= 2


def test_a_token_is_used_until_shortly_before_its_end(home, robin, peer):
    """docs/federation.md: a token is renewed "when a day is left", a short one when a tenth of its time is: not at each use."""
    peer.lifetime = 23 * 3_600_000
    for _ in range(3):
        good(robin.post("/integrity", {"server": peer.address}))
    assert len(peer.calls_of("PUT", TRY)) == 1


def test_a_token_is_renewed_when_it_is_over(home, robin, peer):
    """3.2 step 6: the next use makes a new one."""
    peer.lifetime = 4_000
    prove(home, peer)
    peer.lifetime = 30 * DAY
    time.sleep(4)
    good(robin.post("/integrity", {"server": peer.address}))
    assert len(peer.calls_of("PUT", TRY)) == 2


def test_a_refusal_is_no_end(home, robin, peer):
    """3.2: a challenge that failed is no hindrance for the next."""
    peer.when("PUT", TRY, once(error(102)))
    failed_with(robin.post("/integrity", {"server": peer.address}), 8, 102)
    assert good(robin.post("/integrity", {"server": peer.address}))["server"] == peer.address


def test_many_at_once_need_few_challenges(home, peer):
    """DESIGN 5: people who need the same token at once do not each begin a challenge of their own without end."""
    people = [join(home) for _ in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool, in_time():
        answers = list(pool.map(lambda person: person.post("/integrity", {"server": peer.address}), people))
    assert {good(answer)["user"] for answer in answers} == {person.id for person in people}
    assert len(peer.calls_of("PUT", TRY)) <= 8


def test_an_administrator_gives_a_token_up(home, robin, peer):
    """2.6: "DELETE: revokes the token": it is not used any more, and a new one is made when one is needed."""
    challenge = prove(home, peer)
    (old,) = peer.granted
    is_id(challenge["id"], "c")
    failed_with(robin.delete(f"/challenges/{challenge['id']}"), 4, 101)
    assert good(home.warden.delete(f"/challenges/{challenge['id']}")) == "DELETED"
    before = len(peer.calls)
    good(robin.post("/integrity", {"server": peer.address}))
    assert all(call.token != old for call in peer.calls[before:] if call.path == "/api/integrity")


def test_a_token_outlives_a_restart(engine, new_server, peer):
    """DESIGN 1.2: "An acknowledged write is on disk"."""
    server = new_server(engine, AMONG_US | {"reileta.address": "nest.example"})
    server.warden = administrator(server)
    peer.when("PUT", TRY, lambda call: data(peer.grant(call.json["server"], call.json["id"]))(call))
    prove(server, peer)
    server.restart()
    good(server.warden.get(f"/users/{peer.user['id']}@{peer.address}"))
    (token,) = peer.granted
    assert peer.calls_of("GET", "/api/users/.*")[0].token == token
