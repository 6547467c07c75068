"""Requests at the same moment (contracts/dawchat.md 2): each is as if it had been alone, one after the other; never half of one."""

import functools
import random
import threading
import time

import pytest

from support.api import unique
from support.both import chat_side
from support.dawchat import (
    ALL_PERMISSIONS, DawchatPerson, administrator, channel_name, is_rising, newcomer, nothing, problem, succeeded,
)  # fmt: skip

ROUNDS = 15
PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def people(engine, mortal):
    """Four people with a second browser each, so that nobody waits for himself."""
    mortal.root = administrator(mortal)
    people = [newcomer(mortal, name) for name in ("ann", "bob", "cleo", "dan")]
    for person in people:
        person.phone = person.another_browser()
    return people


def repeated(test):
    """A race is lost now and then: the test runs ROUNDS times."""
    @functools.wraps(test)
    def run(*arguments, **named):
        for _ in range(ROUNDS):
            test(*arguments, **named)

    return run


def at_once(*acts):
    """Runs all of them at the same moment or nearly so, each in a thread of its own: what they return, in their order."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        barrier.wait(10)
        # So that each of them is the first now and then.
        time.sleep(random.choice((0, 0, random.uniform(0, 0.003))))
        results[number] = act()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert None not in results, "something was not answered"
    return results


def outcomes(answers):
    """200, 201 or the code of the problem."""
    return [answer.status_code if answer.status_code < 400 else answer.json()["code"] for answer in answers]


def check_channel(channel, people, said=()):
    """The rules that hold whatever happened: true when the channel is there.

    There: exactly one of its members owns it, with all permissions, and every message of `said` that was acknowledged is in its history. Gone:
    nobody is in it.
    """
    inside = [person for person in people if channel in [entry["channelId"] for entry in person.channels()]]
    if not inside:
        for person in people:
            problem(person.channel_info(channel), "ChannelNotFound")
            problem(person.channel_join(channel), "ChannelNotFound")
            assert channel not in [invite["channelId"] for invite in person.received()]
        return False
    members = inside[0].members(channel)
    assert sorted(member["userId"] for member in members) == sorted(person.user_id for person in inside)
    infos = [person.info(channel) for person in inside]
    [owner] = {info["channelOwner"] for info in infos}
    [permissions] = [member["userPerms"] for member in members if member["userId"] == owner]
    assert permissions == ALL_PERMISSIONS
    for person, info in zip(inside, infos):
        assert info["channelPerms"] == next(member["userPerms"] for member in members if member["userId"] == person.user_id)
    history = [message["messageId"] for message in inside[0].history(channel)]
    assert is_rising(history[::-1])
    assert {message["messageId"] for message in said} <= set(history)
    return True


# Accounts


@repeated
def test_one_registration_invite_makes_one_account(people):
    """2, no 1: 403 InvalidUserInvite, "unknown or already used"; the name that was refused stays free."""
    server, token = people[0].server, people[0].registration_invite()
    names = [unique("twin") for _ in range(3)]
    visitors = [DawchatPerson(server, name, PASSWORD) for name in names]
    answers = at_once(*[lambda v=v: v.user_create(username=v.username, password=PASSWORD, inviteToken=token) for v in visitors])
    assert sorted(outcomes(answers), key=str) == [201, "InvalidUserInvite", "InvalidUserInvite"]
    [winner] = [visitor for visitor, answer in zip(visitors, answers) if answer.status_code == 201]
    winner.log_in()
    [invite] = [invite for invite in succeeded(people[0].user_invites())["invites"] if invite["token"] == token]
    assert (invite["acceptedBy"], invite["acceptedName"]) == (winner.user_id, winner.username)
    for visitor in visitors:
        if visitor is not winner:
            problem(visitor.user_login(username=visitor.username, password=PASSWORD), "InvalidCredentials")
            newcomer(server, username=visitor.username)


@repeated
def test_one_name_is_taken_once_and_the_other_invite_is_not_spent(people):
    """2, no 1: "409 UsernameTaken (invite stays unused)"; names are unique ignoring case."""
    server, name = people[0].server, unique("Twin")
    tokens = [people[0].registration_invite() for _ in range(3)]
    visitors = [DawchatPerson(server, spelling) for spelling in (name, name.upper(), name.lower())]
    answers = at_once(*[
        lambda v=v, t=t: v.user_create(username=v.username, password=PASSWORD, inviteToken=t) for v, t in zip(visitors, tokens)
    ])  # fmt: skip
    assert sorted(outcomes(answers), key=str) == [201, "UsernameTaken", "UsernameTaken"]
    for token, answer in zip(tokens, answers):
        if answer.status_code != 201:
            newcomer(server, token=token)


def test_at_most_so_many_sessions_however_fast_they_are_made(new_server, engine):
    """1.2: "max 20 sessions/user (configurable)": the least recently used one makes room."""
    person = administrator(new_server(engine, {"dawchat.sessions_per_user": "4"}))
    browsers = [DawchatPerson(person.server, person.username, person.password) for _ in range(12)]
    at_once(*[browser.log_in for browser in browsers])
    assert outcomes([browser.user_info() for browser in browsers]).count(200) == 4


# Invites to channels


@repeated
def test_two_members_invite_one_person_once(people):
    """2, no 17: "409 UserAlreadyInvited (pending one from anybody)"."""
    ann, bob, cleo, _ = people
    channel = ann.make_channel(kind="private")["channelId"]
    ann.bring(channel, bob, ALL_PERMISSIONS)
    answers = at_once(*[lambda p=p: p.channel_invite(channel, cleo.username, ["read"]) for p in (ann, bob, ann.phone)])
    assert sorted(outcomes(answers), key=str) == [201, "UserAlreadyInvited", "UserAlreadyInvited"]
    [made] = [answer.json() for answer in answers if answer.status_code == 201]
    assert [invite["inviteId"] for invite in ann.pending(channel)] == [made["inviteId"]]
    assert [invite["inviteId"] for invite in cleo.received() if invite["channelId"] == channel] == [made["inviteId"]]
    ann.leave(channel, newOwner=bob.user_id)


@repeated
def test_one_invite_lets_in_once(people):
    """2, no 15: "an invite is spent by joining"; who is in already is told so."""
    ann, bob, *_ = people
    channel = ann.make_channel(kind="private")["channelId"]
    invite = ann.invite(channel, bob, ["read", "rename"])
    answers = at_once(*[lambda p=p: p.channel_join(channel, inviteId=invite) for p in (bob, bob.phone)])
    assert sorted(outcomes(answers), key=str) == [200, "UserAlreadyInChannel"]
    assert ann.pending(channel) == [] and check_channel(channel, people)
    assert bob.info(channel)["channelPerms"] == ["read", "rename"]
    bob.leave(channel)
    problem(bob.channel_join(channel, inviteId=invite), "InvalidChannelInvite")
    ann.leave(channel)


@pytest.mark.parametrize("way", ["revoked", "declined"])
@repeated
def test_joining_while_the_invite_is_taken_back(people, way):
    """2, details 9 and 19: "not pending -> silently fine"; "A denied/revoked/used invite can never be used"."""
    ann, bob, *_ = people
    channel = ann.make_channel(kind="private")["channelId"]
    invite = ann.invite(channel, bob)
    end = (lambda: ann.channel_invites_remove(invite)) if way == "revoked" else (lambda: bob.phone.user_channel_invites_remove(invite))
    joined, ended = outcomes(at_once(lambda: bob.channel_join(channel, inviteId=invite), end))
    assert (joined, ended) in ((200, 200), ("InvalidChannelInvite", 200))
    assert ann.pending(channel) == [] and check_channel(channel, people)
    assert (bob.user_id in [member["userId"] for member in ann.members(channel)]) == (joined == 200)


# Owners


@pytest.mark.parametrize("others", [True, False], ids=["others there", "nobody else"])
@repeated
def test_an_owner_hands_over_to_somebody_who_is_leaving(people, others):
    """2, no 16: either the new owner is gone first (409 UserNotInChannel), or he is the owner before he leaves."""
    ann, bob, cleo, _ = people
    channel = ann.make_channel()["channelId"]
    for person in (bob, cleo) if others else (bob,):
        person.join(channel)
    results = outcomes(at_once(lambda: ann.channel_leave(channel, newOwner=bob.user_id), lambda: bob.channel_leave(channel)))
    assert results in ([["UserNotInChannel", 200], [200, "SelectNewOwner"]] if others else [["UserNotInChannel", 200], [200, 200]])
    assert check_channel(channel, people) == (results != [200, 200])


@repeated
def test_an_owner_hands_over_to_somebody_who_is_being_removed(people):
    """2, nos 16 and 21: the owner is never removed (409 CantRemoveOwner), who is removed is never the owner."""
    ann, bob, cleo, _ = people
    channel = ann.make_channel()["channelId"]
    bob.join(channel)
    ann.bring(channel, cleo, ["remove-users"])
    results = outcomes(at_once(
        lambda: ann.channel_leave(channel, newOwner=bob.user_id), lambda: cleo.channel_users_remove(bob.user_id, channelId=channel)
    ))  # fmt: skip
    assert results in ([200, "CantRemoveOwner"], ["UserNotInChannel", 200])
    assert check_channel(channel, people)


@repeated
def test_an_owner_hands_over_to_somebody_who_is_kicked_from_the_home_server(people):
    """DESIGN.md 7: what Chat takes away from the home space must not leave a channel without its owner."""
    ann, bob, cleo, _ = people
    root = chat_side(ann.server.root)
    channel = ann.make_channel()["channelId"]
    bob.join(channel)
    cleo.join(channel)
    home = root.get("/servers").json()[0]["server_id"]
    handed, kicked = at_once(
        lambda: ann.channel_leave(channel, newOwner=bob.user_id), lambda: root.delete(f"/servers/{home}/members/{bob.user_id}")
    )
    assert outcomes([handed])[0] in (200, "UserNotInChannel") and kicked.status_code in (204, 403), (handed.text, kicked.text)
    assert check_channel(channel, people)


@repeated
def test_an_owner_who_is_alone_leaves_while_somebody_joins(people):
    """2, no 16: either others are there (400 SelectNewOwner), or the channel is gone (404)."""
    ann, bob, cleo, _ = people
    channel = ann.make_channel()["channelId"]
    results = outcomes(at_once(lambda: ann.channel_leave(channel), lambda: bob.channel_join(channel), lambda: cleo.channel_join(channel)))
    assert results in (["SelectNewOwner", 200, 200], [200, "ChannelNotFound", "ChannelNotFound"])
    assert check_channel(channel, people) == (results[0] != 200)


@repeated
def test_an_owner_leaves_twice_at_once(people):
    """2, no 16: the second time 409 UserNotInChannel; two new owners are never made."""
    ann, bob, cleo, _ = people
    channel = ann.make_channel()["channelId"]
    bob.join(channel)
    cleo.join(channel)
    results = outcomes(at_once(
        lambda: ann.channel_leave(channel, newOwner=bob.user_id), lambda: ann.phone.channel_leave(channel, newOwner=cleo.user_id)
    ))  # fmt: skip
    assert sorted(results, key=str) == [200, "UserNotInChannel"]
    assert check_channel(channel, people)
    assert bob.info(channel)["channelOwner"] == (bob.user_id if results[0] == 200 else cleo.user_id)


@repeated
def test_the_last_two_leave_at_once(people):
    """2, no 16: in the end the channel is gone, or the owner is still in it."""
    ann, bob, *_ = people
    channel = ann.make_channel()["channelId"]
    bob.join(channel)
    results = outcomes(at_once(lambda: ann.channel_leave(channel), lambda: bob.channel_leave(channel)))
    assert results in ([200, 200], ["SelectNewOwner", 200])
    assert check_channel(channel, people) == (results[0] != 200)


@repeated
def test_the_last_one_leaves_while_writing_and_inviting(people):
    """2, detail 16: "delete it (name becomes free, pending invites expire)": nothing is left of what came at the same moment."""
    ann, bob, *_ = people
    made = ann.make_channel()
    channel = made["channelId"]
    left, said, invited = at_once(
        lambda: ann.channel_leave(channel), lambda: ann.phone.channel_messages_create(channel, "last words"),
        lambda: ann.phone.channel_invite(channel, bob.username, ["read"]),
    )  # fmt: skip
    assert outcomes([left]) == [200]
    assert outcomes([said])[0] in (201, "ChannelNotFound", "NoPermission")
    assert outcomes([invited])[0] in (201, "ChannelNotFound", "NoPermission")
    assert not check_channel(channel, people)
    if invited.status_code == 201:
        problem(bob.channel_join(channel, inviteId=invited.json()["inviteId"]), "ChannelNotFound")
    ann.leave(ann.make_channel(made["channelName"])["channelId"])


@repeated
def test_the_owner_deletes_through_chat_while_others_come_and_write(people):
    """A channel deleted through Chat is gone for everybody, also for who came at the same moment."""
    ann, bob, cleo, _ = people
    chat = chat_side(ann)
    channel = ann.make_channel()["channelId"]
    bob.join(channel)
    deleted, joined, said = at_once(
        lambda: chat.delete(f"/channels/{channel}"), lambda: cleo.channel_join(channel), lambda: bob.channel_messages_create(channel, "x")
    )
    assert deleted.status_code == 204
    assert outcomes([joined])[0] in (200, "ChannelNotFound") and outcomes([said])[0] in (201, "ChannelNotFound")
    assert not check_channel(channel, people)


# Names


@repeated
def test_two_channels_are_renamed_to_one_name(people):
    """2, no 13: 409 ChannelNameTaken for all but one."""
    ann, bob, cleo, _ = people
    made = [person.make_channel() for person in (ann, bob, cleo)]
    name = channel_name("wanted")
    answers = at_once(*[lambda p=p, m=m: p.channel_rename(m["channelId"], name) for p, m in zip((ann, bob, cleo), made)])
    assert sorted(outcomes(answers), key=str) == [200, "ChannelNameTaken", "ChannelNameTaken"]
    for person, before, answer in zip((ann, bob, cleo), made, answers):
        info, notes = person.info(before["channelId"]), len(person.history(before["channelId"]))
        assert (info["channelName"], notes) == ((name, 2) if answer.status_code == 200 else (before["channelName"], 1))
        person.leave(before["channelId"])


@repeated
def test_a_channel_gets_two_names_at_once(people):
    """2, detail 13: each new name has its note; the last note is the name, the other name is free."""
    ann = people[0]
    channel, names = ann.make_channel()["channelId"], [channel_name("first"), channel_name("second")]
    answers = at_once(*[lambda p=p, n=n: p.channel_rename(channel, n) for p, n in zip((ann, ann.phone), names)])
    assert outcomes(answers) == [200, 200]
    notes = [message["content"] for message in ann.history(channel, filter=["channel-rename"])]
    assert sorted(notes) == sorted(names) and ann.info(channel)["channelName"] == notes[0]
    free = ann.make_channel(notes[1])["channelId"]
    for identifier in (channel, free):
        ann.leave(identifier)


@repeated
def test_one_name_makes_one_channel_whatever_api_asks(people):
    """2, no 11: 409 ChannelNameTaken; through Chat 409 `channel_name_taken`."""
    ann, bob, cleo, dan = people
    chat = chat_side(dan)
    keeping = dan.make_channel()["channelId"]
    home, name = chat.get("/servers").json()[0]["server_id"], channel_name("wanted")
    answers = at_once(
        *[lambda p=p: p.channel_create(channelName=name, channelType="private") for p in (ann, bob, cleo)],
        lambda: chat.post(f"/servers/{home}/channels", {"name": name}),
    )
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [201, 409, 409, 409], [answer.text for answer in answers]
    holders = [person for person in people if name in [entry["channelName"] for entry in person.channels()]]
    assert holders == [people[statuses.index(201)]]
    for person, channel in ((holders[0], next(e["channelId"] for e in holders[0].channels() if e["channelName"] == name)), (dan, keeping)):
        person.leave(channel)


# Members


@repeated
def test_two_who_may_remove_remove_each_other(people):
    """2, no 21: who is removed may not remove any more (403 NoPermission)."""
    ann, bob, cleo, _ = people
    channel = ann.make_channel()["channelId"]
    for person in (bob, cleo):
        ann.bring(channel, person, ["remove-users"])
    results = outcomes(at_once(
        lambda: bob.channel_users_remove(cleo.user_id, channelId=channel), lambda: cleo.channel_users_remove(bob.user_id, channelId=channel)
    ))  # fmt: skip
    assert sorted(results, key=str) == [200, "NoPermission"]
    assert len(ann.members(channel)) == 2 and check_channel(channel, people)


@repeated
def test_somebody_joins_twice_and_leaves_at_once(people):
    """2, nos 15 and 16: one membership, or none."""
    ann, bob, *_ = people
    channel = ann.make_channel()["channelId"]
    first, second, left = outcomes(at_once(
        lambda: bob.channel_join(channel), lambda: bob.phone.channel_join(channel), lambda: bob.phone.channel_leave(channel)
    ))  # fmt: skip
    joins = [first, second].count(200)
    assert joins >= 1 and left in (200, "UserNotInChannel") and (joins == 1 or left == 200)
    assert check_channel(channel, people)
    assert [member["userId"] for member in ann.members(channel)].count(bob.user_id) == joins - (left == 200)


@repeated
def test_who_is_removed_says_nothing_more_and_loses_nothing(people):
    """What was acknowledged stays in the history; what begins after the removal was answered is refused (403 NoPermission)."""
    ann, bob, *_ = people
    channel = ann.make_channel()["channelId"]
    bob.join(channel)
    acknowledged, refused, removed, late = [], [], threading.Event(), []

    def write(person):
        while len(refused) < 6:
            is_late = removed.is_set()
            answer = person.channel_messages_create(channel, "me again")
            if answer.status_code == 201:
                acknowledged.append(answer.json())
                late.extend([answer.json()] if is_late else [])
            else:
                problem(answer, "NoPermission")
                refused.append(answer)
        return True

    def remove():
        while len(acknowledged) < 10 and not refused:
            time.sleep(0.001)
        answer = ann.channel_users_remove(bob.user_id, channelId=channel)
        removed.set()
        return answer

    *_, answer = at_once(lambda: write(bob), lambda: write(bob.phone), remove)
    nothing(answer)
    assert late == []
    assert {message["messageId"] for message in acknowledged} == whole(ann, channel)
    assert check_channel(channel, people)


def whole(person, channel):
    """The ids of all texts of a channel."""
    found, bound = set(), {}
    while page := person.history(channel, filter=["text"], **bound):
        found |= {message["messageId"] for message in page}
        bound = {"lastMessage": page[-1]["messageId"]}
    return found


def test_many_join_one_channel_at_once(people):
    """2, no 15: everybody is in, each once."""
    server = people[0].server
    channel = people[0].make_channel()["channelId"]
    crowd = [newcomer(server) for _ in range(20)]
    assert outcomes(at_once(*[lambda p=p: p.channel_join(channel) for p in crowd])) == [200] * 20
    members = [member["userId"] for member in people[0].members(channel)]
    assert sorted(members) == sorted([people[0].user_id, *[person.user_id for person in crowd]])
