"""Sending, loading and reading messages (contracts/dawchat.md 2, rows 22 to 24; 1.5)."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.api import unchanged
from support.dawchat import channel_name, has_shape, is_rising, newcomer, nothing, problem, succeeded

UNKNOWN = 2**53 - 1


@pytest.fixture
def owner(server):
    """Somebody new who owns `channel`."""
    return newcomer(server, "owner")


@pytest.fixture
def person(server):
    """Somebody new, signed in."""
    return newcomer(server)


@pytest.fixture
def channel(owner):
    """The id of a public channel of `owner`."""
    return owner.make_channel()["channelId"]


def ids(messages):
    return [message["messageId"] for message in messages]


def look(who, channel):
    """What a refused request must not have changed."""
    return lambda: (who.history(channel), who.info(channel))


# Sending


def test_a_message_is_sent(owner, person, channel):
    """2, row 22: "201 Message"; 22: "Author's lastRead becomes the new id, channel lastMessage too"."""
    person.join(channel)
    began = int(time.time())
    message = has_shape(succeeded(person.channel_messages_create(channel, "hello there!"), 201), "Message")
    assert message == message | {
        "channelId": channel, "userId": person.user_id, "username": person.username, "type": "text", "content": "hello there!"
    }  # fmt: skip
    assert began <= message["timestamp"] <= time.time()
    assert owner.history(channel)[0] == person.history(channel)[0] == message
    mine, theirs = person.info(channel), owner.info(channel)
    assert mine["lastMessage"] == mine["lastRead"] == theirs["lastMessage"] == message["messageId"] > theirs["lastRead"]


@pytest.mark.parametrize("content", ["x", "x" * 8192, "💬" * 8192, "  around\n\tand within  ", '"\\/\u0001\u2028<b>&', "e\u0301"])
def test_content_comes_back_as_it_was_sent(owner, channel, content):
    """22: "content must be a string"; up to 8192 characters of any kind but U+0000."""
    assert owner.say(channel, content)["content"] == content == owner.history(channel)[0]["content"]


@pytest.mark.parametrize(
    "change",
    [
        {"content": ""}, {"content": "   "}, {"content": "\n\t "}, {"content": "a\u0000b"}, {"content": "x" * 8193}, {"content": None},
        {"content": 5}, {"content": ["x"]}, {"content": {}}, {"type": None}, {"type": "Text"}, {"type": ""}, {"type": 1}, {"type": "image"},
        {"type": "channel-create"}, {"type": "channel-rename"}, {"type": "user-join"},
    ],
)  # fmt: skip
def test_a_malformed_message_is_refused(owner, channel, change):
    """22: "empty -> 400, max 8192 characters -> 400"; 1.5: "accept only `text` on create (400 otherwise)"."""
    with unchanged(look(owner, channel)):
        body = {"channelId": channel, "type": "text", "content": "hello there!"} | change
        problem(owner.post("/channel/messages/create", body), "InvalidRequestParameters")


def test_sending_checks_in_the_order_of_the_contract(owner, person, channel):
    """2, row 22: 400; 404 ChannelNotFound; 403 NoPermission (not member or no write)."""
    with unchanged(look(owner, channel)):
        body = {"channelId": channel, "type": "text", "content": "x"}
        for missing in body:
            shorter = {name: value for name, value in body.items() if name != missing}
            problem(owner.post("/channel/messages/create", shorter), "InvalidRequestParameters")
        problem(person.channel_messages_create(UNKNOWN, ""), "InvalidRequestParameters")
        problem(person.channel_messages_create(channel, ""), "InvalidRequestParameters")
        problem(person.channel_messages_create(UNKNOWN, "x"), "ChannelNotFound")
        problem(person.channel_messages_create(channel, "x"), "NoPermission")
        owner.bring(channel, person, ["read", "invite", "rename", "remove-users"])
        problem(person.channel_messages_create(channel, "x"), "NoPermission")


def test_messages_sent_at_once_are_all_there_in_one_order(server, owner, channel):
    """1: "message ids are one increasing sequence over all channels"; 22: lastMessage is the newest, lastRead of an author his own newest."""
    people = [newcomer(server) for _ in range(6)]
    for who in people:
        who.join(channel)
    with ThreadPoolExecutor(len(people)) as pool:
        messages = list(pool.map(lambda who: who.say(channel, who.username), people * 4))
    history = owner.history(channel)[-2::-1]
    assert history == sorted(messages, key=lambda message: message["messageId"]) and is_rising(ids(history))
    assert owner.info(channel)["lastMessage"] == history[-1]["messageId"]
    for who in people:
        assert who.info(channel)["lastRead"] == max(message["messageId"] for message in messages if message["userId"] == who.user_id)


# Loading


def test_the_newest_come_first_and_last_message_bounds_them(owner, channel):
    """23: "newest first; lastMessage is exclusive upper bound"; "absent/null = from newest"; "limit absent/null/>100 -> 100"."""
    sent = [owner.say(channel, f"message {number}")["messageId"] for number in range(110)]
    [create] = owner.history(channel, lastMessage=sent[0])
    assert create["type"] == "channel-create"
    everything = [create["messageId"], *sent]
    assert is_rising(everything)
    newest = everything[::-1]
    for more in ({}, {"limit": None}, {"lastMessage": None}, {"limit": 100}, {"limit": 101}, {"limit": 10**9}, {"lastMessage": UNKNOWN}):
        assert ids(owner.history(channel, **more)) == newest[:100], more
    assert ids(owner.history(channel, lastMessage=sent[50])) == everything[:51][::-1]
    assert ids(owner.history(channel, lastMessage=sent[50], limit=3)) == [sent[49], sent[48], sent[47]]
    assert ids(owner.history(channel, lastMessage=str(sent[50]), limit="3")) == [sent[49], sent[48], sent[47]]
    # The bound need not be a message, or not one of this channel.
    assert ids(owner.history(channel, lastMessage=sent[50] + 1, limit=1)) == [sent[50]]
    assert owner.history(channel, lastMessage=create["messageId"]) == owner.history(channel, lastMessage=1) == []
    assert owner.history(channel, limit=0) == owner.history(channel, limit="0") == []


def test_a_filter_chooses_the_types(owner, channel):
    """23: "filter absent/null/[] = all types"; 1.5: "accept all three in filter"."""
    first = owner.say(channel)
    owner.rename(channel, channel_name())
    last = owner.say(channel)
    all_types = owner.history(channel)
    assert [message["type"] for message in all_types] == ["text", "channel-rename", "text", "channel-create"]
    for filter, places in (
        (None, [0, 1, 2, 3]), ([], [0, 1, 2, 3]), (["text"], [0, 2]), (["channel-create"], [3]), (["channel-rename"], [1]),
        (["channel-create", "text"], [0, 2, 3]), (["text", "text"], [0, 2]), (["text", "channel-rename", "channel-create"], [0, 1, 2, 3]),
    ):  # fmt: skip
        assert owner.history(channel, filter=filter) == [all_types[place] for place in places], filter
    # The limit counts what the filter lets through.
    assert owner.history(channel, filter=["text"], limit=2) == [last, first]
    assert owner.history(channel, filter=["channel-create"], limit=1, lastMessage=last["messageId"]) == all_types[3:]


def test_several_channels_are_answered_in_the_order_of_the_request(owner, channel):
    """3.7: "object with string keys in request order"; 23: "Same channel twice: last entry wins"; format=list: "at the place of the first"."""
    second, third = (owner.make_channel()["channelId"] for _ in range(2))
    owner.say(channel)
    for order in ((third, channel, second), (channel, second, third)):
        results = succeeded(owner.channel_messages(*order))["results"]
        assert list(results) == [str(number) for number in order]
        for number, loaded in zip(order, results.values()):
            info = owner.info(number)
            assert has_shape(loaded, "Loaded") == loaded | {"channelId": number, "channelName": info["channelName"]}
            assert loaded["channelMessages"] == owner.history(number)
        listed = succeeded(owner.channel_messages(*order, format="list"))["results"]
        assert listed == list(results.values())
    twice = [{"channelId": channel, "limit": 2}, second, {"channelId": str(channel), "limit": 1}]
    results = succeeded(owner.channel_messages(*twice))["results"]
    assert list(results) == [str(channel), str(second)] and len(results[str(channel)]["channelMessages"]) == 1
    assert succeeded(owner.channel_messages(*twice, format="list"))["results"] == list(results.values())
    assert succeeded(owner.channel_messages()) == {"results": {}}
    assert succeeded(owner.channel_messages(format="list")) == {"results": []}


def test_keys_are_not_repeated(owner, channel):
    """3.7: one object, whose members are found by key."""
    text = owner.channel_messages(channel, channel).text
    pairs = json.loads(text, object_pairs_hook=list)
    assert [key for key, _ in pairs[0][1]] == [str(channel)]


def test_at_most_fifty_channels_are_loaded_at_once(owner, channel):
    """23: "max 50 entries"."""
    assert len(succeeded(owner.channel_messages(*[channel] * 50))["results"]) == 1
    problem(owner.channel_messages(*[channel] * 51), "InvalidRequestParameters")


@pytest.mark.parametrize(
    "entry",
    [
        {"channelId": None}, {"channelId": "x"}, {"channelId": 0}, {"channelId": 2**53}, {"limit": -1}, {"limit": "-1"}, {"limit": 1.5},
        {"limit": "x"}, {"limit": []}, {"lastMessage": "x"}, {"lastMessage": -1}, {"lastMessage": 1.5}, {"lastMessage": []},
        {"filter": "text"}, {"filter": ["Text"]}, {"filter": ["user-join"]}, {"filter": [None]}, {"filter": [1]}, {"filter": {}},
    ],
)  # fmt: skip
def test_a_malformed_entry_is_refused(owner, channel, entry):
    """23: "negative -> 400"; 1.5: "Unknown type in a request -> 400"; 2: "Ids that are not integers in 1..2^53-1 -> 400"."""
    problem(owner.channel_messages(channel, {"channelId": channel} | entry), "InvalidRequestParameters")


@pytest.mark.parametrize("body", [{}, {"load": None}, {"load": {}}, {"load": "x"}, {"load": [5]}, {"load": [None]}, {"load": [[]]}, {"load": [{}]}])
def test_a_malformed_load_is_refused(owner, body):
    """23: "load missing -> 400"."""
    problem(owner.post("/channel/messages", body), "InvalidRequestParameters")


def test_the_first_entry_that_fails_fails_all(owner, person, channel):
    """2, row 23: "404 ChannelNotFound; 403 NoPermission (first failing entry fails all)"."""
    own = person.make_channel()["channelId"]
    for load, code in (
        ([own, channel], "NoPermission"), ([channel, own], "NoPermission"), ([own, UNKNOWN], "ChannelNotFound"),
        ([UNKNOWN, channel], "ChannelNotFound"), ([channel, UNKNOWN], "NoPermission"),
        ([UNKNOWN, {"channelId": own, "limit": -1}], "InvalidRequestParameters"),
    ):  # fmt: skip
        problem(person.channel_messages(*load), code)
    owner.bring(channel, person, [])
    assert len(succeeded(person.channel_messages(own, channel))["results"]) == 2


# The read marker


def test_the_read_marker_is_set_forwards_and_backwards(owner, person, channel):
    """2, row 24: "200 empty, sets lastRead", for oneself only, also backwards."""
    person.join(channel)
    sent = ids(owner.say(channel) for _ in range(3))
    create = owner.history(channel)[-1]["messageId"]
    for message in (sent[1], sent[2], sent[0], create):
        nothing(person.channel_messages_read(channel, message))
        assert person.info(channel)["lastRead"] == message == person.channels()[0]["lastRead"]
    assert owner.info(channel)["lastRead"] == sent[2] == owner.info(channel)["lastMessage"]


def test_the_read_marker_checks_in_the_order_of_the_contract(owner, person, channel):
    """2, row 24: 404 ChannelNotFound; 409 UserNotInChannel; 409 InvalidMessageId."""
    elsewhere = owner.make_channel()
    message = owner.say(channel)["messageId"]
    with unchanged(look(owner, channel)):
        for query in (
            {}, {"channelId": channel}, {"messageId": message}, {"channelId": channel, "messageId": 0}, {"channelId": "x", "messageId": message},
            {"channelId": "", "messageId": message}, {"channelId": channel, "messageId": ""},
        ):  # fmt: skip
            problem(owner.http.put("/api/channel/messages/read", params=query), "InvalidRequestParameters")
        problem(owner.channel_messages_read(UNKNOWN, "x"), "InvalidRequestParameters")
        problem(owner.channel_messages_read(UNKNOWN, UNKNOWN), "ChannelNotFound")
        problem(person.channel_messages_read(channel, UNKNOWN), "UserNotInChannel")
        problem(person.channel_messages_read(channel, message), "UserNotInChannel")
        for invalid in (UNKNOWN, 1, elsewhere["lastMessage"], channel):
            problem(owner.channel_messages_read(channel, invalid), "InvalidMessageId")
