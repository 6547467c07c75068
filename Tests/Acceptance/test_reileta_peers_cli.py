"""`roost peers`: which servers come in, said on the command line, also while the server runs (contracts/reileta.md 3.2; contracts/configuration.md)."""

import pytest

from support.cosmos_webhooks import wait_until
from support.peer_server import new_token
from support.peers import AMONG_US, Network
from support.program import work_on
from support.reileta import Reileta, address_of, administrator, failed, failed_with, good, is_error, join
from support.reileta_shapes import is_list


pytestmark = pytest.mark.linux


def peers(server, *words, code=0):
    """What the command prints; on failure there is nothing but a reason."""
    result = work_on(server, "peers", *words)
    assert result.returncode == code, f"{result.returncode} {result.stdout} {result.stderr}"
    assert code == 0 or (result.stdout == "" and result.stderr.strip())
    return result.stdout


def known(server, peer):
    """What `GET /api/servers` says of the peer."""
    listed = good(server.warden.get("/servers", params={"limit": 100}))
    is_list(listed, "servers")
    return next((item for item in listed["items"] if item["address"] == peer.address), None)


@pytest.fixture
def own(engine, roost_binary, tmp_path):
    """A server whose address the command knows too: it is in the configuration."""
    network = Network(tmp_path, engine)
    yield network.add()
    network.end()


def test_a_server_is_denied(own, peer):
    """3.2: "denied -> 104": a new challenge, and the token that it has."""
    peer.prove(own)
    peers(own, "deny", peer.address)
    wait_until(lambda: peer.ask_for_token(own).status_code != 200)
    failed(peer.ask_for_token(own), 104)
    failed_with(peer.introduce(own), 103, 104)
    assert known(own, peer)["rule"] == "deny"
    (line,) = [line for line in peers(own, "list").splitlines() if peer.address in line]
    assert "den" in line


def test_a_server_is_allowed(engine, new_server, peer, new_peer):
    """`reileta.peers.mode` closed: "not allowed -> 104"; the rules of the command line add to the configuration."""
    server = new_server(engine, AMONG_US | {"reileta.peers.mode": "closed"})
    server.warden = administrator(server)
    failed(peer.ask_for_token(server), 104)
    peers(server, "allow", peer.address)
    wait_until(lambda: peer.ask_for_token(server).status_code == 200)
    assert known(server, peer)["rule"] == "allow"
    failed(new_peer().ask_for_token(server), 104)
    server.restart()
    assert peer.address in peers(server, "list")


def test_what_was_said_may_be_unsaid(own, peer):
    """allow and deny are one rule: the last one counts; forget removes it."""
    peers(own, "deny", peer.address)
    peers(own, "allow", peer.address)
    wait_until(lambda: peer.ask_for_token(own).status_code == 200)
    peers(own, "deny", peer.address)
    wait_until(lambda: peer.ask_for_token(own).status_code == 403)
    peers(own, "forget", peer.address)
    wait_until(lambda: peer.ask_for_token(own).status_code == 200)
    assert "rule" not in (known(own, peer) or {})


def test_a_server_is_forgotten(own, peer):
    """"forget removes the rule and ends all tokens in both directions"."""
    robin = join(own, "robin")
    peer.prove(own)
    visitor = Reileta(own, peer.visit(own))
    good(robin.post("/integrity", {"server": peer.address}))
    old = list(peer.granted)
    assert (known(own, peer)["authorized"], known(own, peer)["authenticated"]) == (True, True)
    peers(own, "forget", peer.address)
    wait_until(lambda: peer.introduce(own).status_code == 401)
    failed(peer.introduce(own), 103)
    wait_until(lambda: visitor.get("/users/@me").status_code == 403)
    failed(visitor.get("/users/@me"), 3)
    before = len(peer.calls)
    good(robin.post("/integrity", {"server": peer.address}))
    assert not {call.token for call in peer.calls[before:]} & set(old)
    assert known(own, peer)["authorized"] is False


@pytest.mark.parametrize(("word", "whom"), [("deny", "{}:{}"), ("forget", "{}:{}"), ("deny", "{}")])
def test_who_is_inside_has_to_leave(own, peer, connect, word, whom):
    """5.4: `unauthenticated` when the login is over: people of a server that is denied or forgotten do not stay on their sockets."""
    token = peer.visit(own)
    socket = connect.open(own)
    socket.ask("authenticate", integrity=token)
    peers(own, word, whom.format(*peer.address.split(":")))
    socket.expect("unauthenticated", timeout=30)
    error = socket.request("authenticate", {"integrity": token})["error"]
    is_error(error, error["code"])
    assert error["code"] in (35, 104)


def test_a_person_is_shut_out(own, peer, connect):
    """1.3 `avr:disabled`, for somebody of another server: the sockets end, no token is given, the server may not speak for that person; others stay."""
    token = peer.visit(own)
    name = f"{peer.user['id']}@{peer.address}"
    socket = connect.open(own)
    socket.ask("authenticate", integrity=token)
    peers(own, "deny", name)
    socket.expect("unauthenticated", timeout=30)
    failed(Reileta(own, token).get("/users/@me"), 3)
    failed(peer.introduce(own), 4)
    failed(peer.call(own, "GET", "/worlds", acting=name), 4)
    good(peer.call(own, "GET", "/worlds"))
    assert f"{name}  denied" in peers(own, "list").splitlines()
    own.restart()
    failed(peer.introduce(own), 4)
    peers(own, "allow", name)
    assert name not in peers(own, "list")
    assert good(Reileta(own, good(peer.introduce(own))["token"]).get("/users/@me"))["username"] == peer.user["username"]


def test_a_person_is_shut_out_before_it_comes(own, peer):
    """The operator knows a name from another server before its bearer comes; written in any case, it is one server."""
    name = f"{peer.user['id']}@{peer.address}"
    peers(own, "deny", name.replace("127.0.0.1", "http://127.0.0.1"))
    peer.prove(own)
    failed(peer.introduce(own), 4)
    assert f"{name}  denied" in peers(own, "list").splitlines()


def test_a_rule_for_nobody_is_said_to_be_one(own, peer):
    """A rule counts for what a server calls itself: one for another name does nothing yet, and the command says so."""
    peer.prove(own)
    assert "No server has called itself" not in peers(own, "deny", peer.address)
    assert "No server has called itself" not in peers(own, "allow", peer.address.partition(":")[0])
    name = peer.user["id"]
    assert "No server has called itself" not in peers(own, "deny", f"{name}@{peer.address}")
    for alias in ("alias.example.org", f"{name}@alias.example.org"):
        assert "No server has called itself alias.example.org here yet" in peers(own, "deny", alias)


def test_a_challenge_is_begun(own, peer):
    """"`challenge ADDRESS`", while the server runs: it answers the dial-back."""
    said = peers(own, "challenge", peer.address)
    assert peer.address in said and not any(token in said for token in peer.granted)
    assert known(own, peer)["authenticated"] is True and list(peer.granted.values()) == [address_of(own)]
    robin = join(own, "robin")
    (token,) = peer.granted
    good(robin.get(f"/users/{peer.user['id']}@{peer.address}"))
    assert peer.calls_of("GET", "/api/users/.*")[0].token == token


def test_a_challenge_may_fail(own, peer):
    """A server that is not there is said not to be."""
    peer.end()
    peers(own, "challenge", peer.address, code=70)


def test_the_list_has_no_secrets(own, peer):
    """DESIGN 10: "No secret in a log"; the list names servers, their rules, and who holds a token."""
    assert peer.address not in peers(own, "list")
    token = peer.prove(own)["token"]
    good(own.warden.put("/challenges", {"server": peer.address}))
    listed = peers(own, "list")
    assert peer.address in listed
    for secret in (token, *peer.granted, new_token()):
        assert secret not in listed and secret[:20] not in listed


def test_rules_may_be_made_before_the_first_start(engine, new_server, peer):
    """"also while the server runs": there need be no server."""
    server = new_server(engine, AMONG_US, start=False)
    peers(server, "deny", peer.address)
    server.start()
    failed(peer.ask_for_token(server), 104)
    assert server.stop() == 0
    peers(server, "forget", peer.address)
    server.start()
    good(peer.ask_for_token(server))


@pytest.mark.parametrize("form", ["LOCALHOST:{}", "http://localhost:{}", "localhost.:{}", "http://localhost:{}/"])
def test_an_address_may_be_written_in_several_ways(own, new_peer, form):
    """3.1: "Normalise the address": the rule is for the server, or is refused."""
    peer = new_peer(name="localhost")
    result = work_on(own, "peers", "deny", form.format(peer.port))
    if result.returncode == 0:
        assert peer.address in peers(own, "list")
        wait_until(lambda: peer.ask_for_token(own).status_code == 403)
        failed(peer.ask_for_token(own), 104)
    else:
        assert result.returncode == 64 and result.stderr.strip()


@pytest.mark.parametrize("words", [
    (), ("sing",), ("allow",), ("deny",), ("forget",), ("challenge",), ("allow", ""), ("allow", "a b"), ("allow", "a", "b"), ("list", "x"), ("deny", "user@host"), ("deny", "u_1@host"), ("allow", "u_00000000-0000-4000-8000-000000000001@"),
    ("deny", "u_00000000-0000-4000-8000-000000000001@a b"),
    ("deny", "host:99999"), ("allow", "x" * 300),
])  # fmt: skip
def test_bad_words_change_nothing(own, words):
    """contracts/configuration.md: "64 bad usage"."""
    before = peers(own, "list")
    peers(own, *words, code=64)
    assert peers(own, "list") == before


@pytest.mark.parametrize("settings", [
    {"reileta.peers.mode": "ajar"}, {"reileta.peers.allow": '["a b"]'}, {"reileta.peers.deny": '["user@host"]'}, {"reileta.allow_insecure_peers": "perhaps"},
    {"reileta.integrity_seconds": "0"}, {"reileta.integrity_seconds": "-5"}, {"reileta.integrity_seconds": "soon"}, {"reileta.external_tags": '["a,b"]'},
], ids=str)  # fmt: skip
def test_a_bad_configuration_stops_the_start(new_server, settings):
    """contracts/configuration.md: "An unknown key or a bad value stops the start with file, line and the nearest known key"; 78."""
    server = new_server(settings=settings, start=False)
    with pytest.raises(AssertionError, match="ended with 78"):
        server.start()
    assert next(iter(settings)) in server.log
