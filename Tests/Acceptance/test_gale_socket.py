"""Hearing of changes, links that are passed on, and the desktop client from end to end (contracts/gale.md 10, 11, 13)."""

import contextlib
import json

import pytest
import websockets.sync.client

from support.api import PASSWORD, register
from support.cosmos_webhooks import wait_until
from support.gale import Gale, archive, claims_of, failed, good

UNKNOWN = "GsioqKpVRwiP7_ynX-QsuA"


@pytest.fixture
def gale(server):
    return Gale(server).log_in_here(register(server, "gale").username, PASSWORD)


@contextlib.contextmanager
def socket(server, base="/gale/api"):
    """As the client makes it: the base with "ws" for "http", nothing else."""
    url = server.url.replace("http", "ws", 1) + base + "/socket/connect"
    with websockets.sync.client.connect(url, close_timeout=2, proxy=None) as connection:
        yield Listener(connection)


class Listener:
    def __init__(self, connection):
        self.connection = connection

    def say(self, event, **payload):
        self.connection.send(json.dumps({"event": event, "payload": payload}))

    def subscribe(self, profile):
        self.say("subscribe", profileId=profile)

    def next(self, timeout=5):
        frame = json.loads(self.connection.recv(timeout=timeout))
        assert set(frame) == {"event", "payload"}, frame
        return frame["event"], frame["payload"]

    def sync(self):
        """Everything said before has been done: an unknown profile is answered in its turn."""
        self.subscribe(UNKNOWN)
        assert self.next() == ("profileNotFound", {"id": UNKNOWN})


@pytest.mark.parametrize("base", ["", "/api", "/gale/api"])
def test_a_change_is_told(server, gale, base):
    """10: "profileUpdated `{ "metadata": <same object as meta> }` ... to all subscribers (incl. the pushing client)"; ids are strings."""
    made = gale.make()
    with socket(server, base) as first, socket(server) as second:
        for listener in (first, second):
            listener.subscribe(made["id"])
            listener.sync()
        changed = gale.change(made["id"], archive("profileName: Other\nmods: []\n"))
        for listener in (first, second):
            event, payload = listener.next()
            assert event == "profileUpdated" and payload == {"metadata": gale.meta(made["id"])}
            assert payload["metadata"]["updatedAt"] == changed["updatedAt"] and type(payload["metadata"]["owner"]["discordId"]) is str


def test_the_end_is_told_and_nothing_after(server, gale):
    """10: "on DELETE: profileDeleted and the subscription list is dropped. POST notifies nobody"."""
    made = gale.make()
    with socket(server) as listener:
        listener.subscribe(made["id"])
        listener.sync()
        gale.make()
        assert gale.request("DELETE", f"/profile/{made['id']}").status_code == 204
        assert listener.next() == ("profileDeleted", {"id": made["id"]})
        listener.subscribe(made["id"])
        assert listener.next() == ("profileNotFound", {"id": made["id"]})


def test_who_unsubscribes_hears_no_more(server, gale):
    """10: "unsubscribe: silent, idempotent. Several subscriptions per connection"; also right after subscribing."""
    one, two = gale.make(), gale.make()
    with socket(server) as listener:
        listener.subscribe(one["id"])
        listener.subscribe(one["id"])
        listener.subscribe(two["id"])
        for _ in range(2):
            listener.say("unsubscribe", profileId=one["id"])
        listener.sync()
        gale.change(one["id"])
        changed = gale.change(two["id"])
        event, payload = listener.next()
        assert event == "profileUpdated" and payload["metadata"]["id"] == two["id"] and payload["metadata"]["updatedAt"] == changed["updatedAt"]


@pytest.mark.parametrize("frame", [
    "", "nonsense", "[]", "{}", '{"event": "subscribe"}', '{"event": "subscribe", "payload": {}}', '{"event": "subscribe", "payload": {"profileId": 7}}',
    '{"event": "subscribe", "payload": {"profileId": "../x"}}', '{"event": "other", "payload": {"profileId": "ABC123"}}',
])  # fmt: skip
def test_a_bad_frame_is_an_error_event(server, gale, frame):
    """10: "Bad JSON/unknown event/bad id -> error event, connection stays open"; "Binary/ping frames ignored"."""
    with socket(server) as listener:
        listener.connection.send(b"\x00\x01")
        listener.connection.send(frame)
        event, payload = listener.next()
        assert event == "error" and set(payload) == {"message"} and payload["message"]
        listener.sync()


def test_a_socket_has_256_subscriptions(server, gale):
    """10: "limit 256 subscriptions and 4 KiB frames"; one that has ended makes room."""
    profiles = [gale.make()["id"] for _ in range(257)]
    with socket(server) as listener:
        for profile in profiles:
            listener.subscribe(profile)
        event, payload = listener.next()
        assert event == "error" and "256" in payload["message"]
        gale.request("DELETE", f"/profile/{profiles[0]}")
        assert listener.next() == ("profileDeleted", {"id": profiles[0]})
        listener.subscribe(profiles[256])
        listener.sync()
        gale.change(profiles[256])
        assert listener.next()[1]["metadata"]["id"] == profiles[256]
        listener.connection.send("x" * 4_097)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            listener.next()
        assert closed.value.rcvd.code == 1009


def test_what_is_asked_for_on_sockets_is_counted(engine, new_server):
    """2: strangers are limited on the socket too; 1 200 requests a minute from one address, over all of its sockets. The connection stays."""
    server = new_server(engine, {"limits.rate": "true"})
    with socket(server) as first, socket(server) as second:
        for _ in range(600):
            first.say("unsubscribe", profileId=UNKNOWN)
        event, payload = refused_in_the_end(second)
        assert event == "error" and "1200 requests in a minute" in payload["message"]
        with contextlib.suppress(TimeoutError):
            while True:
                assert second.next(timeout=1)[0] == "error"
        assert second.connection.ping().wait(5)


def refused_in_the_end(listener):
    """The first answer, asking until there is one: while a slow machine asks, 20 requests come back each second."""
    for _ in range(100):
        for _ in range(100):
            listener.say("unsubscribe", profileId=UNKNOWN)
        with contextlib.suppress(TimeoutError):
            return listener.next(timeout=0.1)
    raise AssertionError("10 000 requests were not counted")


def test_one_address_has_256_sockets(engine, new_server):
    """Every socket takes one of the server's connections, and needs no token."""
    server = new_server(engine, {"limits.rate": "false"})
    with contextlib.ExitStack() as stack:
        for _ in range(255):
            stack.enter_context(socket(server))
        with socket(server) as last:
            last.sync()
            with pytest.raises(websockets.InvalidStatus) as refused, socket(server):
                pass
            assert refused.value.response.status_code == 429 and b"256" in refused.value.response.body
            assert int(refused.value.response.headers["Retry-After"]) > 0
        # A place that is given back is free, as soon as the server knows of it.
        wait_until(lambda: has_room(server))


def has_room(server):
    try:
        with socket(server) as listener:
            listener.sync()
    except websockets.InvalidStatus:
        return False
    return True


def test_sockets_end_with_the_server(engine, new_server):
    """A server that goes down says so."""
    server = new_server(engine)
    with socket(server) as listener:
        listener.sync()
        assert server.stop() == 0
        with pytest.raises(websockets.ConnectionClosed) as closed:
            listener.next()
        assert closed.value.rcvd.code == 1001


def test_what_is_no_socket_is_told_so(gale):
    """2: `{"message": ...}` for all errors."""
    answer = gale.get("/socket/connect")
    assert failed(answer, 426) and answer.headers["sec-websocket-version"] == "13"


# Links


@pytest.mark.parametrize("base", ["", "/api", "/gale/api"])
def test_a_link_opens_the_program(gale, base):
    """11: OpenGraph, a script that opens the link; #512: a link to click and to copy."""
    made = gale.make(archive('profileName: "<b>&\\"x"\nmods: []\n'))
    answer = gale.http.get(f"{base}/desktop/profile/sync/clone/{made['id']}")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    for part in ('property="og:title" content="Import sync profile"', f'property="og:description" content="{made["id"]}"',
                 'property="og:type" content="website"', f'href="gale://profile/sync/clone/{made["id"]}"', "&lt;b&gt;&amp;&quot;x by "):  # fmt: skip
        assert part in answer.text, answer.text
    assert "<b>" not in answer.text and "script-src 'sha256-" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("identifier,status", [("%3Cscript%3E", 400), ("x", 400), (UNKNOWN, 200)])
def test_a_link_of_nothing_is_harmless(gale, identifier, status):
    """11: "Id is not validated and inserted raw in the real server (XSS): validate/escape"."""
    answer = gale.http.get(f"/desktop/profile/sync/clone/{identifier}")
    assert answer.status_code == status and "<script>location" in answer.text or failed(answer, 400) == "Invalid profile id."


# The client from end to end


def test_the_desktop_client_s_day(server):
    """13: login, connect, push, pull on launch, clone by code, owned list, live update, delete, with the client's own rules."""
    owner = Gale(server).log_in_here(register(server, "owner").username, PASSWORD)
    claims = claims_of(owner.tokens["accessToken"])
    assert type(claims["exp"]) is int and all(type(claims[name]) is str for name in ("discordId", "name", "displayName")) and "avatar" in claims
    # Connect.
    first, second = archive(), archive("profileName: Rookery\nmods: []\ncommunity: lethal-company\n")
    made = owner.make(first)
    synced_at = made["updatedAt"]
    # Somebody else imports by code, without an account: meta, then meta and the archive again.
    friend = Gale(server)
    meta = friend.meta(made["id"])
    assert meta["manifest"]["community"] == "lethal-company"
    assert friend.meta(made["id"]) == meta and friend.pull(made["id"]).content == first
    with socket(server) as listener:
        listener.subscribe(made["id"])
        listener.sync()
        # The push button is the owner's: ids are compared as texts.
        assert meta["owner"]["discordId"] == claims["discordId"]
        pushed = owner.change(made["id"], second)
        event, payload = listener.next()
        assert event == "profileUpdated" and payload["metadata"]["updatedAt"] == pushed["updatedAt"]
        # Pull before launch: what is newer is imported.
        assert friend.meta(made["id"])["updatedAt"] > synced_at
        assert friend.pull(made["id"]).content == second
        # The owned list, newest first as the client sorts it; no community is null.
        other = owner.make(archive("profileName: None\nmods: []\n"))
        listed = good(owner.get("/user/me"))
        assert [profile["id"] for profile in sorted(listed["profiles"], key=lambda profile: profile["updatedAt"], reverse=True)] == [other["id"], made["id"]]
        assert all(type(profile["community"]) is str for profile in listed["profiles"])
        # The token is over, and is exchanged without an Authorization header.
        owner.tokens = good(owner.http.post("/gale/api/auth/token", json={"refreshToken": owner.tokens["refreshToken"]}))
        assert owner.request("DELETE", f"/profile/{made['id']}").status_code == 204
        assert listener.next() == ("profileDeleted", {"id": made["id"]})
    assert friend.get(f"/profile/{made['id']}/meta").status_code == 404
