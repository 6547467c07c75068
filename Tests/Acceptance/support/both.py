"""People and things on both sides: the same account, channel or message in Dawchat and in Chat (contracts/dawchat.md, contracts/chat.md)."""

import datetime

from .api import Account, Api
from .dawchat import succeeded


def chat_side(person):
    """The Chat side of somebody of `support.dawchat`, in a login of its own."""
    answer = Api(person.server).post("/auth/login", {"username": person.username, "password": person.password})
    return Account(person.server, succeeded(answer), person.password)


def home(account):
    """The home server as this Chat account lists it; it must be in no other."""
    [server] = account.get("/servers").json()
    return server


def moved(*people):
    """Lets people of Dawchat find their server, which has another address since it was started again."""
    for person in people:
        person.http.base_url = person.server.url


def is_same_message(said, shown):
    """One message: as Dawchat and as Chat show it."""
    assert (str(said["messageId"]), str(said["channelId"]), said["content"]) == (shown["message_id"], shown["channel_id"], shown["content"])
    assert (str(said["userId"]), said["username"]) == (shown["author"]["user_id"], shown["author"]["username"])
    assert said["timestamp"] == datetime.datetime.fromisoformat(shown["timestamp"]).timestamp()
    assert (said["type"], shown["type"]) == ("text", "default")


def message_place(channel, message):
    """Where Chat reads, edits and deletes a message of which Dawchat knows the id."""
    return f"/channels/{channel}/messages/{message}"
