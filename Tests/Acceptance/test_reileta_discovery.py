"""How a server finds another (contracts/reileta.md 3.1, 2.1, 8), and what it does not believe or touch."""

import concurrent.futures
import re

import pytest

from support.local_server import LocalServer
from support.peer_answers import broken, data, members, redirect
from support.peers import in_time
from support.reileta import Reileta, address_of, failed, failed_with, good, join
from support.server import RoostServer

ENGINES = ("sqlite",)


def ask(person, address):
    with in_time():
        return person.get(f"/server@{address}")


def is_no_server(person, peer):
    """It was asked who it is, and was not believed."""
    failed(ask(person, peer.address), 5)
    assert peer.calls_of("GET", "/api/server")


def without(document, name):
    """The document without a member; `a.b` is the member b of a."""
    if "." in name:
        outer, _, inner = name.partition(".")
        return document | {outer: without(document[outer], inner)}
    return {key: value for key, value in document.items() if key != name}


# Finding


def test_another_server_says_who_it_is(robin, peer):
    """2.1: "`data` = Server of the other server"; 1.4: both forms, "`%40` must work as `@`", "anything with scheme is reduced to its host"."""
    for path in (f"/server@{peer.address}", f"/server%40{peer.address}", f"/server?server={peer.address}", f"/server?server=http://{peer.address}/"):
        told = good(robin.get(path))
        said = peer.document()
        assert {name: told[name] for name in said if name != "gateways"} == {name: said[name] for name in said if name != "gateways"}, path
        assert said["gateways"].items() <= told["gateways"].items(), path


def test_a_server_says_who_asks(home, robin, peer):
    """3.1: "headers `user-agent: AVR/<version>(Server; <A address>)`"; nothing of the person goes along."""
    good(robin.get(f"/server@{peer.address}"))
    first = peer.calls[0]
    assert (first.method, first.target) == ("GET", "/api/server")
    assert re.fullmatch(r"AVR/[^ ()]+ ?\(Server; " + re.escape(address_of(home)) + r"\)", first.headers["user-agent"]), first.headers
    assert not peer.heard(robin.token)


def test_tls_is_tried_first(robin, peer):
    """3.1: "Try `https://<addr>/api/server`, then `http://...`"."""
    good(robin.get(f"/server@{peer.address}"))
    assert peer.greetings[:2] == ["tls", "http"]


def test_a_server_is_remembered(robin, peer):
    """3.1: "TTL 10 min": it is asked once who it is, by whatever name."""
    for _ in range(3):
        good(robin.get(f"/server@{peer.address}"))
        good(robin.get(f"/users/{peer.user['username']}@{peer.address}"))
    assert len(peer.calls_of("GET", "/api/server")) == 1


def test_many_who_ask_at_once_are_answered(home, peer):
    """DESIGN 5: bounded; one look serves those who wait for it, or at least all are answered."""
    people = [join(home) for _ in range(12)]
    with concurrent.futures.ThreadPoolExecutor(12) as pool, in_time():
        answers = list(pool.map(lambda person: person.get(f"/server@{peer.address}"), people))
    assert [good(answer)["id"] for answer in answers] == [peer.id] * 12


def test_requests_go_to_the_gateway(robin, peer, new_peer):
    """3.1: "URL = B.gateways.http + path"; the address stays what it was called."""
    gateway = new_peer()
    peer.gateway = gateway.origin
    gateway.users.append(gateway.users[0] | {"id": peer.user["id"], "username": "through_gate"})
    assert good(robin.get(f"/users/through_gate@{peer.address}"))["server"] == peer.address
    assert [call.path for call in peer.calls] == ["/api/server"] and gateway.calls_of("GET", "/api/users/through_gate")


def test_who_may_ask(home, bare, robin, peer):
    """2.1: "logged user with `avr:fetch_external` or admin. Errors: 29, 3, 4, 5"; nobody is asked for those who may not."""
    failed(Reileta(home).get(f"/server@{peer.address}"), 3)
    failed(join(bare).get(f"/server@{peer.address}"), 4)
    assert peer.greetings == []
    good(home.warden.get(f"/server@{peer.address}"))


def test_the_own_server_by_another_name_is_no_other(home, robin):
    """3.1: a name that leads back is the own server, or none; it never goes round."""
    port = address_of(home).rpartition(":")[2]
    for name in (f"localhost:{port}", f"LOCALHOST:{port}", f"127.0.0.1:{port}"):
        for path in (f"/server@{name}", f"/users/{robin.username}@{name}"):
            with in_time():
                answer = robin.get(path)
            if answer.status_code != 200:
                failed_with(answer, 4, 5, 17)
            elif path.startswith("/server"):
                assert good(answer)["address"] == address_of(home)
            else:
                assert (good(answer)["id"], good(answer)["server"]) == (robin.id, address_of(home))


# What is no server


@pytest.mark.parametrize("name", ["id", "title", "address", "version", "icon", "gateways", "gateways.http", "gateways.ws", "secure", "ready_at"])
def test_a_server_must_say_all_of_it(robin, peer, name):
    """3.1 step 3: "strings id, title, address, version, icon(URL), gateways.http(URL), gateways.ws(URL); bool secure; number ready_at"."""
    peer.when("GET", "/api/server", data(without(peer.document(), name)))
    is_no_server(robin, peer)


@pytest.mark.parametrize("wrong", [
    {"id": 7}, {"id": ""}, {"title": 7}, {"version": None}, {"icon": "no address"}, {"icon": "javascript:alert(1)"}, {"secure": "true"}, {"ready_at": "now"},
    {"gateways": "http://x"}, {"gateways": {"http": "no address", "ws": "ws://x"}}, {"gateways": {"http": 7, "ws": 7}},
    {"gateways": {"http": "file:///etc/passwd", "ws": "ws://x/"}}, {"gateways": {"http": "gopher://127.0.0.1/", "ws": "ws://x/"}}, {"address": 7},
    {"address": ""}, {"address": "a b"}, {"address": "user@127.0.0.1"},
])  # fmt: skip
def test_a_server_must_say_it_well(robin, peer, wrong):
    """3.1 step 3: what has the wrong type or is no URL is no server."""
    peer.when("GET", "/api/server", data(peer.document() | wrong))
    is_no_server(robin, peer)


@broken
def test_what_answers_otherwise_is_no_server(robin, peer, behaviour, codes):
    """3.1: "time-out 5 s; body <= 256 kB"; "need HTTP 200, `data` present, no `error`": 5, and in time."""
    peer.when("GET", "/api/server", behaviour)
    is_no_server(robin, peer)
    assert robin.me()["id"] == robin.id


def test_success_with_an_error_is_none(robin, peer):
    """3.1 step 3: "no `error`", "HTTP 200"."""
    peer.when("GET", "/api/server", members(data=peer.document(), error={"code": 16, "message": "x", "status": 500}))
    is_no_server(robin, peer)


def test_another_status_is_no_success(robin, peer):
    """3.1 step 3: "need HTTP 200"."""
    peer.when("GET", "/api/server", members(500, data=peer.document()))
    is_no_server(robin, peer)


def test_a_long_document_is_not_read(robin, peer, new_peer):
    """3.1: "body <= 256 kB": a little less is taken, more is not."""
    peer.when("GET", "/api/server", data(peer.document() | {"more": "x" * 300_000}))
    is_no_server(robin, peer)
    other = new_peer()
    other.when("GET", "/api/server", data(other.document() | {"more": "x" * 200_000}))
    assert good(ask(robin, other.address))["id"] == other.id


def test_redirects_are_not_followed(robin, peer, new_peer):
    """SSRF guard (8): a redirect of HTTP leads nowhere."""
    other = new_peer()
    peer.when("GET", "/api/server", redirect(other.origin + "/api/server"))
    is_no_server(robin, peer)
    assert other.greetings == []


def test_nobody_there(robin, peer):
    """5: "cannot be discovered"."""
    peer.http.server_close()
    failed(ask(robin, peer.address), 5)
    failed(ask(robin, "nobody.invalid"), 5)


# Who it claims to be (8: "cache poisoning")


def test_another_address_is_not_believed(robin, peer, new_peer):
    """3.1: "require claimed `address` == asked address, or that the claimed address resolves to the same server (`id` equal)"."""
    victim = new_peer()
    peer.when("GET", "/api/server", data(peer.document() | {"address": victim.address}))
    is_no_server(robin, peer)
    assert good(ask(robin, victim.address))["id"] == victim.id
    assert good(robin.get(f"/users/{victim.user['id']}@{victim.address}"))["username"] == victim.user["username"]
    assert not peer.calls_of("GET", "/api/users/.*")


@pytest.mark.parametrize("is_known", [False, True], ids=["unknown", "known"])
def test_a_server_cannot_take_the_place_of_another(robin, peer, new_peer, is_known):
    """8: who claims the address and the id of another leads nobody to itself: what the other says of itself counts."""
    victim = new_peer()
    if is_known:
        good(ask(robin, victim.address))
    peer.when("GET", "/api/server", data(peer.document() | {"address": victim.address, "id": victim.id, "title": "Impostor"}))
    answer = ask(robin, peer.address)
    if answer.status_code == 200:
        assert good(answer)["title"] == "Peer" and good(answer)["gateways"]["http"] == victim.gateway
    else:
        failed(answer, 5)
    assert good(ask(robin, victim.address))["gateways"]["http"] == victim.gateway
    assert good(robin.get(f"/users/{victim.user['id']}@{victim.address}"))["username"] == victim.user["username"]
    assert not peer.calls_of("GET", "/api/users/.*")


def test_another_name_of_a_server_is_the_same_server(robin, new_peer):
    """3.1: "or that the claimed address resolves to the same server"; the address is the one that it claims."""
    peer = new_peer(name="localhost")
    told = good(ask(robin, f"127.0.0.1:{peer.port}"))
    assert (told["id"], told["address"]) == (peer.id, peer.address)
    assert good(robin.get(f"/users/{peer.user['id']}@127.0.0.1:{peer.port}"))["server"] == peer.address


@pytest.mark.parametrize("form", ["LOCALHOST:{}", "LocalHost:{}", "localhost.:{}", "localhost:0{}", " localhost:{}", "localhost:{}/", "http://localhost:{}"])
def test_a_name_may_be_written_in_several_ways(home, robin, new_peer, form):
    """3.1: "Normalise the address to host[:port]": another spelling is the same server or none, never one more."""
    peer = new_peer(name="localhost")
    with in_time():
        answer = robin.get("/server", params={"server": form.format(peer.port)})
    if answer.status_code == 200:
        assert good(answer)["address"] == peer.address
    else:
        failed_with(answer, 5, 29)
    known = [server["address"] for server in good(home.warden.get("/servers", params={"limit": 100}))["items"]]
    assert {address for address in known if address.endswith(str(peer.port))} <= {peer.address}


@pytest.mark.parametrize("address", [
    "%20", "a b", "user@127.0.0.1:{}", "user:pass@127.0.0.1:{}", "127.0.0.1:{}@evil.invalid", "127.0.0.1:99999", "127.0.0.1:-1", "127.0.0.1:x", ":{}",
    "http://", "http://user@127.0.0.1:{}", "127.0.0.1:{}\\@evil.invalid", "127.0.0.1:{}#x", "x" * 300, "a..b", "-", "[::1", "127.0.0.1:{}\r\nX-Evil: 1",
    "127.0.0.1:{}\x00", "ftp://127.0.0.1:{}", "127.0.0.1:{},127.0.0.1:1", "@", "@@", "::",
])  # fmt: skip
def test_what_is_no_address_is_none(robin, peer, address):
    """2.1: "29 (no address)", 5; nothing is sent that the address has made up."""
    with in_time():
        answer = robin.get("/server", params={"server": address.format(peer.port)})
    if answer.status_code == 200:
        # What follows the host may be cut off, "anything with scheme is reduced to its host"; nothing else.
        assert good(answer)["address"] == peer.address and address.startswith("127.0.0.1:{}")
    else:
        failed_with(answer, 5, 29)
    assert {call.target for call in peer.calls} <= {"/api/server"} and not peer.heard("X-Evil") and not peer.heard("pass")


# The address guard (8: SSRF)


@pytest.fixture(scope="module")
def guarded(roost_binary, tmp_path_factory):
    """A server as it is by default: it knows nobody on this machine."""
    server = RoostServer(tmp_path_factory.mktemp("guarded"))
    try:
        yield server.start()
    finally:
        server.dispose()


@pytest.mark.parametrize("host", [
    "127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.2", "[::]",
    "localhost.", "LOCALHOST", "[0:0:0:0:0:0:0:1]", "[::ffff:7f00:1]",
])  # fmt: skip
def test_the_own_machine_is_out_of_reach(guarded, peer, host):
    """3.1: "forbid private/loopback targets unless configured (SSRF)": whatever the spelling, nobody knocks."""
    failed_with(ask(join(guarded), f"{host}:{peer.port}"), 5, 29)
    assert peer.greetings == []


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fc00::1]", "224.0.0.1", "255.255.255.255"])
def test_private_networks_are_out_of_reach(guarded, host):
    """3.1: the same, for addresses that are somebody else's own network."""
    failed_with(ask(join(guarded), f"{host}:3032"), 5, 29)


def test_without_leave_nothing_goes_without_tls(new_server, peer):
    """contracts/configuration.md: "reileta.allow_insecure_peers | false | http discovery and private addresses of peers"."""
    server = new_server(settings={"guard.allow_cidrs": '["127.0.0.0/8"]'})
    failed(ask(join(server), peer.address), 5)
    assert "http" not in peer.greetings


@pytest.mark.parametrize("url", ["file://127.0.0.9:{}", "ftp://127.0.0.9:{}", "http://user:pass@127.0.0.9:{}", "//127.0.0.9:{}", "127.0.0.9:{}"])
def test_a_gateway_is_an_origin(robin, peer, url):
    """3.1 step 3: "gateways.http(URL)": the document of a server leads nobody to what is no address of a server."""
    other = LocalServer("127.0.0.9")
    try:
        peer.gateway = url.format(other.port)
        is_no_server(robin, peer)
        assert other.greetings == []
    finally:
        other.end()
