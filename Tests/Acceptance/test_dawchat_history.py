"""Reading long histories (contracts/dawchat.md 2, no 23)."""

import threading
import time

import pytest

from support.api import Api
from support.both import chat_side
from support.dawchat import channel_name, has_shape, is_rising, newcomer, problem, succeeded

LENGTH = 2_400


@pytest.fixture(scope="module")
def filled(server):
    """A channel with thousands of messages, texts of two people and a note every 100: the owner, the other, the channel, and all ids in order."""
    owner, other = newcomer(server, "owner"), newcomer(server, "other")
    made = owner.make_channel()
    channel = made["channelId"]
    other.join(channel)

    def fill(person, count):
        for number in range(count):
            person.say(channel, f"{person.username} {number}")
            if number % 200 == 0:
                owner.rename(channel, channel_name("renamed"))

    people = [owner, owner.another_browser(), other, other.another_browser()]
    threads = [threading.Thread(target=fill, args=(person, LENGTH // len(people))) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return owner, other, channel


def pages(person, channel, **more):
    """The pages of a history from the newest to the oldest message, by `lastMessage` alone."""
    bound = {}
    while page := person.history(channel, **bound, **more):
        yield page
        bound = {"lastMessage": page[-1]["messageId"]}


def identifiers(messages):
    return [message["messageId"] for message in messages]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("limit", [7, 100])
def test_paging_gives_each_message_once_while_new_ones_come(filled, limit):
    """2, no 23: "newest first; `lastMessage` is exclusive upper bound (ids smaller than it)"."""
    owner, other, channel = filled
    before = identifiers(message for page in pages(owner, channel) for message in page)
    going, said = threading.Event(), []

    def write():
        while not going.is_set():
            said.append(other.say(channel)["messageId"])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = list(pages(owner.another_browser(), channel, limit=limit))
    finally:
        going.set()
        writer.join(20)
    assert all(len(page) == limit for page in found[:-1])
    for page in found:
        for message in page:
            has_shape(message, "Message")
    messages = [message for page in found for message in page]
    assert is_rising(identifiers(messages)[::-1]), "newest first, and none twice"
    new = [message for message in messages if message["messageId"] > before[0]]
    assert identifiers(messages)[len(new) :] == before
    assert set(identifiers(new)) <= set(said)
    assert messages[-1]["type"] == "channel-create" and len(before) > LENGTH


@pytest.mark.parametrize("kinds", [["text"], ["channel-rename"], ["channel-create"], ["channel-rename", "channel-create"], ["text", "text"], []])
def test_a_filter_pages_through_the_same_history(filled, kinds):
    """2, no 23: "filter absent/null/[] = all types"; a page is full while there is more of the kind."""
    owner, _, channel = filled
    everything = [message for page in pages(owner, channel) for message in page]
    found = list(pages(owner, channel, filter=kinds, limit=50))
    assert all(len(page) == 50 for page in found[:-1])
    wanted = [message for message in everything if not kinds or message["type"] in kinds]
    assert [message for page in found for message in page] == wanted and wanted


def test_any_id_is_a_bound(filled):
    """2, no 23: "ids smaller than it": the bound need be no message of the channel."""
    owner, _, channel = filled
    everything = identifiers(message for page in pages(owner, channel) for message in page)
    middle = everything[1_000]
    assert identifiers(owner.history(channel, lastMessage=middle, limit=3)) == everything[1_001:1_004]
    assert identifiers(owner.history(channel, lastMessage=middle + 1, limit=3)) == everything[1_000:1_003]
    assert identifiers(owner.history(channel, lastMessage=str(middle), limit="3")) == everything[1_001:1_004]
    elsewhere = owner.make_channel()
    assert identifiers(owner.history(channel, lastMessage=elsewhere["lastMessage"], limit=2)) == everything[:2]
    assert owner.history(channel, lastMessage=everything[-1]) == owner.history(channel, lastMessage=1) == []
    assert identifiers(owner.history(channel, lastMessage=2**53 - 1, limit=None)) == everything[:100]


def test_chat_pages_through_the_texts_of_the_same_history(filled):
    """DESIGN.md 7: one history; Chat leaves the notes out, and its pages are full all the same (contracts/chat.md 3.4)."""
    owner, _, channel = filled
    chat, found, query = chat_side(owner), [], {}
    while page := chat.history(channel, limit=100, **query):
        assert len(page) == 100 or page[-1]["message_id"] == str(texts_of(owner, channel)[-1])
        found += [int(message["message_id"]) for message in page]
        query = {"before": page[-1]["message_id"]}
    assert found == texts_of(owner, channel)


def texts_of(person, channel):
    return identifiers(message for page in pages(person, channel, filter=["text"]) for message in page)


def test_fifty_entries_are_read_at_once_and_no_more(server):
    """2, no 23: "max 50 entries"; each has its own bound, limit and filter, and its key."""
    person = newcomer(server)
    made = [person.make_channel() for _ in range(50)]
    for number, channel in enumerate(made):
        for text in range(number % 4):
            person.say(channel["channelId"], f"text {text}")
    load = [{"channelId": channel["channelId"], "limit": 2 + number % 2} for number, channel in enumerate(made)]
    results = succeeded(person.channel_messages(*load))["results"]
    assert list(results) == [str(channel["channelId"]) for channel in made], "in the order of the request"
    for number, channel in enumerate(made):
        loaded = has_shape(results[str(channel["channelId"])], "Loaded")
        assert (loaded["channelId"], loaded["channelName"]) == (channel["channelId"], channel["channelName"])
        assert loaded["channelMessages"] == person.history(channel["channelId"], limit=2 + number % 2)
        assert len(loaded["channelMessages"]) == min(number % 4 + 1, 2 + number % 2)
    listed = succeeded(person.channel_messages(*load, format="list"))["results"]
    assert listed == list(results.values())
    problem(person.channel_messages(*load, made[0]["channelId"]), "InvalidRequestParameters")
    # One that one may not read fails all; the first failing one says why.
    other = newcomer(server).make_channel()["channelId"]
    problem(person.channel_messages(*load[:48], other, 1), "NoPermission")
    problem(person.channel_messages(*load[:48], 1, other), "ChannelNotFound")


def test_fifty_long_pages_are_answered_whole(server):
    """2, no 23: 50 entries of 100 messages are 5000 messages."""
    person = newcomer(server)
    channel = person.make_channel()["channelId"]
    for number in range(100):
        person.say(channel, f"{number}" + "\U0001f99c" * 500)
    others = [person.make_channel()["channelId"] for _ in range(49)]
    results = succeeded(person.channel_messages(channel, *others))["results"]
    assert len(results[str(channel)]["channelMessages"]) == 100
    newest = person.history(channel, limit=1)[0]["messageId"]
    # The same channel many times is one answer: the last entry wins.
    twice = [{"channelId": channel, "limit": limit} for limit in range(51, 1, -1)]
    [loaded] = succeeded(person.channel_messages(*twice))["results"].values()
    assert identifiers(loaded["channelMessages"])[0] == newest and len(loaded["channelMessages"]) == 2


def test_a_history_that_is_deleted_while_it_is_read(server):
    """A channel deleted through Chat is gone from one page to the next: never half of it."""
    person = newcomer(server)
    channel = person.make_channel()["channelId"]
    for number in range(150):
        person.say(channel, str(number))
    page = person.history(channel)
    answers, chat = [], chat_side(person)

    def read():
        while not answers or answers[-1].status_code == 200:
            answers.append(person.channel_messages({"channelId": channel, "lastMessage": page[-1]["messageId"]}))

    reader = threading.Thread(target=read)
    reader.start()
    while not answers:
        time.sleep(0.001)
    assert Api(server, chat.access_token).delete(f"/channels/{channel}").status_code == 204
    reader.join(20)
    problem(answers[-1], "ChannelNotFound")
    for answer in answers[:-1]:
        assert len(succeeded(answer)["results"][str(channel)]["channelMessages"]) == 51
