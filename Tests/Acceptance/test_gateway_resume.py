"""Coming back after a break (contracts/chat.md 4.6)."""

import threading
import time

import pytest

from support.api import Api, register
from support.faults import SteppedClock
from support.gateway import CHANNEL_CREATE, CONNECTED, HELLO, INVALID_SESSION, MESSAGE_CREATE, RESUMED, SERVER_MEMBER_ADD


def contents(messages):
    return [message["content"] for message in messages]


def expect_resumed(socket, session_id, replayed):
    assert socket.expect(RESUMED)["d"] == {"session_id": session_id, "replayed": replayed}


def test_what_was_missed_comes_in_order_and_then_resumed(room, owner, member, gateway):
    """4.6: "Good: missed events with s > seq in order, then op 8"; 4.2: "session_id, replayed (count)"."""
    first = gateway(member)
    seen = first.connected["s"]
    first.abort()
    posted = [owner.say(room, f"missed {number}") for number in range(3)]
    second = gateway.resume(member, first.session_id, seen)
    assert second.expect_messages(3) == posted
    expect_resumed(second, first.session_id, 3)
    owner.say(room, "live again")
    assert contents(second.expect_messages(1)) == ["live again"]


def test_nothing_missed_is_resumed_with_nothing(room, owner, member, gateway):
    """4.6: op 8 with replayed 0; what was already seen does not come twice."""
    first = gateway(member)
    owner.say(room, "seen")
    seen = first.expect(MESSAGE_CREATE)["s"]
    first.abort()
    second = gateway.resume(member, first.session_id, seen)
    expect_resumed(second, first.session_id, 0)
    second.expect_nothing()


def test_a_session_is_resumed_again_and_again(room, owner, member, gateway):
    """4.6: "A session can be resumed for as long as the event log keeps events"."""
    socket = gateway(member)
    session, seen = socket.session_id, socket.last_s
    for number in range(4):
        socket.abort()
        owner.say(room, str(number))
        socket = gateway.resume(member, session, seen)
        assert contents(socket.expect_messages(1)) == [str(number)]
        expect_resumed(socket, session, 1)
        seen = socket.last_s


def test_every_kind_of_event_is_replayed(nest, room, owner, member, gateway):
    """4.6: all missed events, in the order of s."""
    first = gateway(member)
    first.abort()
    newcomer = register(owner.server, "newcomer")
    channel = owner.create_channel(nest["server_id"], "birds")
    newcomer.join(owner.invite(nest["server_id"]))
    message = newcomer.say(channel["channel_id"], "I am here")
    second = gateway.resume(member, first.session_id, first.last_s)
    assert second.expect(CHANNEL_CREATE)["d"]["channel_id"] == channel["channel_id"]
    assert second.expect(SERVER_MEMBER_ADD)["d"]["user_id"] == newcomer.user_id
    assert second.expect_messages(1) == [message]
    expect_resumed(second, first.session_id, 3)


def test_a_server_joined_meanwhile_is_replayed_from_the_joining_on(room, nest, owner, outsider, gateway):
    """4.7: "Events go only to users who can see the object"; 5.4: the added user gets the server."""
    first = gateway(outsider)
    first.abort()
    owner.say(room, "before the joining")
    owner.create_channel(nest["server_id"], "also before")
    register(owner.server, "newcomer").join(owner.invite(nest["server_id"]))
    outsider.join(owner.invite(nest["server_id"]))
    owner.say(room, "welcome")
    second = gateway.resume(outsider, first.session_id, first.last_s)
    added = second.expect(SERVER_MEMBER_ADD)["d"]
    assert added["user_id"] == outsider.user_id and added["server"]["server_id"] == nest["server_id"]
    assert contents(second.expect_messages(1)) == ["welcome"]
    expect_resumed(second, first.session_id, 2)


def test_what_one_may_not_see_is_not_replayed(room, owner, member, outsider, gateway):
    """4.7: "Events go only to users who can see the object at that time"."""
    first = gateway(outsider)
    first.abort()
    owner.say(room, "secret")
    second = gateway.resume(outsider, first.session_id, first.last_s)
    expect_resumed(second, first.session_id, 0)


def test_a_long_absence_is_replayed_whole(room, owner, member, gateway):
    """4.6: all missed events in order, however many."""
    first = gateway(member)
    first.abort()
    for number in range(300):
        owner.say(room, str(number))
    second = gateway.resume(member, first.session_id, first.last_s)
    assert contents(second.expect_messages(300)) == [str(number) for number in range(300)]
    expect_resumed(second, first.session_id, 300)


@pytest.mark.parametrize("header", [True, False], ids=["header", "query token"])
def test_the_query_of_the_handshake_resumes(room, owner, member, gateway, header):
    """4.6: "With a handshake token ... query `?session_id=..&seq=..` = resume, otherwise new session"."""
    first = gateway(member)
    first.abort()
    owner.say(room, "missed")
    query = {"session_id": first.session_id, "seq": first.last_s}
    second = gateway.open(
        member.server, header=member.access_token if header else None, query=query if header else query | {"token": member.access_token}
    )
    assert contents(second.expect_messages(1)) == ["missed"]
    expect_resumed(second, first.session_id, 1)


def test_a_new_token_resumes_the_old_session(room, owner, member, gateway):
    """4.6: a session belongs to the login, whose tokens are refreshed meanwhile."""
    first = gateway(member)
    first.abort()
    answer = member.post("/auth/refresh", {"refresh_token": member.refresh_token})
    member.access_token = answer.json()["access_token"]
    second = gateway.resume(member, first.session_id, first.last_s)
    expect_resumed(second, first.session_id, 0)


def test_nothing_is_lost_or_doubled_when_the_server_is_killed(new_server, engine, gateway):
    """4.6 and the decision at the top: "resume works across reconnects, restarts and nodes"."""
    server = new_server(engine)
    owner, member = register(server), register(server)
    nest = member.join(owner.invite(owner.create_server()["server_id"]))
    room = nest["channels"][0]["channel_id"]
    first = gateway(member)
    owner.say(room, "seen")
    first.expect(MESSAGE_CREATE)
    first.abort()
    owner.say(room, "missed before the end")
    server.restart()
    owner.say(room, "missed after the start")
    second = gateway.resume(member, first.session_id, first.last_s)
    assert contents(second.expect_messages(2)) == ["missed before the end", "missed after the start"]
    expect_resumed(second, first.session_id, 2)
    owner.say(room, "live")
    assert contents(second.expect_messages(1)) == ["live"]


# Sessions that cannot be resumed


@pytest.mark.linux
@pytest.mark.parametrize("days", [6, 8])
def test_a_session_is_resumed_as_long_as_its_events_are_kept(new_server, engine, gateway, tmp_path, days):
    """4.6: "for as long as the event log keeps events (default 7 days)"; "too old: op 9 d=false"."""
    clock = SteppedClock(tmp_path)
    server = new_server(engine, environment=clock.environment)
    owner, member = register(server), register(server)
    room = member.join(owner.invite(owner.create_server()["server_id"]))["channels"][0]["channel_id"]
    first = gateway(member)
    first.abort()
    owner.say(room, "missed")
    clock.step(days * 86_400)
    server.restart()
    member.access_token = Api(server).post("/auth/refresh", {"refresh_token": member.refresh_token}).json()["access_token"]
    # What is over is forgotten soon after the start.
    deadline = time.monotonic() + 10
    while days == 8 and "Old events forgotten" not in server.log and time.monotonic() < deadline:
        time.sleep(0.05)
    second = gateway.resume(member, first.session_id, first.last_s)
    if days == 8:
        assert second.expect(INVALID_SESSION)["d"] is False
        return
    assert contents(second.expect_messages(1)) == ["missed"]
    expect_resumed(second, first.session_id, 1)


@pytest.mark.parametrize("session", ["foreign", "tampered", "nonsense", ""])
def test_a_session_that_is_not_ones_own_is_invalid(account, member, gateway, session):
    """4.6: "session unknown/expired/other user/too old: op 9 d=false, connection stays open 5 s for op 3"."""
    foreign, own = gateway(member), gateway(account)
    own.abort()
    tampered = own.session_id[:-2] + ("AA" if own.session_id[-2:] != "AA" else "BB")
    names = {"foreign": foreign.session_id, "tampered": tampered}
    socket = gateway.resume(account, names.get(session, session), own.last_s)
    assert socket.expect(INVALID_SESSION)["d"] is False
    socket.last_s = None
    socket.identify(account.access_token)
    assert socket.expect(CONNECTED)["d"]["session_id"] not in (own.session_id, foreign.session_id)
    foreign.beat()


def test_after_an_invalid_session_a_handshake_token_connects_anew(account, member, gateway):
    """4.6: "or a fresh CONNECTED follows at once if the handshake carried a token"."""
    foreign = gateway(member)
    socket = gateway.open(account.server, header=account.access_token, query={"session_id": foreign.session_id, "seq": foreign.last_s})
    assert socket.expect(INVALID_SESSION)["d"] is False
    assert socket.expect(CONNECTED)["d"]["user_id"] == account.user_id


def test_after_an_invalid_session_there_are_5_seconds_to_identify(account, gateway):
    """4.6: "connection stays open 5 s for op 3"; then 4.3: 4003."""
    socket = gateway.resume(account, "nonsense", 0)
    socket.expect(INVALID_SESSION)
    start = time.monotonic()
    socket.expect_close(4003, timeout=9)
    assert 4 <= time.monotonic() - start <= 8


def test_a_seq_that_was_never_sent_closes_4007(account, gateway):
    """4.6: "seq greater than the last sent -> close 4007"."""
    first = gateway(account)
    first.abort()
    gateway.resume(account, first.session_id, 2**52).expect_close(4007)


@pytest.mark.parametrize("code", [1000, 1001])
def test_a_client_that_says_goodbye_ends_its_session(account, gateway, code):
    """4.5: "a client closing with 1000/1001 ends its session"."""
    first = gateway(account)
    first.close(code)
    socket = gateway.resume(account, first.session_id, first.last_s)
    assert socket.expect(INVALID_SESSION)["d"] is False


def test_a_client_that_closes_with_another_code_comes_back(account, gateway):
    """4.4: "close with a code other than 1000/1001 and resume"."""
    first = gateway(account)
    first.close(4900)
    expect_resumed(gateway.resume(account, first.session_id, first.last_s), first.session_id, 0)


@pytest.mark.alone
def test_a_missed_heartbeat_leaves_the_session_resumable(new_server, gateway):
    """4.4: "close 4009, session stays resumable"."""
    account = register(new_server(settings={"chat.heartbeat_interval_ms": "500"}))
    first = gateway(account)
    first.expect_close(4009, timeout=5)
    expect_resumed(gateway.resume(account, first.session_id, first.last_s), first.session_id, 0)


def test_an_ended_login_cannot_resume_and_hears_nothing(room, owner, member, gateway):
    """4.6: "and its token is valid"; 3.1: "its access token refused from now on"; 4.5: 4004."""
    first = gateway(member)
    first.abort()
    member.post("/auth/logout")
    owner.say(room, "after the logout")
    second = gateway.resume(member, first.session_id, first.last_s)
    second.expect_close(4004)
    assert [frame["op"] for frame in second.frames] == [HELLO]


def test_a_session_goes_on_on_one_socket(room, owner, member, gateway):
    """4.6: who resumes a session takes it over; the old socket is sent away and does not end the session any more."""
    old = gateway(member)
    owner.say(room, "seen by both")
    new = gateway.resume(member, old.session_id, old.last_s)
    assert contents(new.expect_messages(1)) == ["seen by both"]
    expect_resumed(new, old.session_id, 1)
    old.expect_close(4009)
    old.close(1000)
    new.abort()
    expect_resumed(gateway.resume(member, old.session_id, new.last_s), old.session_id, 0)


def test_a_session_is_resumed_when_all_places_are_taken(room, owner, member, gateway):
    """4.6: "default 10 sessions": a half-dead socket does not keep its own session away; an eleventh session has no place."""
    sockets = [gateway(member) for _ in range(10)]
    gateway.open(member.server, header=member.access_token).expect_close(4008)
    expect_resumed(gateway.resume(member, sockets[0].session_id, sockets[0].last_s), sockets[0].session_id, 0)
    sockets[0].expect_close(4009)


def test_a_resume_while_messages_arrive_leaves_no_gap(room, owner, member, gateway):
    """4.6 and 4.7: what was missed and what is happening meet without a gap and without a copy."""
    first = gateway(member)
    first.abort()
    posted = [owner.say(room, f"missed {number}") for number in range(300)]
    going = threading.Event()

    def write():
        while not going.is_set():
            posted.append(owner.say(room, f"live {len(posted)}"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        second = gateway.resume(member, first.session_id, first.last_s)
        received = []
        while (frame := second.receive())["op"] != RESUMED:
            received.append(frame["d"])
        received += second.expect_messages(20)
    finally:
        going.set()
        writer.join(20)
    received += second.expect_messages(len(posted) - len(received))
    assert received == posted


@pytest.mark.parametrize("left_out", ["token", "session_id", "seq"])
def test_a_resume_of_a_wrong_shape_closes_4001(account, gateway, left_out):
    """4.2: "RESUME | token*, session_id*, seq*"; 4.5: 4001."""
    first = gateway(account)
    data = {"token": account.access_token, "session_id": first.session_id, "seq": first.last_s}
    del data[left_out]
    socket = gateway.open(account.server)
    socket.send(6, data)
    socket.expect_close(4001)
