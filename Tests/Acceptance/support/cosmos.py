"""A Cosmos server with the servers that it trusts, and those who call it (contracts/cosmos.md)."""

import json
import re
import time

import httpx

from .api import unique
from .cosmos_peers import METADATA_KEYS, IdentityServer, KeyServer
from .cosmos_signing import possession_proof, sign_request

#: Not where it listens: signatures and audiences follow the configuration, not the connection.
PUBLIC_URL = "https://galaxy.example.com"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
OWN_ID = re.compile(r"[1-9]\d{0,15}")
OPERATORS = [f"operator-{number}" for number in range(1_500)]

TEXT, VOICE, CATEGORY = 0, 2, 4
ROLE_ALLOW, MEMBER_ALLOW, ROLE_DENY, MEMBER_DENY = 0, 1, 2, 3

#: Bits of section 6.2.
VIEW_CHANNEL, SEND_MESSAGES, EMBED_LINKS, ATTACH_FILES = 1 << 10, 1 << 11, 1 << 14, 1 << 15
READ_MESSAGE_HISTORY, MENTION_EVERYONE, MANAGE_CHANNELS, MANAGE_MESSAGES = 1 << 16, 1 << 17, 1 << 4, 1 << 13
MANAGE_ROLES, MANAGE_WEBHOOKS, ADMINISTRATOR, KICK_MEMBERS = 1 << 28, 1 << 29, 1 << 3, 1 << 1
ALL_PERMISSIONS = 2146955263
CHANNEL_MASK = 871886673
DEFAULT_CHANNEL = 37080641
PRIVATE = DEFAULT_CHANNEL & ~VIEW_CHANNEL

#: Section 2: the status of each code.
STATUSES = {
    4008: 401, 4100: 401, 4101: 401, 4102: 401, 4103: 401, 4104: 401, 4105: 400, 4106: 401, 4107: 401, 4108: 503,
    4200: 403, 4201: 403, 4202: 403, 4203: 403, 4204: 403, 4205: 403, 4206: 403,
    4300: 404, 4301: 404, 4302: 409, 4303: 404, 4304: 404, 4400: 400, 4401: 400, 4402: 400, 4403: 400, 4404: 400, 4405: 413, 4406: 415,
    4500: 400, 4501: 400, 4502: 401, 4600: 400, 4601: 410, 4602: 429,
}  # fmt: skip


class Caller:
    """The API as somebody sees it. Paths begin with a slash; bodies are given as `json` or, raw, as `content`."""

    def __init__(self, world):
        self.world = world

    def fields(self, method, path, body, headers):
        """The header fields of a request, given those that the test asks for."""
        return headers

    def request(self, method, path, json_body=None, *, content=None, headers=None, content_type="application/json"):
        body = json.dumps(json_body).encode() if json_body is not None else content or b""
        fields = [(name.lower(), value) for name, value in (headers.items() if isinstance(headers, dict) else headers or [])]
        if body and content_type:
            fields.append(("content-type", content_type))
        return self.world.send(method, path, body, self.fields(method, path, body, fields))

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.request("POST", path, body, **more)

    def put(self, path, body=None, **more):
        return self.request("PUT", path, body, **more)

    def patch(self, path, body=None, **more):
        return self.request("PATCH", path, body, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)

    # Steps that must succeed

    def create(self, path, body):
        return ok(self.post(path, body), 201)

    def change(self, path, **members):
        return ok(self.patch(path, members))

    def remove(self, path):
        nothing(self.delete(path))

    def channels(self, galaxy):
        return ok(self.get(f"/galaxy/{galaxy}/channels"))

    def channel(self, galaxy, channel):
        return ok(self.get(f"/galaxy/{galaxy}/channels/{channel}"))

    def create_channel(self, galaxy, name="room", type=TEXT, **more):
        return self.create(f"/galaxy/{galaxy}/channels", {"name": name, "type": type} | more)

    def override(self, galaxy, channel, kind, target, permissions):
        """Asks for one override; the answer."""
        return self.put(override_path(galaxy, channel, kind, target), {"permissions": permissions})

    def set_override(self, galaxy, channel, kind, target, permissions):
        done(self.override(galaxy, channel, kind, target, permissions))

    def remove_override(self, galaxy, channel, kind, target):
        done(self.delete(override_path(galaxy, channel, kind, target)))


class Anonymous(Caller):
    """Without credentials."""


class Person(Caller):
    """Somebody whom the identity server vouches for; `subject` is the id. Each person has one token, made when it is first needed."""

    def __init__(self, world, subject=None, **claims):
        super().__init__(world)
        self.subject = subject or unique("user")
        self.claims = claims
        self._token = None

    @property
    def token(self):
        if self._token is None:
            self._token = self.new_token()
        return self._token

    def new_token(self, **claims):
        return self.world.identity.token(self.subject, **({"iat": self.world.now} | self.claims | claims))

    def fields(self, method, path, body, headers):
        return [("authorization", f"Bearer {self.token}"), *headers]


class Holder(Caller):
    """Whoever holds this token, be it good or not."""

    def __init__(self, world, token):
        super().__init__(world)
        self.token = token

    def fields(self, method, path, body, headers):
        return [("authorization", f"Bearer {self.token}"), *headers]


class ProvenHolder(Caller):
    """Whoever holds a token and proves the key that it names (DPoP); `changes` change each proof."""

    def __init__(self, world, token, key, **changes):
        super().__init__(world)
        self.token, self.key, self.changes = token, key, changes

    def fields(self, method, path, body, headers):
        changes = {"method": method, "url": PUBLIC_URL + path, "token": self.token} | self.changes
        proof = possession_proof(self.key, changes.pop("method"), changes.pop("url"), changes.pop("token"), **changes)
        return [("authorization", f"Bearer {self.token}"), ("dpop", proof), *headers]


class Metadata(Caller):
    """The metadata server: everything is signed. `how` goes to `sign_request`."""

    def __init__(self, world, peer=None, **how):
        super().__init__(world)
        self.peer = peer or world.metadata
        self.how = how

    def fields(self, method, path, body, headers):
        how = {"key": self.peer.key, "method": method, "url": PUBLIC_URL + path, "body": body, "headers": headers, "created": self.world.now}
        how |= self.how
        return sign_request(**how)

    def event(self, kind, data, *, identifier=None, **more):
        """Tells of something (9.7)."""
        body = {"type": kind, "timestamp": "2026-01-01T00:00:00.000Z", "data": data}
        return self.post("/webhooks/metadata", body, headers={"webhook-id": identifier or unique("msg_")}, **more)


class World:
    """A server under test with its metadata server and its identity server."""

    def __init__(self, *, metadata=True, identity=True):
        self.metadata = KeyServer(METADATA_KEYS) if metadata else None
        self.identity = IdentityServer(PUBLIC_URL) if identity else None
        self.peers = [peer for peer in (self.metadata, self.identity) if peer]
        self.server = None
        #: Set where the tests set the server's wall clock.
        self.clock = None
        self.offset = 0
        self._operators = iter(OPERATORS)

    def settings(self, **more):
        """What the server is started with; lists and mappings become JSON."""
        usual = {
            "server.public_url": PUBLIC_URL, "cosmos.allow_insecure_sources": True, "cosmos.max_galaxies": 100_000,
            "cosmos.metadata": [self.metadata.source()] if self.metadata else [],
            "cosmos.identity": [self.identity.source()] if self.identity else [], "cosmos.operators": OPERATORS,
            "guard.allow_cidrs": ["127.0.0.0/8"], "webhooks.allow_insecure": True, "webhooks.allow_ports": True,
            "webhooks.retry_schedule_seconds": [0, 0, 0, 1],
        }  # fmt: skip
        return {name: value if isinstance(value, str) else json.dumps(value) for name, value in (usual | more).items()}

    def send(self, method, path, body=b"", headers=()):
        """One request, header fields as they are given and in their order."""
        request = httpx.Request(method, self.server.url + path, content=body, headers=list(headers))
        return self.server.http.send(request)

    # Time

    @property
    def now(self):
        """The time of the server and its peers, in seconds."""
        return int(time.time()) + self.offset

    def step(self, seconds):
        """Lets so much time pass for the server and its peers."""
        self.offset += seconds
        self.clock.step(self.offset)

    # Who calls

    @property
    def anonymous(self):
        return Anonymous(self)

    @property
    def signer(self):
        """The metadata server."""
        return Metadata(self)

    def signing(self, **how):
        return Metadata(self, **how)

    def person(self, subject=None, **claims):
        return Person(self, subject, **claims)

    def holder(self, token):
        return Holder(self, token)

    def operator(self):
        """Somebody new whose galaxies may be made here."""
        return Person(self, next(self._operators))

    # Things

    def new_id(self, prefix="g"):
        return unique(prefix)

    def galaxy(self, owner, name="Nest", **more):
        """The id of a new galaxy of this person."""
        body = {"id": self.new_id(), "name": name, "ownerId": owner.subject} | more
        return ok(self.signer.post("/galaxy", body), 201)["id"]

    def join(self, galaxy, *people):
        for person in people:
            subject = person if isinstance(person, str) else person.subject
            done(self.signer.put(f"/galaxy/{galaxy}/members/{subject}"))

    def end(self):
        for peer in self.peers:
            peer.end()


# Checking answers


def override_path(galaxy, channel, kind, target):
    return f"/galaxy/{galaxy}/channels/{channel}/permissions/{kind}/{target}"


def done(response):
    """An answer of success; the contract leaves open whether there is something in it."""
    assert response.status_code in (200, 201, 204), f"{response.status_code} {response.text}"


def ok(response, status=200):
    """The JSON of an answer that has to have this status."""
    assert response.status_code == status, f"{response.status_code} {response.text}"
    assert response.headers["content-type"].split(";")[0] == "application/json"
    assert response.headers["cosmos-version"] == "1"
    assert response.headers["x-content-type-options"] == "nosniff"
    return response.json()


def nothing(response, status=204):
    assert response.status_code == status, f"{response.status_code} {response.text}"
    assert response.content == b""


def problem(response, code, **extensions):
    """The whole problem document of section 2 with this code and these further members; returns its members."""
    status = STATUSES[code]
    assert (response.status_code, response.json().get("code")) == (status, code), f"{response.status_code} {response.text}, not {code}"
    assert response.headers["content-type"].split(";")[0] == "application/problem+json"
    assert response.headers["cosmos-version"] == "1"
    body = response.json()
    assert (body["type"], body["status"]) == (f"urn:cosmos:error:{code}", status), body
    assert isinstance(body["title"], str) and body["title"] and isinstance(body["detail"], str), body
    for name, value in extensions.items():
        assert body[name] == value, body
    if status in (429, 503):
        assert status == 503 or int(response.headers["retry-after"]) >= 1
    return body


def invalid(response, *paths):
    """400/4400 that names these JSON pointers."""
    errors = problem(response, 4400)["errors"]
    assert all(isinstance(error["path"], str) and error["reason"] for error in errors), errors
    assert {error["path"] for error in errors} >= set(paths), errors


GALAXY_MEMBERS = {"id", "name", "description", "server", "iconHash", "ownerId", "publicFlags"}
CHANNEL_MEMBERS = {"id", "type", "name", "topic", "defaultPermissions", "permissionOverrides", "lastMessageId", "parentChannelId"}


def is_galaxy(value, *, private=False):
    """Exactly the members of the seed's Galaxy; `private`: with privateFlags."""
    assert set(value) == GALAXY_MEMBERS | ({"privateFlags"} if private else set()), value
    assert value["server"] == PUBLIC_URL
    for name in ("id", "name", "ownerId"):
        assert isinstance(value[name], str), value
    for name in ("description", "iconHash"):
        assert value[name] is None or isinstance(value[name], str), value
    for name in ("publicFlags", "privateFlags"):
        assert name not in value or is_int31(value[name]), value
    return value


def is_channel(value):
    """Exactly the members of the seed's Galaxy Channel."""
    assert set(value) == CHANNEL_MEMBERS, value
    assert isinstance(value["id"], str) and isinstance(value["name"], str)
    assert value["type"] in (TEXT, VOICE, CATEGORY) and is_int31(value["defaultPermissions"])
    for name in ("topic", "lastMessageId", "parentChannelId"):
        assert value[name] is None or isinstance(value[name], str), value
    overrides = value["permissionOverrides"]
    for override in overrides:
        assert set(override) == {"type", "id", "permissions"} and override["type"] in range(4), override
        assert override["permissions"] and override["permissions"] & ~CHANNEL_MASK == 0, override
    assert overrides == sorted(overrides, key=lambda one: (one["type"], len(one["id"]), one["id"])), "sorted by type and id"
    return value


def is_int31(value):
    return type(value) is int and 0 <= value < 2**31


def is_time(text):
    assert isinstance(text, str) and TIME.fullmatch(text), f"{text!r} is no time with milliseconds in UTC"


def ids(things):
    return [thing["id"] for thing in things]


def case_name(members):
    """What a case is called whose values are these members; the same in every process, whatever the values are."""
    plain = lambda value: repr(value)[:24] if isinstance(value, str | int | float | list | None) else type(value).__name__  # noqa: E731
    return ",".join(f"{name}={plain(value)}" for name, value in members.items()) or "nothing"
