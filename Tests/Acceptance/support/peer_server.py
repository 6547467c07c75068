"""A server of Reileta that is written by hand from contracts/reileta.md, to stand on the other side of Roost; it may misbehave in any way."""

import base64
import hashlib
import re
import secrets
import threading
import types
import urllib.parse
import uuid

import httpx

from .cosmos_webhooks import wait_until
from .local_server import LocalServer, reply
from .peer_answers import Answer, Call, data, error
from .peer_objects import PeerObjects
from .reileta import address_of, at, good, new_id
from .reileta_shapes import now

DAY = 86_400_000


class FakePeer(PeerObjects, LocalServer):
    """`instead` holds behaviours (support/peer_answers.py) that replace the usual answers; `calls` are all requests that came, in their order."""

    def __init__(self, host="127.0.0.1", *, name=None, tls=None):
        """`name`: the host as it calls itself. `tls`: with what it serves by TLS."""
        self.id = new_id("s")
        self.calls = []
        #: What was raised while it answered: defects of the test.
        self.defects = []
        self.instead = []
        self.ended = threading.Event()
        #: Challenges that it has begun: id to `{server, nonce, state}`.
        self.outgoing = {}
        #: Tokens that it has given to servers, and that servers have given to it (by their addresses).
        self.granted, self.tokens = {}, {}
        #: Tokens that it has given to people of other servers.
        self.visitors = {}
        self.lifetime = 30 * DAY
        self.more_headers = []
        super().__init__(host, tls)
        self.address = f"{name or host}:{self.port}"
        self.gateway = self.origin
        self.make_objects()

    # Answering

    def answer(self, request):
        try:
            self._answer(request)
        except Exception as error:
            if not isinstance(error, OSError):
                self.defects.append(error)
            raise

    def _answer(self, request):
        length = int(request.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(self, request, request.command, request.path, headers, request.rfile.read(length))
        self.calls.append(call)
        for method, pattern, behaviour in reversed(self.instead):
            if method == call.method and re.fullmatch(pattern, call.path):
                answer = behaviour(call)
                break
        else:
            answer = self.usual(call)
        if answer is not None:
            reply(request, answer.status, answer.body, [*answer.headers, *self.more_headers])

    def usual(self, call):
        """What a server that does all right answers."""
        for method, pattern, name in (*ROUTES, *self.OBJECT_ROUTES):
            match = re.fullmatch(pattern, call.path)
            if match and method == call.method:
                return getattr(self, name)(call, *match.groups())(call)
        return error(2)(call)

    def when(self, method, pattern, behaviour):
        """Answers so from now on, where the whole path matches."""
        self.instead.append((method, pattern, behaviour))
        return self

    def document(self):
        """What it says of itself (4.1)."""
        return {
            "id": self.id, "title": "Peer", "description": "Plays a server", "address": self.address, "secure": self.origin.startswith("https"), "version": "4.0.0",
            "gateways": {"http": self.gateway, "ws": self.gateway.replace("http", "ws", 1) + "/api/ws"}, "ready_at": self.started,
            "icon": self.gateway + "/icon.png", "created_at": self.started, "updated_at": self.started,
        }  # fmt: skip

    def _server(self, call):
        return data(self.document())

    def _well_known(self, call):
        return lambda _: Answer(200, b"OK", (("Content-Type", "text/plain"),))

    # Challenges (3.2), as the one that is asked

    def _put_challenge(self, call):
        body = call.json
        if not {"server", "id", "nonce_hash"} <= set(body):
            return error(100)
        asker = types.SimpleNamespace(url=f"http://{body['server']}")
        try:
            told = at(asker, "GET", f"/api/challenges/{body['id']}", headers={"User-Agent": self.agent}).json().get("data", {})
        except httpx.HTTPError:
            return error(5)
        proven = hashlib.sha256(told.get("nonce", "").encode()).hexdigest()
        if (told.get("server"), told.get("state"), proven) != (self.address, "pending", body["nonce_hash"]):
            return error(102)
        return data(self.grant(body["server"], body["id"]))

    def grant(self, server, id):
        """The Challenge (4.7) with a new token for the server."""
        token = new_token()
        self.granted[token] = server
        return {
            "id": id, "server": server, "direction": "in", "state": "accepted", "token": token, "created_at": now(), "expires_at": now() + self.lifetime,
        }  # fmt: skip

    # Challenges, as the one that asks

    def begin(self, server, /, **members):
        """A challenge that is pending here; `server` is an address."""
        id = new_id("c")
        self.outgoing[id] = {"id": id, "server": server, "state": "pending", "nonce": secrets.token_urlsafe(32)} | members
        return self.outgoing[id]

    def _get_challenge(self, call, id):
        found = self.outgoing.get(id)
        return data(found) if found and found["state"] == "pending" else error(101)

    def ask_for_token(self, server, /, **members):
        """PUT /api/challenges at the server; `members` replace those of the body, or leave them out with None. The whole answer."""
        begun = self.begin(address_of(server))
        body = {"server": self.address, "id": begun["id"], "nonce_hash": hash_of(begun["nonce"])} | members
        return self.call(server, "PUT", "/challenges", {name: value for name, value in body.items() if value is not None}, token=None)

    def prove(self, server):
        """The whole of 3.2: the Challenge that the server has answered, whose token is used from now on."""
        challenge = good(self.ask_for_token(server))
        self.outgoing[challenge["id"]]["state"] = "accepted"
        self.tokens[address_of(server)] = challenge["token"]
        return challenge

    # Calling other servers

    @property
    def agent(self):
        return f"AVR/4.0.0(Server; {self.address})"

    def call(self, server, method, path, json=None, *, token=..., acting=None, headers=None, **more):
        """A request as a server sends it: with its token, and for one of its people when `acting` is a reference."""
        token = self.tokens.get(address_of(server)) if token is ... else token
        fields = {"User-Agent": self.agent} | ({"Authorization": token} if token else {}) | ({"X-AVR-As": acting} if acting else {})
        if json is not None:
            more["json"] = json
        return at(server, method, "/api" + path, headers=fields | (headers or {}), **more)

    def introduce(self, server, user=None, **more):
        """PUT /api/integrity for one of its people (3.4 step 2): the whole answer."""
        return self.call(server, "PUT", "/integrity", {"user": user or self.user["id"] + "@" + self.address}, **more)

    def visit(self, server, user=None):
        """A token with which one of its people may come to the server."""
        if address_of(server) not in self.tokens:
            self.prove(server)
        return good(self.introduce(server, user and f"{user['id']}@{self.address}"))["token"]

    # Integrity, as the target

    def _put_integrity(self, call):
        server = self.granted.get(call.token)
        user = call.json.get("user", "")
        if server is None:
            return error(103)
        if user.partition("@")[2] != server:
            return error(4)
        token = new_token()
        self.visitors[token] = user
        return data({"id": str(uuid.uuid4()), "user": user, "token": token, "expires_at": now() + 300_000})

    # What has come

    def calls_of(self, method, pattern):
        return [call for call in list(self.calls) if call.method == method and re.fullmatch(pattern, call.path)]

    def wait_for(self, method, pattern, count=1):
        """The requests of this kind, once there are so many."""
        return wait_until(lambda: (found := self.calls_of(method, pattern)) and len(found) >= count and found)

    def heard(self, words):
        """Whether any request had these words in it, escaped or not."""
        return any(form in call.words for call in list(self.calls) for form in {words, urllib.parse.quote(words, safe=""), urllib.parse.quote(words)})

    def end(self):
        self.ended.set()
        super().end()


ROUTES = (
    ("GET", "/api/server", "_server"), ("GET", "/.well-known/avr", "_well_known"), ("HEAD", "/.well-known/avr", "_well_known"),
    ("PUT", "/api/challenges", "_put_challenge"), ("GET", "/api/challenges/([^/]+)", "_get_challenge"),
    ("PUT", "/api/integrity", "_put_integrity"),
)  # fmt: skip


def new_token():
    """64 random bytes in base64 (1.3)."""
    return base64.b64encode(secrets.token_bytes(64)).decode()


def hash_of(nonce):
    """`nonce_hash` (3.2): hex sha256 of the nonce as it is written."""
    return hashlib.sha256(nonce.encode()).hexdigest()
