"""How servers prove to one another who they are (contracts/reileta.md 2.6, 3.2, 4.7): another server proves itself here."""

import pytest

from support.faults import SteppedClock
from support.peer_answers import broken, data, text
from support.peer_server import DAY, hash_of, new_token
from support.peers import AMONG_US, in_time
from support.reileta import NOBODY, Reileta, address_of, at, failed, failed_with, good, new_id
from support.reileta_shapes import is_challenge, is_list, now


def is_logged_in(peer, server, token=...):
    """Whether the server believes the peer: with a token that is good, what is wrong with this is the user (34), else the token (103)."""
    answer = peer.call(server, "PUT", "/integrity", {"user": 7}, token=token)
    return failed_with(answer, 34, 103) == 34


# Proving


def test_a_server_proves_itself(home, peer):
    """3.2 steps 2 to 4: "`data` Challenge with `token`, `expires_at`": 64 bytes, about 30 days."""
    begun = peer.begin(address_of(home))
    answer = peer.call(home, "PUT", "/challenges", {"server": peer.address, "id": begun["id"], "nonce_hash": hash_of(begun["nonce"])}, token=None)
    challenge = good(answer)
    is_challenge(challenge, peer.address, "in", token=True)
    assert challenge["id"] == begun["id"] and abs(challenge["expires_at"] - now() - 30 * DAY) < DAY
    dialled = peer.calls_of("GET", f"/api/challenges/{begun['id']}")
    assert len(dialled) == 1 and dialled[0].headers["user-agent"].startswith("AVR/") and "(Server; " + address_of(home) in dialled[0].headers["user-agent"]


def test_a_token_is_good_in_both_places(home, peer):
    """2.6: "sent as `Authorization` + `User-Agent: AVR(Server)` or `?authserver`"."""
    token = peer.prove(home)["token"]
    assert is_logged_in(peer, home)
    answer = peer.call(home, "PUT", "/integrity", {"user": 7}, token=None, params={"authserver": token})
    failed(answer, 34)
    for wrong in (None, "", new_token(), token[:-4] + "AAA=", token.lower(), token + "x"):
        assert not is_logged_in(peer, home, wrong)


def test_a_new_token_each_time(home, peer):
    """3.2 step 4: "B makes token": a second challenge is a second one; a server that lost its token comes in again."""
    first, second = peer.prove(home), peer.prove(home)
    assert first["token"] != second["token"] and first["id"] != second["id"]
    assert is_logged_in(peer, home)


def test_tokens_outlive_a_restart(engine, new_server, peer):
    """DESIGN 1.2: "An acknowledged write is on disk"."""
    server = new_server(engine, AMONG_US | {"reileta.address": "nest.example"})
    peer.prove(server)
    server.restart()
    assert is_logged_in(peer, server)


def test_tokens_are_kept_hashed(new_server, peer):
    """8: "tokens stored in clear (store a hash)"; nor are they in the log."""
    server = new_server(settings=AMONG_US | {"log.level": "debug"})
    token = peer.prove(server)["token"]
    visitor = peer.visit(server)
    assert is_logged_in(peer, server)
    kept = b"".join(path.read_bytes() for path in server.data.rglob("*") if path.is_file())
    assert peer.address.encode() in kept, "the server must be there, or this looks in the wrong place"
    for secret in (token, visitor):
        assert secret.encode() not in kept and secret not in server.log and secret[:24] not in server.log


@pytest.mark.parametrize("members", [
    {"server": ...}, {"server": ""}, {"server": 7}, {"server": "a b"}, {"server": "x" * 300}, {"id": ...}, {"id": ""}, {"id": 7}, {"id": NOBODY},
    {"id": "c_7"}, {"id": "s_" + NOBODY}, {"id": "c_../../users/robin"}, {"id": "c_" + NOBODY.upper().replace("0", "A")}, {"nonce_hash": ...},
    {"nonce_hash": ""}, {"nonce_hash": 7}, {"nonce_hash": "0" * 63}, {"nonce_hash": "z" * 64}, {"nonce_hash": ["0" * 64]}, {"server": ["x"]},
])  # fmt: skip
def test_a_challenge_has_its_form(home, peer, members):
    """2.6: 100, and nobody is dialled for it."""
    body = {"server": peer.address, "id": new_id("c"), "nonce_hash": "0" * 64} | members
    answer = peer.call(home, "PUT", "/challenges", {name: value for name, value in body.items() if value is not ...}, token=None)
    # A body without what a server says may be taken for that of an administrator, who has not logged in.
    failed_with(answer, 100, *([3] if ... in members.values() else []))
    assert not peer.calls


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"null", b'"x"'])
def test_a_challenge_is_an_object(home, peer, body):
    """1.1: "400 in the envelope with the route's *InvalidInput code"."""
    answer = peer.call(home, "PUT", "/challenges", token=None, content=body, headers={"Content-Type": "application/json"})
    failed_with(answer, 100, 3)


@pytest.mark.parametrize("wrong", [
    {"server": "elsewhere.example"}, {"server": ""}, {"state": "accepted"}, {"state": "refused"}, {"nonce": "another"}, {"nonce": ""}, {"nonce": 7}, {"nonce": None},
], ids=str)  # fmt: skip
def test_what_is_dialled_must_agree(home, peer, wrong):
    """3.2 step 3: "expects `data.server` == B's own address, `data.state` == pending, sha256(`data.nonce`) == `nonce_hash`. Otherwise 102"."""
    begun = peer.begin(address_of(home))
    peer.when("GET", "/api/challenges/.*", data(begun | wrong))
    failed(peer.call(home, "PUT", "/challenges", {"server": peer.address, "id": begun["id"], "nonce_hash": hash_of(begun["nonce"])}, token=None), 102)
    assert len(peer.calls_of("GET", "/api/challenges/.*")) == 1


@broken
def test_whoever_does_not_answer_proves_nothing(home, peer, behaviour, codes):
    """3.2 step 3: 102, and in time."""
    peer.when("GET", "/api/challenges/.*", behaviour)
    with in_time():
        failed(peer.ask_for_token(home), 102)
    assert not is_logged_in(peer, home, None)


def test_whoever_is_not_there_is_not_found(home, peer, new_peer):
    """2.6: 5; a server that is down, or one that is none."""
    gone = new_peer()
    gone.end()
    with in_time():
        failed(peer.ask_for_token(home, server=gone.address), 5)
    peer.when("GET", "/api/server", text(b"no"))
    with in_time():
        failed(peer.ask_for_token(home), 5)


# Nobody proves to be another


def test_a_server_cannot_prove_to_be_another(home, peer, new_peer):
    """3.2 step 3: who is dialled is who is named."""
    victim = new_peer()
    failed(peer.ask_for_token(home, server=victim.address), 102)
    assert not peer.calls_of("GET", "/api/challenges/.*") and victim.calls_of("GET", "/api/challenges/.*")


def test_a_server_at_another_port_is_another(home, peer, new_peer):
    """1.4: an address is a host and a port: a token of one is none of the other."""
    other = new_peer()
    peer.prove(home)
    user = f"{other.user['id']}@{other.address}"
    failed(peer.introduce(home, user), 4)
    failed_with(peer.introduce(home, f"{other.user['id']}@127.0.0.1"), 4, 5, 34)


def test_a_claimed_address_is_not_believed(home, peer, new_peer):
    """3.1, 8: who answers at one address and claims another gets no token for that."""
    victim = new_peer()
    peer.when("GET", "/api/server", data(peer.document() | {"address": victim.address, "id": victim.id}))
    failed_with(peer.ask_for_token(home), 5, 102)
    peer.when("GET", "/api/server", data(peer.document() | {"address": victim.address}))
    failed_with(peer.ask_for_token(home, server=victim.address), 102, 5)


def test_a_challenge_is_answered_once(home, peer):
    """3.2 step 5, 8: who has seen a challenge on its way gets nothing by sending it again, though it be still pending."""
    begun = peer.begin(address_of(home))
    body = {"server": peer.address, "id": begun["id"], "nonce_hash": hash_of(begun["nonce"])}
    first = good(peer.call(home, "PUT", "/challenges", body, token=None))
    failed_with(Reileta(home).put("/challenges", body), 100, 102)
    assert is_logged_in(peer, home, first["token"])


def test_a_relayed_challenge_proves_nothing(home, peer, new_peer):
    """3.2 step 3: a server that was asked by another cannot go on with it to a third: the challenge says for whom it is."""
    asker = new_peer()
    begun = asker.begin(peer.address)
    failed(peer.call(home, "PUT", "/challenges", {"server": asker.address, "id": begun["id"], "nonce_hash": hash_of(begun["nonce"])}, token=None), 102)


@pytest.mark.parametrize("form", ["LOCALHOST:{}", "localhost.:{}", "Localhost:{}", "localhost:0{}"])
def test_a_name_in_another_spelling_is_no_other_server(home, new_peer, form):
    """3.1: "Normalise the address": whoever proves to be `LOCALHOST` is `localhost`, or nobody."""
    peer = new_peer(name="localhost")
    answer = peer.ask_for_token(home, server=form.format(peer.port))
    if answer.status_code == 200:
        assert good(answer)["server"] == peer.address
    else:
        failed_with(answer, 5, 100, 102)


# Lists, looking and ending


def test_challenges_are_listed(home, peer, new_peer, robin):
    """2.6: "admin: all; server (authserver): its own; list of Challenge without `token`"; 3, 4 for others."""
    other = new_peer()
    mine, theirs = peer.prove(home), other.prove(home)
    data = good(peer.call(home, "GET", "/challenges"))
    is_list(data, "challenges")
    assert [item["id"] for item in data["items"]] == [mine["id"]]
    for item in data["items"]:
        is_challenge(item, peer.address, "in")
    every = good(home.warden.get("/challenges", params={"limit": 100}))
    is_list(every, "challenges")
    assert {mine["id"], theirs["id"]} <= {item["id"] for item in every["items"]} or every["total"] > 100
    assert mine["token"] not in home.warden.get("/challenges").text
    failed(robin.get("/challenges"), 4)
    failed_with(Reileta(home).get("/challenges"), 3)
    # A server without a token is a stranger.
    failed_with(peer.call(home, "GET", "/challenges", token=None), 3, 103)


@pytest.mark.parametrize("path", ["/challenges/{}", "/chalnges/{}"])
def test_a_challenge_is_looked_at(home, peer, new_peer, robin, path):
    """2.6: "otherwise admin or the concerned server; 101"; "`/api/chalnges/:id` - answer that alias too"."""
    other = new_peer()
    other.prove(home)
    mine = peer.prove(home)
    path = path.format(mine["id"])
    for caller in (lambda: peer.call(home, "GET", path), lambda: home.warden.get(path)):
        is_challenge(good(caller()), peer.address, "in")
    failed_with(other.call(home, "GET", path), 4, 101)
    failed_with(robin.get(path), 4, 101)
    failed_with(Reileta(home).get(path), 3, 101)
    failed_with(home.warden.get(f"/challenges/{new_id('c')}"), 101)
    failed_with(home.warden.get("/challenges/owls"), 100, 101)


@pytest.mark.parametrize("by", ["server", "administrator"])
def test_a_token_is_taken_back(home, peer, new_peer, robin, by):
    """2.6: "DELETE: admin or the concerned server; revokes the token; `"DELETED"`"; nobody else can."""
    other = new_peer()
    other.prove(home)
    mine = peer.prove(home)
    path = f"/challenges/{mine['id']}"
    failed_with(other.call(home, "DELETE", path), 4, 101)
    failed_with(robin.delete(path), 4, 101)
    failed_with(Reileta(home).delete(path), 3, 101)
    assert is_logged_in(peer, home)
    assert good(peer.call(home, "DELETE", path) if by == "server" else home.warden.delete(path)) == "DELETED"
    assert not is_logged_in(peer, home)
    again = home.warden.delete(path)
    assert again.status_code == 200 or failed_with(again, 101)
    peer.prove(home)
    assert is_logged_in(peer, home)
    left = [item for item in good(peer.call(home, "GET", "/challenges"))["items"] if item["id"] == mine["id"]]
    assert all(item["state"] == "revoked" for item in left)


@pytest.mark.linux
def test_a_token_ends(engine, new_server, peer, tmp_path):
    """3.2 step 4: "lifetime e.g. 30 days"; step 6: "unknown/expired -> 103"."""
    clock = SteppedClock(tmp_path)
    server = new_server(engine, AMONG_US, environment=clock.environment)
    challenge = peer.prove(server)
    for days, code in ((29, 34), (31, 103)):
        clock.step(days * 86_400)
        answer = at(server, "PUT", "/api/integrity", json={"user": 7}, headers={"User-Agent": peer.agent, "Authorization": challenge["token"]})
        assert answer.json()["error"]["code"] == code


# Which servers


@pytest.mark.parametrize("settings,is_let_in", [
    ({"reileta.peers.mode": "closed"}, False), ({"reileta.peers.mode": "closed", "reileta.peers.allow": '["{}"]'}, True),
    ({"reileta.peers.mode": "closed", "reileta.peers.allow": '["127.0.0.1:1"]'}, False), ({"reileta.peers.deny": '["{}"]'}, False),
    ({"reileta.peers.deny": '["{}"]', "reileta.peers.allow": '["{}"]'}, False), ({"reileta.peers.deny": '["127.0.0.1:1"]'}, True),
    ({"reileta.peers.mode": "open"}, True),
], ids=str)  # fmt: skip
def test_the_operator_says_which_servers_come_in(new_server, peer, settings, is_let_in):
    """3.2: ""Moderate the authorized servers" = allow/deny list on B: denied -> 104"."""
    server = new_server(settings=AMONG_US | {name: value.format(peer.address) for name, value in settings.items()})
    answer = peer.ask_for_token(server)
    if is_let_in:
        is_challenge(good(answer), peer.address, "in", token=True)
    else:
        failed(answer, 104)
        assert not peer.calls_of("GET", "/api/challenges/.*")


def test_a_name_that_is_denied_is_denied_in_every_spelling(new_server, new_peer):
    """3.1: "Normalise the address": a denied server does not come in as `LOCALHOST`, nor by its number."""
    peer = new_peer(name="localhost")
    server = new_server(settings=AMONG_US | {"reileta.peers.deny": f'["LocalHost:{peer.port}"]'})
    for name in (peer.address, f"LOCALHOST:{peer.port}", f"localhost.:{peer.port}", f"127.0.0.1:{peer.port}"):
        failed_with(peer.ask_for_token(server, server=name), 104, 5, 100)
    assert not peer.calls_of("GET", "/api/challenges/.*")


def test_the_peers_are_listed(home, peer, new_peer, robin):
    """`GET /api/servers`: for administrators; `authorized`: it holds a token here."""
    peer.prove(home)
    known = new_peer()
    good(robin.get(f"/server@{known.address}"))
    listed = good(home.warden.get("/servers", params={"limit": 100}))
    is_list(listed, "servers")
    mine = [item for item in listed["items"] if item["address"] == peer.address]
    assert len(mine) == 1 and (mine[0]["authorized"], mine[0]["authenticated"]) == (True, False) and "rule" not in mine[0]
    failed(robin.get("/servers"), 4)
    failed(Reileta(home).get("/servers"), 3)
    failed_with(peer.call(home, "GET", "/servers"), 3, 4)


def test_a_request_with_a_bad_token_is_that_of_a_stranger(home, peer):
    """"103 only where a server is needed ...; elsewhere it counts as a stranger"."""
    for path in ("/server", "/users", f"/users/{home.warden.username}", "/worlds", "/instances"):
        good(peer.call(home, "GET", path, token=new_token()))
    failed(peer.call(home, "GET", "/users/@me", token=new_token()), 3)
    failed(peer.introduce(home, token=new_token()), 103)


def test_a_dead_token_is_told_to_be_dead(engine, new_server, peer):
    """3.2 step 6: "unknown/expired -> 103 ...; denied -> 104", also where challenges are listed, looked at and revoked."""
    server = new_server(engine, AMONG_US | {"reileta.peers.mode": "open"})
    challenge = peer.prove(server)
    for method, path in (("GET", "/challenges"), ("GET", f"/challenges/{challenge['id']}"), ("DELETE", f"/challenges/{challenge['id']}")):
        failed(peer.call(server, method, path, token=new_token()), 103)
    good(peer.call(server, "GET", "/challenges"))
    good(peer.call(server, "DELETE", f"/challenges/{challenge['id']}"))
    failed(peer.call(server, "GET", "/challenges"), 103)
