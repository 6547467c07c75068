"""The Reileta API as its clients see it (contracts/reileta.md): the envelope of every answer, and people with what they own."""

import hashlib
import http.cookiejar
import re
import secrets
import uuid

import httpx

from .api import PASSWORD, Api, unique
from .api import Account as ChatAccount
from .program import administer
from .reileta_shapes import is_list, is_time

#: 1.2: the numbers are the wire contract; with each its name and its status.
ERRORS = {
    1: ("ServiceDisabled", 503), 2: ("RequestNotFound", 404), 3: ("UserNotLogged", 403), 4: ("UserDontHavePermission", 403),
    5: ("ServerNotFound", 403), 13: ("RequestNotImplemented", 501), 14: ("UserInvalidInput", 400), 15: ("UserAlreadyConnected", 403),
    17: ("UserNotFound", 404), 19: ("UserCannotDelete", 403), 20: ("SessionNotFound", 404), 22: ("AuthInvalidInput", 400),
    23: ("AuthInvalidLogin", 401), 24: ("WorldInvalidInput", 400), 25: ("WorldNotFound", 404), 26: ("WorldAssetInvalidInput", 400),
    27: ("WorldAssetNotFound", 404), 29: ("ServerInvalidInput", 400), 30: ("WorldAlreadyExist", 409), 32: ("WorldAssetInvalidFile", 400), 33: ("InstanceInvalidInput", 400),
    35: ("IntegrityNotFound", 404), 36: ("InstanceNotFound", 404), 37: ("AlreadyFollowing", 409), 38: ("TagNotFound", 403), 39: ("NotInInstance", 403), 40: ("InvalidModerationType", 400), 42: ("Teapot", 418),
    45: ("AssetAlreadyExists", 409), 47: ("InstanceAlreadyExists", 409), 48: ("InstanceIsFull", 409), 49: ("UserNotAllowed", 403),
    50: ("PlayerNotFound", 404),
    105: ("UserAlreadyExists", 409), 110: ("ServiceInvalidInput", 400), 111: ("ServiceNotFound", 404), 112: ("ServiceAlreadyExists", 409),
    6: ("NoResponseFromServer", 503), 7: ("NoDataFromServer", 503), 8: ("BadDataFromServer", 503), 9: ("BadRedirectionFromServer", 503),
    12: ("UserCannotUpdate", 403), 16: ("InternalError", 500), 10: ("RetryWithNewGateway", 307), 11: ("BadStructureFromServer", 503), 34: ("IntegrityInvalidInput", 400), 100: ("ChallengeInvalidInput", 400),
    101: ("ChallengeNotFound", 404), 102: ("ChallengeRefused", 403), 103: ("ServerNotLogged", 401), 104: ("ServerBlocked", 403),
    120: ("CandidateNotFound", 404), 121: ("AlreadyCandidate", 409),
    130: ("FileTooLarge", 413), 131: ("FileInvalidType", 415), 132: ("FileNotFound", 404), 133: ("FileHashMismatch", 400),
    140: ("RateLimited", 429), 150: ("SocketInvalidFrame", 400), 151: ("SocketUnknownCommand", 404), 152: ("SubscriptionDenied", 403),
}  # fmt: skip
#: 1.1: "Header set on every response".
UNCACHED = {"cache-control": "no-cache, no-store, must-revalidate", "pragma": "no-cache", "expires": "0"}
#: What the Unity client of the seed's day calls itself (1.3).
UNITY = "AVR/1.0 (Client;windows)"
#: Nobody's id.
NOBODY = "00000000-0000-4000-8000-000000000000"

#: No cookie is kept: what is not sent by a test is not sent.
_NO_COOKIES = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
_HTTP = httpx.Client(cookies=_NO_COOKIES, timeout=30, trust_env=False)


class Reileta:
    """The API as one caller sees it; without a token, as a stranger. Paths begin after /api."""

    def __init__(self, server, token=None):
        self.server, self.token = server, token

    def request(self, method, path, json=None, *, headers=None, **more):
        """One request; the token goes raw into the header, as the clients send it."""
        fields = {"Authorization": self.token} if self.token else {}
        if json is not None:
            more["json"] = json
        return at(self.server, method, "/api" + path, headers=fields | (headers or {}), **more)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, json=None, **more):
        return self.request("POST", path, json, **more)

    def put(self, path, json=None, **more):
        return self.request("PUT", path, json, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)

    def upload(self, path, content, *, name="file", filename="picture.png", type="application/octet-stream", announced=None, **more):
        """POST of one file as a form; `announced` is what X-File-Hash says."""
        headers = dict(more.pop("headers", None) or {}) | ({"X-File-Hash": announced} if announced is not None else {})
        return self.request("POST", path, files={name: (filename, content, type)}, headers=headers, **more)

    def listed(self, path, plural, **query):
        """The items of a list, whose shape is checked."""
        data = good(self.get(path, params=query))
        is_list(data, plural)
        return data["items"]


class Person(Reileta):
    """Somebody who has logged in here."""

    def __init__(self, server, login, password):
        super().__init__(server, login["token"])
        self.login, self.password = login, password
        self.id, self.username = login["user"]["id"], login["user"]["username"]

    def again(self):
        """The same person in another session."""
        return log_in(self.server, self.username, self.password)

    @property
    def reference(self):
        """As others refer to this person: `u_...@server`."""
        return f"{self.id}@{address_of(self.server)}"

    def chat(self):
        """The same person in Chat."""
        answer = Api(self.server).post("/auth/login", {"username": self.username, "password": self.password})
        assert answer.status_code == 200, answer.text
        return ChatAccount(self.server, answer.json(), self.password)

    def me(self):
        return good(self.get("/users/@me"))

    # Steps that tests take on the way to what they test

    def make_world(self, **members):
        return good(self.put("/worlds", members))

    def make_asset(self, world, content=None, **members):
        """An asset of a world, with its file when there is content."""
        asset = good(self.put(f"/worlds/{world['id']}/assets", {"version": "1", "engine": "unity", "platform": "windows"} | members))
        if content is None:
            return asset
        path = f"/worlds/{world['id']}/assets/{asset['id']}"
        assert good(self.upload(path + "/file", content, filename="world.avrw")) == "UPLOADED"
        return good(self.get(path))

    def empty_asset(self, **members):
        """The path of an asset of a new world, which has no file of ours."""
        world = self.make_world()
        return f"/worlds/{world['id']}/assets/{self.make_asset(world, **members)['id']}"

    def make_instance(self, world, **members):
        return good(self.put("/instances", {"world": world["id"], "tags": []} | members))

    def make_service(self, **members):
        return good(self.put("/services", {"title": "Weather"} | members))

    def follow(self, other):
        return good(self.put(f"/users/@me/follows/{other.id}"))


def at(server, method, path, **more):
    """A request to any path of the server, by nobody."""
    return _HTTP.request(method, server.url + path, **more)


def prehash(password):
    """What the clients send in place of a password (2.2)."""
    return hashlib.sha256(password.encode()).hexdigest()


def join(server, prefix="user", *, password=PASSWORD, **members):
    """Registers somebody new through this API."""
    body = {"username": unique(prefix), "password": prehash(password)} | members
    return Person(server, good(Reileta(server).post("/auth/register", body)), password)


def log_in(server, username, password=PASSWORD):
    return Person(server, good(Reileta(server).post("/auth/login", {"username": username, "password": prehash(password)})), password)


def administrator(server, username="warden"):
    """An administrator, made on the command line."""
    made = administer(server, "create", "--username", username, "--password-stdin", typed=PASSWORD + "\n")
    assert made.returncode == 0, made.stderr
    return log_in(server, username)


def address_of(server):
    """What the server calls itself."""
    return good(Reileta(server).get("/server"))["address"]


def new_id(prefix):
    """An id as a client chooses it."""
    return f"{prefix}_{uuid.uuid4()}"


def short_name():
    """A name of an instance that nobody has."""
    return secrets.token_hex(4)


# The envelope (1.1)


def envelope(answer):
    """The body, with what every answer has."""
    assert answer.headers["content-type"].split(";")[0] == "application/json", f"{answer.status_code} {answer.headers} {answer.text[:300]}"
    assert {name: answer.headers.get(name) for name in UNCACHED} == UNCACHED
    body = answer.json()
    assert body["request"] == answer.request.url.raw_path.decode()
    is_time(body["time"])
    return body


def good(answer):
    """The data of a success: 200 always, the keys are these, and nothing is null but the master of an instance."""
    assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
    body = envelope(answer)
    assert set(body) == {"request", "time", "data"}, body
    _has_no_null(body["data"])
    return body["data"]


def failed(answer, code):
    """The message of an error with this code and the status that goes with it."""
    name, status = ERRORS[code]
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:500]}"
    body = envelope(answer)
    assert set(body) == {"request", "time", "error"}, body
    is_error(body["error"], code)
    if code == 140:
        assert int(answer.headers["retry-after"]) >= 1
    return body["error"]["message"]


def failed_with(answer, *codes):
    """The code of an error that is one of these, where the contract leaves room."""
    assert "error" in answer.json(), answer.text[:500]
    code = answer.json()["error"]["code"]
    assert code in codes, f"{codes} was due, not {answer.text[:500]}"
    failed(answer, code)
    return code


def is_error(error, code):
    """1.1, 1.2: `{code, message, status}`; the message is the name in words, and may say more after a colon."""
    name, status = ERRORS[code]
    assert set(error) == {"code", "message", "status"}, error
    assert (error["code"], error["status"]) == (code, status), error
    assert re.sub(r"[\s']", "", error["message"].partition(":")[0]).lower() == name.lower(), error


def _has_no_null(value, name=None):
    if isinstance(value, dict):
        for key, member in value.items():
            assert member is not None or key == "master", f"{key} is null in {value}"
            _has_no_null(member, key)
    elif isinstance(value, list):
        for member in value:
            assert member is not None, f"null in {name}"
            _has_no_null(member, name)
