"""One address for two protocols: `/api/ws` is that of Chat and that of Reileta (DESIGN 7; contracts/reileta.md 5.1)."""

import json
import time

import pytest
from websockets.sync.client import connect as dial

from support.api import register
from support.gateway import Gateway
from support.reileta import join
from support.reileta_socket import check

BROWSER = "Mozilla/5.0"


class Line:
    """A socket of which nobody knows yet what it is."""

    def __init__(self, server, *, query="", headers=None, agent=BROWSER, subprotocols=None):
        self.connection = dial(
            server.socket_url + query, additional_headers=headers, user_agent_header=agent, subprotocols=subprotocols, compression=None, proxy=None,
            open_timeout=20, close_timeout=2, ping_interval=None, legacy=True,
        )  # fmt: skip

    def next(self, timeout=15):
        return json.loads(self.connection.recv(timeout=timeout))

    def is_reileta(self):
        """Answers a command of Reileta, and says nothing of Chat before."""
        self.connection.send(json.dumps({"state": "which", "command": "ping", "subgroup": "avr", "data": {"time": 1}}))
        deadline = time.monotonic() + 15
        while True:
            frame = self.next(max(0.01, deadline - time.monotonic()))
            assert "op" not in frame, f"this is of Chat: {frame}"
            check(frame)
            if frame.get("state") == "which":
                return frame["data"]["success"] is True

    def says_hello(self):
        """The first frame of Chat (contracts/chat.md 4)."""
        frame = self.next()
        return frame["op"] == 0 and frame["d"]["heartbeat_interval"] > 0


@pytest.fixture
def line(registry):
    lines = []

    def make(server=registry, **how):
        lines.append(Line(server, **how))
        return lines[-1]

    yield make
    for made in lines:
        made.connection.close()


@pytest.mark.parametrize("agent", ["AVR", "AVR(User)", "AVR/1.0 (Client;windows)", "AVR/4.0.0(Server; nest.example)", "AVR/1 (Unity/2022; ios)"])
def test_clients_are_known_by_their_name(line, agent):
    """DESIGN 7: "a `User-Agent` that starts with `AVR`"."""
    assert line(agent=agent).is_reileta()


@pytest.mark.parametrize("query", ["?authuser=x", "?authserver=x", "?integrityuser=x", "?authuser=", "?a=b&authuser=x&c"])
def test_clients_are_known_by_their_query(line, query):
    """DESIGN 7: "`?authuser`/`?authserver`/`?integrityuser`"."""
    assert line(query=query).is_reileta()


def test_clients_are_known_by_their_cookie(line, person):
    """DESIGN 7: "a `_suid` cookie"; it is the login as well (contracts/reileta.md 1.3)."""
    made = line(headers={"Cookie": f"a=b; _suid={person.token}"})
    frame = made.next()
    check(frame)
    assert frame["command"] == "authenticated" and frame["data"]["user"]["id"] == person.id
    assert line(headers={"Cookie": "_suid=unknown"}).is_reileta()


def test_clients_are_known_by_their_protocol(line):
    """DESIGN 7: "the subprotocol `avr`"; a client that asks for one is told which it got (RFC 6455 4.1)."""
    made = line(subprotocols=["avr"])
    assert made.connection.subprotocol == "avr" and made.is_reileta()


@pytest.mark.parametrize("how", [
    {"query": "?token=x"}, {"query": "?v=1"}, {"query": "?session_id=x"}, {"headers": {"Authorization": "Bearer x.y.z"}}, {"subprotocols": ["bearer", "x"]},
], ids=["token", "v", "session", "header", "protocol"])  # fmt: skip
def test_what_means_chat_is_chat(line, how):
    """DESIGN 7: "a bearer token, `?token`, `?v`, `?session_id` or the subprotocol `bearer` mean Chat"."""
    assert line(**how).says_hello()


def test_somebody_of_chat_comes_in_as_before(registry, gateway):
    """DESIGN 7: nothing changes for clients of Chat."""
    account = register(registry)
    gateway(account).beat()
    other = gateway.open(registry)
    other.identify(account.access_token)
    assert other.expect(10)["d"]["user_id"] == account.user_id


def test_the_name_of_a_client_counts_more_than_its_scheme(registry, connect):
    """Contracts/reileta.md 1.3: "`Bearer `: accept both": a client of AtelierVR that says so is none of Chat."""
    robin = join(registry)
    socket = connect.open(registry, token="Bearer " + robin.token)
    assert socket.expect("authenticated")["user"]["id"] == robin.id


@pytest.mark.parametrize("how", [{}, {"agent": None}, {"agent": "curl/8 AVR"}, {"query": "?x=1"}, {"headers": {"Cookie": "suid=1; t=2"}}], ids=range(5))
def test_without_a_hint_the_first_frame_decides(line, how):
    """DESIGN 7: "the server says HELLO and the first frame decides (`op` = Chat, `command` = Reileta)"."""
    for is_reileta in (True, False):
        made = line(**how)
        assert made.says_hello()
        if is_reileta:
            assert made.is_reileta()
            made.connection.send(json.dumps({"op": 1, "d": None}))
            check(made.next())
            assert made.is_reileta(), "it stays what it is"
        else:
            made.connection.send(json.dumps({"op": 1, "d": None}))
            assert made.next()["op"] == 2


def test_who_came_without_a_hint_may_still_log_in(line, person):
    """5.3: `authenticate` on a socket of a browser."""
    made = line()
    assert made.says_hello()
    made.connection.send(json.dumps({"state": "a", "command": "authenticate", "subgroup": "avr", "data": {"token": person.token, "integrity": ""}}))
    frames = [made.next(), made.next()]
    assert [frame.get("state") for frame in frames] == ["a", None] and frames[1]["command"] == "authenticated"
    assert frames[0]["data"]["user"]["id"] == person.id
    made.connection.send(json.dumps({"op": 3, "d": {"token": "x"}}))
    check(made.next())


def test_one_of_two_may_be_off(engine, new_server, line):
    """contracts/configuration.md: "a dialect that is off answers 404 as if not there": the other takes all sockets."""
    server = new_server(engine, {"reileta.enabled": "false"})
    assert Gateway(server).receive()["op"] == 0
    server = new_server(engine, {"chat.enabled": "false"})
    assert line(server=server).is_reileta()
