"""Who types (contracts/chat.md 5.6)."""

import pytest

from support.api import register
from support.gateway import MESSAGE_CREATE, TYPING_START
from support.shapes import is_time

pytestmark = pytest.mark.alone


def test_typing_reaches_those_who_see_the_channel(nest, room, owner, member, outsider, gateway):
    """5.6: "channel_id, server_id|null, user_id, username, timestamp (RFC 3339"; "Receivers: all who see the channel except the typist"."""
    socket, typist, other, stranger = gateway(owner), gateway(member), gateway(member), gateway(outsider)
    typist.send(TYPING_START, {"channel_id": room})
    data = socket.fleeting(TYPING_START)
    assert len(data) == 1
    is_time(data[0].pop("timestamp"))
    assert data == [
        {"channel_id": room, "server_id": nest["server_id"], "user_id": member.user_id, "username": member.username}]
    for silent in (typist, other, stranger):
        assert silent.fleeting(TYPING_START, 0.2) == []


def test_typing_is_told_once_in_five_seconds(room, owner, member, gateway):
    """5.6: "at most one event per user and channel per 5 s"."""
    socket, typist, other = gateway(owner), gateway(member), gateway(member)
    for _ in range(5):
        typist.send(TYPING_START, {"channel_id": room})
        other.send(TYPING_START, {"channel_id": room})
    assert len(socket.fleeting(TYPING_START, 1)) == 1
    assert len(socket.fleeting(TYPING_START, 4.3)) == 0
    typist.send(TYPING_START, {"channel_id": room})
    assert len(socket.fleeting(TYPING_START)) == 1


def test_typing_by_rest_is_the_same(nest, room, owner, member, gateway):
    """5.6: "Triggered by client op 50 or POST typing; at most one event per user and channel per 5 s", both together."""
    socket, typist = gateway(owner), gateway(member)
    assert member.post(f"/channels/{room}/typing").status_code == 204
    typist.send(TYPING_START, {"channel_id": room})
    assert member.post(f"/channels/{room}/typing").status_code == 204
    [data] = socket.fleeting(TYPING_START, 1)
    assert (data["channel_id"], data["server_id"], data["user_id"]) == (room, nest["server_id"], member.user_id)
    assert typist.fleeting(TYPING_START, 0.2) == []


def test_typing_counts_for_each_person_and_channel(nest, room, owner, member, gateway):
    """5.6: "at most one event per user and channel per 5 s"."""
    other = owner.create_channel(nest["server_id"])["channel_id"]
    third = register(owner.server, "third")
    owner.add(nest["server_id"], third)
    socket = gateway(owner)
    for account, channel in ((member, room), (member, other), (third, room), (third, other)):
        assert account.post(f"/channels/{channel}/typing").status_code == 204
    told = [(data["user_id"], data["channel_id"]) for data in socket.fleeting(TYPING_START, 1)]
    assert sorted(told) == sorted((account.user_id, channel) for account in (member, third) for channel in (room, other))


@pytest.mark.parametrize("way", ["rest", "socket"])
def test_typing_in_a_direct_channel_has_no_server(owner, member, gateway, way):
    """5.6: "server_id|null"."""
    channel = owner.direct_channel(member)["channel_id"]
    socket, typist = gateway(owner), gateway(member)
    if way == "rest":
        member.post(f"/channels/{channel}/typing")
    else:
        typist.send(TYPING_START, {"channel_id": channel})
    [data] = socket.fleeting(TYPING_START)
    is_time(data.pop("timestamp"))
    assert data == {"channel_id": channel, "server_id": None, "user_id": member.user_id, "username": member.username}


def test_typing_without_access_is_passed_over(room, owner, outsider, gateway):
    """5.6: "No access -> ignored on the socket"."""
    socket, typist = gateway(owner), gateway(outsider)
    for channel in (room, "1", "no id", ""):
        typist.send(TYPING_START, {"channel_id": channel})
    assert socket.fleeting(TYPING_START) == []
    typist.beat()


def test_typing_stands_beside_the_log(room, owner, member, gateway):
    """4.1: events that are not logged carry no `s`, and the order of the others is untouched."""
    socket, typist = gateway(owner), gateway(member)
    owner.say(room, "before")
    typist.send(TYPING_START, {"channel_id": room})
    owner.say(room, "after")
    assert [socket.expect(MESSAGE_CREATE)["d"]["content"] for _ in range(2)] == ["before", "after"]
