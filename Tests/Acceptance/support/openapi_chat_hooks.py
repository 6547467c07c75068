"""Leads the requests of schemathesis for the Chat API to what exists: a document cannot say which ids there are.

What a request has got from a link, and what is wrong in it on purpose, stays as it is.
"""

import httpx
import schemathesis

from support.openapi_cases import WORLD, Turns, is_good, is_linked, note, without, written_plainly


class Person:
    """Somebody who makes what requests then use, read, change and delete."""

    def __init__(self, account):
        self.name, self.password, self.user_id = account["username"], account["password"], account["user_id"]
        self.http = httpx.Client(
            base_url=WORLD["url"] + "/api/rest", headers={"Authorization": "Bearer " + account["token"]}, trust_env=False)

    def make(self, path, **body):
        """Makes something, which may be there already."""
        response = self.http.post(path, json=body)
        assert response.status_code in (200, 201, 409), f"POST {path}: {response.status_code} {response.text}"
        return response.json()

    def sees(self, path):
        return self.http.get(path).status_code == 200

    def log_in(self):
        return self.make("/auth/login", login=self.name, password=self.password)


class World:
    """A server with a channel and a message of `robin`, who sends the requests; `wren` is the other one, with a server to join."""

    def __init__(self):
        self.robin, self.wren = Person(WORLD["robin"]), Person(WORLD["wren"])
        self.nest = self.room = self.word = None
        self.other_nest = self.wren.make("/servers", name="Other nest")["server_id"]
        self.turns = Turns()

    def server(self):
        return self.robin.make("/servers", name="Nest")["server_id"]

    def channel(self):
        return self.robin.make(f"/servers/{self.nest}/channels", name="room")["channel_id"]

    def message(self):
        return self.robin.make(f"/channels/{self.room}/messages", content="A word")["message_id"]

    def renew(self):
        """Makes anew what a request has deleted."""
        if not self.robin.sees(f"/servers/{self.nest}"):
            self.nest = self.server()
        if not self.robin.sees(f"/channels/{self.room}"):
            self.room = self.channel()
        if not self.robin.sees(f"/channels/{self.room}/messages/{self.word}"):
            self.word = self.message()

    # What a request is about

    def path(self, operation, parameters):
        """The path parameters of an operation, with ids of what exists. What is going to be deleted has been made for it."""
        self.renew()
        known = {"server_id": self.nest, "channel_id": self.room, "message_id": self.word}
        match operation:
            case "DELETE /servers/{server_id}":
                known["server_id"] = self.server()
            case "DELETE /channels/{channel_id}":
                known["channel_id"] = self.channel()
            case "DELETE /channels/{channel_id}/messages/{message_id}":
                known["message_id"] = self.message()
            case "DELETE /servers/{server_id}/members/{user_id}" | "PATCH /servers/{server_id}/members/{user_id}":
                self.robin.make(f"/servers/{self.nest}/members", user_id=self.wren.user_id)
                known["user_id"] = self.wren.user_id
            case "POST /servers/{server_id}/members":
                self.robin.http.delete(f"/servers/{self.nest}/members/{self.wren.user_id}")
            case "GET /invites/{code}":
                known["code"] = self.wren.make(f"/servers/{self.other_nest}/invites", max_age=60)["code"]
            case "POST /invites/{code}":
                self.robin.http.delete(f"/servers/{self.other_nest}/members/@me")
                known["code"] = self.wren.make(f"/servers/{self.other_nest}/invites", max_uses=1)["code"]
            case "POST /users/{user_id}/dm-channels":
                known["user_id"] = "@me" if self.turns.is_second(operation) else self.wren.user_id
            case "PATCH /users/{user_id}" | "GET /users/{user_id}/dm-channels":
                known["user_id"] = "@me" if self.turns.is_second(operation) else self.robin.user_id
            case "GET /users/{user_id}":
                known["user_id"] = "@me" if self.turns.is_second(operation) else self.wren.user_id
        return {name: known.get(name, value) for name, value in parameters.items()}

    def body(self, operation, body):
        """The body of an operation that nobody guesses: every other time with what is right."""
        if operation == "POST /auth/login" and self.turns.is_second(operation):
            return {"login": self.robin.name, "password": self.robin.password}
        if operation == "POST /auth/refresh" and self.turns.is_second(operation):
            return {"refresh_token": self.robin.log_in()["refresh_token"]}
        return body

    def fitting(self, operation, body):
        """The body of an operation, with people who exist and without what would spoil other requests."""
        match operation:
            # Only the server's terminal tells the code, and five wrong ones close the door.
            case "POST /auth/register":
                return without(body, "setup_code")
            # A new owner would leave the other requests without rights.
            case "PATCH /servers/{server_id}" if body.get("owner_id") is not None:
                return body | {"owner_id": self.robin.user_id}
            case "POST /servers/{server_id}/members" if body.get("username") is not None:
                return body | {"username": self.wren.name}
            case "POST /servers/{server_id}/members":
                return body | {"user_id": self.wren.user_id}
            case "POST /users/{user_id}/dm-channels":
                return body | {"recipient_id": self.wren.user_id}
            # A new name would make later logins fail, and a new password ends the login; the tests of the route cover both.
            case "PATCH /users/{user_id}":
                return without(body, "username", "password", "current_password")
        return body


world = World()


@schemathesis.auth(refresh_interval=None)
class Robin:
    """Signs requests in; whoever logs out does so with a login of its own."""

    def get(self, case, context):
        return world.robin.log_in()["token"] if context.operation.label == "POST /auth/logout" else WORLD["robin"]["token"]

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def before_call(context, case, kwargs):
    if not is_good(case):
        return
    operation = case.operation.label
    if not is_linked(case):
        case.path_parameters = world.path(operation, case.path_parameters or {})
    # At most one of the three is good, which a document can say in words only.
    for name in [name for name in ("before", "after", "around") if name in (case.query or {})][1:]:
        del case.query[name]
    if isinstance(case.body, dict):
        case.body = world.fitting(operation, written_plainly(case.body))
        if not is_linked(case):
            case.body = world.body(operation, case.body)
    elif operation == "POST /users/{user_id}/dm-channels":
        # Without a body the path names the recipient.
        case.path_parameters["user_id"] = world.wren.user_id


@schemathesis.hook
def after_call(context, case, response):
    operation = case.operation.label
    # One user may be in a hundred servers only.
    if operation == "POST /servers" and response.status_code == 201 and not (is_good(case) and is_linked(case)):
        world.robin.http.delete(f"/servers/{response.json()['server_id']}")
    note(case, response)
