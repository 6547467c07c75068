"""The servers that a Cosmos server talks to, played by threads of the tests: whose keys it fetches, and who receives its webhooks."""

import contextlib
import dataclasses
import email.utils
import json
import socket
import threading
import time

from .cosmos_signing import Key, base64url, compact, new_nonce, sign_response
from .local_server import LocalServer, reply

METADATA_KEYS = "/.well-known/http-message-signatures-directory"
IDENTITY_KEYS = "/.well-known/jwks.json"


class KeyServer(LocalServer):
    """A server whose keys are trusted. What it publishes is `keys`, unless `document` (bytes) replaces it; `fetches` counts the requests for it."""

    def __init__(self, path, *, key=None):
        self.path = path
        self.key = key or Key()
        self.keys = [self.key]
        self.document = None
        self.status = 200
        self.headers = [("Content-Type", "application/jwk-set+json")]
        #: Signs the document with this key; `signing` goes to `sign_response`.
        self.signer = None
        self.signing = {}
        #: What it signs in place of the document.
        self.signed_document = None
        self.delay = 0
        self.fetches = 0
        self._lock = threading.Lock()
        super().__init__()

    @property
    def keys_url(self):
        return self.origin + self.path

    def source(self, **more):
        """What the configuration says of this server."""
        return {"origin": self.origin} | more

    def published(self):
        """The document as it is now."""
        return json.dumps({"keys": [key if isinstance(key, dict) else key.jwk() for key in self.keys]}).encode()

    def rotate(self, *, keeping=True):
        """Signs with a new key from now on; the one before stays published, or goes."""
        self.key = Key()
        self.keys = [self.key, *(self.keys if keeping else [])]
        return self.key

    def answer(self, request):
        if request.path != self.path:
            return reply(request, 404)
        with self._lock:
            self.fetches += 1
        time.sleep(self.delay)
        body = self.published() if self.document is None else self.document
        headers = list(self.headers)
        if self.signer:
            headers += sign_response(self.signer, self.keys_url, self.signed_document or body, **self.signing)
        return reply(request, self.status, body, headers)


class IdentityServer(KeyServer):
    """Signs tokens for people. `audience` is the server that they are for."""

    def __init__(self, audience, **more):
        self.audience = audience
        super().__init__(IDENTITY_KEYS, **more)

    @property
    def issuer(self):
        return self.origin

    def token(self, subject, *, header=None, key=None, lifetime=600, **claims):
        """An identity token; claims replace the usual ones, or leave them out with None. So does `header`."""
        return self._token("cosmos-id+jwt", subject, header, key, lifetime, claims)

    def assertion(self, owner, galaxy, *, header=None, key=None, lifetime=120, **claims):
        """That the owner wants this galaxy to be made (contracts/cosmos.md 4, "Intent")."""
        return self._token("cosmos-act+jwt", owner, header, key, lifetime, {"act": "galaxy.create", "galaxyId": galaxy} | claims)

    def _token(self, kind, subject, header, key, lifetime, claims):
        key = key or self.key
        now = claims.get("iat") if type(claims.get("iat")) is int else int(time.time())
        usual = {"iss": self.issuer, "sub": subject, "aud": self.audience, "iat": now, "exp": now + lifetime, "jti": new_nonce()}
        head = {"alg": "Ed25519", "typ": kind, "kid": key.thumbprint} | (header or {})
        return compact(key, _without_none(head), _without_none(usual | claims))


def _without_none(members):
    return {name: value for name, value in members.items() if value is not None}


def unsigned(header, claims):
    """A token with `alg` none: two parts and an empty third."""
    return ".".join(base64url(json.dumps(part).encode()) for part in (header, claims)) + "."


# Webhooks


@dataclasses.dataclass
class Delivery:
    """One request that a receiver got."""

    at: float
    method: str
    path: str
    #: As they came, names in lower case.
    headers: dict
    body: bytes

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def timestamp(self):
        return self.headers["webhook-timestamp"]

    @property
    def signatures(self):
        return self.headers["webhook-signature"].split(" ")

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.json["type"]

    @property
    def data(self):
        return self.json["data"]


class Receiver(LocalServer):
    """Receives webhooks and keeps all of them. `script` holds what the next requests are answered with, then it is `usual`.

    An entry is a status, a pair of status and header fields, or one of `hang`, `close` and `flood`.
    """

    def __init__(self, tls=None):
        self.deliveries = []
        self.script = []
        self.usual = 204
        self.in_flight = self.most_in_flight = 0
        self.delay = 0
        self._changed = threading.Condition()
        self.ended = threading.Event()
        super().__init__(tls=tls)

    def url(self, path="/hook"):
        return self.origin + path

    def answer(self, request):
        length = int(request.headers.get("content-length", 0))
        headers = {name.lower(): value for name, value in request.headers.items()}
        delivery = Delivery(time.time(), request.command, request.path, headers, request.rfile.read(length))
        with self._changed:
            self.deliveries.append(delivery)
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            what = self.script.pop(0) if self.script else self.usual
            self._changed.notify_all()
        try:
            if self.delay:
                self.ended.wait(self.delay)
            self._act(request, what)
        finally:
            with self._changed:
                self.in_flight -= 1

    def _act(self, request, what):
        if what == "hang":
            self.ended.wait(60)
            request.close_connection = True
        elif what == "close":
            request.connection.shutdown(socket.SHUT_RDWR)
            request.close_connection = True
        elif what == "flood":
            # Far more than anybody has to read; whoever reads it all would be here for long.
            request.send_response_only(200)
            request.send_header("Content-Length", str(1 << 30))
            request.end_headers()
            with contextlib.suppress(OSError):
                while not self.ended.is_set():
                    request.wfile.write(bytes(65_536))
            request.close_connection = True
        else:
            status, headers = what if isinstance(what, tuple) else (what, [])
            reply(request, status, headers=headers)

    # What has come

    def wait_for(self, count, timeout=15, *, matching=lambda _: True):
        """The first `count` deliveries that match, once there are so many."""
        with self._changed:
            found = lambda: [delivery for delivery in self.deliveries if matching(delivery)]  # noqa: E731
            self._changed.wait_for(lambda: len(found()) >= count, timeout)
            assert len(found()) >= count, f"{len(found())} of {count} came within {timeout} s: {[d.body[:120] for d in self.deliveries]}"
            return found()[:count]

    def expect(self, kind, timeout=15, *, nth=1):
        """The delivery of this type, the `nth` one."""
        return self.wait_for(nth, timeout, matching=lambda delivery: delivery.type == kind)[nth - 1]

    def of(self, kind):
        """What has come of this type up to now."""
        with self._changed:
            return [delivery for delivery in self.deliveries if delivery.type == kind]

    def forget(self):
        with self._changed:
            self.deliveries.clear()

    def end(self):
        self.ended.set()
        super().end()


def http_date(seconds_from_now):
    return email.utils.formatdate(time.time() + seconds_from_now, usegmt=True)


class SilentPort:
    """A port on which nobody answers: connections are taken by the system and never read."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]

    def end(self):
        self.socket.close()


def closed_port():
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]
