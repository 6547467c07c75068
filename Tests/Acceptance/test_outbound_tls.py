"""What Roost asks by TLS: who shows a good certificate is believed, nobody else (contracts/cosmos.md 8.5; contracts/reileta.md 3.1; docs/operations.md)."""

import datetime

import pytest

from support.certificates import DAY, Authority
from support.cosmos import World, ok
from support.cosmos_peers import Receiver
from support.cosmos_webhooks import wait_until
from support.reileta import Reileta, failed_with, good, join
from support.server import RoostServer

HOUR = datetime.timedelta(hours=1)
#: Only the address is opened: http and everything else stays as it is on a server of the world outside.
OPENED = {"guard.allow_cidrs": '["127.0.0.0/8"]'}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def strict(roost_binary, tmp_path_factory, authority):
    """A server that asks others by TLS only, and believes one authority."""
    server = RoostServer(tmp_path_factory.mktemp("strict"), "sqlite", OPENED | {"guard.ca_file": str(authority.file)})
    try:
        yield server.start()
    finally:
        server.dispose()


@pytest.fixture
def robin(strict):
    return join(strict, "robin")


def test_a_server_is_found_by_tls(strict, robin, new_peer, authority):
    """3.1 step 3: https first. Reading, a proof at the other, and a visit here go by it."""
    peer = new_peer(tls=authority.context("127.0.0.1"))
    assert good(robin.get("/server", params={"server": peer.address}))["secure"] is True
    assert good(robin.get(f"/users/{peer.user['id']}@{peer.address}"))["username"] == peer.user["username"]
    token = good(robin.post("/integrity", {"server": peer.address}))["token"]
    assert token in peer.visitors
    visitor = Reileta(strict, peer.visit(strict))
    assert good(visitor.get("/users/@me"))["username"] == peer.user["username"]
    assert set(peer.greetings) == {"tls"}


def test_a_server_without_tls_is_none(robin, new_peer):
    """3.1: http is not tried unless the operator says so."""
    peer = new_peer()
    failed_with(robin.get("/server", params={"server": peer.address}), 5)
    assert set(peer.greetings) == {"tls"} and peer.calls == []


CONTEXTS = {
    "another authority": lambda good, other: other.context("127.0.0.1"),
    "another host": lambda good, other: good.context("127.0.0.2", "localhost", "example.org"),
    "the end has come": lambda good, other: good.context("127.0.0.1", age=2 * DAY, life=2 * DAY - HOUR),
    "not yet": lambda good, other: good.context("127.0.0.1", age=-HOUR),
}


@pytest.mark.parametrize("why", CONTEXTS)
def test_a_bad_certificate_is_nobody(robin, new_peer, authority, tmp_path, why):
    """Whoever cannot show that it is the server that was asked for is told nothing."""
    peer = new_peer(tls=CONTEXTS[why](authority, Authority(tmp_path, "other")))
    failed_with(robin.get("/server", params={"server": peer.address}), 5)
    failed_with(robin.post("/integrity", {"server": peer.address}), 5)
    assert peer.calls == [] and "tls" in peer.greetings


def test_the_systems_authorities_are_not_believed_beside(roost_binary, tmp_path, new_peer, authority):
    """`guard.ca_file` stands in the place of the system's: and without it, an authority of a test is nobody."""
    other = Authority(tmp_path, "other")
    peer = new_peer(tls=authority.context("127.0.0.1"))
    for name, settings in {"other": OPENED | {"guard.ca_file": str(other.file)}, "system": OPENED}.items():
        (tmp_path / name).mkdir()
        server = RoostServer(tmp_path / name, "sqlite", settings)
        try:
            server.start()
            failed_with(join(server, "robin").get("/server", params={"server": peer.address}), 5)
        finally:
            server.dispose()
    assert peer.calls == []


@pytest.mark.parametrize("content", [None, "", "no certificates\n"])
def test_a_file_without_certificates_stops_the_start(new_server, tmp_path, content):
    """contracts/configuration.md: "a bad value stops the start"; 78."""
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_text(content)
    server = new_server(settings={"guard.ca_file": str(file)}, start=False)
    with pytest.raises(AssertionError, match="ended with 78"):
        server.start()
    assert "guard.ca_file must be a file with certificates in PEM" in server.log


def test_webhooks_are_delivered_by_tls(roost_binary, tmp_path, authority):
    """8.5: https, and the certificate counts: a receiver with another's gets nothing, one with its own does."""
    world = World()
    receivers = [Receiver(authority.context("127.0.0.1")), Receiver(Authority(tmp_path, "other").context("127.0.0.1"))]
    settings = world.settings(**{"guard.ca_file": str(authority.file), "webhooks.allow_insecure": "false", "webhooks.allow_ports": "true"})
    world.server = RoostServer(tmp_path, "sqlite", settings)
    try:
        world.server.start()
        owner = world.operator()
        place = f"/galaxy/{world.galaxy(owner)}/webhooks"
        for receiver in receivers:
            ok(owner.post(place, {"url": receiver.url(), "events": ["*"]}), 201)
        wait_until(lambda: receivers[0].deliveries and receivers[1].greetings)
        assert receivers[1].deliveries == []
    finally:
        world.server.dispose()
        world.end()
        for receiver in receivers:
            receiver.end()
