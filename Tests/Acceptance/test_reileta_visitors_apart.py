"""People of other servers are no accounts of this one, in no API (contracts/reileta.md 2.7, 8: "caches external users as internal ... privilege mix-up")."""

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect as dial

from support.cosmos_webhooks import wait_until
from support.api import PASSWORD, Api
from support.peers import AMONG_US, Visitor, new_host
from support.reileta import Reileta, address_of, failed, failed_with, good, is_error, join, prehash


@pytest.fixture
def visitor(home, peer):
    """Somebody of the other server, who has been in an instance here."""
    return Visitor(home, peer.user, peer.visit(home))


def test_a_visitor_is_in_no_list(home, peer, visitor, connect):
    """2.3: the local list and the local names are those of the own people."""
    visitor.enter(connect, new_host(home)[2])
    for query in ({"query": peer.user["username"]}, {"id": peer.user["id"]}, {"query": peer.user["display"]}, {"query": "@" + peer.address}):
        assert good(Reileta(home).get("/users", params=query))["items"] == [], query
    for name in (peer.user["username"], peer.user["id"], f"{peer.user['username']}@{address_of(home)}", f"{peer.user['id']}@{address_of(home)}"):
        failed_with(home.warden.get(f"/users/{name}"), 14, 17)


def test_a_name_of_a_visitor_is_free(home, peer, visitor):
    """2.2: names are those of the own people: whoever registers it is somebody else, and stays it."""
    body = {"username": peer.user["username"], "password": prehash(PASSWORD)}
    mine = good(Reileta(home).post("/auth/register", body))["user"]
    assert mine["id"] != peer.user["id"] and mine["server"] == address_of(home) and mine["external"] is False
    assert good(visitor.get("/users/@me"))["external"] is True
    again = Visitor(home, peer.user, peer.visit(home))
    assert good(again.get("/users/@me"))["id"] == peer.user["id"]
    assert good(Reileta(home).get(f"/users/{peer.user['username']}"))["id"] == mine["id"]


def test_a_name_of_here_may_come_from_elsewhere(home, peer, robin):
    """The other way round: a visitor with the name of an account here is not that account."""
    double = peer.make_user(username=robin.username, display=robin.username)
    visitor = Visitor(home, double, peer.visit(home, double))
    me = good(visitor.get("/users/@me"))
    assert (me["username"], me["server"], me["external"], me["id"]) == (robin.username, peer.address, True, double["id"])
    assert robin.me()["external"] is False and robin.me()["id"] == robin.id
    assert good(Reileta(home).get(f"/users/{robin.username}"))["id"] == robin.id


def test_two_servers_may_have_the_same_name_and_id(home, peer, new_peer, connect):
    """1.4: a person is the id and the server."""
    other = new_peer()
    twin = other.make_user(id=peer.user["id"], username=peer.user["username"])
    first, second = Visitor(home, peer.user, peer.visit(home)), Visitor(home, twin, other.visit(home, twin))
    assert [good(one.get("/users/@me"))["server"] for one in (first, second)] == [peer.address, other.address]
    instance = new_host(home)[2]
    socket, _ = first.enter(connect, instance)
    second.enter(connect, instance)
    assert socket.expect("instance-joined")["user"] == f"{twin['id']}@{other.address}"
    assert len(good(Reileta(home).get(f"/instances/{instance['id']}"))["users"]) == 2


def test_a_visitor_has_no_password(home, peer, visitor):
    """2.2: nobody logs in as one."""
    for password in ("", PASSWORD, peer.user["id"], visitor.token):
        failed_with(Reileta(home).post("/auth/login", {"username": peer.user["username"], "password": password}), 17, 22, 23)
        assert Api(home).post("/auth/login", {"username": peer.user["username"], "password": password}).status_code in (400, 401)


def test_a_token_is_worth_nothing_in_other_apis(home, visitor):
    """DESIGN 7: sessions have a kind: that of a visitor is for this API."""
    bearer = {"Authorization": f"Bearer {visitor.token}"}
    for path in ("/api/rest/users/@me", "/api/rest/servers", "/galaxy/1", "/user/me"):
        assert home.http.get(path, headers=bearer).status_code in (401, 403, 404), path
    assert home.http.get("/api/user", headers={"Cookie": f"session={visitor.token}"}).status_code in (401, 403, 404)
    with dial(home.socket_url, additional_headers=bearer, user_agent_header="Mozilla/5.0", proxy=None) as socket, pytest.raises(ConnectionClosed):
        for _ in range(3):
            socket.recv(timeout=15)


def test_logging_out_ends_nobody_elses_session(home, peer, visitor, robin):
    """2.2: logout is for a session; a visitor has none, or ends the own token."""
    answer = visitor.get("/auth/logout")
    if answer.status_code != 200:
        failed_with(answer, 3, 4, 20)
    assert robin.me()["id"] == robin.id
    failed_with(visitor.delete("/auth/logout"), 3, 4, 20)
    assert home.warden.me()["id"] == home.warden.id


def test_closed_registration_keeps_no_visitor_out(new_server, peer):
    """contracts/configuration.md: `registration.mode` is for accounts; which servers come in is `reileta.peers`."""
    server = new_server(settings=AMONG_US | {"registration.mode": "closed"})
    assert good(Reileta(server, peer.visit(server)).get("/users/@me"))["id"] == peer.user["id"]


@pytest.mark.parametrize("name", ["ä", "名前", "two words", "x" * 200, "a@b", "<b>", "admin", "root", "server", "@me", "a\nb"])
def test_names_of_elsewhere_follow_other_rules(home, peer, connect, name):
    """4.2: a name of another server is a text: it is told as it is, or nobody comes in with it; it breaks nothing."""
    odd = peer.make_user(username=name, display=name, displayname=name)
    peer.prove(home)
    answer = peer.introduce(home, f"{odd['id']}@{peer.address}")
    if answer.status_code != 200:
        failed_with(answer, 8, 11, 14, 17)
        return
    visitor = Visitor(home, odd, good(answer)["token"])
    me = good(visitor.get("/users/@me"))
    assert me["id"] == odd["id"] and "\n" not in me["display"] and len(me["display"]) <= 200
    _, entered = visitor.enter(connect, new_host(home)[2])
    assert entered["user"] == f"{odd['id']}@{peer.address}" and entered["role"] == "normal"


# Limits that hold for them too


def test_a_visitor_has_so_many_sockets(engine, new_server, peer, connect):
    """docs/api/reileta-socket.md: "sockets of one account | 32 (`reileta.sockets_per_user`) | 140": by the person, not by the token."""
    server = new_server(engine, AMONG_US | {"reileta.sockets_per_user": "2"})
    for _ in range(2):
        Visitor(server, peer.user, peer.visit(server)).socket(connect)
    connect.open(server).refused(140, "authenticate", integrity=peer.visit(server))


def test_the_last_socket_may_be_kept(engine, new_server, peer, connect):
    """5.3: a new token on the same socket is no further socket, neither for a visitor nor for somebody of this server."""
    server = new_server(engine, AMONG_US | {"reileta.sockets_per_user": "1"})
    visitor = Visitor(server, peer.user, peer.visit(server))
    instance = new_host(server)[2]
    socket, entered = visitor.enter(connect, instance)
    for _ in range(3):
        socket.ask("authenticate", integrity=peer.visit(server))
    assert socket.ask("instance-join", instance=instance["id"])["player"] == entered["player"]
    connect.open(server).refused(140, "authenticate", integrity=peer.visit(server))
    robin = join(server, "robin")
    own = connect(robin)
    for _ in range(3):
        own.ask("authenticate", token=robin.token)
    connect.open(server).refused(140, "authenticate", token=robin.token)
    socket.abort()
    own.abort()
    for credential in ({"token": robin.token}, {"integrity": peer.visit(server)}):
        wait_until(lambda: connect.open(server).request("authenticate", credential)["data"]["success"], within=40)


def test_a_password_lets_a_visitor_in(home, visitor, connect):
    """5.3: `password` where the instance has one; 49 without."""
    robin, world, _ = new_host(home)
    instance = robin.make_instance(world, tags=["avr:public"], password="sesame open")
    socket = visitor.socket(connect)
    socket.refused(49, "instance-join", instance=instance["id"])
    socket.refused(49, "instance-join", instance=instance["id"], password="wrong one")
    assert socket.ask("instance-join", instance=instance["id"], password="sesame open")["role"] == "normal"


def test_a_whitelist_names_visitors_by_their_server(home, peer, new_peer, connect):
    """2.8: `whitelist`: a person of another server is `u_...@server`; one with the same id from elsewhere is not on it."""
    other = new_peer()
    twin = other.make_user(id=peer.user["id"])
    robin, world, _ = new_host(home)
    answer = robin.put("/instances", {"world": world["id"], "tags": ["avr:public"], "whitelist": [f"{peer.user['id']}@{peer.address}"]})
    instance = good(answer)
    Visitor(home, peer.user, peer.visit(home)).enter(connect, instance)
    Visitor(home, twin, other.visit(home, twin)).socket(connect).refused(49, "instance-join", instance=instance["id"])
    connect(join(home)).refused(49, "instance-join", instance=instance["id"])


def test_a_server_is_nobody_on_a_socket(home, peer, connect):
    """5.1: `?authserver` names a server: a socket with it is no person."""
    token = peer.prove(home)["token"]
    socket = connect.open(home, query={"authserver": token})
    answer = socket.request("instance-join", {"instance": new_host(home)[2]["id"]})
    is_error(answer["error"], 3)
    for data in ({"token": token}, {"integrity": token}):
        assert socket.request("authenticate", data)["data"] == {"success": False}


def test_challenges_are_limited(new_server, peer):
    """DESIGN 10: "Rate limits are token buckets per route class, account and address": nobody makes this server dial others without end: 140."""
    server = new_server(settings=AMONG_US | {"limits.rate": "true"})
    begun = peer.begin(address_of(server), state="refused")
    body = {"server": peer.address, "id": begun["id"], "nonce_hash": "0" * 64}
    for _ in range(400):
        answer = Reileta(server).put("/challenges", body)
        if answer.status_code == 429:
            break
        failed(answer, 102)
    failed(answer, 140)
