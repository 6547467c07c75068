"""Coming to channels and leaving them (contracts/dawchat.md 2, rows 15 and 16; 1.4)."""

import time

import pytest

from support.api import unchanged
from support.dawchat import ALL_PERMISSIONS, JOINER_PERMISSIONS, channel_name, has_shape, newcomer, nothing, problem, succeeded

UNKNOWN = 2**53 - 1


@pytest.fixture
def owner(server):
    """Somebody new who is going to own channels."""
    return newcomer(server, "owner")


@pytest.fixture
def person(server):
    """Somebody new, signed in."""
    return newcomer(server)


@pytest.fixture
def other(server):
    """Somebody else, signed in."""
    return newcomer(server)


def look(owner, channel, *people):
    """What a refused request must not have changed."""
    return lambda: (owner.info(channel), owner.members(channel), owner.pending(channel), owner.history(channel), [p.channels() for p in people])


# Joining


def test_joining_a_public_channel_gives_read_write_and_invite(owner, person):
    """2, row 15: "200 UserChannel"; 1.4: "Joining a public channel without an invite: read, write, invite"; no message is written."""
    made = owner.make_channel()
    channel, began = made["channelId"], int(time.time())
    response = person.channel_join(channel)
    joined = has_shape(succeeded(response), "UserChannel")
    assert joined == made | {"channelPerms": JOINER_PERMISSIONS, "lastRead": 0, "joinedAt": joined["joinedAt"]}
    assert began <= joined["joinedAt"] <= time.time()
    assert person.info(channel) == joined and person.channels() == [joined]
    assert len(owner.history(channel)) == 1 and owner.info(channel) == made
    assert [member["username"] for member in owner.members(channel)] == [owner.username, person.username]


@pytest.mark.parametrize("kind", ["public", "private"])
@pytest.mark.parametrize(
    "given, got",
    [
        ([], ["read"]), (["write"], ["read", "write"]), (["remove-users", "rename"], ["read", "rename", "remove-users"]),
        (ALL_PERMISSIONS[::-1], ALL_PERMISSIONS),
    ],
)  # fmt: skip
def test_joining_with_an_invite_gives_what_it_says(owner, person, kind, given, got):
    """1.4: "with an invite: the invite's list (also in a public channel)", in the fixed order; the invite is spent."""
    channel = owner.make_channel(kind=kind)["channelId"]
    joined = owner.bring(channel, person, given)
    assert joined["channelPerms"] == got and owner.members(channel)[1]["userPerms"] == got
    assert owner.pending(channel) == [] and person.received() == []


def test_an_invite_is_for_one_person_one_channel_and_one_time(owner, person, other):
    """2, row 15: "403 InvalidChannelInvite"; 1.1: "wrong channel, not pending, or for someone else"."""
    channel, elsewhere = owner.make_channel(kind="private")["channelId"], owner.make_channel()["channelId"]
    invite = owner.invite(channel, person)
    wrong = owner.invite(elsewhere, person)
    with unchanged(look(owner, channel, person, other)):
        problem(other.channel_join(channel, inviteId=invite), "InvalidChannelInvite")
        problem(person.channel_join(channel, inviteId=wrong), "InvalidChannelInvite")
        problem(person.channel_join(elsewhere, inviteId=invite), "InvalidChannelInvite")
        problem(person.channel_join(channel), "NoPermission")
    person.join(channel, invite)
    person.leave(channel)
    with unchanged(look(owner, channel, person)):
        problem(person.channel_join(channel, inviteId=invite), "InvalidChannelInvite")
        problem(person.channel_join(channel), "NoPermission")


@pytest.mark.parametrize("kind", ["public", "private"])
def test_a_decided_invite_is_no_good(owner, person, kind):
    """2, 9: "A denied/revoked/used invite can never be used (403 InvalidChannelInvite)"."""
    channel = owner.make_channel(kind=kind)["channelId"]
    denied = owner.invite(channel, person)
    nothing(person.user_channel_invites_remove(denied))
    revoked = owner.invite(channel, person)
    nothing(owner.channel_invites_remove(revoked))
    with unchanged(look(owner, channel, person)):
        for invite in (denied, revoked):
            problem(person.channel_join(channel, inviteId=invite), "InvalidChannelInvite")
    owner.bring(channel, person)


def test_joining_without_the_pending_invite_ends_it(owner, person):
    """2, 15: "Joining a public channel without using one's pending invite ... mark it expired"; "inviteId null = absent"."""
    channel = owner.make_channel()["channelId"]
    invite = owner.invite(channel, person, ["read"])
    joined = succeeded(person.channel_join(channel, inviteId=None))
    assert joined["channelPerms"] == JOINER_PERMISSIONS
    assert person.received() == owner.pending(channel) == []
    person.leave(channel)
    problem(person.channel_join(channel, inviteId=invite), "InvalidChannelInvite")
    assert owner.invite(channel, person) != invite


def test_join_checks_in_the_order_of_the_contract(owner, person, other):
    """2, row 15: 404 ChannelNotFound; 409; 404 ChannelInviteNotFound; 403 InvalidChannelInvite; 403 NoPermission."""
    channel, private = owner.make_channel()["channelId"], owner.make_channel(kind="private")["channelId"]
    invite = owner.invite(private, other)
    person.join(channel)
    with unchanged(look(owner, private, person, other)):
        for body in ({}, {"channelId": None}, {"inviteId": 5}, {"channelId": channel, "inviteId": "x"}, {"channelId": UNKNOWN, "inviteId": 0}):
            problem(person.post("/channel/join", body), "InvalidRequestParameters")
        problem(person.channel_join(UNKNOWN, inviteId=UNKNOWN), "ChannelNotFound")
        problem(person.channel_join(UNKNOWN), "ChannelNotFound")
        problem(person.channel_join(channel, inviteId=UNKNOWN), "UserAlreadyInChannel")
        problem(person.channel_join(channel, inviteId=invite), "UserAlreadyInChannel")
        problem(person.channel_join(channel), "UserAlreadyInChannel")
        problem(person.channel_join(private, inviteId=UNKNOWN), "ChannelInviteNotFound")
        problem(other.channel_join(channel, inviteId=UNKNOWN), "ChannelInviteNotFound")
        problem(person.channel_join(private, inviteId=invite), "InvalidChannelInvite")
        problem(person.channel_join(private), "NoPermission")
        problem(other.channel_join(private), "NoPermission")
    other.join(private, invite)


# Leaving


def test_a_member_leaves_and_sees_no_more(owner, person):
    """2, row 16: "200 empty"."""
    channel = owner.make_channel()["channelId"]
    person.join(channel)
    message = person.say(channel, "still here")
    nothing(person.channel_leave(channel))
    assert person.channels() == [] and [member["username"] for member in owner.members(channel)] == [owner.username]
    problem(person.channel_info(channel), "NoPermission")
    problem(person.channel_messages(channel), "NoPermission")
    problem(person.channel_leave(channel), "UserNotInChannel")
    assert owner.history(channel)[0] == message and owner.info(channel)["lastMessage"] == message["messageId"]
    assert person.join(channel)["lastMessage"] == message["messageId"]


def test_a_new_owner_may_do_everything(owner, person, other):
    """1.4: "New owner after leave: all five"."""
    channel = owner.make_channel(kind="private")["channelId"]
    owner.bring(channel, person, ["read"])
    owner.bring(channel, other)
    nothing(owner.channel_leave(channel, newOwner=person.user_id))
    info = person.info(channel)
    assert info["channelOwner"] == person.user_id and info["channelPerms"] == ALL_PERMISSIONS
    assert other.info(channel)["channelOwner"] == person.user_id and other.info(channel)["channelPerms"] == ["read", "write"]
    problem(owner.channel_info(channel), "NoPermission")
    problem(other.channel_users_remove(person.user_id, channelId=channel), "NoPermission")
    person.rename(channel, channel_name())


def test_leave_checks_in_the_order_of_the_contract(owner, person, other):
    """2, row 16: 404; 409 (caller); 400 SelectNewOwner; 409 (newOwner not a member); 16: "newOwner = self ... 400 SelectNewOwner"."""
    channel = owner.make_channel()["channelId"]
    person.join(channel)
    with unchanged(look(owner, channel, person, other)):
        for body in ({}, {"channelId": None}, {"channelId": channel, "newOwner": "x"}, {"channelId": channel, "newOwner": 0}):
            problem(owner.post("/channel/leave", body), "InvalidRequestParameters")
        problem(owner.channel_leave(UNKNOWN, newOwner=UNKNOWN), "ChannelNotFound")
        problem(other.channel_leave(channel), "UserNotInChannel")
        problem(other.channel_leave(channel, newOwner=other.user_id), "UserNotInChannel")
        problem(owner.channel_leave(channel), "SelectNewOwner")
        problem(owner.channel_leave(channel, newOwner=None), "SelectNewOwner")
        problem(owner.channel_leave(channel, newOwner=owner.user_id), "SelectNewOwner")
        problem(owner.channel_leave(channel, newOwner=other.user_id), "UserNotInChannel")
        problem(owner.channel_leave(channel, newOwner=UNKNOWN), "UserNotInChannel")


@pytest.mark.parametrize("new_owner", [UNKNOWN, None, "self", "owner"])
def test_who_is_not_the_owner_names_none(owner, person, new_owner):
    """2, 16: "newOwner ignored for non-owners"; it has to be an id if given."""
    channel = owner.make_channel()["channelId"]
    person.join(channel)
    with unchanged(look(owner, channel, person)):
        problem(person.channel_leave(channel, newOwner=-5), "InvalidRequestParameters")
    named = {"self": person.user_id, "owner": owner.user_id}.get(new_owner, new_owner)
    nothing(person.channel_leave(channel, newOwner=named))
    assert owner.info(channel)["channelOwner"] == owner.user_id and len(owner.members(channel)) == 1


@pytest.mark.parametrize("kind", ["public", "private"])
def test_a_channel_ends_with_its_last_member(owner, person, other, kind):
    """2, 16: "delete it (name becomes free, pending invites expire)"."""
    made = owner.make_channel(kind=kind)
    channel = made["channelId"]
    invite = owner.invite(channel, person)
    owner.bring(channel, other)
    other.say(channel)
    other.leave(channel)
    nothing(owner.channel_leave(channel))
    assert owner.channels() == [] and person.received() == []
    for who in (owner, person, other):
        problem(who.channel_info(channel), "ChannelNotFound")
        problem(who.channel_messages(channel), "ChannelNotFound")
    problem(person.channel_join(channel, inviteId=invite), "ChannelNotFound")
    assert succeeded(person.channel_search(made["channelName"]))["results"] == []
    again = person.make_channel(made["channelName"], kind)
    assert again["channelId"] != channel and len(person.history(again["channelId"])) == 1
    problem(owner.channel_join(again["channelId"], inviteId=invite), "InvalidChannelInvite")


def test_the_owner_who_is_alone_may_not_name_who_is_not_there(owner, person):
    """Leave by the owner: newOwner = self -> 400 SelectNewOwner; newOwner no member -> 409; alone -> the channel ends."""
    channel = owner.make_channel()["channelId"]
    with unchanged(look(owner, channel)):
        problem(owner.channel_leave(channel, newOwner=owner.user_id), "SelectNewOwner")
        problem(owner.channel_leave(channel, newOwner=person.user_id), "UserNotInChannel")
    nothing(owner.channel_leave(channel, newOwner=None))
    problem(owner.channel_info(channel), "ChannelNotFound")
