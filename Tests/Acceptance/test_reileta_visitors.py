"""People of other servers are here, over HTTP and on sockets, and what they may do (contracts/reileta.md 2.7, 3.4, 5.3)."""

import pytest

from support.cosmos_webhooks import wait_until
from support.peer_server import new_token
from support.peers import AMONG_US, Visitor, new_host
from support.reileta import Reileta, address_of, administrator, failed, good, is_error
from support.reileta_shapes import is_user, now
from support.server import RoostServer


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


# Being here


@pytest.mark.parametrize("way", ["raw", "Integrity", "Bearer", "query"])
def test_a_visitor_is_known(home, peer, owl, way):
    """2.7: "accept `?integrityuser=<token>`, `Authorization: Integrity <token>`, and a raw `Authorization` token"."""
    token = peer.visit(home)
    headers = {"Authorization": token if way == "raw" else f"{way} {token}"}
    answer = Reileta(home).get("/users/@me", **({"params": {"integrityuser": token}} if way == "query" else {"headers": headers}))
    me = good(answer)
    assert (me["id"], me["username"], me["display"], me["server"], me["external"]) == (owl["id"], owl["username"], owl["display"], peer.address, True)
    assert me["tags"] == []


def test_a_token_that_is_none_is_nothing(home, peer):
    """1.3: "An unknown/expired token is treated as anonymous": 3."""
    token = peer.visit(home)
    for wrong in (new_token(), token[:-4] + "AAA=", token.lower(), peer.tokens[address_of(home)]):
        for headers in ({"Authorization": wrong}, {"Authorization": f"Integrity {wrong}"}):
            failed(Reileta(home).get("/users/@me", headers=headers), 3)
        failed(Reileta(home).get("/users/@me", params={"integrityuser": wrong}), 3)


def test_a_visitor_reads(home, visitor, robin):
    """"They may ... list and read"."""
    world = robin.make_world(tags=["avr:public"])
    for path in ("/server", "/users", f"/users/{robin.id}", "/worlds", f"/worlds/{world['id']}", "/services", "/instances"):
        good(visitor.get(path))


@pytest.mark.parametrize("method,path,body", [
    ("POST", "/users/@me", {"display": "Boss"}), ("DELETE", "/users/@me", None), ("POST", "/users/{robin}", {"display": "Boss"}), ("DELETE", "/users/{robin}", None),
    ("POST", "/users/{warden}", {"password": "0" * 64}), ("POST", "/users/@me/home", {"id": "{world}"}), ("DELETE", "/users/@me/home", None),
    ("DELETE", "/users/@me/thumbnail", None), ("DELETE", "/users/@me/banner", None), ("DELETE", "/users/{robin}/banner", None),
    ("PUT", "/users/@me/follows/{robin}", None), ("DELETE", "/users/@me/follows/{robin}", None), ("PUT", "/worlds", {"title": "Mine"}),
    ("POST", "/worlds/{world}", {"title": "Mine"}), ("DELETE", "/worlds/{world}", None),
    ("PUT", "/worlds/{world}/assets", {"version": "1", "engine": "unity", "platform": "linux"}),
    ("PUT", "/services", {"title": "Mine"}), ("PUT", "/challenges", {"server": "elsewhere.example"}), ("GET", "/challenges", None), ("GET", "/servers", None),
    ("POST", "/server", {"title": "Mine"}), ("PUT", "/instances", {"world": "{world}", "tags": []}), ("POST", "/instances/{instance}", {"title": "Mine"}),
    ("DELETE", "/instances/{instance}", None), ("POST", "/integrity", {"server": "elsewhere.example"}),
])  # fmt: skip
@pytest.mark.parametrize("tags", ["[]", '["avr:admin","avr:edit_user","avr:delete_user","avr:world_creator","avr:service_creator","avr:delete_self_user"]'], ids=["bare", "tagged"])
def test_a_visitor_changes_nothing(houses, peer, method, path, body, tags):
    """"everything that changes an account, follows, pictures, worlds, services and challenges is 4 for them whatever tags they have"."""
    house = houses(tags)
    robin, world, instance = house.others
    names = {"robin": robin.id, "warden": house.warden.id, "world": world["id"], "instance": instance["id"]}
    body = body and {name: value.format(**names) if isinstance(value, str) else value for name, value in body.items()}
    visitor = Visitor(house, peer.user, peer.visit(house))
    failed(visitor.request(method, path.format(**names), body), 4)
    assert good(robin.get("/users/@me"))["display"] == robin.username
    assert good(robin.get(f"/worlds/{world['id']}")) == world and good(robin.get(f"/instances/{instance['id']}")) == instance


@pytest.fixture(scope="module")
def houses(engine, roost_binary, tmp_path_factory):
    """Servers with these `reileta.external_tags`, somebody with a world and an instance on each."""
    made = {}

    def with_tags(tags):
        if tags not in made:
            server = RoostServer(tmp_path_factory.mktemp("house"), engine, AMONG_US | {"reileta.external_tags": tags})
            made[tags] = server.start()
            server.warden = administrator(server)
            server.others = new_host(server)
        return made[tags]

    yield with_tags
    for server in made.values():
        server.dispose()


def test_a_visitor_uploads_nothing(home, visitor, robin):
    """"pictures ... is 4 for them"."""
    failed(visitor.upload("/users/@me/thumbnail", b"\x89PNG"), 4)
    failed(visitor.upload(robin.empty_asset() + "/file", b"x"), 4)


def test_some_visitors_make_instances(houses, peer):
    """"instances may be made by them only with `avr:instance_creator` in `reileta.external_tags`"; the owner is of the other server."""
    house = houses('["avr:instance_creator"]')
    robin, world, _ = house.others
    visitor = Visitor(house, peer.user, peer.visit(house))
    instance = good(visitor.put("/instances", {"world": world["id"], "tags": ["avr:public"]}))
    assert instance["owner"] == instance["owner_ids"] == reference(peer, peer.user)
    assert good(visitor.post(f"/instances/{instance['id']}", {"title": "Nest"}))["title"] == "Nest"
    failed(robin.delete(f"/instances/{instance['id']}"), 4)
    assert good(visitor.delete(f"/instances/{instance['id']}")) == "DELETED"


# On sockets


def test_a_visitor_comes_in(home, peer, owl, visitor, connect):
    """5.3: "internal (token) / external `u_...@s` (integrity)"; 3.4 step 7; the others see who it is."""
    robin, _, instance = new_host(home)
    inside = connect(robin)
    inside.ask("instance-join", instance=instance["id"])
    socket = connect.open(home)
    told = socket.ask("authenticate", integrity=visitor.token)
    assert told["internal"] is False and told["user"]["id"] == owl["id"] and told["user"]["server"] == peer.address and told["user"]["external"] is True
    assert abs(told["expires_at"] - now() - 300_000) < 60_000
    assert socket.expect("authenticated")["internal"] is False
    entered = socket.ask("instance-join", instance=instance["id"])
    assert (entered["user"], entered["display"], entered["role"]) == (reference(peer, owl), owl["display"], "normal")
    assert inside.expect("instance-joined")["user"] == reference(peer, owl)
    shown = good(Reileta(home).get(f"/instances/{instance['id']}"))
    assert set(shown["users"]) == {robin.reference, reference(peer, owl)}
    assert socket.ask("instance-leave", instance=instance["id"])["type"] == 3
    assert inside.expect("instance-left")["type"] == 3


@pytest.mark.parametrize("way", ["query", "header"])
def test_a_socket_may_begin_with_it(home, peer, owl, connect, way):
    """5.1: "with `?authuser`, `?integrityuser`, `?authserver`, `Authorization` or cookie -> authenticated at once"."""
    token = peer.visit(home)
    socket = connect.open(home, query={"integrityuser": token}) if way == "query" else connect.open(home, token=f"Integrity {token}")
    told = socket.expect("authenticated")
    assert told["internal"] is False and told["user"]["id"] == owl["id"]


def test_a_bad_token_is_said_to_be_one(home, peer, visitor, connect, robin):
    """5.3: "integrity = token (35 unknown/expired)"; "exactly one non-empty, else error 22"; who was somebody stays it."""
    socket = connect.guest(home)
    for wrong in (new_token(), robin.token, peer.tokens[address_of(home)], "x"):
        socket.refused(35, "authenticate", integrity=wrong)
    socket.refused(22, "authenticate", integrity=visitor.token, token=robin.token)
    socket.refused(20, "authenticate", token=visitor.token)
    socket = connect(robin)
    socket.refused(35, "authenticate", integrity=new_token())
    instance = new_host(home)[2]
    assert socket.ask("instance-join", instance=instance["id"])["user"] == robin.reference
    opened = connect.open(home, query={"integrityuser": new_token()})
    is_error(opened.next_event()["error"], 35)


def test_a_visitor_is_in_no_private_instance(home, visitor, connect):
    """4.6: private is "owner only": whoever has the same name or id elsewhere is not the owner."""
    robin, world, _ = new_host(home)
    private = robin.make_instance(world)
    socket = visitor.socket(connect)
    socket.refused(49, "instance-join", instance=private["id"])


def test_nobody_of_another_server_has_an_id_of_ours(home, peer, robin):
    """8: "privilege mix-up": clients know people by their bare ids, so one of this server's own people is nobody else's."""
    double = peer.make_user(id=robin.id, username=robin.username)
    peer.prove(home)
    failed(peer.introduce(home, f"{double['id']}@{peer.address}"), 34)
    is_user(good(Reileta(home).get(f"/users/{robin.id}")))


def test_tags_of_elsewhere_mean_nothing(home, peer, connect):
    """2.7: "with no tags but the "default external user" tags": nobody is administrator because its home says so."""
    boss = peer.make_user(tags=["avr:admin", "avr:root", "avr:instance_creator"])
    visitor = Visitor(home, boss, peer.visit(home, boss))
    assert good(visitor.get("/users/@me"))["tags"] == []
    failed(visitor.post("/server", {"title": "Mine"}), 4)
    robin, world, instance = new_host(home)
    failed(visitor.put("/instances", {"world": world["id"], "tags": []}), 4)
    _, entered = visitor.enter(connect, instance)
    assert entered["role"] == "normal"


def test_a_renewed_token_counts_a_socket_once(engine, new_server, peer, connect):
    """5.3, 4.2: "`online` while >= 1 authenticated socket": whoever has shown several tokens on one socket is gone with it."""
    server = new_server(engine, AMONG_US | {"chat.offline_after_ms": "100", "chat.offline_after_lost_ms": "100"})
    visitor = Visitor(server, peer.user, peer.visit(server))
    socket = visitor.socket(connect)
    for _ in range(3):
        socket.ask("authenticate", integrity=peer.visit(server))
    assert good(visitor.get("/users/@me"))["status"] == "online"
    socket.close()
    wait_until(lambda: good(visitor.get("/users/@me"))["status"] == "offline")
