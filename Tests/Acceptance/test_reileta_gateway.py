"""Where a server is reached, and who may say so (contracts/reileta.md 3.6)."""

import re

import pytest

from support.peer_answers import data
from support.peers import AMONG_US, Visitor, new_host, token_for
from support.reileta import Reileta, failed, good, join
from support.server import RoostServer

ENGINES = ("sqlite",)
TRUSTING = {"server.trusted_proxies": '["127.0.0.0/8"]'}
#: What a proxy says.
GATE = {"AVR-Gateway": "true gw.example.org:443"}


def addresses(person, server, headers):
    """All absolute URLs of the server and of what somebody has there, as they are told with these header fields."""
    told = good(Reileta(server).get("/server", headers=headers))
    world = person.make_world()
    person.make_asset(world, b"content")
    shown = good(person.get(f"/worlds/{world['id']}", headers=headers))
    return [told["gateways"]["http"], told["gateways"]["ws"], told["icon"], shown["assets"][0]["url"]]


# What a server says of itself


@pytest.mark.parametrize("url,said", [("https://gw.example.org", r"true gw\.example\.org(:443)?"), ("http://gw.example.org:3032", r"false gw\.example\.org:3032")])
def test_a_gateway_elsewhere_is_said(new_server, url, said):
    """3.6: "sent on every /api response when a gateway differing from the request's Host is configured", also with errors."""
    server = new_server(settings={"server.public_url": url})
    robin = join(server)
    for answer in (
        Reileta(server).get("/server"), Reileta(server).get("/users/@me"), Reileta(server).get("/nowhere"), robin.get("/users/@me"), robin.put("/worlds", {"title": 7}),
    ):  # fmt: skip
        assert re.fullmatch(said, answer.headers.get("avr-gateway", "")), f"{answer.request.url} {answer.headers}"


def test_a_server_where_it_is_asked_says_nothing(new_server):
    """3.6: "differing from the request's Host"."""
    server = new_server()
    assert "avr-gateway" not in Reileta(server).get("/server").headers
    named = new_server(settings={"server.public_url": "http://gw.example.org:3032"})
    assert "avr-gateway" not in Reileta(named).get("/server", headers={"Host": "gw.example.org:3032"}).headers


# What a proxy says of it


def test_a_proxy_that_is_trusted_says_where(new_server):
    """3.6: "Eta then builds absolute URLs (asset `url`, `thumbnail`, `icon`, `gateways`) from it"."""
    server = new_server(settings=TRUSTING)
    robin = join(server)
    for url in addresses(robin, server, GATE):
        assert re.match(r"(https|wss)://gw\.example\.org(:443)?(/|$)", url), url
    for url in addresses(robin, server, {"AVR-Gateway": "false gw.example.org:3032"}):
        assert re.match(r"(http|ws)://gw\.example\.org:3032(/|$)", url), url
    told = good(Reileta(server).get("/server", headers=GATE))
    assert told["address"] == server.url.removeprefix("http://"), "the address is who it is, not where"


def test_others_say_nothing(new_server):
    """3.6: "trusted only from configured proxy IPs"; "Strip it from untrusted peers"."""
    server = new_server()
    robin = join(server)
    for url in addresses(robin, server, GATE):
        assert url.split("://")[1].startswith(server.url.removeprefix("http://")), url
    elsewhere = new_server(settings={"server.trusted_proxies": '["203.0.113.0/24"]'})
    assert good(Reileta(elsewhere).get("/server", headers=GATE))["gateways"]["http"].rstrip("/") == elsewhere.url


@pytest.mark.parametrize("value", [
    "", "true", "yes gw.example.org", "true  gw.example.org", "TRUE gw.example.org", "true gw.example.org/x", "true user@gw.example.org", "true gw.example.org:99999",
    "true gw.example.org:x", "true a b", "gw.example.org true", "1 gw.example.org", "true " + "x" * 5000, "true gw.example.org#x", "true http://gw.example.org",
    "true \"><script>", "true gw..example", "true [::1", "true gw.example.org, false other.example",
])  # fmt: skip
def test_what_is_no_gateway_is_passed_over(gated, value):
    """3.6: "grammar `("true"|"false") SP host[:port]`"; what is none changes nothing and breaks nothing."""
    told = good(Reileta(gated).get("/server", headers={"AVR-Gateway": value}))
    assert told["gateways"]["http"].rstrip("/") == gated.url, told["gateways"]
    assert told["icon"].startswith(gated.url)


@pytest.fixture(scope="module")
def gated(roost_binary, tmp_path_factory):
    """A server that believes proxies of this machine."""
    server = RoostServer(tmp_path_factory.mktemp("gated"), settings=TRUSTING | AMONG_US)
    try:
        yield server.start()
    finally:
        server.dispose()


def test_one_request_is_not_answered_for_another(gated):
    """3.6: what a proxy says is for its own request."""
    Reileta(gated).get("/server", headers=GATE)
    assert good(Reileta(gated).get("/server"))["gateways"]["http"].rstrip("/") == gated.url


# What another server says


def test_a_peer_that_says_where_is_asked_there(robin, peer, new_peer):
    """3.6: "Receiver (client or server) uses `http[s]://<address>` for following calls to that server and keeps the canonical `address` as identity"."""
    gateway = new_peer()
    gateway.users.append(peer.user)
    peer.more_headers = [("AVR-Gateway", f"false 127.0.0.1:{gateway.port}")]
    good(robin.get(f"/server@{peer.address}"))
    got = good(robin.get(f"/users/{peer.user['id']}@{peer.address}"))
    assert (got["id"], got["server"]) == (peer.user["id"], peer.address)
    assert gateway.calls_of("GET", "/api/users/.*") and not peer.calls_of("GET", "/api/users/.*")


@pytest.mark.parametrize("value", ["", "false", "false a b", "false user@127.0.0.1:1", "maybe 127.0.0.1:1", "false http://127.0.0.1:1", "false 127.0.0.1:99999", "false :1"])
def test_a_peer_that_says_it_badly_is_asked_where_it_was(robin, peer, value):
    """3.6: what does not follow the grammar is nothing."""
    peer.more_headers = [("AVR-Gateway", value)]
    good(robin.get(f"/server@{peer.address}"))
    assert good(robin.get(f"/users/{peer.user['id']}@{peer.address}"))["id"] == peer.user["id"]


def test_the_gateway_of_a_peer_proves_nothing(home, peer, new_peer):
    """3.6: "keeps the canonical `address` as identity": whoever is a gateway of one is not the one itself."""
    gateway = new_peer()
    peer.more_headers = [("AVR-Gateway", f"false 127.0.0.1:{gateway.port}")]
    peer.when("GET", "/api/server", data(peer.document()))
    gateway.prove(home)
    failed(gateway.introduce(home, f"{peer.user['id']}@{peer.address}"), 4)


# Behind a real one


@pytest.fixture
def pair(network):
    """A server behind nginx, which leads nowhere by its own words, and one that is reached at once."""
    return network.add(behind_gateway=True), network.add()


def test_a_server_behind_a_gateway_is_found(pair):
    """3.6, 3.1: the document names the gateway, and what is read of it comes through."""
    hidden, plain = pair
    host, world, instance = new_host(hidden)
    robin = join(plain, "robin")
    told = good(robin.get(f"/server@{hidden.address}"))
    assert told["address"] == hidden.address and told["gateways"]["http"].rstrip("/") == hidden.url
    for path in (f"/users/{host.id}", f"/worlds/{world['id']}", f"/instances/{instance['id']}"):
        got = good(robin.get(f"{path}@{hidden.address}"))
        assert (got["server"], got["external"]) == (hidden.address, True)
    wren = join(hidden, "wren")
    assert good(wren.get(f"/users/{robin.id}@{plain.address}"))["username"] == robin.username


def test_both_prove_themselves_through_a_gateway(pair):
    """3.2: the dial-back goes to the gateway too."""
    hidden, plain = pair
    assert good(plain.warden.put("/challenges", {"server": hidden.address}))["state"] == "accepted"
    assert good(hidden.warden.put("/challenges", {"server": plain.address}))["state"] == "accepted"


def test_somebody_comes_in_through_a_gateway(pair, connect):
    """3.4 step 7: "Client connects to B's `gateways.ws`": which is the gateway."""
    hidden, plain = pair
    instance = new_host(hidden)[2]
    robin = join(plain, "robin")
    ws = good(robin.get(f"/server@{hidden.address}"))["gateways"]["ws"]
    assert ws == hidden.socket_url
    _, entered = Visitor(hidden, robin, token_for(robin, hidden)["token"]).enter(connect, instance)
    assert entered["user"] == f"{robin.id}@{plain.address}"
    _, back = Visitor(plain, join(hidden, "wren")).enter(connect, new_host(plain)[2])
    assert back["user"].endswith("@" + hidden.address)


def test_files_are_at_the_gateway(pair):
    """3.3 step 6: "302 to the other gateway"; the file itself comes from there."""
    hidden, plain = pair
    host = join(hidden, "host")
    world = host.make_world(tags=["avr:public"])
    asset = host.make_asset(world, b"a world behind a gateway")
    robin = join(plain, "robin")
    path = f"/worlds/{world['id']}@{hidden.address}/assets/{asset['id']}/file"
    answer = robin.get(path, follow_redirects=False)
    assert answer.status_code == 302 and answer.headers["location"].startswith(hidden.url + "/api/worlds/")
    assert robin.get(path, follow_redirects=True).content == b"a world behind a gateway"
