"""The Socket.IO front, which the clients of the seed's day speak (contracts/reileta.md 5.1)."""

import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as dial

from support.cosmos_webhooks import wait_until
from support.reileta import at, good, is_error, join
from support.reileta_shapes import now
from support.reileta_socket import check

PATH = "/socket.io/?EIO=4&transport=websocket"


class Line:
    """Packets of Engine.IO 4 as text; a ping of the server is answered by the test when it wants to."""

    def __init__(self, server, path=PATH, headers=None):
        url = server.url.replace("http", "ws", 1) + path
        self.connection = dial(url, additional_headers=headers, compression=None, proxy=None, open_timeout=20, close_timeout=2, ping_interval=None, legacy=True)

    def next(self, timeout=15):
        text = self.connection.recv(timeout=timeout)
        assert isinstance(text, str)
        return text

    def send(self, text):
        self.connection.send(text)

    def say(self, event, *values):
        self.send("42" + json.dumps([event, *values], separators=(",", ":")))

    def hear(self, event):
        """What comes with the next event, which must have this name."""
        text = self.next()
        assert text.startswith("42"), text
        name, *values = json.loads(text[2:])
        assert name == event, text
        return values

    def begin(self, payload=""):
        """The opening packet and the namespace `/`."""
        opening = self.next()
        self.send("40" + payload)
        self.joined = self.next()
        return opening

    def ask(self, command, data, state="1"):
        self.say("local", {"state": state, "command": command, "subgroup": "avr", "data": data})
        while True:
            [frame] = self.hear("local")
            check(frame)
            if frame.get("state") == state:
                return frame


@pytest.fixture
def line(registry):
    lines = []

    def make(server=registry, *, begun=True, **how):
        lines.append(Line(server, **how))
        if begun:
            lines[-1].begin()
        return lines[-1]

    yield make
    for made in lines:
        made.connection.close()


def test_the_first_packets(line):
    """5.1: `0{"sid","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload"}` -> `40` -> `40{"sid":"..."}`, compact.

    `maxPayload` is what the server takes ("frame <= 64 kB inbound"), not the default of the framework.
    """
    made = line(begun=False)
    opening = made.begin()
    assert opening[0] == "0" and " " not in opening
    told = json.loads(opening[1:])
    assert told == {"sid": told["sid"], "upgrades": [], "pingInterval": 25000, "pingTimeout": 20000, "maxPayload": 65536}
    assert isinstance(told["sid"], str) and told["sid"]
    assert made.joined.startswith('40{"sid":"') and set(json.loads(made.joined[2:])) == {"sid"}, '"wants compact `"sid":"..."` in the `40` answer"'


@pytest.mark.parametrize("payload", ["", "{}", '{"token":"x"}', "/,", "/,{}"])
def test_one_joins_the_namespace(line, payload):
    """5.1: "client `40` (optionally with a JSON payload)"; namespace `/`."""
    made = line(begun=False)
    made.begin(payload)
    assert made.joined.startswith('40{"sid":"')
    assert made.ask("ping", {"time": 1})["data"]["success"] is True


def test_there_is_no_other_namespace(line):
    """5.1: "namespace `/`"; Socket.IO 5: `44` refuses one."""
    made = line(begun=False)
    made.next()
    made.send("40/owls,")
    assert made.next().startswith("44/owls,")


def test_commands_come_as_local(line, person):
    """5.1: "Event name used for all commands and answers: **`local`** (both directions), argument = one frame object"."""
    made = line()
    frame = made.ask("ping", {"time": 4711})
    assert frame["command"] == "ping" and frame["data"]["client"] == 4711
    frame = made.ask("authenticate", {"token": "unknown", "integrity": ""})
    assert frame["data"] == {"success": False}
    is_error(frame["error"], 20)
    frame = made.ask("authenticate", {"token": person.token, "integrity": ""})
    assert frame["data"]["success"] is True and frame["data"]["user"]["id"] == person.id
    [event] = made.hear("local")
    check(event)
    assert event["command"] == "authenticated" and "state" not in event
    good(person.post("/users/@me", {"display": "Kestrel"}))
    while True:
        [event] = made.hear("local")
        if event["command"] == "update-user" and event["data"]["user"]["display"] == "Kestrel":
            break


def test_several_frames_may_come_at_once(line):
    """5.1: "R0 server accepts several arguments"."""
    made = line()
    made.say("local", *({"state": str(number), "command": "ping", "subgroup": "avr", "data": {"time": number}} for number in range(3)))
    assert [made.hear("local")[0]["state"] for _ in range(3)] == ["0", "1", "2"]


def test_pings_have_their_own_event(line):
    """5.3: "R0: event `ping` `{time:int}` -> `{client: <same>, server: ms}`"."""
    made = line()
    made.say("ping", {"time": 12})
    [told] = made.hear("ping")
    assert told["client"] == 12 and abs(told["server"] - now()) < 10_000


def test_an_instance_is_entered(line, registry, person):
    """6.1, 8: `local` {`instance:join`, `avr`, {instance: id}}."""
    instance = person.make_instance(person.make_world(), tags=["avr:public"])
    made = line()
    made.ask("authenticate", {"token": person.token, "integrity": ""})
    frame = made.ask("instance:join", {"instance": instance["id"]}, state="2")
    assert frame["command"] == "instance:join" and frame["data"]["success"] is True
    assert good(person.get(f"/instances/{instance['id']}"))["users"] == [person.reference]
    made.send("41")
    wait_until(lambda: good(person.get(f"/instances/{instance['id']}"))["users"] == [])


def test_who_comes_with_a_header_is_known(line, person):
    """5.1, as on `/api/ws`: authenticated at once."""
    made = line(headers={"Authorization": person.token})
    [event] = made.hear("local")
    assert event["command"] == "authenticated" and event["data"]["user"]["id"] == person.id


@pytest.mark.parametrize("packet", ["42", "42[", "42{}", "42[7]", "42[]", '42["local"]', '42["local",7]', '42["local",{"command":7}]', '42["owls",{}]', '43["x"]'])
def test_what_makes_no_sense_does_no_harm(line, packet):
    """5.1: errors are answered or passed over, and the socket goes on; or it is closed in order."""
    made = line()
    try:
        made.send(packet)
        made.say("ping", {"time": 12})
        while not (text := made.next()).startswith('42["ping"'):
            assert text.startswith('42["local",{') or text.startswith("44"), text
    except ConnectionClosed as closed:
        assert closed.rcvd is not None
    # Others are not concerned.
    assert line().ask("ping", {"time": 1})["data"]["success"] is True


def test_one_says_goodbye(line):
    """5.1: "`41` = disconnect"; Engine.IO: `1` closes."""
    made = line()
    made.send("41")
    made.send("1")
    with pytest.raises(ConnectionClosed):
        while True:
            made.next()


@pytest.mark.parametrize("path", ["/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=4&transport=polling&t=abc", "/socket.io/?EIO=3&transport=polling"])
def test_polling_is_refused_with_a_clear_answer(registry, path):
    """5.1: "websocket transport only"; Engine.IO: 400 with `{code, message}`."""
    answer = at(registry, "GET", path)
    assert answer.status_code == 400, answer.text
    assert "websocket" in answer.text.lower() or "transport" in answer.text.lower() or "version" in answer.text.lower()


@pytest.mark.parametrize("path", ["/socket.io/?EIO=4&transport=owls", "/socket.io/?EIO=3&transport=websocket", "/socket.io/?transport=websocket"])
def test_another_version_is_refused(registry, path):
    """5.1: query `EIO=4&transport=websocket`."""
    with pytest.raises(InvalidStatus) as refused:
        Line(registry, path)
    assert refused.value.response.status_code == 400


@pytest.mark.parametrize("path", ["/socket.io/?EIO=4&transport=websocket", "/socket.io?EIO=4&transport=websocket", "/socket.io/?transport=websocket&EIO=4&x=y"])
def test_the_address_may_be_written_in_several_ways(line, path):
    assert line(path=path).ask("ping", {"time": 1})["data"]["success"] is True


def test_the_front_may_be_off(engine, new_server):
    """contracts/configuration.md: reileta.socket_io."""
    server = new_server(engine, {"reileta.socket_io": "false"})
    assert at(server, "GET", PATH).status_code == 404
    with pytest.raises(InvalidStatus) as refused:
        Line(server)
    assert refused.value.response.status_code == 404


@pytest.mark.timeout(120)
def test_the_server_pings(line):
    """5.1: "keep-alive: server `2`, client `3`", every 25 s."""
    made = line()
    assert made.next(timeout=40) == "2"
    made.send("3")
    assert made.ask("ping", {"time": 1})["data"]["success"] is True


def test_a_server_that_stops_says_so(engine, new_server):
    """As on `/api/ws`: no line breaks off."""
    server = new_server(engine)
    robin = join(server, "robin")
    made = Line(server, headers={"Authorization": robin.token})
    made.begin()
    assert server.stop() == 0
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            made.next()
    assert closed.value.rcvd is not None and closed.value.rcvd.code in (1000, 1001, 1012)
