"""Leads the requests of schemathesis for the Cosmos API to what exists: a document cannot say which ids there are, nor sign.

What is wrong in a request on purpose stays as it is. All requests are those of one operator, but for those that only a metadata server sends.
"""

import secrets
import urllib.parse

import httpx
import requests.auth
import schemathesis

from support.cosmos_signing import Key, sign_request
from support.openapi_cases import WORLD, Turns, is_good, note, without, written_plainly

METADATA_KEY = Key(WORLD["metadata_key"])
#: What people may not do.
SIGNED = (
    "POST /galaxy", "PUT /galaxy/{galaxyId}/members/{userId}", "DELETE /galaxy/{galaxyId}/members/{userId}", "POST /webhooks/metadata",
)  # fmt: skip
TEXT, CATEGORY = 0, 4
ROLE_ALLOW, MEMBER_ALLOW, ROLE_DENY, MEMBER_DENY = range(4)
VIEW_CHANNEL, SEND_MESSAGES = 1 << 10, 1 << 11
EVENTS = ("channel.created", "member.joined", "message.created", "message.*", "*")
PUSH = {
    "ref": "refs/heads/main", "compare": "https://git.example/compare", "commits": [], "forced": True, "before": "0" * 40, "after": "1" * 40,
    "repository": {"full_name": "owls/nest", "html_url": "https://git.example/owls/nest"}, "sender": {"login": "owl"}, "pusher": {"name": "owl"},
}  # fmt: skip


def signed_fields(method, path, body, headers):
    return sign_request(METADATA_KEY, method, WORLD["public_url"] + path, body, headers)


class Signing(requests.auth.AuthBase):
    """Signs a request as it is going to be sent."""

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        headers = [(name.lower(), value) for name, value in request.headers.items() if name.lower() in ("content-type", "webhook-id")]
        for name, value in signed_fields(request.method, request.path_url, body, headers):
            request.headers[name] = value
        return request


class World:
    """A galaxy of the operator with a category, a room, a webhook, a message of it, and an endpoint that has been told of it."""

    def __init__(self):
        self.http = httpx.Client(base_url=WORLD["url"], headers={"Authorization": "Bearer " + WORLD["token"]}, trust_env=False)
        self.unsigned = httpx.Client(base_url=WORLD["url"], trust_env=False)
        self.tokens = iter(WORLD["tokens"])
        self.turns = Turns()
        self.members = 0
        self.galaxy = self.new_galaxy()
        self.member = self.new_member()
        self.category = self.make(f"/galaxy/{self.galaxy}/channels", name="rooms", type=CATEGORY)["id"]
        self.room = self.webhook = self.word = self.endpoint = self.attempt = None
        #: Whether a request may have removed something since it was looked at.
        self.is_changed = True

    # Making

    def make(self, path, **body):
        response = self.http.post(path, json=body)
        assert response.status_code in (200, 201), f"POST {path}: {response.status_code} {response.text}"
        return response.json()

    def sign(self, method, path, content=b""):
        headers = [("content-type", "application/json")] if content else []
        response = self.unsigned.request(method, path, content=content, headers=signed_fields(method, path, content, headers))
        assert response.status_code in (200, 201, 204), f"{method} {path}: {response.status_code} {response.text}"
        return response

    def new_galaxy(self):
        body = f'{{"id":"g{secrets.token_hex(8)}","name":"Nest","ownerId":"{WORLD["owner"]}"}}'
        return self.sign("POST", "/galaxy", body.encode()).json()["id"]

    def new_member(self):
        self.members += 1
        self.sign("PUT", f"/galaxy/{self.galaxy}/members/member-{self.members}")
        return f"member-{self.members}"

    def new_room(self):
        return self.make(f"/galaxy/{self.galaxy}/channels", name="room", type=TEXT)["id"]

    def new_webhook(self):
        return self.make(f"/galaxy/{self.galaxy}/channels/{self.room}/webhooks", name="ci")

    def new_endpoint(self):
        return self.make(f"/galaxy/{self.galaxy}/webhooks", url=WORLD["receiver"], events=["channel.created"])["id"]

    def say(self):
        return self.make(f"/webhooks/{self.webhook['id']}/{self.webhook['token']}?wait=true", content="A word")["id"]

    # What is there

    def has(self, path):
        return self.http.get(path).status_code == 200

    def renew(self):
        """Makes anew what a request has removed."""
        if not self.is_changed:
            return
        self.is_changed = False
        if self.room is None or not self.has(f"/galaxy/{self.galaxy}/channels/{self.room}"):
            self.room, self.webhook = self.new_room(), None
        # Whoever has moved the webhook or has given it another token has taken it out of reach.
        if self.webhook is None or not (self.has(self.hook_path) and self.has(self.token_path)):
            self.clear(f"/galaxy/{self.galaxy}/channels/{self.room}/webhooks")
            self.webhook, self.word = self.new_webhook(), None
        if self.word is None or not self.has(f"{self.token_path}/messages/{self.word}"):
            self.word = self.say()
        if self.endpoint is None or not self.has(f"/galaxy/{self.galaxy}/webhooks/{self.endpoint}"):
            self.clear(f"/galaxy/{self.galaxy}/webhooks")
            self.endpoint, self.attempt = self.new_endpoint(), None
        if self.attempt is None:
            tried = self.http.get(f"/galaxy/{self.galaxy}/webhooks/{self.endpoint}/deliveries").json()
            self.attempt = tried[0]["id"] if tried else None

    @property
    def hook_path(self):
        return f"/galaxy/{self.galaxy}/channels/{self.room}/webhooks/{self.webhook['id']}"

    @property
    def token_path(self):
        return f"/webhooks/{self.webhook['id']}/{self.webhook['token']}"

    def clear(self, path):
        """Removes what requests have made: there may be 15 webhooks and 10 endpoints only."""
        kept = {self.endpoint, self.webhook and self.webhook["id"]}
        for entry in self.http.get(path).json():
            if entry["id"] not in kept:
                self.http.delete(f"{path}/{entry['id']}")

    # What a request is about

    def path(self, operation, parameters):
        """The path parameters of an operation, with ids of what exists. What is going to be removed has been made for it."""
        self.renew()
        known = {
            "galaxyId": self.galaxy, "channelId": self.room, "webhookId": self.webhook["id"], "token": self.webhook["token"],
            "messageId": self.word, "endpointId": self.endpoint, "attemptId": self.attempt or "1", "userId": self.member,
        }  # fmt: skip
        match operation:
            case "DELETE /galaxy/{galaxyId}/channels/{channelId}":
                known["channelId"] = self.new_room()
            case "DELETE /galaxy/{galaxyId}/channels/{channelId}/webhooks/{webhookId}":
                known["webhookId"] = self.new_webhook()["id"]
            case "DELETE /galaxy/{galaxyId}/webhooks/{endpointId}":
                self.clear(f"/galaxy/{self.galaxy}/webhooks")
                known["endpointId"] = self.new_endpoint()
            case "PUT /galaxy/{galaxyId}/members/{userId}":
                self.members += 1
                known["userId"] = f"member-{self.members}" if self.turns.is_second(operation) else self.member
            case "DELETE /galaxy/{galaxyId}/members/{userId}":
                known["userId"] = self.new_member()
            case "GET /.well-known/cosmos/challenge/{token}":
                known["token"] = secrets.token_urlsafe(24)
                response = self.http.post("/operators/challenges", json={"token": known["token"]})
                assert response.status_code == 204, response.text
            case _ if operation.endswith("/permissions/{overrideType}/{targetId}"):
                kind = parameters["overrideType"]
                known["targetId"] = self.galaxy if int(kind) in (ROLE_ALLOW, ROLE_DENY) else self.member
        return {name: known.get(name, value) for name, value in parameters.items()}

    def body(self, operation, body):
        """The body of an operation, about what exists."""
        place = f"/galaxy/{self.galaxy}"
        match operation:
            case "POST /galaxy":
                return without(body, "claim") | {"id": f"g{secrets.token_hex(8)}", "ownerId": WORLD["owner"]}
            case "POST /galaxy/{galaxyId}/channels":
                # A metadata server only gives ids, and a category has neither a topic nor a category.
                if body["type"] == CATEGORY:
                    return without(body, "id", "topic", "parentChannelId")
                return without(body, "id") | ({"parentChannelId": self.category} if "parentChannelId" in body else {})
            case "PATCH /galaxy/{galaxyId}/channels/{channelId}":
                named = {"parentChannelId": self.category} if body.get("parentChannelId") is not None else {}
                bits = {"defaultPermissions": VIEW_CHANNEL} if "defaultPermissions" in body else {}
                return without(body, "syncPermissions") | named | bits
            case "PUT /galaxy/{galaxyId}/channels/{channelId}/permissions/{overrideType}/{targetId}":
                return {"permissions": VIEW_CHANNEL if self.turns.is_second(operation) else str(VIEW_CHANNEL)}
            case "POST /galaxy/{galaxyId}/channels/{channelId}/webhooks":
                self.clear(f"{place}/channels/{self.room}/webhooks")
                return self.with_picture(body, "avatarUrl") | ({"permissions": SEND_MESSAGES} if "permissions" in body else {})
            case "PATCH /galaxy/{galaxyId}/channels/{channelId}/webhooks/{webhookId}":
                named = {name: value for name, value in (("permissions", SEND_MESSAGES), ("channelId", self.room)) if name in body}
                return self.with_picture(body, "avatarUrl") | named
            case "POST /galaxy/{galaxyId}/webhooks":
                self.clear(f"{place}/webhooks")
                return self.endpoint_body(body) | {"url": WORLD["receiver"]}
            case "PATCH /galaxy/{galaxyId}/webhooks/{endpointId}":
                return self.endpoint_body(body)
            case "POST /webhooks/metadata" if self.turns.is_second(operation):
                return body | {"type": "galaxy.updated", "data": {"id": self.galaxy, "name": "Nest"}}
            case "POST /webhooks/metadata":
                return body | {"type": "unknown." + secrets.token_hex(4)}
            case "POST /webhooks/{webhookId}/{token}" | "PATCH /webhooks/{webhookId}/{token}/messages/{messageId}":
                return self.with_picture(without(body, "embeds", "allowed_mentions", "username"), "avatar_url") | {"content": "A word"}
            case "PATCH /webhooks/{webhookId}/{token}":
                return body
            case "POST /webhooks/{webhookId}/{token}/slack" | "POST /hooks/{token}":
                return {"text": "A word"}
            case "POST /webhooks/{webhookId}/{token}/github":
                return PUSH
        return body

    @staticmethod
    def with_picture(body, name):
        return body | {name: "https://pictures.example/owl.png"} if body.get(name) is not None else body

    def endpoint_body(self, body):
        """Events and channels that there are."""
        known = {"url": WORLD["receiver"], "events": list(EVENTS[: 1 + len(body.get("events") or []) % len(EVENTS)]), "channelIds": [self.room]}
        return body | {name: value for name, value in known.items() if body.get(name) is not None}


world = World()


@schemathesis.auth(refresh_interval=None)
class Operator:
    """Signs people's requests in. Sessions are opened with a token of their own, and ended with one of theirs."""

    def get(self, case, context):
        match context.operation.label:
            case "POST /session":
                return next(world.tokens)
            case "DELETE /session":
                opened = world.unsigned.post("/session", headers={"Authorization": "Bearer " + next(world.tokens)})
                return opened.json()["token"]
        return WORLD["token"]

    def set(self, case, token, context):
        # A request that is signed is never a person's.
        if case.operation.label not in SIGNED:
            case.headers["Authorization"] = f"Bearer {token}"


def is_about_signing(case):
    """Whether it is the signature that is wrong on purpose."""
    return not is_good(case) and "Signature-Input" in str(case.meta.phase.data)


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = case.operation.label
    if operation in SIGNED and not is_about_signing(case):
        kwargs["auth"] = Signing()
    if not is_good(case):
        return
    case.path_parameters = world.path(operation, case.path_parameters or {})
    if operation == "POST /webhooks/metadata":
        case.headers["webhook-id"] = "msg_" + urllib.parse.quote(secrets.token_urlsafe(12))
    if operation == "POST /webhooks/{webhookId}/{token}/github":
        case.headers["X-GitHub-Event"] = "push"
    if operation == "GET /galaxy/{galaxyId}/webhooks/{endpointId}/deliveries" and "before" in (case.query or {}):
        case.query["before"] = world.attempt or "1"
    if isinstance(case.body, dict):
        case.body = world.body(operation, written_plainly(case.body))


@schemathesis.hook
def after_call(context, case, response):
    # Until an attempt has been made there is nothing to send once more.
    world.is_changed = world.is_changed or world.attempt is None or case.method != "GET" and response.status_code < 300
    note(case, response)
