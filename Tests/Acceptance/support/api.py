"""People who use the REST API (contracts/chat.md 3)."""

import contextlib
import secrets

PASSWORD = "correct horse battery"


class Api:
    """The REST API as one caller sees it; without a token, as a stranger."""

    def __init__(self, server, token=None):
        self.server = server
        self.token = token

    def request(self, method, path, *, token=None, headers=None, **more):
        """One request below /api/rest, with the caller's token unless another is given."""
        token = token or self.token
        fields = {"Authorization": f"Bearer {token}"} if token else {}
        return self.server.http.request(method, "/api/rest" + path, headers=fields | (headers or {}), **more)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, json=None, **more):
        return self._send("POST", path, json, more)

    def patch(self, path, json=None, **more):
        return self._send("PATCH", path, json, more)

    def put(self, path, json=None, **more):
        return self._send("PUT", path, json, more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)

    def _send(self, method, path, json, more):
        return self.request(method, path, json=json, **more) if json is not None else self.request(method, path, **more)


class Account:
    """Somebody who has registered: who it is, the tokens, and the API as this person sees it."""

    def __init__(self, server, answer, password):
        self.server = server
        self.password = password
        self.answer = answer
        self.username = answer["username"]
        self.user_id = answer["user_id"]
        self.access_token = answer["access_token"]
        self.refresh_token = answer["refresh_token"]

    @property
    def api(self):
        return Api(self.server, self.access_token)

    def get(self, path, **more):
        return self.api.get(path, **more)

    def post(self, path, json=None, **more):
        return self.api.post(path, json, **more)

    def patch(self, path, json=None, **more):
        return self.api.patch(path, json, **more)

    def put(self, path, json=None, **more):
        return self.api.put(path, json, **more)

    def delete(self, path, **more):
        return self.api.delete(path, **more)

    def log_in_again(self):
        """The same person in a second session."""
        response = Api(self.server).post("/auth/login", {"username": self.username, "password": self.password})
        assert response.status_code == 200, response.text
        return Account(self.server, response.json(), self.password)

    # Steps that tests take on the way to what they test

    def create_server(self, name="Nest", **more):
        return self._created("/servers", {"name": name} | more)

    def create_channel(self, server_id, name="room", **more):
        return self._created(f"/servers/{server_id}/channels", {"name": name} | more)

    def invite(self, server_id, **more):
        return self._created(f"/servers/{server_id}/invites", more)["code"]

    def join(self, code):
        response = self.post(f"/invites/{code}")
        assert response.status_code == 200, response.text
        return response.json()

    def promote(self, server_id, other, role="admin"):
        return self.change(f"/servers/{server_id}/members/{other.user_id}", role=role)

    def direct_channel(self, other):
        """The channel of these two, made when there is none yet."""
        response = self.post("/users/@me/dm-channels", {"recipient_id": other.user_id})
        assert response.status_code in (200, 201), response.text
        return response.json()

    def change(self, path, **members):
        """PATCH with these members, which must succeed."""
        response = self.patch(path, members)
        assert response.status_code == 200, response.text
        return response.json()

    def remove(self, path):
        """DELETE, which must succeed, and be answered with nothing (contracts/chat.md 1: "deletion and logout 204 empty")."""
        response = self.delete(path)
        assert response.status_code == 204 and response.content == b"", response.text

    def say(self, channel_id, content, **more):
        return self._created(f"/channels/{channel_id}/messages", {"content": content} | more)

    def history(self, channel_id, **query):
        response = self.get(f"/channels/{channel_id}/messages", params=query)
        assert response.status_code == 200, response.text
        return response.json()

    def edit(self, message, content):
        return self.change(message_path(message), content=content)

    def add(self, server_id, account):
        """Brings somebody into a server: the Member."""
        return self._created(f"/servers/{server_id}/members", {"user_id": account.user_id})

    def corner(self):
        """A channel that nobody else sees: what is said there marks, on this person's sockets, that all that was before has come."""
        return self.create_server("corner")["channels"][0]["channel_id"]

    def _created(self, path, body):
        response = self.post(path, body)
        assert response.status_code == 201, response.text
        return response.json()


def message_path(message):
    """Where a message is read, edited and deleted."""
    return f"/channels/{message['channel_id']}/messages/{message['message_id']}"


def unique(prefix="user"):
    """A name that nobody has yet."""
    return f"{prefix}_{secrets.token_hex(5)}"


def register(server, prefix="user", *, password=PASSWORD, **members):
    """Registers somebody new and returns the account."""
    body = {"username": unique(prefix), "password": password} | members
    response = Api(server).post("/auth/register", body)
    assert response.status_code == 201, response.text
    return Account(server, response.json(), password)


def assert_error(response, status, code, error, *, fields=()):
    """The error shape of contracts/chat.md 1.1, with exactly this status, code and name; `fields` are named in `errors`."""
    assert response.status_code == status, f"{response.status_code} {response.text}"
    assert response.headers["content-type"].split(";")[0] == "application/json"
    body = response.json()
    assert (body["code"], body["error"]) == (code, error), body
    assert isinstance(body["code"], int)
    assert isinstance(body["message"], str) and body["message"]
    if status == 401:
        assert response.headers["www-authenticate"].split()[0] == "Bearer"
    for field in fields:
        problems = body["errors"][field]["_errors"]
        assert problems and all(isinstance(p["code"], str) and isinstance(p["message"], str) for p in problems)
    return body


@contextlib.contextmanager
def unchanged(look):
    """Fails when what `look` returns is different after the block."""
    before = look()
    yield
    assert look() == before, "a refused request has changed something"
