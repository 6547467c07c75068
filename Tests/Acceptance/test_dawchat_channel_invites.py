"""Invites to channels (contracts/dawchat.md 2, rows 8, 9 and 17 to 19; 3.9 and 3.10)."""

import time

import pytest

from support.api import register, unchanged
from support.dawchat import ALL_PERMISSIONS, DawchatPerson, has_shape, newcomer, nothing, problem, succeeded

UNKNOWN = 2**53 - 1


@pytest.fixture
def owner(server):
    """Somebody new who owns `channel`."""
    return newcomer(server, "owner")


@pytest.fixture
def person(server):
    """Somebody new, who is going to be invited."""
    return newcomer(server)


@pytest.fixture
def other(server):
    """Somebody else."""
    return newcomer(server)


@pytest.fixture(params=["public", "private"])
def channel(request, owner):
    """The id of a channel of `owner`."""
    return owner.make_channel(kind=request.param)["channelId"]


def look(owner, channel, *people):
    """What a refused request must not have changed."""
    return lambda: (owner.pending(channel), owner.members(channel), owner.history(channel), [person.received() for person in people])


# Inviting


def test_an_invite_is_made_and_both_see_it(owner, person, other, channel):
    """2, row 17: "201 {inviteId, senderId, recipientId, channelId, invitePerms, timestamp}"; rows 8 and 18: ChannelInvite."""
    began = int(time.time())
    made = has_shape(succeeded(owner.channel_invite(channel, person.username, ["read", "write"]), 201), "NewChannelInvite")
    assert (made["senderId"], made["recipientId"], made["channelId"]) == (owner.user_id, person.user_id, channel)
    assert made["invitePerms"] == ["read", "write"] and began <= made["timestamp"] <= time.time()
    info = owner.info(channel)
    full = made | {
        "senderName": owner.username, "recipientName": person.username, "channelName": info["channelName"], "channelType": info["channelType"]
    }  # fmt: skip
    assert owner.pending(channel) == person.received() == [has_shape(full, "ChannelInvite")]
    assert other.received() == owner.received() == []
    assert person.channels() == []


def test_the_lists_are_of_what_is_pending(owner, person, other, channel):
    """2, row 8: "pending ones addressed to me"; row 18: "pending ones"; both name the channel as it is called now."""
    elsewhere = owner.make_channel()["channelId"]
    ids = [owner.invite(channel, person), owner.invite(channel, other), owner.invite(elsewhere, person)]
    assert [invite["inviteId"] for invite in owner.pending(channel)] == ids[:2]
    assert [invite["inviteId"] for invite in person.received()] == [ids[0], ids[2]]
    owner.rename(channel, "renamed_" + str(channel)[-12:])
    assert person.received()[0]["channelName"] == owner.pending(channel)[0]["channelName"] == owner.info(channel)["channelName"]
    person.join(channel, ids[0])
    assert [invite["inviteId"] for invite in owner.pending(channel)] == [ids[1]]
    assert [invite["inviteId"] for invite in person.received()] == [ids[2]]


@pytest.mark.parametrize(
    "sent, answered, listed",
    [
        ([], ["read"], ["read"]),
        (["write", "write"], ["read", "write"], ["read", "write"]),
        (["rename", "write", "read"], ["read", "rename", "write"], ["read", "write", "rename"]),
        (["remove-users", "invite", "write", "rename"], ["read", "remove-users", "invite", "write", "rename"], ALL_PERMISSIONS),
    ],
)
def test_an_invite_always_lets_one_read(owner, person, channel, sent, answered, listed):
    """1.4: "any invitePerms list gets read added first, duplicates dropped"; 17: "the order read first, then as sent; lists show the fixed order"."""
    assert succeeded(owner.channel_invite(channel, person.username, sent), 201)["invitePerms"] == answered
    assert owner.pending(channel)[0]["invitePerms"] == person.received()[0]["invitePerms"] == listed


def test_one_gives_no_more_than_one_has(owner, person, other, channel):
    """1.4: "invite: may create channel invites, but only with permissions the inviter has himself"."""
    owner.bring(channel, person, ["invite", "rename"])
    with unchanged(look(owner, channel, other)):
        for permissions in (["write"], ["rename", "remove-users"], ALL_PERMISSIONS):
            problem(person.channel_invite(channel, other.username, permissions), "NoPermission")
    invite = person.invite(channel, other, ["rename", "invite"])
    assert other.join(channel, invite)["channelPerms"] == ["read", "invite", "rename"]


@pytest.mark.parametrize("has", [["read"], ["read", "write", "rename", "remove-users"]])
def test_inviting_takes_the_permission(owner, person, other, channel, has):
    """2, row 17: "403 NoPermission (not member / no invite right ...)"."""
    with unchanged(look(owner, channel, other)):
        problem(person.channel_invite(channel, other.username, []), "NoPermission")
    owner.bring(channel, person, has)
    with unchanged(look(owner, channel, other)):
        problem(person.channel_invite(channel, other.username, ["read"]), "NoPermission")


def test_one_pending_invite_is_enough(owner, person, other, channel):
    """2, row 17: "409 UserAlreadyInvited (pending one from anybody)"; 9: "a new one may then be created and has a new id"."""
    owner.bring(channel, other, ["invite"])
    first = other.invite(channel, person, [])
    with unchanged(look(owner, channel, person)):
        for inviter in (owner, other):
            problem(inviter.channel_invite(channel, person.username, ["read"]), "UserAlreadyInvited")
    nothing(person.user_channel_invites_remove(first))
    second = owner.invite(channel, person)
    nothing(owner.channel_invites_remove(second))
    third = owner.invite(channel, person)
    assert len({first, second, third}) == 3
    person.join(channel, third)


def test_invite_checks_in_the_order_of_the_contract(owner, person, other, channel):
    """2, row 17: 404 ChannelNotFound; 403; 404 UserNotFound; 409 UserAlreadyInChannel (also self); 409 UserAlreadyInvited."""
    owner.bring(channel, person, ["write"])
    good = {"channelId": channel, "username": other.username, "invitePerms": ["read"]}
    with unchanged(look(owner, channel, other)):
        for change in (
            {"channelId": None}, {"channelId": "x"}, {"username": None}, {"username": 5}, {"invitePerms": None}, {"invitePerms": "read"},
            {"invitePerms": ["fly"]}, {"invitePerms": ["read", None]}, {"invitePerms": ["Read"]}, {"invitePerms": [5]}, {"invitePerms": {}},
            {"channelId": UNKNOWN, "invitePerms": ["fly"]},
        ):  # fmt: skip
            problem(owner.post("/channel/invite", good | change), "InvalidRequestParameters")
        for missing in good:
            body = {name: value for name, value in good.items() if name != missing}
            problem(owner.post("/channel/invite", body), "InvalidRequestParameters")
        problem(owner.channel_invite(UNKNOWN, "nobody at all", []), "ChannelNotFound")
        problem(person.channel_invite(channel, "nobody at all", []), "NoPermission")
        problem(person.channel_invite(channel, owner.username, []), "NoPermission")
        for unknown in ("nobody at all", "", other.username.upper(), f" {other.username}"):
            problem(owner.channel_invite(channel, unknown, []), "UserNotFound")
        for there in (owner, person):
            problem(owner.channel_invite(channel, there.username, []), "UserAlreadyInChannel")


def test_who_registered_through_chat_can_be_invited(server, owner, channel):
    """The accounts are those of Chat."""
    account = register(server)
    owner.invite(channel, account)
    assert len(DawchatPerson(server, account.username, account.password).log_in().received()) == 1


# Who sees the list


def test_the_list_of_a_channel_is_for_members(owner, person, other, channel):
    """2, row 18: "404; 403 not member"; reading checks membership only."""
    invite = owner.invite(channel, other)
    for outsider in (person, other):
        problem(outsider.channel_invites(channel), "NoPermission")
    problem(owner.channel_invites(UNKNOWN), "ChannelNotFound")
    problem(owner.get("/channel/invites"), "InvalidRequestParameters")
    owner.bring(channel, person, [])
    assert [has_shape(listed, "ChannelInvite")["inviteId"] for listed in person.pending(channel)] == [invite]


# Removing: one rule behind three paths


REMOVALS = ["/user/channel/invites/remove", "/user/channel/invites/clear", "/channel/invites/remove"]


@pytest.fixture(params=REMOVALS)
def removal(request):
    """One of the paths, and the code of its 404 (3.10)."""
    return request.param, "ChannelInviteNotFound" if request.param == "/channel/invites/remove" else "UserInviteNotFound"


def remove(who, removal, *ids):
    return who.post(removal[0], {"toRemove": list(ids)})


@pytest.mark.parametrize("who", ["recipient", "sender", "keeper"])
def test_recipient_sender_and_who_may_remove_users_remove_an_invite(server, owner, person, other, channel, removal, who):
    """9: "recipient -> status denied; sender -> revoked; otherwise caller must be a member with remove-users -> revoked"."""
    keeper = newcomer(server, "keeper")
    owner.bring(channel, keeper, ["remove-users"])
    owner.bring(channel, other, ["invite"])
    invite = other.invite(channel, person, [])
    caller = {"recipient": person, "sender": other, "keeper": keeper}[who]
    nothing(remove(caller, removal, invite))
    assert owner.pending(channel) == person.received() == []
    problem(person.channel_join(channel, inviteId=invite), "InvalidChannelInvite")
    # What is not pending any more is silently fine, for anybody.
    for again in (caller, newcomer(server)):
        nothing(remove(again, removal, invite))


def test_nobody_else_removes_an_invite(server, owner, person, other, channel, removal):
    """9: "else 403": neither a member without the right nor one who is not there."""
    invite = owner.invite(channel, person)
    owner.bring(channel, other, ["write", "invite", "rename"])
    with unchanged(look(owner, channel, person)):
        for caller in (other, newcomer(server)):
            problem(remove(caller, removal, invite), "NoPermission")
    person.join(channel, invite)


def test_the_sender_may_revoke_even_when_gone(owner, person, other, channel, removal):
    """9: "sender -> revoked", before membership is asked about."""
    owner.bring(channel, other, ["invite"])
    invite = other.invite(channel, person, [])
    other.leave(channel)
    nothing(remove(other, removal, invite))
    assert owner.pending(channel) == []


def test_removing_is_all_or_nothing(owner, person, other, channel, removal):
    """9/19: "validate every id first, then apply; ignore duplicates; empty list -> 200"; 404 over all ids first, then 403."""
    path, unknown = removal
    mine = owner.make_channel()["channelId"]
    theirs = other.make_channel()["channelId"]
    good, foreign = owner.invite(mine, person), other.invite(theirs, person)
    with unchanged(lambda: (owner.pending(mine), other.pending(theirs), person.received())):
        problem(remove(owner, removal, good, UNKNOWN), unknown)
        problem(remove(owner, removal, good, foreign), "NoPermission")
        problem(remove(owner, removal, foreign, good, UNKNOWN), unknown)
        nothing(remove(owner, removal))
        for ids in (None, good, [None], [good, "x"], [good, 1.5], [good, 0], [good, -1], [good, 2**53], [[good]], {}):
            problem(owner.post(path, {"toRemove": ids}), "InvalidRequestParameters")
        problem(owner.post(path, {}), "InvalidRequestParameters")
    nothing(remove(person, removal, good, str(foreign), good))
    assert person.received() == owner.pending(mine) == other.pending(theirs) == []
