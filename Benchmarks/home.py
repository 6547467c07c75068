"""The home server's channels, as the Dawchat API has them."""

import json

from scenario import PASSWORD, register

#: What Dawchat's routes begin with.
API = "/api"


def log_in(roost, name):
    """Logs somebody in who has registered, and returns the token of the session, which is good as a bearer token, too."""
    headers, _ = roost.send("POST", API + "/user/login", {"username": name, "password": PASSWORD})
    return headers["Set-Cookie"].partition("t=")[2].partition(";")[0]


def settle_home(roost, count):
    """Makes a channel with so many members. Returns the token of its owner, the channel, and the tokens of the members."""
    register(roost, "bench-owner")
    owner = log_in(roost, "bench-owner")
    channel = roost.call("POST", "/channel/create", {"channelName": "Bench", "channelType": "public"}, owner, prefix=API)["channelId"]
    members = []
    for number in range(count):
        register(roost, f"bench-{number}")
        members.append(log_in(roost, f"bench-{number}"))
        roost.call("POST", "/channel/join", {"channelId": channel}, members[-1], prefix=API)
    return owner, channel, members


def message_body(channel):
    """The body of a message for the load: an @ stands where its text will."""
    return json.dumps({"channelId": channel, "type": "text", "content": "@"})
