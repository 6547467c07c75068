"""Channels of two people (contracts/chat.md 3.6)."""

import threading

import pytest

from support.api import assert_error, register, unchanged, unique
from support.shapes import is_dm_channel, is_message

NAMES = ("recipient_id", "user_id", "target_user_id")


def listed(account):
    """The ids of the direct channels of this account, in the order of the list."""
    response = account.get("/users/@me/dm-channels")
    assert response.status_code == 200, response.text
    return [channel["channel_id"] for channel in response.json()]


@pytest.fixture
def look(owner, member, outsider):
    """What may not change when something is refused."""
    return lambda: [listed(account) for account in (owner, member, outsider)]


# Opening


@pytest.mark.parametrize("identifier", ["@me", "own id"])
@pytest.mark.parametrize("name", NAMES)
def test_one_opens_a_channel_to_somebody(owner, member, name, identifier):
    """3.6: "If {user_id} is the caller or `@me`: body needs recipient_id (aliases user_id, target_user_id)... 201 Channel when new"."""
    path = f"/users/{owner.user_id if identifier == 'own id' else identifier}/dm-channels"
    response = owner.post(path, {name: member.user_id})
    assert response.status_code == 201
    channel = response.json()
    is_dm_channel(channel, reader=owner, other=member)
    assert channel["last_message_id"] is None
    assert owner.get("/users/@me/dm-channels").json() == [channel]
    [seen] = member.get("/users/@me/dm-channels").json()
    is_dm_channel(seen, reader=member, other=owner)
    assert seen["channel_id"] == channel["channel_id"]


@pytest.mark.parametrize("body", [{}, {"json": {}}, {"json": {"unknown": 1}}])
def test_the_path_may_name_the_recipient(owner, member, body):
    """3.6: "If it is somebody else: that user is the recipient, body optional"."""
    response = owner.post(f"/users/{member.user_id}/dm-channels", **body)
    assert response.status_code == 201
    is_dm_channel(response.json(), reader=owner, other=member)
    assert listed(owner) == listed(member) == [response.json()["channel_id"]]


def test_two_people_have_one_channel_whoever_opens_it(owner, member):
    """3.6: "**200** with the existing one otherwise"."""
    channel = owner.direct_channel(member)
    for account, other in ((owner, member), (member, owner)):
        for path, body in [(f"/users/{other.user_id}/dm-channels", {}), *(("/users/@me/dm-channels", {name: other.user_id}) for name in NAMES)]:
            response = account.post(path, body)
            assert response.status_code == 200
            is_dm_channel(response.json(), reader=account, other=other)
            assert response.json()["channel_id"] == channel["channel_id"]
    assert listed(owner) == listed(member) == [channel["channel_id"]]


def test_opening_at_the_same_time_makes_one_channel(owner, member):
    """3.6: "201 Channel when new, 200 with the existing one otherwise", also in a race."""
    answers = []

    def open_channel(account, other):
        answers.append(account.post("/users/@me/dm-channels", {"recipient_id": other.user_id}))

    threads = [threading.Thread(target=open_channel, args=pair) for pair in [(owner, member), (member, owner)] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["channel_id"] for answer in answers}) == 1
    assert len(listed(owner)) == len(listed(member)) == 1


def test_channels_to_different_people_are_different(owner, member, outsider):
    """3.6: each pair has its own."""
    pairs = ((owner, member), (owner, outsider), (member, outsider))
    assert len({account.direct_channel(other)["channel_id"] for account, other in pairs}) == 3
    assert len(listed(owner)) == len(listed(member)) == len(listed(outsider)) == 2


@pytest.mark.parametrize("identifier", ["@me", "own id"])
@pytest.mark.parametrize("body", [{}, {"recipient_id": None}, {"recipient_id": 5}, {"recipient": "1"}])
def test_a_recipient_has_to_be_named(look, owner, body, identifier):
    """3.6: "Recipient missing -> 400 50035"."""
    path = f"/users/{owner.user_id if identifier == 'own id' else identifier}/dm-channels"
    with unchanged(look):
        assert_error(owner.post(path, body), 400, 50035, "invalid_form", fields=["recipient_id"])


def test_nobody_opens_a_channel_to_oneself(look, owner):
    """3.6: "recipient is the caller himself -> 403 50007"."""
    with unchanged(look):
        for identifier in ("@me", owner.user_id):
            for name in NAMES:
                response = owner.post(f"/users/{identifier}/dm-channels", {name: owner.user_id})
                assert_error(response, 403, 50007, "cannot_dm")


@pytest.mark.parametrize("identifier", ["1", "nobody", str(2**60)])
def test_an_unknown_recipient_is_404(look, owner, identifier):
    """3.6: "unknown user -> 404 10013", in both readings."""
    with unchanged(look):
        for name in NAMES:
            assert_error(owner.post("/users/@me/dm-channels", {name: identifier}), 404, 10013, "unknown_user")
        assert_error(owner.post(f"/users/{identifier}/dm-channels"), 404, 10013, "unknown_user")


# Listing


def test_a_new_account_has_no_direct_channel(account):
    """3.6: "GET /users/{user_id}/dm-channels: ... 200 [Channel type dm]"; 1: "lists | top-level JSON arrays"."""
    for identifier in ("@me", account.user_id):
        response = account.get(f"/users/{identifier}/dm-channels")
        assert response.status_code == 200 and response.json() == []


def test_the_list_is_by_last_activity_newest_first(server, owner):
    """3.6: "ordered by last activity, newest first": the last message, or the making of a channel without one."""
    people = [register(server) for _ in range(4)]
    first, second, third, fourth = (owner.direct_channel(person)["channel_id"] for person in people)
    assert listed(owner) == [fourth, third, second, first]
    message = owner.say(second, "hello")
    assert listed(owner) == [second, fourth, third, first]
    people[0].say(first, "hello")
    assert listed(owner) == [first, second, fourth, third]
    owner.direct_channel(people[2])
    assert listed(owner) == [first, second, fourth, third], "to open it again is no activity"
    fifth = register(server).direct_channel(owner)["channel_id"]
    assert listed(owner) == [fifth, first, second, fourth, third]
    by_id = {channel["channel_id"]: channel for channel in owner.get(f"/users/{owner.user_id}/dm-channels").json()}
    assert list(by_id) == listed(owner)
    assert by_id[second]["last_message_id"] == message["message_id"] and by_id[third]["last_message_id"] is None
    for person, channel in zip(people, (first, second, third, fourth)):
        is_dm_channel(by_id[channel], reader=owner, other=person)


def test_the_list_is_ones_own(owner, member, outsider):
    """3.6: "only self or `@me` (else 403)"; whether there is such a user makes no difference."""
    owner.direct_channel(member)
    for identifier in (owner.user_id, member.user_id, "1", "nobody"):
        assert_error(outsider.get(f"/users/{identifier}/dm-channels"), 403, 50013, "missing_permissions")
    assert listed(outsider) == []


def test_recipients_are_public_and_as_they_are_now(server, owner):
    """2: "DM also recipients [User] without the caller"; 3.5: "public; no email"."""
    other = register(server, email=f"{unique('mail')}@example.org")
    channel = owner.direct_channel(other)["channel_id"]
    other.change("/users/@me", display_name="Renamed")
    for seen in (owner.get(f"/channels/{channel}").json(), owner.get("/users/@me/dm-channels").json()[0]):
        is_dm_channel(seen, reader=owner, other=other)
        assert seen["recipients"][0]["display_name"] == "Renamed"
    assert "example.org" not in owner.get("/users/@me/dm-channels").text


# Writing and access


def test_messages_go_by_the_ordinary_routes(owner, member):
    """3.6: "DM messages use the ordinary /channels/{channel_id}/messages routes"; 2: "server_id|null"."""
    room = owner.direct_channel(member)["channel_id"]
    said = [owner.say(room, "hello"), member.say(room, "hi")]
    for message in said:
        is_message(message, direct=True)
        assert message["channel_id"] == room
    assert owner.history(room) == member.history(room) == said[::-1]
    assert owner.history(room, before=said[1]["message_id"]) == said[:1]


def test_both_read_the_channel_each_from_his_side(owner, member):
    """3.3: "GET /channels/{id}"; 3.6: "each sees the other in recipients"."""
    room = owner.direct_channel(member)["channel_id"]
    for account, other in ((owner, member), (member, owner)):
        is_dm_channel(account.get(f"/channels/{room}").json(), reader=account, other=other)


def test_only_the_two_have_access(owner, member, outsider):
    """3.6: "only the two participants have access"; 1.1: "answers 403 missing_access if it exists"."""
    room = owner.direct_channel(member)["channel_id"]
    owner.say(room, "between us")
    with unchanged(lambda: owner.history(room)):
        for response in (
            outsider.get(f"/channels/{room}"), outsider.get(f"/channels/{room}/messages"),
            outsider.post(f"/channels/{room}/messages", {"content": "let me in"}),
        ):  # fmt: skip
            assert_error(response, 403, 50001, "missing_access")


def test_a_direct_channel_needs_no_server_and_is_in_none(nest, owner, member, outsider):
    """3.6: two people; 3.2: a server lists its own channels only."""
    room = owner.direct_channel(member)["channel_id"]
    owner.direct_channel(outsider)
    assert [channel["type"] for channel in owner.get(f"/servers/{nest['server_id']}/channels").json()] == ["text"]
    member.remove(f"/servers/{nest['server_id']}/members/@me")
    member.say(room, "still here")
    owner.remove(f"/servers/{nest['server_id']}")
    assert [message["content"] for message in owner.history(room)] == ["still here"]
