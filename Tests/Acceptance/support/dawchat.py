"""People who use the Dawchat API (contracts/dawchat.md 1 and 2)."""

import itertools
import json

import httpx

from .api import PASSWORD, register, unique

#: One pool of connections for everybody; each person's client has its own cookies.
TRANSPORT = httpx.HTTPTransport()

ALL_PERMISSIONS = ["read", "write", "invite", "rename", "remove-users"]
#: What joining a public channel without an invite gives.
JOINER_PERMISSIONS = ["read", "write", "invite"]


class DawchatPerson:
    """The API as one browser sees it: it keeps the cookies it is given. Methods named after a path answer with the response.

    Members of a body and of a query are the arguments of those methods, in the spelling of the wire.
    """

    def __init__(self, server, username=None, password=PASSWORD, user_id=None):
        self.server = server
        self.username = username
        self.password = password
        self.user_id = user_id
        self.http = httpx.Client(base_url=server.url, transport=TRANSPORT, timeout=20, trust_env=False)

    @property
    def token(self):
        """The session token that the jar holds; None when there is none."""
        return self.http.cookies.get("t")

    def get(self, path, **query):
        return self.http.get("/api" + path, params=query or None)

    def post(self, path, body=None, **more):
        """POST /api`path`; `body` becomes JSON, what else is named goes to httpx."""
        return self.http.post("/api" + path, json=body, **more) if body is not None else self.http.post("/api" + path, **more)

    # The endpoints

    def user_create(self, **members):
        return self.post("/user/create", members)

    def user_login(self, **members):
        return self.post("/user/login", members)

    def user_logout(self):
        return self.post("/user/logout")

    def user_info(self):
        return self.get("/user/info")

    def user_invites(self):
        return self.get("/user/invites")

    def user_invites_create(self):
        return self.post("/user/invites/create")

    def user_invites_remove(self, *tokens):
        return self.post("/user/invites/remove", {"toRemove": list(tokens)})

    def user_channel_invites(self):
        return self.get("/user/channel/invites")

    def user_channel_invites_remove(self, *ids):
        return self.post("/user/channel/invites/remove", {"toRemove": list(ids)})

    def user_channel_invites_clear(self, *ids):
        return self.post("/user/channel/invites/clear", {"toRemove": list(ids)})

    def user_channels(self):
        return self.get("/user/channels")

    def channel_create(self, **members):
        return self.post("/channel/create", members)

    def channel_info(self, channel):
        return self.get("/channel/info", channelId=channel)

    def channel_rename(self, channel, name):
        return self.post("/channel/rename", {"channelId": channel, "name": name})

    def channel_search(self, keyword):
        return self.get("/channel/search", keyword=keyword)

    def channel_join(self, channel, **more):
        return self.post("/channel/join", {"channelId": channel} | more)

    def channel_leave(self, channel, **more):
        return self.post("/channel/leave", {"channelId": channel} | more)

    def channel_invite(self, channel, username, permissions):
        return self.post("/channel/invite", {"channelId": channel, "username": username, "invitePerms": permissions})

    def channel_invites(self, channel):
        return self.get("/channel/invites", channelId=channel)

    def channel_invites_remove(self, *ids):
        return self.post("/channel/invites/remove", {"toRemove": list(ids)})

    def channel_users(self, channel):
        return self.get("/channel/users", channelId=channel)

    def channel_users_remove(self, *users, **more):
        """`channelId=` names the channel."""
        return self.post("/channel/users/remove", {"toRemove": list(users)} | more)

    def channel_messages_create(self, channel, content, type="text"):
        return self.post("/channel/messages/create", {"channelId": channel, "type": type, "content": content})

    def channel_messages(self, *load, **query):
        """Each entry is what the wire calls an entry of `load`, or a channel id alone."""
        entries = [entry if isinstance(entry, dict) else {"channelId": entry} for entry in load]
        return self.post("/channel/messages", {"load": entries}, params=query or None)

    def channel_messages_read(self, channel, message):
        return self.http.put("/api/channel/messages/read", params={"channelId": channel, "messageId": message})

    # Steps that tests take on the way to what they test: they must succeed

    def log_in(self):
        """Signs in, again if need be; returns itself."""
        answer = succeeded(self.user_login(username=self.username, password=self.password))
        self.user_id = answer["userId"]
        return self

    def another_browser(self):
        """The same person in a second session."""
        return DawchatPerson(self.server, self.username, self.password).log_in()

    def registration_invite(self):
        """The token of a new registration invite."""
        return succeeded(self.user_invites_create(), 201)["token"]

    def make_channel(self, name=None, kind="public"):
        """A new channel (UserChannel), by default one whose name nobody has."""
        return succeeded(self.channel_create(channelName=name or channel_name(), channelType=kind), 201)

    def info(self, channel):
        """UserChannel as this person sees it."""
        return succeeded(self.channel_info(channel))

    def channels(self):
        return succeeded(self.user_channels())["channels"]

    def join(self, channel, invite=None):
        return succeeded(self.channel_join(channel, **({} if invite is None else {"inviteId": invite})))

    def leave(self, channel, **more):
        nothing(self.channel_leave(channel, **more))

    def rename(self, channel, name):
        nothing(self.channel_rename(channel, name))

    def invite(self, channel, other, permissions=("read", "write")):
        """The id of a new channel invite."""
        return succeeded(self.channel_invite(channel, other.username, list(permissions)), 201)["inviteId"]

    def bring(self, channel, other, permissions=("read", "write")):
        """Invites `other`, who joins: UserChannel."""
        return other.join(channel, self.invite(channel, other, permissions))

    def say(self, channel, content="hello there!"):
        return succeeded(self.channel_messages_create(channel, content), 201)

    def history(self, channel, **more):
        """The messages that one entry of `load` gets, newest first."""
        return succeeded(self.channel_messages({"channelId": channel} | more))["results"][str(channel)]["channelMessages"]

    def members(self, channel):
        return succeeded(self.channel_users(channel))["users"]

    def pending(self, channel):
        """The channel's pending invites."""
        return succeeded(self.channel_invites(channel))["invites"]

    def received(self):
        """The pending invites of this person."""
        return succeeded(self.user_channel_invites())["invites"]


# Making people and names


def channel_name(prefix="channel"):
    """A channel name that nobody has yet; the home space is shared by all tests of a server."""
    return unique(prefix)


def host(server):
    """Somebody registered through Chat who invites everybody else to this server: one for each server."""
    if not hasattr(server, "dawchat_host"):
        account = register(server, "host")
        server.dawchat_host = DawchatPerson(server, account.username, account.password).log_in()
    return server.dawchat_host


def newcomer(server, prefix="user", *, username=None, password=PASSWORD, token=None):
    """Registers somebody new, with a registration invite of the host unless a token is given, and signs in."""
    person = DawchatPerson(server, username or unique(prefix), password)
    token = token or host(server).registration_invite()
    succeeded(person.user_create(username=person.username, password=password, inviteToken=token), 201)
    return person.log_in()


def administrator(server, username=None):
    """The first person of a new server, who comes with its setup code; the home space is theirs."""
    person = newcomer(server, "root", username=username, token=server.setup_code)
    server.dawchat_host = person
    return person


def from_chat(account):
    """The Dawchat side of an account of `support.api`."""
    return DawchatPerson(account.server, account.username, account.password).log_in()


# Checking answers


def succeeded(response, status=200):
    """The JSON of an answer that has to have this status."""
    assert response.status_code == status, f"{response.status_code} {response.text}"
    assert response.headers["content-type"].split(";")[0] == "application/json"
    return response.json()


def nothing(response, status=200):
    """1: "Success with no body: Content-Length: 0"."""
    assert response.status_code == status, f"{response.status_code} {response.text}"
    assert response.content == b"" and response.headers["content-length"] == "0"


ERROR_FOLDER = "https://github.com/isel-leic-daw/2024-daw-leic51n-gn12/tree/main/docs/error/"

#: Section 1.1: code, suffix of the type URI, title and status.
PROBLEMS = {
    "InvalidRequestParameters": ("invalid-request-parameters", "Invalid parameters", 400),
    "InvalidUsername": ("invalid-username", "Username is too short", 400),
    "InsecurePassword": ("insecure-password", "Password is not secure", 400),
    "InvalidUserInvite": ("invalid-user-invite", "Invite is not valid", 403),
    "UsernameTaken": ("username-taken", "Username already exists", 409),
    "InvalidCredentials": ("invalid-credentials", "Invalid credentials", 401),
    "UserInviteNotFound": ("user-invite-not-found", "Invite not found", 404),
    "InvalidChannelName": ("invalid-channel-name", "Channel name is not valid", 400),
    "ChannelNameTaken": ("channel-name-taken", "Channel with same name already exists", 409),
    "ChannelNotFound": ("channel-not-found", "Channel not found", 404),
    "NoPermission": ("no-permission", "No permission to perform operation", 403),
    "UserAlreadyInChannel": ("user-aleady-in-channel", "User already joined the channel", 409),
    "UserAlreadyInvited": ("user-already-invited", "User already invited", 409),
    "UserNotFound": ("user-not-found", "User not found", 404),
    "InvalidChannelInvite": ("invalid-channel-invite", "Invalid channel invite", 403),
    "ChannelInviteNotFound": ("channel-invite-not-found", "Channel invite not found", 404),
    "UserNotInChannel": ("user-not-in-channel", "User is not a member of the channel", 409),
    "SelectNewOwner": ("select-owner", "Must select a new channel owner", 400),
    "CantSelfRemove": ("cannot-self-remove", "Cannot remove yourself", 409),
    "CantRemoveOwner": ("cant-remove-owner", "Cannot remove owner", 409),
    "InvalidMessageId": ("invalid-message-id", "Invalid message id", 409),
}

#: What HTTP itself says: type `about:blank`, the reason phrase as title.
BARE_PROBLEMS = {
    "Unauthorized": ("Unauthorized", 401),
    "NotFound": ("Not Found", 404),
    "MethodNotAllowed": ("Method Not Allowed", 405),
    "TooLarge": ("Content Too Large", 413),
    "RateLimited": ("Too Many Requests", 429),
    "Internal": ("Internal Server Error", 500),
    "Unavailable": ("Service Unavailable", 503),
}


def problem(response, code):
    """The whole error of section 1.1 with this code; returns its members."""
    status = PROBLEMS[code][2] if code in PROBLEMS else BARE_PROBLEMS[code][1]
    assert response.status_code == status, f"{response.status_code} {response.text}, not {code}"
    assert response.headers["content-type"].split(";")[0] == "application/problem+json"
    return problem_members(response.content, code)


def problem_members(content, code):
    """The members of the error with this code, in the body of an answer."""
    if code in PROBLEMS:
        suffix, title, status = PROBLEMS[code]
        uri = ERROR_FOLDER + suffix
    else:
        (title, status), uri = BARE_PROBLEMS[code], "about:blank"
    body = json.loads(content)
    assert set(body) == {"type", "title", "detail", "details", "status", "code"}, body
    assert (body["code"], body["type"], body["title"], body["status"]) == (code, uri, title, status), body
    assert isinstance(body["detail"], str) and body["detail"].strip() and body["details"] == body["detail"], body
    return body


#: The type of each member of the objects of section 2; None beside it: it may be null.
SHAPES = {
    "UserInfo": {"userId": int, "username": str, "createdAt": int},
    "UserInvite": {"token": str, "createdBy": int, "acceptedBy": (int, None), "acceptedName": (str, None), "timestamp": int},
    "UserChannel": {
        "channelId": int, "channelName": str, "channelType": str, "channelPerms": list, "channelOwner": int,
        "lastMessage": int, "lastRead": int, "joinedAt": int,
    },
    "NewChannelInvite": {"inviteId": int, "senderId": int, "recipientId": int, "channelId": int, "invitePerms": list, "timestamp": int},
    "ChannelInvite": {
        "inviteId": int, "senderId": int, "senderName": str, "recipientId": int, "recipientName": str, "channelId": int,
        "channelName": str, "channelType": str, "invitePerms": list, "timestamp": int,
    },
    "ChannelUser": {"userId": int, "username": str, "userPerms": list, "joinedAt": int},
    "FoundChannel": {"channelId": int, "channelName": str, "channelType": str},
    "Message": {"messageId": int, "channelId": int, "userId": int, "username": str, "type": str, "content": (str, None), "timestamp": int},
    "Loaded": {"channelId": int, "channelName": str, "channelMessages": list},
}  # fmt: skip


def has_shape(value, name):
    """Exactly the members of the object, with their types (2: "Null members are present as null, never omitted"); returns the value."""
    shape = SHAPES[name]
    assert set(value) == set(shape), f"{name}: {value}"
    for member, kind in shape.items():
        kinds = tuple(type(None) if k is None else k for k in kind) if isinstance(kind, tuple) else (kind,)
        assert type(value[member]) in kinds, f"{name}.{member} is {value[member]!r}"
        assert type(value[member]) is not int or 0 <= value[member] < 2**53, f"{name}.{member} is {value[member]}"
    for member in ("channelPerms", "invitePerms", "userPerms"):
        assert set(value.get(member, [])) <= set(ALL_PERMISSIONS), value
    return value


def is_rising(values):
    """Whether each value is greater than the one before."""
    return all(earlier < later for earlier, later in itertools.pairwise(values))
