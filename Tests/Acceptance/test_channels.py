"""Channels of a server (contracts/chat.md 3.3)."""

import pytest

from support.api import assert_error, unchanged
from support.shapes import is_channel


@pytest.fixture
def path(nest):
    return f"/servers/{nest['server_id']}/channels"


def test_every_member_sees_all_channels(path, nest, owner, member):
    """3.3: "GET /servers/{server_id}/channels | 200 [Channel]"; 2: "Everybody in a server sees all its channels"."""
    owner.create_channel(nest["server_id"], "birds")
    for account in (owner, member):
        response = account.get(path)
        assert response.status_code == 200
        assert [channel["name"] for channel in response.json()] == ["general", "birds"]
        for channel in response.json():
            is_channel(channel)


def test_the_list_is_by_position_and_then_by_age(path, nest, owner):
    """3.3: "by position, then id"."""
    for name, position in (("d", 2), ("b", 1), ("c", 1), ("a", 0)):
        assert owner.create_channel(nest["server_id"], name, position=position)["position"] == position
    channels = owner.get(path).json()
    assert [channel["name"] for channel in channels] == ["general", "a", "b", "c", "d"]
    assert channels == sorted(channels, key=lambda channel: (channel["position"], int(channel["channel_id"])))


def test_a_channel_is_made_by_the_owner(path, nest, owner):
    """3.3: "POST /servers/{server_id}/channels | name*, type? (`text`), topic?, position? (default last) | 201 Channel"."""
    response = owner.post(path, {"name": "birds", "type": "text", "topic": "all about them"})
    assert response.status_code == 201
    channel = response.json()
    is_channel(channel)
    assert (channel["name"], channel["topic"], channel["type"]) == ("birds", "all about them", "text")
    assert (channel["server_id"], channel["position"], channel["last_message_id"]) == (nest["server_id"], 1, None)
    assert owner.get(path).json()[-1] == channel
    assert owner.create_channel(nest["server_id"], "next")["position"] == 2


def test_the_type_may_be_a_number(path, owner):
    """2: "Accept the numbers 0 and 1 on input for text and dm"."""
    response = owner.post(path, {"name": "numbered", "type": 0})
    assert response.status_code == 201 and response.json()["type"] == "text"


@pytest.mark.parametrize("body", [{"name": "x"}, {"name": "n" * 100}, {"name": "💬" * 100, "topic": "t" * 1024}, {"name": "a", "topic": None}])
def test_names_and_topics_at_the_limits_are_accepted(path, owner, body):
    """2: "channel name 1..100; topic 0..1024"."""
    response = owner.post(path, body)
    assert response.status_code == 201 and response.json()["name"] == body["name"]


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "name"), ({"name": None}, "name"), ({"name": ""}, "name"), ({"name": "   "}, "name"), ({"name": "n" * 101}, "name"),
        ({"name": 5}, "name"), ({"name": "a", "topic": "t" * 1025}, "topic"), ({"name": "a", "topic": 5}, "topic"),
        ({"name": "a", "type": "voice"}, "type"), ({"name": "a", "type": "dm"}, "type"), ({"name": "a", "type": 1}, "type"),
        ({"name": "a", "position": -1}, "position"), ({"name": "a", "position": "first"}, "position"), ({"name": "a", "position": 1.5}, "position"),
    ],
)  # fmt: skip
def test_a_bad_channel_is_refused(path, owner, body, field):
    """2: limits; 1.1: 400, 50035, invalid_form."""
    with unchanged(lambda: owner.get(path).json()):
        assert_error(owner.post(path, body), 400, 50035, "invalid_form", fields=[field])


def test_a_member_without_the_right_makes_no_channel(path, owner, member):
    """3.3: "403 (owner/admin)"; 1.1: 403, 50013, missing_permissions."""
    with unchanged(lambda: owner.get(path).json()):
        assert_error(member.post(path, {"name": "mine"}), 403, 50013, "missing_permissions")


def test_an_outsider_neither_sees_nor_makes_channels(path, owner, outsider):
    """1.1: 403, 50001, missing_access."""
    with unchanged(lambda: owner.get(path).json()):
        assert_error(outsider.get(path), 403, 50001, "missing_access")
        assert_error(outsider.post(path, {"name": "mine"}), 403, 50001, "missing_access")


def test_an_unknown_server_has_no_channels(account):
    """1.1: 404, 10004, unknown_server."""
    assert_error(account.get("/servers/1/channels"), 404, 10004, "unknown_server")
    assert_error(account.post("/servers/1/channels", {"name": "x"}), 404, 10004, "unknown_server")


def test_the_last_message_shows_in_the_channel(path, room, owner):
    """2: "Channel: ... last_message_id|null"."""
    message = owner.say(room, "hello")
    assert owner.get(path).json()[0]["last_message_id"] == message["message_id"]
