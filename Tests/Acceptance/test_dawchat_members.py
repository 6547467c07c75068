"""Who is in a channel, and removing them (contracts/dawchat.md 2, rows 20 and 21; 3.11 and 3.12)."""

import pytest

from support.api import unchanged
from support.database import execute
from support.dawchat import ALL_PERMISSIONS, JOINER_PERMISSIONS, has_shape, newcomer, nothing, problem

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
def other(server):
    """Somebody else, signed in."""
    return newcomer(server)


@pytest.fixture
def keeper(server, owner, channel):
    """A member of `channel` who may remove others and nothing else."""
    keeper = newcomer(server, "keeper")
    owner.bring(channel, keeper, ["remove-users"])
    return keeper


@pytest.fixture
def channel(owner):
    """The id of a public channel of `owner`."""
    return owner.make_channel()["channelId"]


def names(who, channel):
    return [member["username"] for member in who.members(channel)]


# The list


@pytest.mark.parametrize("kind", ["public", "private"])
def test_members_are_listed_with_their_permissions(owner, person, other, kind):
    """2, row 20: "{users:[{userId, username, userPerms[], joinedAt}]}", the first to join first; permissions in their fixed order."""
    channel = owner.make_channel(kind=kind)["channelId"]
    owner.bring(channel, other, ["rename", "write"])
    owner.bring(channel, person, [])
    users = other.members(channel)
    assert [(user["userId"], user["username"]) for user in users] == [(who.user_id, who.username) for who in (owner, other, person)]
    assert [user["userPerms"] for user in users] == [ALL_PERMISSIONS, ["read", "write", "rename"], ["read"]]
    assert [has_shape(user, "ChannelUser")["joinedAt"] for user in users] == [who.info(channel)["joinedAt"] for who in (owner, other, person)]
    assert person.members(channel) == owner.members(channel) == users


def test_the_list_is_for_members(owner, person, channel):
    """2, row 20: "404; 403 not member", also of a public channel."""
    problem(person.channel_users(channel), "NoPermission")
    problem(person.channel_users(UNKNOWN), "ChannelNotFound")
    problem(person.get("/channel/users"), "InvalidRequestParameters")
    person.join(channel)
    assert person.members(channel)[1]["userPerms"] == JOINER_PERMISSIONS


# Removing from a channel that is named


def test_members_are_removed(owner, person, other, channel, keeper):
    """2, row 21: "200 empty"; the channel and what they said stay, and a public channel can be joined again."""
    for who in (person, other):
        who.join(channel)
    message = person.say(channel)
    nothing(keeper.channel_users_remove(person.user_id, str(other.user_id), person.user_id, channelId=channel))
    assert names(owner, channel) == [owner.username, keeper.username] and owner.history(channel)[0] == message
    for who in (person, other):
        assert who.channels() == []
        problem(who.channel_info(channel), "NoPermission")
        problem(who.channel_messages_create(channel, "still here?"), "NoPermission")
    assert person.join(channel)["channelPerms"] == JOINER_PERMISSIONS


def test_the_channel_may_be_named_in_the_query(owner, person, channel):
    """3.11: "accept channelId in body or query"."""
    # A second channel with the same people, so that it matters which one is named.
    person.join(owner.make_channel()["channelId"])
    person.join(channel)
    nothing(owner.post("/channel/users/remove", {"toRemove": [person.user_id]}, params={"channelId": channel}))
    assert names(owner, channel) == [owner.username] and len(person.channels()) == 1
    problem(owner.post("/channel/users/remove", {"toRemove": [person.user_id]}, params={"channelId": "x"}), "InvalidRequestParameters")
    problem(owner.post("/channel/users/remove", {"toRemove": [person.user_id]}, params={"channelId": UNKNOWN}), "ChannelNotFound")


def test_removal_checks_in_the_order_of_the_contract(owner, person, other, channel, keeper):
    """2, row 21: 404 ChannelNotFound; 409 CantSelfRemove; 403; 409 UserNotInChannel; 409 CantRemoveOwner, each over all ids before the next."""
    person.join(channel)
    theirs, mine = other.make_channel()["channelId"], person.user_id
    with unchanged(lambda: (owner.members(channel), other.members(theirs))):
        for body in (
            {}, {"toRemove": None}, {"toRemove": mine}, {"toRemove": ["x"]}, {"toRemove": [None]}, {"toRemove": [mine, 0]}, {"toRemove": {}},
            {"toRemove": [[mine]]}, {"toRemove": [1.5]}, {"toRemove": [True]},
        ):  # fmt: skip
            problem(owner.post("/channel/users/remove", {"channelId": channel} | body), "InvalidRequestParameters")
        problem(keeper.channel_users_remove(mine, channelId="x"), "InvalidRequestParameters")
        problem(keeper.channel_users_remove("x", channelId=UNKNOWN), "InvalidRequestParameters")
        problem(keeper.channel_users_remove(keeper.user_id, channelId=UNKNOWN), "ChannelNotFound")
        # Who may not remove anybody is told about himself first.
        problem(person.channel_users_remove(owner.user_id, mine, channelId=channel), "CantSelfRemove")
        problem(other.channel_users_remove(other.user_id, channelId=channel), "CantSelfRemove")
        problem(owner.channel_users_remove(person.user_id, owner.user_id, channelId=channel), "CantSelfRemove")
        problem(keeper.channel_users_remove(UNKNOWN, keeper.user_id, channelId=channel), "CantSelfRemove")
        problem(person.channel_users_remove(UNKNOWN, channelId=channel), "NoPermission")
        problem(person.channel_users_remove(owner.user_id, channelId=channel), "NoPermission")
        problem(other.channel_users_remove(mine, channelId=channel), "NoPermission")
        problem(keeper.channel_users_remove(owner.user_id, other.user_id, channelId=channel), "UserNotInChannel")
        problem(keeper.channel_users_remove(mine, UNKNOWN, channelId=channel), "UserNotInChannel")
        problem(keeper.channel_users_remove(mine, other.user_id, channelId=channel), "UserNotInChannel")
        problem(keeper.channel_users_remove(mine, owner.user_id, channelId=channel), "CantRemoveOwner")
    nothing(keeper.channel_users_remove(mine, channelId=channel))


def test_removing_nobody_is_fine_where_one_might(owner, person, other, channel):
    """Empty list: "404/403 of the channel are still checked when channelId is given, then 200; without channelId: 200"."""
    person.join(channel)
    with unchanged(lambda: owner.members(channel)):
        nothing(owner.channel_users_remove(channelId=channel))
        nothing(owner.channel_users_remove())
        nothing(other.channel_users_remove())
        problem(owner.channel_users_remove(channelId=UNKNOWN), "ChannelNotFound")
        for who in (person, other):
            problem(who.channel_users_remove(channelId=channel), "NoPermission")


# Removing without naming the channel (3.11)


def test_the_one_channel_that_can_be_meant_is_meant(owner, person, other, channel, keeper):
    """3.11: "channels where caller is a member with remove-users and all targets are members; exactly one -> use it"."""
    both, theirs = keeper.make_channel()["channelId"], other.make_channel()["channelId"]
    for who, where in ((person, channel), (person, both), (other, both), (person, theirs)):
        who.join(where)
    keeper.join(theirs)
    # All three are with `keeper` in `both`; in `theirs` keeper may not remove, and in `channel` `other` is not.
    nothing(keeper.channel_users_remove(person.user_id, other.user_id))
    assert names(keeper, both) == [keeper.username]
    assert person.username in names(owner, channel) and person.username in names(other, theirs)
    nothing(keeper.channel_users_remove(person.user_id))
    assert names(owner, channel) == [owner.username, keeper.username] and person.username in names(other, theirs)


def test_several_channels_that_can_be_meant_are_too_many(owner, person, channel):
    """3.11: "several -> 400"."""
    second = owner.make_channel(kind="private")["channelId"]
    person.join(channel)
    owner.bring(second, person)
    with unchanged(lambda: (owner.members(channel), owner.members(second))):
        problem(owner.channel_users_remove(person.user_id), "InvalidRequestParameters")


def test_when_no_channel_can_be_meant_it_is_told_why(owner, person, other, channel):
    """3.11: "none -> if some target id is no user at all 404 ChannelNotFound, if caller is target 409 CantSelfRemove, else 409 UserNotInChannel"."""
    person.join(channel)
    elsewhere = other.make_channel()["channelId"]
    person.join(elsewhere)
    with unchanged(lambda: (owner.members(channel), other.members(elsewhere))):
        problem(owner.channel_users_remove(UNKNOWN), "ChannelNotFound")
        problem(owner.channel_users_remove(person.user_id, UNKNOWN), "ChannelNotFound")
        problem(person.channel_users_remove(person.user_id, UNKNOWN), "ChannelNotFound")
        problem(person.channel_users_remove(person.user_id), "CantSelfRemove")
        problem(person.channel_users_remove(other.user_id, person.user_id), "CantSelfRemove")
        problem(owner.channel_users_remove(other.user_id), "UserNotInChannel")
        problem(owner.channel_users_remove(person.user_id, other.user_id), "UserNotInChannel")
        # A member who may remove nobody means no channel, and neither does one who is in none.
        problem(person.channel_users_remove(owner.user_id), "UserNotInChannel")
        problem(newcomer(owner.server).channel_users_remove(person.user_id), "UserNotInChannel")


def test_in_the_one_channel_that_is_meant_the_other_rules_hold(owner, person, channel, keeper):
    """3.11: it is used as if it had been named: the owner stays, and nobody removes himself."""
    person.join(channel)
    with unchanged(lambda: owner.members(channel)):
        problem(keeper.channel_users_remove(owner.user_id), "CantRemoveOwner")
        problem(keeper.channel_users_remove(person.user_id, owner.user_id), "CantRemoveOwner")
        problem(keeper.channel_users_remove(keeper.user_id), "CantSelfRemove")
        problem(owner.channel_users_remove(owner.user_id), "CantSelfRemove")


@pytest.mark.parametrize("more", [998, 999, 1000, 2500])
def test_the_members_of_a_large_channel_are_listed_whole(new_server, engine, more):
    """Row 20, at the ends of the pages in which the server reads and sends them."""
    server = new_server(engine)
    owner = newcomer(server, "owner")
    channel = owner.make_channel()["channelId"]
    joined = owner.members(channel)[0]["joinedAt"]
    assert server.stop() == 0
    rows = [f"({number}, 'crowd-{number}')" for number in range(1, more + 1)]
    crowd = f"WITH crowd(id, name) AS (VALUES {', '.join(rows)})"
    # Three at a time have joined in the same moment.
    execute(
        server,
        "INSERT INTO accounts (id, username, username_key, status, is_administrator, created_at, updated_at)"
        f" {crowd} SELECT id, name, name, 0, 0, 0, 0 FROM crowd",
        "INSERT INTO channel_members (channel_id, account_id, permissions, joined_at)"
        f" {crowd} SELECT {channel}, id, 1024 + 65536, {(joined + 10) * 1_000_000} + id / 3 FROM crowd",
    )
    server.start()
    owner.http.base_url = server.url
    members = owner.members(channel)
    assert [member["userId"] for member in members] == [owner.user_id, *range(1, more + 1)]
    assert all(has_shape(member, "ChannelUser")["userPerms"] == ["read"] for member in members[1:])
