"""Leads the requests of schemathesis for the Reileta API to what exists: a document cannot say which ids there are, nor make a picture.

What is wrong in a request on purpose stays as it is. All requests are those of one administrator.
"""

import hashlib
import re
import secrets
import urllib.parse
import uuid

import httpx
import schemathesis

from support.openapi_cases import WORLD, Turns, is_good, is_linked, note, without, written_plainly
from support.pictures import picture

AUTHORITY = urllib.parse.urlsplit(WORLD["url"]).netloc
#: Whoever has logged in already can do neither.
ARRIVALS = ("POST /api/auth/login", "POST /api/auth/register")
DEPARTURES = ("GET /api/auth/logout", "POST /api/auth/logout", "DELETE /api/auth/logout")
PICTURE = picture(8, 8)
#: What those who enter an instance have to know.
WORD_OF_INSTANCE = "owls only"
#: Texts that have rules which a pattern cannot say.
WORDS = ("title", "display", "displayname", "description", "version")


class World:
    """An administrator with a world that has a picture and an asset with a file, a service and an instance; and somebody to follow."""

    def __init__(self):
        self.http = httpx.Client(base_url=WORLD["url"] + "/api", headers={"Authorization": WORLD["token"]}, trust_env=False)
        self.stranger = httpx.Client(base_url=WORLD["url"] + "/api", trust_env=False)
        self.turns = Turns()
        self.user = self.new_user()
        self.world = self.asset = self.service = self.instance = None
        #: Whether a request may have removed something since it was looked at.
        self.is_changed = True

    # Making

    def make(self, method, path, **more):
        response = self.http.request(method, path, **more)
        assert response.status_code == 200, f"{method} {path}: {response.status_code} {response.text}"
        return response.json()["data"]

    def new_user(self):
        self.stranger.cookies.clear()
        response = self.stranger.post("/auth/register", json={"username": new_name(), "password": WORLD["password"]})
        assert response.status_code == 200, response.text
        return response.json()["data"]["user"]["id"]

    def log_in(self):
        """The token of one more login."""
        self.stranger.cookies.clear()
        response = self.stranger.post("/auth/login", json={"username": WORLD["username"], "password": WORLD["password"]})
        assert response.status_code == 200, response.text
        return response.json()["data"]["token"]

    def new_world(self):
        return self.make("PUT", "/worlds", json={"tags": ["avr:public"]})["id"]

    def new_asset(self):
        return self.make("PUT", f"/worlds/{self.world}/assets", json=new_build())["id"]

    def new_service(self):
        return self.make("PUT", "/services", json={"title": "Weather"})["id"]

    def new_instance(self):
        return self.make("PUT", "/instances", json={"world": self.world})["id"]

    def upload(self, path, content):
        self.make("POST", path, files={"file": ("file", content)})

    # What is there

    def has(self, path):
        return self.http.get(path).status_code == 200

    def renew(self, *, pictures=True):
        """Makes anew what a request has removed."""
        if not self.is_changed:
            return
        self.is_changed = False
        if self.world is None or not self.has(f"/worlds/{self.world}"):
            self.world, self.asset, self.instance = self.new_world(), None, None
        if self.asset is None or not self.has(f"/worlds/{self.world}/assets/{self.asset}"):
            self.asset = self.new_asset()
        if not self.http.get(f"/worlds/{self.world}/assets/{self.asset}/file").is_success:
            self.upload(f"/worlds/{self.world}/assets/{self.asset}/file", b"a world")
        if self.service is None or not self.has(f"/services/{self.service}"):
            self.service = self.new_service()
        if self.instance is None or not self.has(f"/instances/{self.instance}"):
            self.clear_instances()
            self.instance = self.new_instance()
        for path in (f"/worlds/{self.world}/thumbnail", "/users/@me/thumbnail", "/users/@me/banner"):
            if pictures and not self.has(path):
                self.upload(path, PICTURE)
        if not self.has("/users/@me/home"):
            self.make("POST", "/users/@me/home", json={"id": self.world})

    def clear_instances(self):
        """Removes what requests have made: one person may have 100."""
        for instance in self.http.get("/instances", params={"limit": 100, "owner": WORLD["username"]}).json()["data"]["items"]:
            if instance["id"] != self.instance:
                self.http.delete(f"/instances/{instance['id']}")

    def clear_assets(self):
        """Removes what requests have made: a world may have 256."""
        for asset in self.http.get(f"/worlds/{self.world}/assets", params={"limit": 100, "empty": ""}).json()["data"]["items"]:
            if asset["id"] != self.asset:
                self.http.delete(f"/worlds/{self.world}/assets/{asset['id']}")

    # What a request is about

    def path(self, operation, parameters, *, is_linked):
        """The path parameters of an operation, with ids of what exists. What is going to be removed has been made for it."""
        # A picture has no id: one that comes back would look as if it had not been removed.
        self.renew(pictures=not is_linked)
        known = {"address": AUTHORITY, "me": "@me", "world": self.world, "asset": self.asset}
        place = operation.split(" ", 1)[1]
        if place.startswith("/api/services"):
            known["id"] = self.service
        elif place.startswith("/api/instances"):
            known["id"] = self.instance
        else:
            known["id"] = "@me"
        match operation:
            case "GET /api/users/{id}" | "POST /api/users/{id}" if self.turns.is_second(operation):
                known["id"] = self.user
            case "DELETE /api/users/{id}":
                known["id"] = self.new_user()
            case "DELETE /api/worlds/{world}":
                known["world"] = self.new_world()
            case "DELETE /api/worlds/{world}/assets/{asset}":
                known["asset"] = self.new_asset()
            case "DELETE /api/services/{id}":
                known["id"] = self.new_service()
            case "DELETE /api/instances/{id}":
                known["id"] = self.new_instance()
            case "DELETE /api/instances/{id}/candidate":
                self.make("POST", f"/instances/{self.instance}/candidate", json={})
            case "PUT /api/users/{me}/follows/{id}":
                known["id"] = self.new_user()
            case "DELETE /api/users/{me}/follows/{id}":
                known["id"] = self.new_user()
                self.make("PUT", f"/users/@me/follows/{known['id']}")
        return {name: known.get(name, value) for name, value in parameters.items()}

    def body(self, operation, body):
        """The body of an operation, about what exists, with texts that are lines."""
        body = {name: plain(value) if name in WORDS and isinstance(value, str) else value for name, value in body.items()}
        if body.get("id"):
            body["id"] = body["id"][:2] + str(uuid.uuid4())
        if isinstance(body.get("password"), str) and body["password"]:
            body["password"] = WORD_OF_INSTANCE if "instances" in operation else WORLD["password"]
        if isinstance(body.get("require"), list):
            body["require"] = [new_need(need) for need in body["require"]]
        if isinstance(body.get("tags"), list):
            # Those with this beginning are the server's.
            body["tags"] = [tag.replace("avr:", "owl:") for tag in body["tags"]]
        match operation:
            case "POST /api/server":
                return body | ({"address": AUTHORITY} if "address" in body else {})
            case "POST /api/auth/login":
                return {"username": WORLD["username"], "password": WORLD["password"]}
            case "POST /api/auth/register":
                named = {"email": f"{new_name()}@owls.example"} if body.get("email") else {}
                return without(body, "invite_token", "setup_code") | {"username": new_name()} | named
            case "POST /api/users/{id}":
                # An administrator who has another name or is none any more could do nothing else here.
                named = {"home": self.world} if body.get("home") else {}
                return without(body, "id", "username", "email", "tags", "password") | named
            case "POST /api/users/{id}/home":
                return {"home": self.world} if body.get("home") else {"id": self.world, "version": "1"}
            case "PUT /api/worlds/{world}/assets":
                self.clear_assets()
                return body | new_build() | self.elsewhere(body)
            case "POST /api/worlds/{world}/assets/{asset}":
                return without(body, "engine", "platform") | ({"version": new_name()} if body.get("version") else {}) | self.elsewhere(body)
            case "PUT /api/instances" | "PUT /api/instances@{address}":
                self.clear_instances()
                return without(body, "world_ids") | {"world": self.world} | self.called(body) | self.helped(body)
            case "POST /api/instances/{id}":
                return body | ({"world": self.world} if body.get("world") else {}) | self.called(body) | self.helped(body)
            case "POST /api/instances/{id}/candidate":
                return without(body, "user", "state") | ({"user": self.user, "state": "accepted"} if body.get("state") else {})
        return body

    def helped(self, body):
        return {"moderators": [self.user]} if body.get("moderators") else {}

    @staticmethod
    def elsewhere(body):
        return {"url": "https://files.example/world"} if body.get("url") else {}

    @staticmethod
    def called(body):
        return {"name": secrets.token_hex(4)} if body.get("name") else {}


def new_name():
    return "u" + secrets.token_hex(7)


def new_build():
    return {"version": new_name(), "engine": "unity", "platform": "windows"}


def new_need(need):
    """What a service needs, of the same kind."""
    return plain(need) if isinstance(need, str) else {"id": plain(need["id"]), "version": ["1", "2"], "required": False}


def plain(text):
    """A text of the same length in which everything may stand."""
    return re.sub(r"[^A-Za-z0-9]", "x", text)


world = World()


@schemathesis.auth(refresh_interval=None)
class Administrator:
    """Signs requests in; those that log out with a login of their own."""

    def get(self, case, context):
        return world.log_in() if context.operation.label in DEPARTURES else WORLD["token"]

    def set(self, case, token, context):
        if case.operation.label not in ARRIVALS:
            case.headers["Authorization"] = token


@schemathesis.hook
def before_call(context, case, kwargs):
    # Where somebody is led to is somewhere else.
    kwargs["allow_redirects"] = False
    operation = case.operation.label
    # What is done at another server is 501, which is right and looks like a fault.
    if case.method != "GET":
        (case.query or {}).pop("server", None)
        for name, value in (case.path_parameters or {}).items():
            if name != "address" and isinstance(value, str):
                case.path_parameters[name] = value[:1] + value[1:].replace("@", "-").replace("%40", "-")
    if not is_good(case):
        # What is said of a file elsewhere is looked at with its address only.
        if operation.endswith(("assets", "assets/{asset}")) and isinstance(case.body, dict) and {"hash", "size"} & set(case.body):
            if not case.body.get("url"):
                case.body["url"] = "https://files.example/world"
        # An instance of a world of another server is 501, which is right and looks like a fault.
        if "instances" in operation and isinstance(case.body, dict) and isinstance(case.body.get("world"), str):
            case.body["world"] = case.body["world"].partition("@")[0]
        return
    case.path_parameters = world.path(operation, case.path_parameters or {}, is_linked=is_linked(case))
    # Another server cannot be asked, and a hash has to be that of the file.
    if "server" in (case.query or {}):
        case.query["server"] = AUTHORITY
    if "user" in (case.query or {}):
        case.query["user"] = WORLD["username"]
    if "X-File-Hash" in (case.headers or {}):
        case.headers["X-File-Hash"] = hashlib.sha256(PICTURE).hexdigest()
    if "Range" in (case.headers or {}):
        case.headers["Range"] = "bytes=0-3"
    if operation.endswith(("/thumbnail", "/banner", "/file")) and case.method == "POST":
        case.body = {"file": PICTURE}
    elif isinstance(case.body, dict):
        case.body = world.body(operation, written_plainly(case.body))


@schemathesis.hook
def after_call(context, case, response):
    world.is_changed = world.is_changed or case.method != "GET" and response.status_code < 300
    note(case, response)
