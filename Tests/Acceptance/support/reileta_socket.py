"""The sockets of Reileta (contracts/reileta.md 5)."""

import itertools
import json
import socket as sockets
import time
from urllib.parse import urlencode

from websockets.sync.client import connect

from .closing import closes_with
from .reileta import is_error

_numbers = itertools.count(1)


class Socket:
    """One socket. Every frame that arrives is checked: it is text, short, and has the shape of 5.2. `events` are those not yet asked for, in order."""

    #: What clients of AtelierVR call themselves; the server tells them apart from others by it.
    AGENT = "AVR/1.0 (Tests)"

    def __init__(self, server, *, token=None, query=None, headers=None, agent=AGENT, subprotocols=None):
        url = server.socket_url + ("?" + urlencode(query) if query else "")
        fields = ({"Authorization": token} if token is not None else {}) | (headers or {})
        self.connection = connect(
            url, additional_headers=fields, user_agent_header=agent, subprotocols=subprotocols, compression=None, proxy=None,
            open_timeout=20, close_timeout=5, ping_interval=None, max_queue=None, max_size=None, legacy=True,
        )
        self.events = []

    # Receiving

    def receive(self, timeout=15):
        """The next frame, whatever it is. Raises TimeoutError, or ConnectionClosed."""
        text = self.connection.recv(timeout=timeout)
        assert isinstance(text, str), "the server sends text frames only"
        assert len(text.encode()) < 4096, f"5.1: outbound frames stay < 4096 bytes, this has {len(text.encode())}"
        frame = json.loads(text)
        check(frame)
        return frame

    def answer(self, state, timeout=15):
        """The frame with this state; what comes before it are events."""
        deadline = time.monotonic() + timeout
        while True:
            frame = self.receive(max(0.01, deadline - time.monotonic()))
            if "state" in frame:
                assert frame["state"] == state, f"an answer to {state!r} was due, not {frame}"
                return frame
            self.events.append(frame)

    def next_event(self, timeout=15):
        """The next event, whatever it is, with nothing passed over."""
        if self.events:
            return self.events.pop(0)
        frame = self.receive(timeout)
        assert "state" not in frame, f"nobody asked for {frame}"
        return frame

    def expect(self, name, timeout=15):
        """The data of the next event of this name; others may come before it."""
        deadline = time.monotonic() + timeout
        while True:
            frame = self.next_event(max(0.01, deadline - time.monotonic()))
            if frame["command"] == name:
                return frame["data"]

    def expect_close(self, code, timeout=15):
        """The server closes with this code; frames may come before."""
        closes_with(code, self.receive, timeout)

    # Sending

    def send(self, frame):
        self.connection.send(frame if isinstance(frame, (str, bytes)) else json.dumps(frame))

    def request(self, command, data=None, *, subgroup="avr"):
        """Asks, and gives the whole answer."""
        state = f"r{next(_numbers)}"
        self.send({"state": state, "command": command, "subgroup": subgroup} | ({} if data is None else {"data": data}))
        answer = self.answer(state)
        assert answer["command"] == command, f"5.2: the same command as the request, not {answer}"
        return answer

    def ask(self, command, **data):
        """The data of an answer that says it worked."""
        answer = self.request(command, data)
        assert "error" not in answer and answer["data"]["success"] is True, answer
        return answer["data"]

    def refused(self, code, command, **data):
        """The command must fail with this code."""
        answer = self.request(command, data)
        assert answer["data"] == {"success": False}, answer
        is_error(answer["error"], code)

    def sync(self):
        """All that was sent before has been done."""
        self.ask("ping", time=1)

    def subscribe(self, *topics):
        answer = self.ask("subscribe", events=list(topics))
        assert not answer.get("denied"), answer
        self.drain("subscribed")
        return answer

    def drain(self, *names):
        """Leaves out events of these names that have come, and are not what the test is about."""
        self.sync()
        self.events = [event for event in self.events if event["command"] not in names]

    # Ending

    def close(self, code=1000):
        self.connection.close(code)

    def abort(self):
        """The line breaks: no close frame."""
        try:
            self.connection.socket.shutdown(sockets.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()


def check(frame):
    """5.2: `{state?, command, subgroup, data?, error?}`; an event has no state."""
    assert set(frame) <= {"state", "command", "subgroup", "data", "error"} and {"command", "subgroup"} <= set(frame), frame
    assert isinstance(frame["command"], str) and isinstance(frame["subgroup"], str), frame
    if "error" in frame:
        is_error(frame["error"], frame["error"]["code"])


class SocketFactory:
    """Opens sockets and ends them with the test."""

    def __init__(self):
        self.opened = []

    def open(self, server, **how):
        socket = Socket(server, **how)
        self.opened.append(socket)
        return socket

    def guest(self, server):
        """A socket of nobody."""
        return self.open(server)

    def __call__(self, person, *topics):
        """A socket of this person, who has been told so, and is subscribed to these topics."""
        socket = self.open(person.server, token=person.token)
        told = socket.expect("authenticated")
        assert told["user"]["id"] == person.id
        if topics:
            socket.subscribe(*topics)
        socket.drain("subscribed")
        return socket

    def end(self):
        for socket in self.opened:
            socket.abort()
