"""Leads the requests of schemathesis for the Dawchat API to what exists: a document cannot say which ids there are.

What a request has got from a link, and what is wrong in it on purpose, stays as it is.
"""

import secrets

import httpx
import schemathesis

from support.openapi_cases import WORLD, Turns, is_good, is_linked, note, without, written_plainly


class Person:
    """Somebody who makes what requests then use, read, change and remove."""

    def __init__(self, account):
        self.name, self.password = account["username"], account["password"]
        self.http = httpx.Client(base_url=WORLD["url"] + "/api", trust_env=False)
        self.user_id = self.make("/user/login", username=self.name, password=self.password)["userId"]
        self.token = self.http.cookies["t"]

    def make(self, path, **body):
        """Makes something."""
        response = self.http.post(path, json=body)
        assert response.status_code in (200, 201), f"POST {path}: {response.status_code} {response.text}"
        return response.json()

    def channel(self, kind="public"):
        return self.make("/channel/create", channelName=secrets.token_hex(8), channelType=kind)["channelId"]

    def sees(self, channel):
        return self.http.get("/channel/info", params={"channelId": channel}).status_code == 200

    def revoke_invites(self, channel):
        pending = self.http.get("/channel/invites", params={"channelId": channel}).json()["invites"]
        self.http.post("/channel/invites/remove", json={"toRemove": [invite["inviteId"] for invite in pending]})

    def invite(self, channel, other):
        """An invite for somebody who is not a member, in place of one that is pending."""
        self.revoke_invites(channel)
        return self.make("/channel/invite", channelId=channel, username=other.name, invitePerms=["read", "write"])["inviteId"]

    def new_session(self):
        return httpx.post(WORLD["url"] + "/api/user/login", json={"username": self.name, "password": self.password}).cookies["t"]


class World:
    """`robin` sends the requests and has a channel with a message; `wren` has a public channel and a private one to be asked into."""

    def __init__(self):
        self.robin, self.wren = Person(WORLD["robin"]), Person(WORLD["wren"])
        self.hall, self.closet = self.wren.channel(), self.wren.channel("private")
        self.room = self.word = None
        self.turns = Turns()

    def renew(self):
        """Makes anew what a request has ended."""
        if self.room is None or not self.robin.sees(self.room):
            self.room = self.robin.channel()
            self.word = self.robin.make("/channel/messages/create", channelId=self.room, type="text", content="A word")["messageId"]

    def room_with_wren(self):
        self.wren.http.post("/channel/join", json={"channelId": self.room})
        return self.room

    def room_without_wren(self):
        self.wren.http.post("/channel/leave", json={"channelId": self.room})
        return self.room

    def query(self, operation, query):
        """The query of an operation, with ids of what exists."""
        known = {"channelId": self.room, "messageId": self.word}
        return {name: known.get(name, value) for name, value in query.items()}

    def body(self, operation, body):
        """The body of an operation, about what exists. What is going to be removed has been made for it."""
        robin, wren = self.robin, self.wren
        match operation:
            case "POST /user/create" if self.turns.is_second(operation):
                return body | {"inviteToken": robin.make("/user/invites/create")["token"]}
            case "POST /user/login" if self.turns.is_second(operation):
                return {"username": robin.name, "password": robin.password}
            case "POST /user/invites/remove":
                return body | {"toRemove": [robin.make("/user/invites/create")["token"]]}
            case "POST /user/channel/invites/remove" | "POST /user/channel/invites/clear":
                return body | {"toRemove": [wren.invite(self.closet, robin)]}
            case "POST /channel/join":
                robin.http.post("/channel/leave", json={"channelId": self.hall})
                return without(body, "inviteId") | {"channelId": self.hall} | self.invite_to_the_hall(body)
            case "POST /channel/leave" if body.get("newOwner") is not None:
                channel = robin.channel()
                wren.make("/channel/join", channelId=channel)
                return {"channelId": channel, "newOwner": wren.user_id}
            case "POST /channel/leave":
                return {"channelId": robin.channel()}
            case "POST /channel/users/remove":
                return {"channelId": self.room_with_wren(), "toRemove": [wren.user_id]}
            case "POST /channel/invite":
                robin.revoke_invites(self.room_without_wren())
                return body | {"channelId": self.room, "username": wren.name}
            case "POST /channel/invites/remove":
                return body | {"toRemove": [robin.invite(self.room_without_wren(), wren)]}
            case "POST /channel/rename" | "POST /channel/messages/create":
                return body | {"channelId": self.room}
            case "POST /channel/messages":
                return body | {"load": [entry | {"channelId": self.room} for entry in body["load"]]}
        return body

    def invite_to_the_hall(self, body):
        """The invite of a request that shall have one."""
        return {"inviteId": self.wren.invite(self.hall, self.robin)} if body.get("inviteId") is not None else {}


world = World()


@schemathesis.auth(refresh_interval=None)
class Robin:
    """Signs requests in, with the cookie and with the token by turns; whoever logs out does so with a session of its own."""

    def get(self, case, context):
        return world.robin.new_session() if context.operation.label == "POST /user/logout" else world.robin.token

    def set(self, case, token, context):
        if world.turns.is_second("signing in"):
            case.headers["Authorization"] = f"Bearer {token}"
        else:
            case.cookies["t"] = token


@schemathesis.hook
def before_call(context, case, kwargs):
    if not is_good(case):
        return
    operation = case.operation.label
    if isinstance(case.body, dict):
        case.body = written_plainly(case.body)
    if is_linked(case):
        return
    world.renew()
    case.query = world.query(operation, case.query or {})
    if isinstance(case.body, dict):
        case.body = world.body(operation, case.body)


@schemathesis.hook
def after_call(context, case, response):
    operation = case.operation.label
    # One person may own two hundred channels, and have a hundred open invites.
    if response.status_code == 201 and not (is_good(case) and is_linked(case)):
        if operation == "POST /channel/create":
            world.robin.http.post("/channel/leave", json={"channelId": response.json()["channelId"]})
        elif operation == "POST /user/invites/create":
            world.robin.http.post("/user/invites/remove", json={"toRemove": [response.json()["token"]]})
    note(case, response)
