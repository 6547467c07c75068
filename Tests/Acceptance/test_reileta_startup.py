"""The start-up of the Unity client of the seed's day, step by step (contracts/reileta.md 6.1), with what it depends on."""

import hashlib
import io
import json
import queue

import httpx
import pytest
import socketio
from PIL import Image
from websockets.sync.client import connect as dial

from support.api import PASSWORD
from support.reileta import UNITY, good, join, log_in

CONTENT = b"UnityFS" + bytes(range(256)) * 500


class Unity:
    """JsonUtility and UnityWebRequest: every member is sent and none is null; an answer is good when its status is, and it has data and no error."""

    def __init__(self, gateway, token=""):
        self.gateway, self.token = gateway.rstrip("/"), token
        self.http = httpx.Client(timeout=30, trust_env=False)

    def request(self, method, path, body=None):
        headers = {"User-Agent": UNITY, "Authorization": self.token, "Cookie": "", "Accept": "*/*"}
        content = None
        if body is not None:
            assert None not in body.values(), "JsonUtility cannot send null"
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        answer = self.http.request(method, self.gateway + path, headers=headers, content=content)
        told = answer.json()
        assert answer.is_success and told.get("data") is not None and not told.get("error", {}).get("message"), answer.text
        return told["data"]

    def download(self, url):
        """Without credentials, as it gets pictures and worlds."""
        answer = self.http.get(url, headers={"User-Agent": UNITY}, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.content


class SocketIOWire:
    """A Socket.IO 4 client of PyPI; websocket transport only, as the plugin has it."""

    def __init__(self, url, unity):
        self.frames, self.pings = queue.Queue(), queue.Queue()
        self.client = socketio.Client(reconnection=False)
        self.client.on("local", self.frames.put)
        self.client.on("ping", self.pings.put)
        self.client.connect(url, transports=["websocket"], wait_timeout=20)

    def send(self, frame):
        self.client.emit("local", frame)

    def receive(self):
        return self.frames.get(timeout=15)

    def ping(self, milliseconds):
        self.client.emit("ping", {"time": milliseconds})
        return self.pings.get(timeout=15)

    def close(self):
        self.client.disconnect()


class PlainWire:
    """The same frames on `/api/ws`."""

    def __init__(self, url, unity):
        self.connection = dial(url, user_agent_header=UNITY, additional_headers={"Authorization": ""}, compression=None, proxy=None, open_timeout=20, legacy=True)

    def send(self, frame):
        self.connection.send(json.dumps(frame))

    def receive(self):
        return json.loads(self.connection.recv(timeout=15))

    def ping(self, milliseconds):
        self.send({"state": "ping", "command": "ping", "subgroup": "avr", "data": {"time": milliseconds}})
        return self.receive()["data"]

    def close(self):
        self.connection.close()


def succeeded(wire, command):
    """The client waits for any frame with `data.success`; here it must be that of the command."""
    while True:
        frame = wire.receive()
        if frame.get("command") == command:
            assert frame["data"]["success"] is True, frame
            return frame


@pytest.fixture(params=["socket.io", "plain"])
def new_wire(request, registry):
    wires = []

    def make(unity, gateways):
        if request.param == "plain":
            wires.append(PlainWire(registry.socket_url, unity))
        else:
            # It makes "ws" + url.substring(4), and adds the path only where there is none.
            assert gateways["ws"].startswith("http") and httpx.URL(gateways["ws"]).path == "/", gateways
            wires.append(SocketIOWire(gateways["ws"], unity))
        return wires[-1]

    yield make
    for wire in wires:
        wire.close()


@pytest.fixture
def home(person):
    """A world for several platforms, where the person begins."""
    world = person.make_world(title="Home", capacity=16)
    person.make_asset(world, CONTENT, platform="windows", version="1")
    person.make_asset(world, b"other", platform="android", version="1")
    person.make_asset(world, platform="linux", version="1")
    good(person.post("/users/@me/home", {"id": world["id"], "server": "", "version": ""}))
    return world


def test_a_client_starts(registry, person, home, new_wire):
    """6.1, steps 1 to 8."""
    unity = Unity(registry.url, person.token)
    # 2. GET /api/server
    server = unity.request("GET", "/api/server")
    for name in ("id", "title", "address", "icon"):
        assert server[name]
    assert server["gateways"]["http"].rstrip("/") == unity.gateway and type(server["ready_at"]) is int
    Image.open(io.BytesIO(unity.download(server["icon"]))).load()
    # 3. GET /api/users/@me
    me = unity.request("GET", "/api/users/@me")
    assert me["username"] == person.username and me["display"] and me["server"] == server["address"], "must be equal strings"
    assert me["home"].startswith(home["id"])
    # 4. the socket
    wire = new_wire(unity, server["gateways"])
    wire.send({"state": "", "command": "authenticate", "subgroup": "avr", "data": {"token": person.token, "integrity": ""}})
    succeeded(wire, "authenticate")
    # 5. GET /api/users/@me/home
    world = unity.request("GET", "/api/users/@me/home")
    fitting = [asset for asset in world["assets"] if (asset["engine"], asset["platform"]) == ("unity", "windows") and not asset.get("empty")]
    assert world["id"] == home["id"] and len(fitting) == 1
    # 6. the asset
    content = unity.download(fitting[0]["url"])
    assert hashlib.sha256(content).hexdigest() == fitting[0]["hash"] and len(content) == fitting[0]["size"] and content == CONTENT
    # 7. PUT /api/instances
    form = {"world": world["id"], "version": "", "name": "", "id": "", "capacity": 0, "tags": []}
    instance = unity.request("PUT", "/api/instances", form)
    assert instance["id"].startswith("i_") and instance["server"] == server["address"] and type(instance["connected"]) is int
    # 8. into the instance
    wire.send({"state": "", "command": "instance:join", "subgroup": "avr", "data": {"instance": instance["id"]}})
    frame = succeeded(wire, "instance:join")
    assert frame.get("state", "") == "" and frame["subgroup"] == "avr"
    assert unity.request("GET", f"/api/instances/{instance['id']}")["users"] == [f"{me['id']}@{me['server']}"]
    # Every 5 s, with ms since the start of the app.
    assert wire.ping(5012)["client"] == 5012


def test_two_clients_meet(registry, person, somebody, home, new_wire):
    """6.1, 8, and 5.4: who is inside hears of who comes and goes."""
    unity = Unity(registry.url, person.token)
    gateways = unity.request("GET", "/api/server")["gateways"]
    instance = unity.request("PUT", "/api/instances", {"world": home["id"], "version": "", "name": "", "id": "", "capacity": 0, "tags": ["avr:public"]})
    wires = []
    for who in (person, somebody):
        wires.append(new_wire(Unity(registry.url, who.token), gateways))
        wires[-1].send({"state": "a", "command": "authenticate", "subgroup": "avr", "data": {"token": who.token, "integrity": ""}})
        succeeded(wires[-1], "authenticate")
        wires[-1].send({"state": "j", "command": "instance:join", "subgroup": "avr", "data": {"instance": instance["id"]}})
        succeeded(wires[-1], "instance:join")
    while (frame := wires[0].receive())["command"] != "instance-joined":
        pass
    assert "state" not in frame and frame["data"]["user"] == somebody.reference
    wires[1].close()
    while (frame := wires[0].receive())["command"] != "instance-left":
        pass
    assert frame["data"]["type"] == 4


def test_a_client_without_a_token_goes_on_as_nobody(registry, new_wire):
    """1.3: "C0 sends `Authorization: ""` and `Cookie: ""` when it has no token"."""
    unity = Unity(registry.url)
    server = unity.request("GET", "/api/server")
    with pytest.raises(AssertionError, match='"code":3'):
        unity.request("GET", "/api/users/@me")
    wire = new_wire(unity, server["gateways"])
    wire.send({"state": "", "command": "authenticate", "subgroup": "avr", "data": {"token": "", "integrity": ""}})
    while (frame := wire.receive())["command"] != "authenticate":
        pass
    assert frame["data"]["success"] is False and frame["error"]["code"] == 22


def test_what_a_client_asks_through_its_own_server(registry, person, home):
    """6.1: "`/api/users/<id>@<server>`, `/api/worlds/<id>@<server>`, `/api/server@<addr>`, `/api/instances@<addr>` (PUT), all through the own server"."""
    unity = Unity(registry.url, person.token)
    address = unity.request("GET", "/api/server")["address"]
    assert unity.request("GET", f"/api/server@{address}")["address"] == address
    assert unity.request("GET", f"/api/users/{person.id}@{address}")["id"] == person.id
    assert unity.request("GET", f"/api/worlds/{home['id']}@{address}")["assets"]
    instance = unity.request("PUT", f"/api/instances@{address}", {"world": home["id"], "version": "", "name": "", "id": "", "capacity": 0, "tags": []})
    assert unity.request("GET", f"/api/instances/{instance['id']}@{address}")["id"] == instance["id"]


def test_the_page_for_browsers(registry):
    """6.3: login with the digest, `@me`, home, worlds, assets, upload, instances, logout: what the test page of the server did."""
    robin = join(registry, "robin")
    robin = log_in(registry, robin.username)
    world = good(robin.put("/worlds", {"title": "Den"}))
    asset = good(robin.put(f"/worlds/{world['id']}/assets", {"version": "1", "engine": "unity", "platform": "windows"}))
    assert good(robin.get(f"/worlds/{world['id']}?empty"))["assets"][0]["id"] == asset["id"]
    assert good(robin.upload(f"/worlds/{world['id']}/assets/{asset['id']}/file", CONTENT, filename="den.avrw")) == "UPLOADED"
    assert good(robin.post("/users/@me/home", {"id": world["id"]}))["id"] == good(robin.get("/users/@me/home"))["id"]
    assert good(robin.post("/users/@me", {"display": "Kestrel"}))["display"] == "Kestrel"
    good(robin.put("/instances", {"world": world["id"], "tags": ["avr:public"]}))
    assert good(robin.delete("/users/@me/home")) == "DELETED" and good(robin.delete(f"/worlds/{world['id']}")) == "DELETED"
    assert good(robin.get("/auth/logout")) == "LOGOUT"
    assert log_in(registry, robin.username).password == PASSWORD
