"""The Gale API as its desktop client sees it, and somebody who stands in for Discord (contracts/gale.md)."""

import base64
import dataclasses
import io
import json
import secrets
import threading
import urllib.parse
import zipfile

import httpx

from .local_server import LocalServer, reply

MANIFEST = """profileName: Rookery
mods:
- name: BepInEx-BepInExPack
  version: {major: 5, minor: 4, patch: 2100}
  enabled: true
  source: Thunderstore
- name: Owl-Some_Mod
  version: {major: 0, minor: 1, patch: 2}
  enabled: false
community: lethal-company
ignoredUpdates: []
"""
MODS = [
    {"name": "BepInEx-BepInExPack", "enabled": True, "version": {"major": 5, "minor": 4, "patch": 2100}},
    {"name": "Owl-Some_Mod", "enabled": False, "version": {"major": 0, "minor": 1, "patch": 2}},
]


def archive(manifest=MANIFEST, files=(("BepInEx/config/owl.cfg", b"feathers = 7\n"),), *, name="export.r2x"):
    """An archive as the client makes it: the manifest first."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        if manifest is not None:
            zipped.writestr(name, manifest)
        for path, content in files:
            zipped.writestr(path, content)
    return out.getvalue()


def claims_of(token):
    """The payload of an access token, which the client reads without checking it."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


@dataclasses.dataclass
class DiscordPerson:
    id: str
    username: str
    global_name: str | None = None
    avatar: str | None = None


class Discord(LocalServer):
    """Stands in for Discord: `codes` says who comes back with which code; each is good once."""

    def __init__(self):
        self.codes = {}
        self.tokens = {}
        self.requests = []
        self.status = None
        self._lock = threading.Lock()
        super().__init__()

    @property
    def endpoint(self):
        return self.origin + "/api/v10"

    def settings(self):
        return {"gale.discord": json.dumps({"endpoint": self.endpoint, "client_id": "4711", "client_secret": "hush & \"quotes\""})}

    def code_for(self, person):
        code = secrets.token_urlsafe(12)
        self.codes[code] = person
        return code

    def answer(self, request):
        length = int(request.headers.get("content-length") or 0)
        body = request.rfile.read(length) if length else b""
        with self._lock:
            self.requests.append((request.command, request.path, {name.lower(): value for name, value in request.headers.items()}, body))
        if self.status:
            return reply(request, self.status)
        if request.command == "POST" and request.path == "/api/v10/oauth2/token":
            form = dict(urllib.parse.parse_qsl(body.decode()))
            person = self.codes.pop(form.get("code"), None)
            if person is None:
                return self.json(request, 400, {"error": "invalid_grant"})
            token = secrets.token_urlsafe(12)
            self.tokens[token] = person
            return self.json(request, 200, {
                "access_token": token, "refresh_token": secrets.token_urlsafe(12), "token_type": "Bearer", "expires_in": 604800, "scope": "identify",
            })  # fmt: skip
        if request.command == "GET" and request.path == "/api/v10/oauth2/@me":
            person = self.tokens.get((request.headers.get("authorization") or "").removeprefix("Bearer "))
            if person is None:
                return self.json(request, 401, {"message": "401: Unauthorized"})
            user = dataclasses.asdict(person) | {"discriminator": "0", "public_flags": 0, "unknown": {}}
            return self.json(request, 200, {"application": {}, "scopes": ["identify"], "user": user})
        return reply(request, 404)

    @staticmethod
    def json(request, status, body):
        return reply(request, status, json.dumps(body).encode(), [("Content-Type", "application/json")])


class Gale:
    """A client at one of the mounts. `agent` is what it calls itself."""

    def __init__(self, server, base="/gale/api", agent="Kesomannen-Gale/1.21.0", tokens=None):
        self.base, self.tokens, self.server = base, tokens, server
        self.http = httpx.Client(base_url=server.url, trust_env=False, headers={"User-Agent": agent}, timeout=20)

    def at(self, base, agent=None):
        """The same person elsewhere."""
        return Gale(self.server, base, agent or self.http.headers["user-agent"], self.tokens)

    def request(self, method, path, **more):
        headers = dict(more.pop("headers", None) or {})
        if self.tokens and "Authorization" not in headers:
            headers["Authorization"] = "Bearer " + self.tokens["accessToken"]
        return self.http.request(method, self.base + path, headers=headers, **more)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    # Signing in

    def begin(self):
        """Where the browser is sent, and what comes back with it."""
        answer = self.http.get(self.base + "/auth/login")
        assert answer.status_code == 302 and answer.content == b"" and answer.headers["cache-control"] == "no-store", answer.text
        location = answer.headers["location"]
        return location, dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))["state"]

    def come_back(self, discord, person, state):
        return self.http.get("/auth/callback", params={"code": discord.code_for(person), "state": state})

    def log_in(self, discord, person):
        """Through Discord, as far as the program gets the tokens."""
        _, state = self.begin()
        self.tokens = tokens_of(self.come_back(discord, person, state))
        return self

    def log_in_here(self, username, password):
        """On the page of the server."""
        location, state = self.begin()
        self.tokens = tokens_of(
            self.http.post(location.partition("?")[0], data={"state": state, "username": username, "password": password}))
        return self

    # Profiles

    def push(self, content=None, profile=None):
        """Makes a profile, or puts another archive in its place; the answer."""
        content = archive() if content is None else content
        # The client sends the bytes with no type at all.
        path, method = ("/profile", "POST") if profile is None else (f"/profile/{profile}", "PUT")
        return self.request(method, path, content=content)

    def make(self, content=None):
        return saved(self.push(content), 201)

    def change(self, profile, content=None):
        return saved(self.push(content, profile), 200)

    def meta(self, profile):
        return good(self.get(f"/profile/{profile}/meta"))

    def pull(self, profile):
        """The archive, by way of its address."""
        answer = self.get(f"/profile/{profile}")
        assert answer.status_code == 302 and answer.headers["cache-control"] == "no-store", answer.text
        return self.http.get(answer.headers["location"])


def tokens_of(answer):
    """The tokens that the program gets, by its port or by its link."""
    if answer.status_code == 302:
        location = answer.headers["location"]
        assert location.startswith("http://localhost:22942/?access_token="), location
    else:
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"), answer.text
        start = answer.text.index('href="gale://auth/callback?') + 6
        location = answer.text[start:answer.text.index('"', start)].replace("&amp;", "&")
    query = urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query)
    assert [name for name, _ in query] == ["access_token", "refresh_token"]
    return {"accessToken": query[0][1], "refreshToken": query[1][1]}


def good(answer, status=200):
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/json" and answer.headers["cache-control"] == "no-store"
    return answer.json()


def saved(answer, status):
    """What making and changing answers (7.1)."""
    body = good(answer, status)
    assert set(body) == {"id", "createdAt", "updatedAt", "created_at", "updated_at"}
    assert (body["createdAt"], body["updatedAt"]) == (body["created_at"], body["updated_at"])
    return body


def failed(answer, status, message=None):
    """An error: one member, `message`."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"message"}, body
    if message:
        assert body["message"] == message
    if status == 429:
        assert int(answer.headers["retry-after"]) >= 1
    return body["message"]
