"""A client written from the words of the Dawchat document, not from its examples: what it documents is all that this client knows.

Where words and examples differ, the words are followed: ids of messages to load are strings, received invites are removed at `.../remove`,
members are removed without naming the channel, and any status of success will do that either of them names.
"""

import httpx
import pytest

from support.api import PASSWORD, unique
from support.dawchat import host

ERRORS = "https://github.com/isel-leic-daw/2024-daw-leic51n-gn12/tree/main/docs/error/"


class TextClient:
    """Holds the cookie `t` by hand; knows paths, members and errors as the document's lists name them."""

    def __init__(self, url):
        self.url = url
        self.cookie = None

    def ask(self, method, path, body=None, query=None, success=(200,)):
        headers = {"Cookie": f"t={self.cookie}"} if self.cookie else {}
        response = httpx.request(method, self.url + path, json=body, params=query, headers=headers, timeout=20, trust_env=False)
        if response.status_code in success:
            return response
        raise Refused(response)

    def post(self, path, body=None, success=(200,)):
        return self.ask("POST", path, body, success=success)

    def register(self, username, token):
        made = self.post("/api/user/create", {"username": username, "password": PASSWORD, "inviteToken": token}, (201,)).json()
        return {name: made[name] for name in ("userId", "username", "createdAt")}

    def log_in(self, username):
        field = self.post("/api/user/login", {"username": username, "password": PASSWORD}).headers["Set-Cookie"]
        name, _, value = field.partition(";")[0].partition("=")
        assert name == "t"
        self.cookie = value

    def info(self):
        return self.ask("GET", "/api/user/info").json()

    def invite_to_server(self):
        return self.post("/api/user/invites/create", success=(201,)).json()["token"]

    def channel(self, channel):
        found = self.ask("GET", "/api/channel/info", query={"channelId": str(channel)}, success=(200, 209)).json()
        names = ("channelId", "channelName", "channelType", "channelPerms", "channelOwner", "lastMessage", "joinedAt")
        return {name: found[name] for name in names}

    def messages(self, channel, **more):
        entry = {"channelId": str(channel), **{name: value if isinstance(value, list) else str(value) for name, value in more.items()}}
        results = self.post("/api/channel/messages", {"load": [entry]}).json()["results"]
        # "list" in the words: whatever holds the entries, this client goes through them.
        entries = results.values() if isinstance(results, dict) else results
        (found,) = [entry["channelMessages"] for entry in entries if entry["channelId"] == channel]
        return [(message["type"], message["content"], message["userId"], message["username"]) for message in found]

    def say(self, channel, text):
        sent = self.post("/api/channel/messages/create", {"channelId": channel, "type": "text", "content": text}, (200, 201)).json()
        return sent["messageId"]


class Refused(Exception):
    def __init__(self, response):
        super().__init__(f"{response.status_code}: {response.text}")
        self.status = response.status_code
        self.type = response.json()["type"]
        self.title = response.json()["title"]


def refused(status, suffix):
    """The next request is answered with this error of the document."""
    return pytest.raises(Refused, check=lambda refusal: (refusal.status, refusal.type) == (status, ERRORS + suffix))


@pytest.fixture
def people(server):
    """Two clients that have registered and logged in, the second with an invite of the first."""
    ada, john = TextClient(server.url), TextClient(server.url)
    token = host(server).registration_invite()
    for client, name in ((ada, unique("ada")), (john, unique("john"))):
        client.name = name
        client.id = client.register(name, token)["userId"]
        client.log_in(name)
        token = ada.invite_to_server()
    return ada, john


def test_a_life_by_the_words(people):
    ada, john = people
    assert john.info()["username"] == john.name
    made = ada.post("/api/channel/create", {"channelName": unique("News"), "channelType": "private"}, (201,)).json()
    channel, name = made["channelId"], made["channelName"]
    with refused(403, "no-permission"):
        john.channel(channel)
    with refused(403, "no-permission"):
        john.post("/api/channel/join", {"channelId": channel})

    # An invite that is refused by the one who received it, and one that is taken.
    ask = {"channelId": channel, "username": john.name, "invitePerms": ["read", "write"]}
    first = ada.post("/api/channel/invite", ask, (201,)).json()["inviteId"]
    with refused(409, "user-already-invited"):
        ada.post("/api/channel/invite", ask, (201,))
    john.post("/api/user/channel/invites/remove", {"toRemove": [first]})
    with refused(403, "invalid-channel-invite"):
        john.post("/api/channel/join", {"channelId": channel, "inviteId": first})
    ada.post("/api/channel/invite", ask, (201,))
    (pending,) = ada.ask("GET", "/api/channel/invites", query={"channelId": str(channel)}).json()["invites"]
    (received,) = john.ask("GET", "/api/user/channel/invites").json()["invites"]
    assert pending["inviteId"] == received["inviteId"] and received["senderName"] == ada.name and pending["recipientName"] == john.name
    john.post("/api/channel/join", {"channelId": channel, "inviteId": received["inviteId"]})
    with refused(409, "user-aleady-in-channel"):
        john.post("/api/channel/join", {"channelId": channel})
    assert john.channel(channel)["channelPerms"] == ["read", "write"]

    last = john.say(channel, "hello there!")
    with refused(403, "no-permission"):
        john.post("/api/channel/rename", {"channelId": channel, "name": unique("Mine")})
    renamed = unique("Other")
    ada.post("/api/channel/rename", {"channelId": channel, "name": renamed})
    assert john.channel(channel)["channelName"] == renamed != name
    everything = john.messages(channel)
    assert [message[:2] for message in everything] == [("channel-rename", renamed), ("text", "hello there!"), ("channel-create", None)]
    assert john.messages(channel, lastMessage=last, limit=1) == everything[2:]
    assert john.messages(channel, filter=["text"]) == [("text", "hello there!", john.id, john.name)]

    # Nobody names the channel: there is one only that fits.
    with refused(409, "cannot-self-remove"):
        ada.post("/api/channel/users/remove", {"toRemove": [ada.id]})
    ada.post("/api/channel/users/remove", {"toRemove": [john.id]})
    with refused(409, "user-not-in-channel"):
        ada.post("/api/channel/users/remove", {"toRemove": [john.id]})
    users = ada.ask("GET", "/api/channel/users", query={"channelId": str(channel)}).json()["users"]
    assert [(user["userId"], user["username"]) for user in users] == [(ada.id, ada.name)]


def test_a_public_channel_by_the_words(people):
    ada, john = people
    word = unique("News")
    channel = ada.post("/api/channel/create", {"channelName": word, "channelType": "public"}, (201,)).json()["channelId"]
    (found,) = john.ask("GET", "/api/channel/search", query={"keyword": word[1:]}).json()["results"]
    assert found == {"channelId": channel, "channelName": word, "channelType": "public"}
    assert john.post("/api/channel/join", {"channelId": channel}).json()["channelOwner"] == ada.id
    with refused(400, "select-owner"):
        ada.post("/api/channel/leave", {"channelId": channel})
    ada.post("/api/channel/leave", {"channelId": channel, "newOwner": john.id})
    (mine,) = john.ask("GET", "/api/user/channels").json()["channels"]
    assert mine["channelOwner"] == john.id and mine["channelPerms"] == ["read", "write", "invite", "rename", "remove-users"]
    invites = {invite["token"]: invite["acceptedName"] for invite in ada.ask("GET", "/api/user/invites").json()["invites"]}
    ada.post("/api/user/invites/remove", {"toRemove": list(invites)}, (200, 201))
    assert sorted(filter(None, invites.values())) == [john.name]
    john.post("/api/user/logout")
    with pytest.raises(Refused, check=lambda refusal: refusal.status == 401 and refusal.title == "Unauthorized"):
        john.info()
