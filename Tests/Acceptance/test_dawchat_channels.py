"""Making, reading and renaming channels (contracts/dawchat.md 2, rows 10 to 13; 1.3)."""

import time

import pytest

from support.api import register, unchanged
from support.dawchat import ALL_PERMISSIONS, channel_name, from_chat, has_shape, is_rising, newcomer, nothing, problem, succeeded


@pytest.fixture
def person(server):
    """Somebody new, signed in."""
    return newcomer(server)


@pytest.fixture
def other(server):
    """Somebody else, signed in."""
    return newcomer(server)


def made_nothing(person, name=None):
    """Whether the person is in no channel, and the name can still be had."""
    assert person.channels() == []
    if name:
        person.make_channel(name)


# Making


@pytest.mark.parametrize("kind", ["public", "private"])
def test_the_creator_owns_the_channel_and_may_do_everything(person, kind):
    """2, row 11: "201 UserChannel, lastMessage = id of the new channel-create message"; 1.4: "Creator/owner: all five"."""
    began, name = int(time.time()), channel_name()
    channel = has_shape(succeeded(person.channel_create(channelName=name, channelType=kind), 201), "UserChannel")
    assert (channel["channelName"], channel["channelType"], channel["channelOwner"]) == (name, kind, person.user_id)
    assert channel["channelPerms"] == ALL_PERMISSIONS and began <= channel["joinedAt"] <= time.time()
    [message] = person.history(channel["channelId"])
    assert has_shape(message, "Message") == message | {
        "messageId": channel["lastMessage"], "channelId": channel["channelId"], "userId": person.user_id, "username": person.username,
        "type": "channel-create", "content": None,
    }  # fmt: skip
    assert channel["lastRead"] == channel["lastMessage"]
    assert person.info(channel["channelId"]) == channel and person.channels() == [channel]
    assert person.members(channel["channelId"]) == [
        {"userId": person.user_id, "username": person.username, "userPerms": ALL_PERMISSIONS, "joinedAt": channel["joinedAt"]}
    ]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"channelName": "News100"}, {"channelType": "public"}, {"channelName": None, "channelType": "public"},
        {"channelName": 5678, "channelType": "public"}, {"channelName": ["News"], "channelType": "public"},
        {"channelName": "News100", "channelType": None}, {"channelName": "News100", "channelType": "Public"},
        {"channelName": "News100", "channelType": "PRIVATE"}, {"channelName": "News100", "channelType": ""},
        {"channelName": "News100", "channelType": "secret"}, {"channelName": "News100", "channelType": 1},
        {"channelName": "News100", "channelType": "public "}, {"channelName": "News100", "channelType": ["public"]},
    ],
)  # fmt: skip
def test_a_malformed_channel_is_refused(person, body):
    """2, row 11: "400 (type)"; 1.3: "`public` or `private`, lower-case; other -> 400"."""
    problem(person.post("/channel/create", body), "InvalidRequestParameters")
    made_nothing(person)


BAD_NAMES = ["", "abc", "  abc  ", "💬" * 3, "n" * 33, "    ", "ab\ncd", "abcd\u0000", "ab\u007fcd"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_channel_name_that_breaks_the_rules_is_refused(person, name):
    """1.3: "length 4..32", after trimming; no control characters."""
    problem(person.channel_create(channelName=name, channelType="public"), "InvalidChannelName")
    made_nothing(person)


@pytest.mark.parametrize("length", [4, 32])
def test_channel_names_at_the_limits_are_accepted_and_trimmed(person, length):
    """1.3: "length 4..32", in Unicode scalars; stored trimmed."""
    number = int(channel_name("")[1:], 16)
    name = "".join(chr(0x20000 + (number >> 10 * place) % 1024) for place in range(4)).ljust(length, "語")
    channel = person.make_channel(f" \t{name}  ")
    assert channel["channelName"] == name and person.channels() == [channel]


@pytest.mark.parametrize("kind", ["public", "private"])
def test_channel_names_are_unique_with_their_case(person, other, kind):
    """1.3: "unique over all channels (also private ones), case-sensitive"."""
    name = channel_name("News")
    person.make_channel(name, kind)
    for taken in (name, f"  {name} "):
        for new_kind in ("public", "private"):
            problem(other.channel_create(channelName=taken, channelType=new_kind), "ChannelNameTaken")
            problem(person.channel_create(channelName=taken, channelType=new_kind), "ChannelNameTaken")
    assert other.channels() == [] and len(person.channels()) == 1
    assert other.make_channel(name.upper())["channelName"] == name.upper()


def test_create_checks_in_the_order_of_the_contract(person, other):
    """2, row 11: of two things that are wrong, the earlier one is told."""
    taken = other.make_channel()["channelName"]
    for code, body in (
        ("InvalidRequestParameters", {"channelName": "abc", "channelType": "secret"}),
        ("InvalidRequestParameters", {"channelName": taken, "channelType": "secret"}),
        ("InvalidChannelName", {"channelName": "abc", "channelType": "public"}),
        ("ChannelNameTaken", {"channelName": taken, "channelType": "public"}),
    ):
        problem(person.channel_create(**body), code)
    made_nothing(person, channel_name())


# Reading


def test_the_list_is_in_the_order_of_joining(person, other):
    """2, row 10: "by joining order"; each entry is what channel/info says."""
    first, second, theirs = person.make_channel(), person.make_channel(kind="private"), other.make_channel()
    own = other.make_channel()
    person.bring(second["channelId"], other)
    other.join(first["channelId"])
    assert [channel["channelId"] for channel in person.channels()] == [first["channelId"], second["channelId"]]
    channels = other.channels()
    order = [channel["channelId"] for channel in (theirs, own, second, first)]
    assert [has_shape(channel, "UserChannel")["channelId"] for channel in channels] == order
    assert channels == [other.info(channel) for channel in order]


def test_ids_are_integers_that_rise_with_time(person, other):
    """1: "integers below 2^53, rising with time; message ids are one increasing sequence over all channels"."""
    first, second = person.make_channel(), other.make_channel()
    messages = [first["lastMessage"], second["lastMessage"]]
    messages += [who.say(channel["channelId"])["messageId"] for who, channel in ((person, first), (other, second), (person, first))]
    assert is_rising(messages) and is_rising([first["channelId"], second["channelId"], person.make_channel()["channelId"]])


def test_the_info_of_a_channel_is_for_members(person, other):
    """2, row 12: "400; 404 ChannelNotFound; 403 NoPermission (not member)"; a public channel makes no difference."""
    for kind in ("public", "private"):
        channel = person.make_channel(kind=kind)["channelId"]
        problem(other.channel_info(channel), "NoPermission")
        other_view = person.bring(channel, other)
        assert other.info(channel) == other_view and person.info(channel)["channelPerms"] == ALL_PERMISSIONS
    problem(person.channel_info(2**53 - 1), "ChannelNotFound")
    problem(person.get("/channel/info"), "InvalidRequestParameters")


def test_other_channels_of_the_community_are_unknown_here(server):
    """Every channel that is not a membership channel of the home space is ChannelNotFound."""
    owner = register(server, "owner")
    person, friend = from_chat(owner), register(server, "friend")
    nest = owner.create_server()
    for channel in (nest["channels"][0]["channel_id"], owner.direct_channel(friend)["channel_id"], nest["server_id"]):
        for response in (
            person.channel_info(channel), person.channel_rename(channel, channel_name()), person.channel_join(channel),
            person.channel_leave(channel), person.channel_invite(channel, friend.username, []), person.channel_invites(channel),
            person.channel_users(channel), person.channel_users_remove(1, channelId=channel), person.channel_messages(channel),
            person.channel_messages_create(channel, "x"), person.channel_messages_read(channel, 1),
        ):  # fmt: skip
            problem(response, "ChannelNotFound")
    assert person.channels() == [] and owner.history(nest["channels"][0]["channel_id"]) == []


# Renaming


def test_a_rename_is_told_by_a_message(person, other):
    """2, row 13 and 13: "adds a channel-rename message", content = new name; lastMessage is updated; the author has read it."""
    channel = person.make_channel()
    number, name = channel["channelId"], channel_name("News101")
    other.join(number)
    nothing(person.channel_rename(number, f" {name} "))
    message, create = person.history(number)
    assert (message["type"], message["content"], message["userId"]) == ("channel-rename", name, person.user_id)
    assert create["messageId"] == channel["lastMessage"] < message["messageId"]
    assert person.info(number) == channel | {"channelName": name, "lastMessage": message["messageId"], "lastRead": message["messageId"]}
    seen = other.info(number)
    assert (seen["channelName"], seen["lastMessage"], seen["lastRead"]) == (name, message["messageId"], 0)
    other.make_channel(channel["channelName"])


def test_rename_takes_the_permission(person, other):
    """1.4: "rename: may rename"; 2, row 13: 403 NoPermission."""
    channel = person.make_channel()["channelId"]
    with unchanged(lambda: (person.info(channel), person.history(channel))):
        problem(other.channel_rename(channel, channel_name()), "NoPermission")
        person.bring(channel, other, ["read", "write", "invite", "remove-users"])
        problem(other.channel_rename(channel, channel_name()), "NoPermission")
    other.leave(channel)
    person.bring(channel, other, ["rename"])
    other.rename(channel, channel_name())


def test_rename_checks_in_the_order_of_the_contract(person, other):
    """2, row 13: 400 InvalidChannelName; 404; 403; 409 (also its own current name)."""
    channel, theirs = person.make_channel(), other.make_channel(kind="private")
    number, taken, unknown = channel["channelId"], theirs["channelName"], 2**53 - 1
    with unchanged(lambda: (person.channels(), person.history(number), other.channels(), other.history(theirs["channelId"]))):
        for name in BAD_NAMES:
            problem(person.channel_rename(number, name), "InvalidChannelName")
        problem(person.channel_rename("x", "abc"), "InvalidRequestParameters")
        problem(person.channel_rename(unknown, "abc"), "InvalidChannelName")
        problem(person.channel_rename(theirs["channelId"], "abc"), "InvalidChannelName")
        problem(person.channel_rename(unknown, taken), "ChannelNotFound")
        problem(person.channel_rename(theirs["channelId"], channel["channelName"]), "NoPermission")
        problem(person.channel_rename(theirs["channelId"], channel_name()), "NoPermission")
        problem(person.channel_rename(number, taken), "ChannelNameTaken")
        problem(person.channel_rename(number, channel["channelName"]), "ChannelNameTaken")
        problem(person.channel_rename(number, f"  {channel['channelName']}  "), "ChannelNameTaken")
        for body in ({}, {"channelId": number}, {"name": "News101"}, {"channelId": number, "name": None}, {"channelId": number, "name": 12345}):
            problem(person.post("/channel/rename", body), "InvalidRequestParameters")
    person.rename(number, channel["channelName"].swapcase())


def test_one_owns_at_most_two_hundred_channels(person, other):
    """Limits, answered 403 NoPermission with the limit in detail; who gives one away may make another."""
    channels = [person.make_channel()["channelId"] for _ in range(200)]
    with unchanged(lambda: person.channels()):
        assert "200" in problem(person.channel_create(channelName=channel_name(), channelType="public"), "NoPermission")["detail"]
    other.join(channels[0])
    person.leave(channels[0], newOwner=other.user_id)
    person.make_channel()
    assert len(person.channels()) == 200
