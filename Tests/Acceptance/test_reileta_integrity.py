"""Tokens of integrity that this server gives to people of others (contracts/reileta.md 2.7, 3.4), and their end."""

import pytest

from support.faults import SteppedClock
from support.limits import until_limited
from support.peer_answers import broken, data
from support.peer_server import new_token
from support.peers import AMONG_US, Visitor, in_time, new_host
from support.reileta import NOBODY, Reileta, address_of, failed, failed_with, good, is_error, new_id
from support.reileta_shapes import is_token, now


@pytest.fixture
def owl(peer):
    """Somebody of the other server."""
    return peer.user


@pytest.fixture
def visitor(home, peer, owl):
    """The same with a token for this server."""
    return Visitor(home, owl, peer.visit(home))


def reference(peer, user):
    return f"{user['id']}@{peer.address}"


# Getting a token


def test_a_home_gets_a_token_for_its_own(home, peer, owl):
    """2.7: "`data` = `{id, user: "u_...@<home address>", token, expires_at ms}`"; default 300 000 ms; 3.4 step 3: "do it with server rights"."""
    peer.prove(home)
    given = good(peer.introduce(home))
    assert set(given) == {"id", "user", "token", "expires_at"} and isinstance(given["id"], str)
    is_token(given["token"])
    assert given["user"] == reference(peer, owl) and abs(given["expires_at"] - now() - 300_000) < 60_000
    (asked,) = peer.calls_of("GET", "/api/users/.*")
    assert asked.path == f"/api/users/{owl['id']}" and f"(Server; {address_of(home)})" in asked.headers["user-agent"]


def test_each_token_is_new(home, peer):
    """"stored hashed, so asking again gives a new token; older ones of the same person stay good"."""
    first, second = peer.visit(home), peer.visit(home)
    assert first != second
    for token in (first, second):
        assert good(Reileta(home, token).get("/users/@me"))["id"] == peer.user["id"]


def test_a_person_has_eight_tokens(home, peer):
    """"at most 8 live ones": the ninth takes the place of the oldest."""
    tokens = [peer.visit(home) for _ in range(9)]
    answers = [Reileta(home, token).get("/users/@me") for token in tokens]
    failed(answers[0], 3)
    assert [good(answer)["id"] for answer in answers[1:]] == [peer.user["id"]] * 8


def test_a_stranger_gets_none(home, peer, new_peer):
    """2.7: "require a valid challenge token whose server = the user's server, else 103/4"; 8: "PUT /api/integrity open to anybody"."""
    other = new_peer()
    peer.prove(home)
    other.prove(home)
    for token in (None, "", new_token()):
        failed(peer.introduce(home, token=token), 103)
    failed(Reileta(home).put("/integrity", {"user": reference(peer, peer.user)}), 103)
    failed(home.warden.put("/integrity", {"user": reference(peer, peer.user)}), 103)
    failed(other.introduce(home, reference(peer, peer.user)), 4)
    failed_with(peer.introduce(home, home.warden.reference), 4, 34)
    failed_with(peer.introduce(home, f"{peer.user['id']}@127.0.0.1"), 4, 5, 34)
    assert not peer.calls_of("GET", "/api/users/.*")


@pytest.mark.parametrize("form", ["{id}@{host}:{port}.", "{id}@{host}.:{port}", "{id}@{host}:0{port}", "{id}@{host}:{port}@evil.example", "{id}@evil@{host}:{port}",
                                  "{id}@http://{host}:{port}", "{id} @{host}:{port}", "{id}@{host}:{port}/x", "{id}@{host}:{port}\x00"])  # fmt: skip
def test_a_look_alike_is_nobody(home, peer, form):
    """8: "privilege mix-up": a reference that only looks like one is refused, or is exactly the person."""
    peer.prove(home)
    answer = peer.introduce(home, form.format(id=peer.user["id"], host="127.0.0.1", port=peer.port))
    if answer.status_code == 200:
        assert good(answer)["user"] == reference(peer, peer.user)
    else:
        failed_with(answer, 4, 5, 34)


@pytest.mark.parametrize("user", [..., "", 7, None, [], {}, "owl", "@127.0.0.1", "u_7@{}", NOBODY + "@{}", "w_" + NOBODY + "@{}", "u_" + NOBODY, "x" * 5000, "u_../@me@{}"])
def test_a_person_is_named_well(home, peer, user):
    """2.7: 34; a bare id is that of nobody elsewhere."""
    peer.prove(home)
    body = {} if user is ... else {"user": user.format(peer.address) if isinstance(user, str) else user}
    failed_with(peer.call(home, "PUT", "/integrity", body), 34, *([4] if user == "u_" + NOBODY else []))
    assert not peer.calls_of("GET", "/api/users/.*")


def test_a_person_must_be_there(home, peer):
    """2.7: 17."""
    peer.prove(home)
    failed(peer.introduce(home, f"{new_id('u')}@{peer.address}"), 17)


@broken
def test_a_home_must_say_who_it_is(home, peer, behaviour, codes):
    """3.4 step 3: who cannot be looked up gets no token, and in time."""
    peer.prove(home)
    peer.when("GET", "/api/users/.*", behaviour)
    with in_time():
        failed_with(peer.introduce(home), 17, *codes, 8)


@pytest.mark.parametrize("wrong", [
    {"id": "u_" + NOBODY}, {"id": None}, {"username": 7}, {"username": ""}, {"display": {}}, {"server": "evil.example"},
    {"username": "x" * 10_000}, {"display": "x" * 10_000},
], ids=str)  # fmt: skip
def test_a_home_must_say_it_well(home, peer, wrong):
    """4.2: "strings id, username, display, server"; another id is another person."""
    peer.prove(home)
    peer.when("GET", "/api/users/.*", data(peer.user | wrong))
    answer = peer.introduce(home)
    if "server" in wrong and answer.status_code == 200:
        assert good(answer)["user"] == reference(peer, peer.user)
    else:
        failed_with(answer, 8, 11, 17)


# The end of a token


def test_a_token_ends_on_a_socket(engine, new_server, peer, connect):
    """5.3: "integrity sockets are dropped to guest (`unauthenticated`, error 35) at expiry", and leave; 2.7: REILETA_INTEGRITY_EXPIRATION."""
    server = new_server(engine, AMONG_US | {"reileta.integrity_seconds": "8"})
    robin, _, instance = new_host(server)
    inside = connect(robin)
    inside.ask("instance-join", instance=instance["id"])
    peer.prove(server)
    given = good(peer.introduce(server))
    assert abs(given["expires_at"] - now() - 8000) < 8000
    socket = connect.open(server)
    socket.ask("authenticate", integrity=given["token"])
    socket.ask("instance-join", instance=instance["id"])
    frame = next(frame for frame in iter(socket.next_event, None) if frame["command"] == "unauthenticated")
    is_error(frame["error"], 35)
    assert inside.expect("instance-left")["type"] == 4
    socket.refused(3, "instance-join", instance=instance["id"])
    socket.refused(35, "authenticate", integrity=given["token"])
    failed(Reileta(server, given["token"]).get("/users/@me"), 3)


@pytest.mark.linux
def test_a_token_ends_by_the_clock(engine, new_server, peer, tmp_path):
    """2.7: "default 300 000 ms"."""
    clock = SteppedClock(tmp_path)
    server = new_server(engine, AMONG_US, environment=clock.environment)
    token = peer.visit(server)
    for seconds, is_good in ((200, True), (310, False)):
        clock.step(seconds)
        assert (Reileta(server, token).get("/users/@me").status_code == 200) is is_good


@pytest.mark.parametrize("what", ["restart", "kill"])
def test_a_token_outlives_a_restart(engine, new_server, peer, what):
    """DESIGN 1.2: "An acknowledged write is on disk"."""
    server = new_server(engine, AMONG_US | {"reileta.address": "nest.example"})
    token = peer.visit(server)
    if what == "restart":
        assert server.stop() == 0
        server.start()
    else:
        server.restart()
    assert good(Reileta(server, token).get("/users/@me"))["id"] == peer.user["id"]


def test_a_visitor_whose_home_is_gone_is_still_known(home, peer, visitor, connect):
    """DESIGN 1.2: the token is this server's own: its home need not be there."""
    instance = new_host(home)[2]
    peer.http.server_close()
    with in_time():
        _, entered = visitor.enter(connect, instance)
    assert entered["user"] == reference(peer, peer.user)


def test_administrators_see_what_was_given(home, peer, visitor, robin):
    """2.7: "admin `?all`: incoming ones as well"; nobody sees tokens."""
    answer = home.warden.get("/integrity", params={"all": ""})
    assert visitor.token not in answer.text
    assert reference(peer, peer.user) in str(good(answer))
    mine = robin.get("/integrity", params={"all": ""})
    assert (mine.status_code == 200 or failed_with(mine, 4)) and reference(peer, peer.user) not in mine.text
    failed(Reileta(home).get("/integrity"), 3)


# How many come


def test_one_server_fills_no_place_with_its_people(engine, new_server, peer):
    """docs/federation.md: "Of one server 60 people may come for the first time in a minute": each is an account that stays. Who was here before comes in."""
    server = new_server(engine, AMONG_US | {"limits.rate": "true"})
    peer.when("GET", "/api/users/.*", lambda call: data(peer.user | {"id": call.path.rpartition("/")[2]})(call))
    peer.prove(server)
    admitted, refusal = until_limited(lambda _: peer.introduce(server, f"{new_id('u')}@{peer.address}"), limit=60, seconds=60)
    assert {answer.status_code for answer in admitted} == {200}
    failed(refusal, 140)
    good(peer.introduce(server, good(admitted[0])["user"]))
