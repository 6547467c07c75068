"""How connections end and what comes after: restarts, places, repeated authentication, changed passwords (contracts/chat.md 4.3 to 4.6)."""

import json
import threading

import pytest

from support.api import PASSWORD, Api, register
from support.gateway import CONNECTED, HEARTBEAT, HEARTBEAT_ACK, HELLO, IDENTIFY, MESSAGE_CREATE, RECONNECT, RESUME, RESUMED

# The server stops


def test_everybody_is_sent_away_and_comes_back_to_the_next_start(new_server, engine, gateway):
    """4.5: "1001 server restart (sent after op 7) | yes"; 4.2: "RECONNECT null; client should reconnect and resume"; 4.6."""
    server = new_server(engine)
    owner, member = register(server), register(server)
    room = member.join(owner.invite(owner.create_server()["server_id"]))["channels"][0]["channel_id"]
    sockets, waiting = [gateway(account) for account in (owner, member) for _ in range(4)], gateway.open(server)
    seen = owner.say(room, "before")
    for socket in sockets:
        assert socket.expect_messages(1) == [seen]
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    for socket in [*sockets, waiting]:
        assert socket.expect(RECONNECT)["d"] is None
        socket.expect_close(1001)
    stopping.join(30)
    server.start()
    missed = owner.say(room, "while nobody was there")
    for account, socket in zip([owner] * 4 + [member] * 4, sockets):
        frames, back = gateway.come_back(account, socket)
        assert [frame["d"] for frame in frames] == [missed]
        back.beat()


def test_nothing_that_was_answered_is_lost_in_a_stop(new_server, engine, gateway):
    """4.6: "resume works across restarts"; 3.4: "The answer is sent after the message is durable": each is told once, before the stop or after."""
    server = new_server(engine)
    owner, member = register(server), register(server)
    room = member.join(owner.invite(owner.create_server()["server_id"]))["channels"][0]["channel_id"]
    socket = gateway(member)
    answered = []
    first_said = threading.Event()

    def write():
        # Until the server is not there any more.
        try:
            while (response := owner.post(f"/channels/{room}/messages", {"content": str(len(answered))})).status_code == 201:
                answered.append(response.json()["message_id"])
                first_said.set()
        except Exception:
            return

    writer = threading.Thread(target=write)
    writer.start()
    assert first_said.wait(10)
    assert server.stop() == 0
    writer.join(20)
    told = []
    while (frame := socket.receive())["op"] != RECONNECT:
        told.append(frame)
    socket.expect_close(1001)
    # An event may come after op 7 as well.
    told += [frame for frame in socket.frames if frame["op"] == MESSAGE_CREATE and frame not in told]
    server.start()
    frames, _ = gateway.come_back(member, socket)
    told = [frame["d"]["message_id"] for frame in told + frames]
    assert told[: len(answered)] == answered
    # What was committed and not answered any more may be one more.
    assert len(told) <= len(answered) + 1


# Authenticating twice


@pytest.mark.parametrize("first", ["identified", "header", "resumed"])
@pytest.mark.parametrize("again", [IDENTIFY, RESUME], ids=["identify", "resume"])
def test_a_socket_that_is_authenticated_cannot_authenticate_again(account, gateway, first, again):
    """4.5: "4005 already authenticated"; 4.3: "Second op 3 -> 4005"."""
    if first == "identified":
        socket = gateway.open(account.server)
        socket.identify(account.access_token)
        socket.expect(CONNECTED)
    elif first == "header":
        socket = gateway(account)
    else:
        before = gateway(account)
        before.abort()
        _, socket = gateway.come_back(account, before)
    if again == IDENTIFY:
        socket.identify(account.access_token)
    else:
        socket.resume(account.access_token, socket.session_id, socket.last_s)
    socket.expect_close(4005)


@pytest.mark.parametrize("way", ["frame", "query"])
def test_a_seq_of_the_future_closes_4007_and_a_new_session_may_be_had(account, gateway, way):
    """4.5: "4007 invalid seq in RESUME | yes, new session"."""
    first = gateway(account)
    first.abort()
    if way == "frame":
        socket = gateway.resume(account, first.session_id, 2**52)
    else:
        socket = gateway.open(account.server, header=account.access_token, query={"session_id": first.session_id, "seq": 2**52})
    socket.expect_close(4007)
    assert gateway(account).session_id != first.session_id
    # The right seq still resumes it.
    assert gateway.come_back(account, first)[0] == []


@pytest.mark.parametrize("seq", ["5", 1.5, None, [], {}, True], ids=repr)
def test_a_seq_that_is_no_number_closes_4001(account, gateway, seq):
    """4.5: "4001 wrong shape of d"; 4.2: "seq*" is an s, an integer."""
    first = gateway(account)
    socket = gateway.open(account.server)
    socket.resume(account.access_token, first.session_id, seq)
    socket.expect_close(4001)


@pytest.mark.parametrize("query", [{"v": "2"}, {"v": "1.0"}, {"v": "-1"}, {"v": "99999999999999999999"}], ids=str)
def test_an_unknown_version_closes_4012_before_anything_else(account, gateway, query):
    """4.5: "4012 invalid version | no": with and without a token, and for who wants to resume."""
    first = gateway(account)
    for how in ({}, {"header": account.access_token}):
        gateway.open(account.server, query=query, **how).expect_close(4012)
    resuming = query | {"session_id": first.session_id, "seq": first.last_s}
    gateway.open(account.server, header=account.access_token, query=resuming).expect_close(4012)
    first.beat()


# Places


def test_the_places_of_a_user_are_shared_by_his_logins_and_given_back(account, member, gateway):
    """4.6: "Several sockets per user are allowed (default 10 sessions)"."""
    other = account.log_in_again()
    sockets = [gateway(login) for login in (account, other) for _ in range(5)]
    for login in (account, other):
        gateway.open(login.server, header=login.access_token).expect_close(4008)
    late = gateway.open(account.server)
    late.identify(account.access_token)
    late.expect_close(4008)
    gateway(member)
    sockets[0].close()
    sockets[0] = gateway(other)
    gateway.open(account.server, header=account.access_token).expect_close(4008)
    for socket in sockets:
        socket.beat()


# Rates


@pytest.fixture
def limited(new_server):
    """Somebody on a server that limits rates."""
    return register(new_server(settings={"limits.rate": "true"}))


def test_frames_of_every_kind_count_and_each_socket_by_itself(limited, gateway):
    """4.5: "4008 rate limited: over 120 client frames in 60 s | yes"."""
    socket, other = gateway(limited), gateway(limited)
    kinds = [(HEARTBEAT, None), (40, {"status": "idle"}), (40, {"status": "online"}), (50, {"channel_id": "1"})]
    for number in range(120):
        socket.send(*kinds[number % len(kinds)])
    for _ in range(30):
        socket.expect(HEARTBEAT_ACK)
    other.beat()
    socket.send(50, {"channel_id": "1"})
    socket.expect_close(4008)
    other.beat()
    frames, back = gateway.come_back(limited, socket)
    assert frames == []
    back.beat()


def test_frames_before_the_authentication_count(limited, gateway):
    """4.5: "over 120 client frames in 60 s", of whomever."""
    socket = gateway.open(limited.server)
    for _ in range(121):
        socket.send(HEARTBEAT, None)
    socket.expect_close(4008)


@pytest.mark.parametrize("size", [4097, 65_536, 1 << 20])
def test_a_frame_that_is_too_large_leaves_the_session_resumable(account, gateway, size):
    """4.1: "Client frame limit 4096 bytes -> 4002"; 4.5: "reconnect: yes"."""
    socket = gateway(account)
    frame = json.dumps({"op": HEARTBEAT, "d": None, "pad": ""})
    socket.send_raw(frame[:-2] + "x" * (size - len(frame)) + '"}')
    socket.expect_close(4002)
    assert gateway.come_back(account, socket)[0] == []


# Logins that end


def test_a_changed_password_closes_every_socket_of_the_account_and_no_other(account, member, gateway):
    """4.3: "logout, password change, account deletion close it with 4004"; 4.5: "session revoked | no"."""
    other = account.log_in_again()
    sockets, stays = [gateway(account), gateway(account), gateway(other)], gateway(member)
    answer = account.change("/users/@me", password="another battery staple", current_password=PASSWORD)
    for socket in sockets:
        socket.expect_close(4004)
    stays.beat()
    # The old logins are over for new sockets and for old sessions, by whatever token.
    gateway.open(account.server, header=account.access_token).expect_close(4004)
    for login, socket in ((account, sockets[0]), (other, sockets[2])):
        back = gateway.resume(login, socket.session_id, socket.last_s)
        back.expect_close(4004)
        assert RESUMED not in [frame["op"] for frame in back.frames]
    # The answer carries the new login.
    new = gateway.open(account.server, header=answer["access_token"])
    assert new.expect(CONNECTED)["d"]["user_id"] == account.user_id


def test_a_refused_change_of_the_password_closes_nothing(account, gateway):
    """4.3; 3.5: "password with current_password"."""
    socket = gateway(account)
    assert account.patch("/users/@me", {"password": "another battery staple", "current_password": "wrong"}).status_code == 400
    assert account.patch("/users/@me", {"password": "another battery staple"}).status_code == 400
    socket.beat()


def test_who_logs_out_is_told_nothing_more(account, member, gateway):
    """3.1: "its sockets closed with 4004": what happens right after does not reach them any more."""
    nest = account.join(member.invite(member.create_server()["server_id"]))
    room = nest["channels"][0]["channel_id"]
    socket = gateway(account)
    assert Api(account.server, account.access_token).post("/auth/logout").status_code == 204
    member.say(room, "after the logout")
    socket.expect_close(4004)
    assert [frame["op"] for frame in socket.frames] == [HELLO, CONNECTED]
