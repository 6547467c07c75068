"""Who is there (contracts/chat.md 5.5)."""

import time

import pytest

from support.api import register
from support.gateway import CONNECTED, IDENTIFY, PRESENCE_UPDATE, RESUMED

pytestmark = pytest.mark.alone
SETTINGS = {"chat.offline_after_ms": "300", "chat.offline_after_lost_ms": "2000"}


@pytest.fixture
def quick(engine, new_server):
    """A server that forgets people soon."""
    return new_server(engine, SETTINGS)


@pytest.fixture
def people(quick):
    """Two people who share a server, and one who shares nothing with them."""
    owner, member, outsider = (register(quick, name) for name in ("owner", "member", "outsider"))
    member.join(owner.invite(owner.create_server()["server_id"]))
    return owner, member, outsider


def status(reader, account):
    return reader.get(f"/users/{account.user_id}").json()["status"]


def wait_for_status(reader, account, wanted):
    deadline = time.monotonic() + 5
    while status(reader, account) != wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    assert status(reader, account) == wanted


def test_somebody_who_comes_is_told_to_those_who_share_a_server(nest, owner, member, outsider, gateway):
    """5.5: "user_id, username, user{user_id, username}, status"; "Receivers: users sharing a server or a DM"."""
    socket, other = gateway(owner), gateway(outsider)
    gateway(member)
    assert socket.expect_presence(member, "online") == {
        "user_id": member.user_id, "username": member.username, "user": {"user_id": member.user_id, "username": member.username},
        "status": "online",
    }
    assert other.presences(member, 0.5) == []


def test_a_chosen_status_is_told_once(nest, owner, member, gateway):
    """5.5: "Client -> server: {status: online|idle|dnd|invisible}"; "Not repeated when unchanged"."""
    socket, own = gateway(owner), gateway(member)
    socket.expect_presence(member, "online")
    for _ in range(3):
        own.send(PRESENCE_UPDATE, {"status": "idle"})
    assert socket.presences(member, 2.5) == ["idle"]
    own.send(PRESENCE_UPDATE, {"status": "invisible"})
    socket.expect_presence(member, "offline")
    assert status(owner, member) == "offline"
    assert gateway(owner).connected["d"]["presences"] == []


def test_a_status_that_is_changed_by_rest_is_told_to_others_and_to_all_ones_sockets(nest, owner, member, outsider, gateway):
    """3.5: "status change -> event 40"; 5.5: "Receivers: users sharing a server or a DM, and the user's own other sockets"."""
    socket, own, outside = gateway(owner), [gateway(member), gateway(member)], gateway(outsider)
    socket.expect_presence(member, "online")
    for choice, shown in (("idle", "idle"), ("dnd", "dnd"), ("invisible", "offline"), ("online", "online")):
        member.change("/users/@me", status=choice)
        for listener in (socket, *own):
            listener.expect_presence(member, shown)
    assert outside.presences(member, 0.2) == []


def test_changes_within_a_second_are_one(nest, owner, member, gateway):
    """Presence is told in batches, once a second at most: only the latest status counts."""
    socket, own = gateway(owner), gateway(member)
    socket.expect_presence(member, "online")
    for choice in ("idle", "dnd", "idle", "dnd"):
        own.send(PRESENCE_UPDATE, {"status": choice})
    statuses = socket.presences(member, 3)
    assert statuses[-1] == "dnd" and len(statuses) <= 2
    assert all(first != second for first, second in zip(statuses, statuses[1:]))


def test_who_comes_while_somebody_looks_away_hears_of_the_return(nest, owner, member, gateway):
    """5.1: "presences [{user_id, status}] of visible users who are not offline"; what others were told in the end is right for all."""
    socket, own = gateway(owner), gateway(member)
    socket.expect_presence(member, "online")
    # Told at once, so that the next telling is a second away.
    own.send(PRESENCE_UPDATE, {"status": "idle"})
    socket.expect_presence(member, "idle")
    member.patch("/users/@me", {"status": "invisible"})
    late = gateway(owner)
    seen = [entry["status"] for entry in late.connected["d"]["presences"] if entry["user_id"] == member.user_id]
    member.patch("/users/@me", {"status": "idle"})
    assert [*seen, *late.presences(member, 2.5)][-1:] == ["idle"]


def test_the_own_other_sockets_hear_of_it(account, gateway):
    """5.5: "and the user's own other sockets"."""
    chooser, other = gateway(account), gateway(account)
    chooser.send(PRESENCE_UPDATE, {"status": "dnd"})
    other.expect_presence(account, "dnd")
    assert chooser.presences(account, 0.3) == []


def test_a_second_socket_is_no_news(nest, owner, member, gateway):
    """Not repeated when unchanged: somebody with two sockets is as present as with one."""
    socket = gateway(owner)
    gateway(member)
    socket.expect_presence(member, "online")
    second = gateway(member)
    second.close()
    assert socket.presences(member) == []


def test_connected_and_an_update_do_not_tell_the_same(nest, owner, member, gateway):
    """Who was in CONNECTED is not told again, though it came in the same second."""
    gateway(member)
    socket = gateway(owner)
    assert socket.connected["d"]["presences"] == [{"user_id": member.user_id, "status": "online"}]
    assert socket.presences(member, 2.2) == []


def test_the_choice_is_remembered(people, gateway):
    """5.5: "The chosen status is remembered (default online) and restored at the next connect"."""
    owner, member, _ = people
    first = gateway(member)
    first.send(PRESENCE_UPDATE, {"status": "dnd"})
    socket = gateway(owner)
    wait_for_status(owner, member, "dnd")
    first.close()
    wait_for_status(owner, member, "offline")
    socket.fleeting(PRESENCE_UPDATE, 1.2)
    assert gateway(member).connected["d"]["user"]["status"] == "dnd"
    socket.expect_presence(member, "dnd")


def test_identify_chooses_a_status(nest, owner, member, gateway):
    """4.2: IDENTIFY with "presence? {status}"."""
    watcher = gateway(owner)
    socket = gateway.open(member.server)
    socket.send(IDENTIFY, {"token": member.access_token, "presence": {"status": "idle"}})
    assert socket.expect(CONNECTED)["d"]["user"]["status"] == "idle"
    watcher.expect_presence(member, "idle")
    assert status(owner, member) == "idle"


def test_who_identifies_as_invisible_is_not_seen(nest, owner, member, gateway):
    """4.2: IDENTIFY with "presence? {status}"; 5.5: "invisible is shown as offline"."""
    watcher = gateway(owner)
    socket = gateway.open(member.server)
    socket.send(IDENTIFY, {"token": member.access_token, "presence": {"status": "invisible"}})
    socket.expect(CONNECTED)
    assert watcher.presences(member) == [] and status(owner, member) == "offline"
    assert gateway(owner).connected["d"]["presences"] == []


def test_somebody_who_closes_is_offline_soon(people, gateway):
    """5.5: "`offline` when the last socket has gone" and the grace is over."""
    owner, member, _ = people
    socket, own = gateway(owner), gateway(member)
    socket.expect_presence(member, "online")
    own.close()
    socket.expect_presence(member, "offline")
    assert status(owner, member) == "offline"


def test_somebody_who_is_lost_has_longer(people, gateway):
    """Until the grace is over a lost client is shown, to those who come as well."""
    owner, member, _ = people
    socket, own = gateway(owner), gateway(member)
    socket.expect_presence(member, "online")
    own.abort()
    time.sleep(0.3)
    assert gateway(owner).connected["d"]["presences"] == [{"user_id": member.user_id, "status": "online"}]
    assert status(owner, member) == "online"
    assert socket.presences(member, 1) == []
    socket.expect_presence(member, "offline")


def test_who_comes_back_in_time_was_never_away(people, gateway):
    """Reconnecting within the grace tells nothing."""
    owner, member, _ = people
    socket, own = gateway(owner), gateway(member)
    socket.expect_presence(member, "online")
    own.abort()
    time.sleep(0.1)
    gateway(member)
    assert socket.presences(member, 3) == []


def test_resumed_is_followed_by_those_who_are_there(people, gateway):
    """After RESUMED the present statuses of others follow as op 40."""
    owner, member, _ = people
    own = gateway(owner)
    own.send(PRESENCE_UPDATE, {"status": "dnd"})
    wait_for_status(member, owner, "dnd")
    socket = gateway(member)
    socket.abort()
    resumed = gateway.resume(member, socket.session_id, socket.last_s)
    resumed.expect(RESUMED)
    assert resumed.expect_presence(owner, "dnd")
    assert resumed.presences(member, 0.3) == []


def test_who_has_left_hears_nothing_more(nest, owner, member, gateway):
    """4.7: "Events go only to users who can see the object at that time"."""
    third = register(owner.server, "third")
    third.join(owner.invite(nest["server_id"]))
    socket = gateway(member)
    own = gateway(third)
    socket.expect_presence(third, "online")
    answer = member.api.request("DELETE", f"/servers/{nest['server_id']}/members/@me", token=member.access_token)
    assert answer.status_code == 204
    own.send(PRESENCE_UPDATE, {"status": "idle"})
    assert socket.presences(third) == []


def test_a_restart_announces_nobody_as_gone(quick, people, gateway):
    """On a drain nothing is announced."""
    owner, member, _ = people
    socket, own = gateway(owner), gateway(member)
    socket.expect_presence(member, "online")
    own.close()
    assert quick.stop() == 0
    socket.expect_close(1001)
    assert not [frame for frame in socket.frames if frame["op"] == PRESENCE_UPDATE and frame["d"]["status"] == "offline"]
