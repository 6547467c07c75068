"""Where webhooks may not go (contracts/cosmos.md 8.5)."""

import re
import socket
import threading
import time

import pytest

from support.api import register
from support.cosmos import World, ok, problem
from support.cosmos_peers import Receiver, closed_port
from support.cosmos_webhooks import deliveries, state_of, wait_until
from support.server import RoostServer

ENGINES = ("sqlite",)


@pytest.fixture(scope="module")
def strict(roost_binary, tmp_path_factory):
    """A world with the guard as it is by default, and ports and http allowed: only addresses stand in the way."""
    world = World()
    # The keys come from a loopback address, so the guard has to be opened for one: for another than the receivers'.
    settings = world.settings(**{"guard.allow_cidrs": ["127.0.0.1/32"]})
    world.server = RoostServer(tmp_path_factory.mktemp("strict"), "sqlite", settings)
    try:
        world.server.start()
        world.owner = world.operator()
        world.place = f"/galaxy/{world.galaxy(world.owner)}/webhooks"
        yield world
    finally:
        world.server.dispose()
        world.end()


def subscribe(world, url):
    return world.owner.post(world.place, {"url": url, "events": ["*"]})


@pytest.mark.parametrize("url", [
    "ftp://hooks.example.com/", "file:///etc/passwd", "gopher://hooks.example.com/", "hooks.example.com", "//hooks.example.com/", "", "x",
    "javascript:alert(1)", "https:hooks.example.com", "https:/hooks.example.com", "https:///hooks", "https://", "http+unix://x/",
    "https://user@hooks.example.com/", "https://user:pass@hooks.example.com/", "https://@hooks.example.com/", "https://hooks.example.com/#fragment",
    "https://hooks.example.com:0/", "https://hooks.example.com:22/", "https://hooks.example.com:65536/", "https://hooks.example.com:x/",
    "https://hooks.example.com:-1/", "https://hooks.example.com:80443/", "https://hooks.example.com:443:443/",
    "https://hooks/", "https://localhost/", "https://LOCALHOST/", "https://a.localhost/", "https://localhost./", "https://printer.local/", "https://x.internal/",
    "https://x.home.arpa/", "https://x.onion/", "https://metadata.google.internal/", "https://x.LOCAL/", "https://x.local./",
    "https://hooks..example.com/", "https://-x.example.com/", "https://x_y.example.com/", "https://hooks.example.com\\@127.0.0.1/",
    "https://hooks.example.com /", "https://hooks.example.com/a b", "https://hooks.example.com/\r\nx: y", "https://hooks.example.com/\t", "\u00a0https://x.example/",
    "https://hooks.ex\u00e4mple.com/", "https://\u2460\u2461\u2466.0.0.1/", "https://hooks\u3002example.com/", "https://hooks.example.com/\u00e9",
    "https://" + "x" * 64 + ".example.com/", "https://hooks.example.com/" + "x" * 2_048, "https://[hooks.example.com]/", "https://%31%32%37.0.0.1/",
])  # fmt: skip
def test_a_url_has_one_plain_form(strict, url):
    """8.5, rule 1: scheme, port, userinfo, fragment, length, ASCII host, names; 400/4500."""
    problem(subscribe(strict, url), 4500)


@pytest.mark.parametrize("host", [
    "127.0.0.2", "127.1", "127.0.1", "2130706434", "0x7f000002", "0x7f.0.0.2", "0177.0.0.2", "127.0.0.02", "127.0.0.2.", "0.0.0.0", "0", "1.1.1.1",
    "10.0.0.1", "100.64.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "256.1.1.1", "1.2.3", "1.2.3.4.5", "[::1]", "[::]", "[::ffff:127.0.0.2]", "[::ffff:7f00:2]",
    "[::127.0.0.2]", "[64:ff9b::7f00:2]", "[64:ff9b:1::1]", "[fe80::1]", "[fe80::1%25lo]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2001::1]",
    "[2001:db8::1]", "[2002:7f00:2::]", "[3fff::1]", "[2606:4700::1111]", "[::1", "::1", "[127.0.0.2]", "[v1.x]", "[]",
])  # fmt: skip
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_address_is_no_host(strict, scheme, host):
    """8.5, rule 1: "Host given as an IP literal is refused by default ... (no `0x7f.1`, `127.1`, decimal hosts)"; rule 3."""
    problem(subscribe(strict, f"{scheme}://{host}/"), 4500)


@pytest.mark.parametrize("host", ["127.0.0.2", "[::1]", "127.1", "localhost", "0x7f000001", "2130706433", "127.0.0.1.", "017700000001"])
def test_opening_one_address_opens_no_other(strict, host):
    """contracts/configuration.md: `guard.allow_cidrs` "address ranges that outbound requests may reach"; other spellings stay refused."""
    problem(subscribe(strict, f"http://{host}:8080/"), 4500)


def test_the_opened_address_is_reached(strict):
    """8.5, rule 3: "`webhookAllowCidrs` lets an operator open a LAN range deliberately"."""
    receiver = Receiver()
    try:
        ok(subscribe(strict, receiver.url()), 201)
        receiver.expect("webhook.ping")
    finally:
        receiver.end()


def test_http_and_ports_are_refused_by_default(new_cosmos):
    """8.5, rule 1: "Scheme https (http only if `allowInsecureWebhooks`); port 443, or 1024..65535 if `allowWebhookPorts`"."""
    world = new_cosmos(settings={"webhooks.allow_insecure": False, "webhooks.allow_ports": False})
    world.owner = world.operator()
    world.place = f"/galaxy/{world.galaxy(world.owner)}/webhooks"
    for url in ("http://hooks.example.com/", "https://hooks.example.com:8443/", "http://127.0.0.1/", "https://127.0.0.1:8443/"):
        problem(subscribe(world, url), 4500)
    for url in ("https://hooks.example.com/", "https://hooks.example.com:443/x?y=z"):
        ok(subscribe(world, url), 201)


def test_a_change_of_the_url_is_checked_too(strict):
    """8.5: "checked at create, at PATCH and at every connect"."""
    hook = ok(subscribe(strict, "https://hooks.example.com/"), 201)["id"]
    for url in ("https://127.0.0.2/", "https://localhost/", "ftp://x.example/"):
        problem(strict.owner.patch(f"{strict.place}/{hook}", {"url": url}), 4500)
    assert ok(strict.owner.get(f"{strict.place}/{hook}"))["url"] == "https://hooks.example.com/"
    strict.owner.remove(f"{strict.place}/{hook}")


def test_a_redirect_leads_nowhere(new_cosmos):
    """8.5, rule 4: "No redirects": also not to an address that would be allowed."""
    world, inner, receiver = new_cosmos(), Receiver(), Receiver()
    owner = world.operator()
    galaxy = world.galaxy(owner)
    try:
        for status in (301, 302, 303, 307, 308):
            receiver.script.append((status, [("Location", inner.url("/secret"))]))
        ok(owner.post(f"/galaxy/{galaxy}/webhooks", {"url": receiver.url(), "events": ["*"]}), 201)
        receiver.wait_for(4)
        time.sleep(0.5)
        assert inner.deliveries == []
    finally:
        inner.end()
        receiver.end()


def test_a_proxy_of_the_environment_is_not_used(new_cosmos, receiver):
    """8.5, rule 2: "No proxy from the environment"."""
    proxy = Receiver()
    names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    try:
        world = new_cosmos(environment=dict.fromkeys(names, proxy.origin))
        owner = world.operator()
        galaxy = world.galaxy(owner)
        ok(owner.post(f"/galaxy/{galaxy}/webhooks", {"url": receiver.url(), "events": ["*"]}), 201)
        receiver.expect("webhook.ping")
        assert proxy.deliveries == []
    finally:
        proxy.end()


def test_what_is_said_of_a_failure_is_a_word(new_cosmos):
    """8.1: "status code or error class, ...; **never the response body** (it would make SSRF readable)"."""
    world = new_cosmos(settings={"webhooks.retry_schedule_seconds": [0]})
    owner = world.operator()
    galaxy = world.galaxy(owner)
    with socket.create_server(("127.0.0.1", 0)) as talkative:

        def talk():
            connection, _ = talkative.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"SSH-2.0-OpenSSH_9.9 a secret banner\r\n")

        threading.Thread(target=talk, daemon=True).start()
        for port in (closed_port(), talkative.getsockname()[1]):
            hook = ok(owner.post(f"/galaxy/{galaxy}/webhooks", {"url": f"http://127.0.0.1:{port}/", "events": ["*"]}), 201)["id"]
            [entry] = wait_until(lambda: deliveries(owner, galaxy, hook))
            assert re.fullmatch("[a-z_]{2,20}", entry["error"]) and "SSH" not in str(entry), entry


@pytest.fixture
def standing(new_cosmos, receiver):
    """A server without peers, so that nothing but the guard decides; with a webhook that has been reached once: the galaxy's owner and the path."""
    world = new_cosmos(world=World(metadata=False, identity=False))
    admin = register(world.server, setup_code=world.server.setup_code)
    owner = world.holder(admin.access_token)
    galaxy = ok(owner.post("/galaxy", {"id": world.new_id(), "name": "Nest", "ownerId": admin.user_id}), 201)["id"]
    hook = ok(owner.post(f"/galaxy/{galaxy}/webhooks", {"url": receiver.url(), "events": ["*"]}), 201)["id"]
    wait_until(lambda: state_of(owner, galaxy, hook) == "active")
    return world, owner, galaxy, f"/galaxy/{galaxy}/webhooks/{hook}"


def test_an_address_that_is_forbidden_by_now_is_switched_off(standing, receiver):
    """8.3: "address refused by 8.5 | disable now, reason url_not_allowed, no retry"; 8.5: the check is made at every connect."""
    world, owner, galaxy, hook = standing
    receiver.forget()
    world.server.settings["guard.allow_cidrs"] = "[]"
    world.server.restart()
    owner.create_channel(galaxy)
    wait_until(lambda: ok(owner.get(hook))["state"] == "disabled")
    assert ok(owner.get(hook))["disabledReason"] == "url_not_allowed"
    assert receiver.deliveries == []
