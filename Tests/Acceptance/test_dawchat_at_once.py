"""Several at once want what one can have (contracts/dawchat.md 2): one gets it, the others are told the error of the table."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.api import PASSWORD, unique
from support.dawchat import DawchatPerson, channel_name, is_rising, newcomer, problem

CALLERS = 8


@pytest.fixture
def owner(server):
    """Somebody new, signed in."""
    return newcomer(server, "owner")


@pytest.fixture
def people(server):
    """Several new people, signed in."""
    return [newcomer(server) for _ in range(CALLERS)]


def at_once(*calls):
    """The answers of all calls, made at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def one_of(answers, status, code):
    """The JSON of the one answer with this status; all others have to be this error."""
    good = [answer for answer in answers if answer.status_code == status]
    for answer in answers:
        if answer not in good:
            problem(answer, code)
    assert len(good) == 1, [answer.status_code for answer in answers]
    return good[0].json()


def registration(server, token, username=None):
    body = {"username": username or unique(), "password": PASSWORD, "inviteToken": token}
    return lambda: DawchatPerson(server).user_create(**body)


def test_a_registration_invite_makes_one_account(server, owner):
    """2, row 1: "403 InvalidUserInvite"."""
    token = owner.registration_invite()
    created = one_of(at_once(*[registration(server, token) for _ in range(CALLERS)]), 201, "InvalidUserInvite")
    [invite] = owner.user_invites().json()["invites"]
    assert (invite["acceptedBy"], invite["acceptedName"]) == (created["userId"], created["username"])


def test_a_username_is_given_once(server, owner):
    """2, row 1: "409 UsernameTaken (invite stays unused)"."""
    name, tokens = unique("one"), [owner.registration_invite() for _ in range(CALLERS)]
    created = one_of(at_once(*[registration(server, token, name) for token in tokens]), 201, "UsernameTaken")
    assert [i["acceptedBy"] for i in owner.user_invites().json()["invites"] if i["acceptedBy"]] == [created["userId"]]


def test_the_setup_code_makes_one_administrator(new_server, engine):
    """1.6: once only."""
    server = new_server(engine)
    one_of(at_once(*[registration(server, server.setup_code) for _ in range(4)]), 201, "InvalidUserInvite")


def test_a_channel_name_is_given_once(owner, people):
    """2, row 11: "409 ChannelNameTaken"."""
    name = channel_name()
    calls = [lambda who=who: who.channel_create(channelName=name, channelType="private") for who in people]
    created = one_of(at_once(*calls), 201, "ChannelNameTaken")
    assert [channel["channelId"] for who in people for channel in who.channels()] == [created["channelId"]]
    other = owner.make_channel()["channelId"]
    problem(owner.channel_rename(other, name), "ChannelNameTaken")


def test_one_joins_once_and_an_invite_is_spent_once(owner, people):
    """2, row 15: "409 UserAlreadyInChannel"."""
    channel, guest = owner.make_channel(kind="private")["channelId"], people[0]
    invite = owner.invite(channel, guest)
    one_of(at_once(*[lambda: guest.channel_join(channel, inviteId=invite)] * CALLERS), 200, "UserAlreadyInChannel")
    assert len(owner.members(channel)) == 2 and len(guest.channels()) == 1


def test_one_is_invited_once(owner, people):
    """2, row 17: "409 UserAlreadyInvited (pending one from anybody)"."""
    channel, guest = owner.make_channel()["channelId"], people.pop()
    for who in people:
        who.join(channel)
    calls = [lambda who=who: who.channel_invite(channel, guest.username, []) for who in people]
    invite = one_of(at_once(*calls), 201, "UserAlreadyInvited")
    assert [pending["inviteId"] for pending in guest.received()] == [invite["inviteId"]]


def test_a_channel_keeps_an_owner_who_is_in_it(owner, people):
    """2, row 16: the new owner may leave at the same time; either way somebody who is in the channel owns it."""
    heir, witness = people[:2]
    for _ in range(5):
        channel = owner.make_channel()["channelId"]
        for who in (heir, witness):
            who.join(channel)
        handed, left = at_once(lambda: owner.channel_leave(channel, newOwner=heir.user_id), lambda: heir.channel_leave(channel))
        if handed.status_code == 200:
            problem(left, "SelectNewOwner")
        else:
            problem(handed, "UserNotInChannel")
            assert left.status_code == 200
        assert witness.info(channel)["channelOwner"] in [member["userId"] for member in witness.members(channel)]


def test_messages_sent_at_once_are_all_there_in_one_order(owner, people):
    """1: "message ids are one increasing sequence over all channels"; 22: lastMessage is the newest, lastRead of an author his own newest."""
    channel = owner.make_channel()["channelId"]
    for who in people:
        who.join(channel)
    answers = at_once(*[lambda who=who: who.channel_messages_create(channel, who.username) for who in people * 3])
    sent = sorted(answer.json()["messageId"] for answer in answers)
    history = owner.history(channel)[::-1]
    assert [message["messageId"] for message in history[1:]] == sent and is_rising(sent)
    assert owner.info(channel)["lastMessage"] == sent[-1]
    for who in people:
        mine = [answer.json()["messageId"] for answer in answers if answer.json()["userId"] == who.user_id]
        assert who.info(channel)["lastRead"] == max(mine)
