"""A client of the gateway (contracts/chat.md 4)."""

import json
import socket as sockets
import time
from urllib.parse import urlencode

from websockets.sync.client import connect

from .closing import closes_with

HELLO, HEARTBEAT, HEARTBEAT_ACK, IDENTIFY, RESUME, RECONNECT, RESUMED, INVALID_SESSION = 0, 1, 2, 3, 6, 7, 8, 9
CONNECTED, MESSAGE_CREATE, MESSAGE_UPDATE, MESSAGE_DELETE = 10, 11, 12, 13
CHANNEL_CREATE, CHANNEL_UPDATE, CHANNEL_DELETE = 20, 21, 22
SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE, SERVER_UPDATE, SERVER_DELETE = 30, 31, 32, 33
PRESENCE_UPDATE, TYPING_START = 40, 50

NAMES = {
    CONNECTED: "CONNECTED", MESSAGE_CREATE: "MESSAGE_CREATE", MESSAGE_UPDATE: "MESSAGE_UPDATE", MESSAGE_DELETE: "MESSAGE_DELETE",
    CHANNEL_CREATE: "CHANNEL_CREATE", CHANNEL_UPDATE: "CHANNEL_UPDATE", CHANNEL_DELETE: "CHANNEL_DELETE",
    SERVER_MEMBER_ADD: "SERVER_MEMBER_ADD", SERVER_MEMBER_REMOVE: "SERVER_MEMBER_REMOVE",
    SERVER_UPDATE: "SERVER_UPDATE", SERVER_DELETE: "SERVER_DELETE", PRESENCE_UPDATE: "PRESENCE_UPDATE", TYPING_START: "TYPING_START",
}  # fmt: skip
#: The control frames that a server sends.
CONTROL = (HELLO, HEARTBEAT, HEARTBEAT_ACK, RECONNECT, RESUMED, INVALID_SESSION)
#: Presence and typing are not logged and may come at any time.
FLEETING = (PRESENCE_UPDATE, TYPING_START)
#: Extensions of the contract: only for sockets that asked for them.
EXTENSIONS = (SERVER_UPDATE, SERVER_DELETE)
#: How IDENTIFY and RESUME ask for the extensions.
CAPABILITIES = ["server_events"]


class Gateway:
    """One socket. Every frame that arrives is checked: its shape, that `s` rises strictly, and that no extension comes which was not asked for."""

    def __init__(self, server, *, header=None, query=None, subprotocols=None, ext=False):
        query = (query or {}) | ({"ext": "1"} if ext else {})
        url = server.socket_url + ("?" + urlencode(query) if query else "")
        headers = {"Authorization": f"Bearer {header}"} if header else None
        self.connection = connect(
            url, additional_headers=headers, subprotocols=subprotocols, compression=None, proxy=None,
            open_timeout=10, close_timeout=5, ping_interval=None, max_queue=None, max_size=None, legacy=True,
        )
        self.frames = []
        self.last_s = None
        self.session_id = None
        self.is_extended = ext

    # Receiving

    def receive(self, timeout=10):
        """The next frame, whatever it is. Raises TimeoutError, or ConnectionClosed."""
        text = self.connection.recv(timeout=timeout)
        assert isinstance(text, str), "the server sends text frames only"
        frame = json.loads(text)
        self._check(frame)
        self.frames.append(frame)
        return frame

    def _check(self, frame):
        operation = frame["op"]
        assert type(operation) is int
        assert "d" in frame, "d is always present"
        if operation < 10:
            assert operation in CONTROL, f"a server does not send {frame}"
            assert "s" not in frame and "t" not in frame, f"a control frame has no s and no t: {frame}"
        elif operation in FLEETING:
            assert "s" not in frame, f"an event that is not logged has no s: {frame}"
            assert frame["t"] == NAMES[operation]
        else:
            assert operation not in EXTENSIONS or self.is_extended, f"nobody asked for {frame}"
            assert type(frame["s"]) is int
            assert self.last_s is None or frame["s"] > self.last_s, f"s {frame['s']} after {self.last_s}"
            self.last_s = frame["s"]
            assert frame["t"] == NAMES.get(operation), f"the contract knows no {frame}"
        if operation in (CONNECTED, RESUMED):
            self.session_id = frame["d"]["session_id"]

    def expect(self, operation, timeout=10):
        """The next frame, which must be this one; presence, typing and heartbeat requests may come before it."""
        deadline = time.monotonic() + timeout
        while True:
            frame = self.receive(max(0.01, deadline - time.monotonic()))
            if frame["op"] == operation:
                return frame
            assert frame["op"] in (*FLEETING, HEARTBEAT), f"expected op {operation}, got {frame}"

    def expect_presence(self, account, status, timeout=10):
        """The next op 40 about this account, which must tell this status; other events may come before it."""
        deadline = time.monotonic() + timeout
        while True:
            frame = self.receive(max(0.01, deadline - time.monotonic()))
            if frame["op"] == PRESENCE_UPDATE and frame["d"]["user_id"] == account.user_id:
                assert frame["d"]["status"] == status, f"expected {status}, got {frame}"
                return frame["d"]

    def presences(self, account, seconds=1.5):
        """What arrives about this account in a while, as op 40: its statuses."""
        return [data["status"] for data in self.fleeting(PRESENCE_UPDATE, seconds) if data["user_id"] == account.user_id]

    def fleeting(self, operation, seconds=0.5):
        """What arrives with this opcode in a while."""
        found = []
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                frame = self.receive(left)
            except TimeoutError:
                break
            if frame["op"] == operation:
                found.append(frame["d"])
        return found

    def expect_messages(self, count, timeout=20):
        """The next `count` events, all op 11: their objects."""
        return [self.expect(MESSAGE_CREATE, timeout)["d"] for _ in range(count)]

    def events_until(self, message, timeout=20):
        """What comes before the event of this message, which is the marker: the frames without presence and typing."""
        deadline = time.monotonic() + timeout
        found = []
        while True:
            frame = self.receive(max(0.01, deadline - time.monotonic()))
            if frame["op"] == MESSAGE_CREATE and frame["d"]["message_id"] == message["message_id"]:
                return found
            if frame["op"] not in (*FLEETING, HEARTBEAT):
                found.append(frame)

    def events_until_resumed(self, timeout=20):
        """What is replayed after `resume`, which must be as many as RESUMED counts."""
        deadline = time.monotonic() + timeout
        found = []
        while (frame := self.receive(max(0.01, deadline - time.monotonic())))["op"] != RESUMED:
            if frame["op"] not in (*FLEETING, HEARTBEAT):
                found.append(frame)
        assert frame["d"]["replayed"] == len(found), f"{frame} after {len(found)} events"
        return found

    def expect_nothing(self, seconds=0.4):
        """Nothing but presence and typing arrives for a moment."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                frame = self.receive(left)
            except TimeoutError:
                return
            assert frame["op"] in FLEETING, f"unexpected {frame}"

    def expect_close(self, code, timeout=10):
        """The server closes with this code; frames may come before."""
        closes_with(code, self.receive, timeout)

    # Sending

    def send(self, operation, *data):
        """Sends {op, d}; without data, d is absent."""
        self.send_raw(json.dumps({"op": operation} | ({"d": data[0]} if data else {})))

    def send_raw(self, message):
        self.connection.send(message)

    def identify(self, token, **more):
        self._ask(IDENTIFY, {"token": token} | more)

    def resume(self, token, session_id, seq, **more):
        self._ask(RESUME, {"token": token, "session_id": session_id, "seq": seq} | more)

    def _ask(self, operation, data):
        self.is_extended = self.is_extended or data.get("capabilities") == CAPABILITIES
        self.send(operation, data)

    def beat(self):
        """A heartbeat that is answered: the socket lives."""
        self.send(HEARTBEAT, self.last_s)
        assert self.expect(HEARTBEAT_ACK)["d"] is None

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


class GatewayFactory:
    """Opens sockets and ends them with the test."""

    def __init__(self):
        self.opened = []

    def open(self, server, **how):
        """A socket after its HELLO, not yet identified unless `how` carries a token."""
        gateway = Gateway(server, **how)
        self.opened.append(gateway)
        gateway.hello = gateway.expect(HELLO)
        return gateway

    def __call__(self, account, **how):
        """A socket of this account after CONNECTED."""
        gateway = self.open(account.server, header=account.access_token, **how)
        gateway.connected = gateway.expect(CONNECTED)
        return gateway

    def resume(self, account, session_id, seq, *, ext=False, **more):
        """A new socket that has asked to resume; what else is named goes into the frame."""
        gateway = self.open(account.server, ext=ext)
        gateway.resume(account.access_token, session_id, seq, **more)
        gateway.session_id, gateway.last_s = session_id, seq
        return gateway

    def come_back(self, account, before, **how):
        """A new socket that resumes the session of `before` after the last event seen there: what it missed, and the socket."""
        gateway = self.resume(account, before.session_id, before.last_s, **how)
        return gateway.events_until_resumed(), gateway

    def end(self):
        for gateway in self.opened:
            gateway.abort()
