"""Connecting, authentication on the socket, heartbeats and close codes (contracts/chat.md 4.1 to 4.5)."""

import contextlib
import json
import socket as sockets
import time

import pytest
from websockets.exceptions import ConnectionClosed

from support import tokens
from support.api import Api, register
from support.gateway import CONNECTED, HEARTBEAT, HEARTBEAT_ACK, IDENTIFY, RESUMED

#: The ways a token comes with the handshake (4.3).
WAYS = {
    "header": lambda token: {"header": token},
    "token": lambda token: {"query": {"token": token}},
    "access_token": lambda token: {"query": {"access_token": token}},
    "subprotocol": lambda token: {"subprotocols": ["bearer", token]},
}


# HELLO and authentication


def test_hello_comes_first_and_tells_the_heartbeat_interval(server, gateway):
    """4.3: "upgrade 101 -> server sends op 0 at once"; 4.2: "heartbeat_interval (ms, default 30000)"."""
    assert gateway.open(server).hello == {"op": 0, "d": {"heartbeat_interval": 30000}}


@pytest.mark.parametrize("way", WAYS)
def test_a_good_token_in_the_handshake_connects_at_once(account, gateway, way):
    """4.3: the ways 1 to 3; "if token came with the handshake and is good: op 10 right after"."""
    socket = gateway.open(account.server, **WAYS[way](account.access_token))
    assert socket.expect(CONNECTED)["d"]["user_id"] == account.user_id
    assert socket.connection.subprotocol == ("bearer" if way == "subprotocol" else None)


def test_identify_connects(account, gateway):
    """4.3: "none of these: wait for op 3"; 4.2: "token*, properties? (ignored), presence? {status}"."""
    socket = gateway.open(account.server)
    socket.send(IDENTIFY, {"token": account.access_token, "properties": {"os": "none"}, "presence": {"status": "online"}, "more": 1})
    assert socket.expect(CONNECTED)["d"]["user_id"] == account.user_id


def test_the_header_comes_before_the_query(account, member, gateway):
    """4.3: "Accept, in this order: 1. Authorization 2. query"."""
    socket = gateway.open(account.server, header=account.access_token, query={"token": member.access_token})
    assert socket.expect(CONNECTED)["d"]["user_id"] == account.user_id


def test_the_query_comes_before_the_subprotocol(account, member, gateway):
    """4.3: "Accept, in this order: ... 2. query 3. Sec-WebSocket-Protocol"; the subprotocol is answered all the same."""
    socket = gateway.open(account.server, query={"token": account.access_token}, subprotocols=["bearer", member.access_token])
    assert socket.expect(CONNECTED)["d"]["user_id"] == account.user_id
    assert socket.connection.subprotocol == "bearer"


@pytest.mark.parametrize("way", WAYS)
def test_a_bad_token_in_the_handshake_closes_4004_after_hello(account, gateway, way):
    """4.3: "if bad: close 4004 (do not answer 401 to the upgrade)"."""
    gateway.open(account.server, **WAYS[way](tokens.with_one_bit_flipped(account.access_token))).expect_close(4004)


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c"])
def test_a_bad_token_in_identify_closes_4004(server, gateway, token):
    """4.5: "4004 authentication failed"."""
    socket = gateway.open(server)
    socket.identify(token)
    socket.expect_close(4004)


def test_a_token_of_an_ended_session_closes_4004(account, gateway):
    """3.1: "its access token refused from now on"; 4.5: 4004."""
    account.post("/auth/logout")
    gateway.open(account.server, header=account.access_token).expect_close(4004)


@pytest.mark.parametrize("operation, data", [(40, {"status": "idle"}), (50, {"channel_id": "1"}), (11, {}), (99, None)])
def test_any_other_frame_before_authentication_closes_4003(server, gateway, operation, data):
    """4.3: "Op 1 is allowed before authentication; any other op before it -> 4003"."""
    socket = gateway.open(server)
    socket.send(operation, data)
    socket.expect_close(4003)


def test_a_heartbeat_is_answered_before_authentication(account, gateway):
    """4.3: "Op 1 is allowed before authentication"."""
    socket = gateway.open(account.server)
    socket.beat()
    socket.identify(account.access_token)
    socket.expect(CONNECTED)


def test_a_socket_that_never_identifies_is_closed_4003_after_10_seconds(server, gateway):
    """4.3: "Without token: 10 s to send op 3/6, else close 4003"; heartbeats do not prolong it."""
    socket = gateway.open(server)
    start = time.monotonic()
    socket.beat()
    socket.expect_close(4003, timeout=15)
    assert 9 <= time.monotonic() - start <= 13


@pytest.mark.parametrize("way", ["identify", "header"])
def test_a_second_identify_closes_4005(account, gateway, way):
    """4.3: "Second op 3 -> 4005"."""
    socket = gateway.open(account.server, **(WAYS["header"](account.access_token) if way == "header" else {}))
    if way == "identify":
        socket.identify(account.access_token)
    socket.expect(CONNECTED)
    socket.identify(account.access_token)
    socket.expect_close(4005)


def test_version_1_is_accepted(account, gateway):
    """1: "accept optional ?v=1 on the socket"."""
    assert gateway(account, query={"v": "1"}).connected["d"]["v"] == 1


@pytest.mark.parametrize("version", ["2", "0", "abc", ""])
def test_an_unknown_version_closes_4012(account, gateway, version):
    """1: "unknown v -> close 4012"."""
    gateway.open(account.server, header=account.access_token, query={"v": version}).expect_close(4012)


# Frames that are wrong


@pytest.mark.parametrize(
    "operation, data",
    [
        (99, None), (2, None), (7, None), (10, {}), (-1, None), (0, {"heartbeat_interval": 1}), (8, None), (9, False), (11, {}), (1, "5"),
        (1, [5]), (1, True), (40, "idle"), (40, {}), (40, None), (40, {"status": 5}), (40, {"status": "away"}), (40, {"status": "Idle"}),
        (50, 5), (50, {}), (50, None), (50, {"channel_id": 5}),
    ],
)  # fmt: skip
def test_an_unknown_opcode_or_a_wrong_shape_closes_4001(account, gateway, operation, data):
    """4.5: "4001 unknown opcode or wrong shape of d for it"."""
    socket = gateway(account)
    socket.send(operation, data)
    socket.expect_close(4001)


@pytest.mark.parametrize("data", [None, {}, "token", {"token": 5}, []])
def test_an_identify_of_a_wrong_shape_closes_4001(server, gateway, data):
    """4.5: "4001 ... wrong shape of d for it"."""
    socket = gateway.open(server)
    socket.send(IDENTIFY, data)
    socket.expect_close(4001)


LARGE = json.dumps({"op": 1, "d": None, "pad": ""})
BAD_FRAMES = {
    "not JSON": "nope", "empty": "", "an array": "[1]", "a number": "1", "no op": '{"d": null}', "op is null": '{"op": null}',
    "two objects": '{"op": 1} {"op": 1}', "binary": b'{"op": 1, "d": null}', "too large": LARGE[:-2] + "x" * (4097 - len(LARGE)) + '"}',
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_FRAMES)
@pytest.mark.parametrize("authenticated", [False, True], ids=["before", "after"])
def test_a_frame_that_cannot_be_read_closes_4002(account, gateway, what, authenticated):
    """4.5: "4002 not JSON, not an object, op missing, too large, binary"; 4.1: "Client frame limit 4096 bytes"."""
    socket = gateway(account) if authenticated else gateway.open(account.server)
    socket.send_raw(BAD_FRAMES[what])
    socket.expect_close(4002)


def test_a_frame_of_4096_bytes_is_read(account, gateway):
    """4.1: the limit is 4096 bytes and not less."""
    socket = gateway(account)
    frame = LARGE[:-2] + "x" * (4096 - len(LARGE)) + '"}'
    assert len(frame) == 4096
    socket.send_raw(frame)
    socket.expect(HEARTBEAT_ACK)


def test_a_message_in_fragments_counts_as_a_whole(account, gateway):
    """4.1: "Client frame limit 4096 bytes -> 4002"; RFC 6455 5.4."""
    socket = gateway(account)
    socket.send_raw(['{"op":', " 1}"])
    socket.expect(HEARTBEAT_ACK)
    # The server closes at the fragment that is too much, perhaps before the last one is sent.
    with contextlib.suppress(ConnectionClosed):
        socket.send_raw(['{"op": 1, "pad": "', "x" * 3000, "x" * 3000, '"}'])
    socket.expect_close(4002)


# Heartbeats


@pytest.mark.parametrize("data", [(), (None,), ({},), (0,), (12345,)], ids=["absent", "null", "object", "zero", "s"])
def test_every_heartbeat_is_acknowledged_with_a_null_d(account, gateway, data):
    """4.2: "HEARTBEAT d: last received s, or null, or {} or absent"; "HEARTBEAT_ACK: null (always present as null)"."""
    socket = gateway(account)
    socket.send(HEARTBEAT, *data)
    assert socket.expect(HEARTBEAT_ACK) == {"op": 2, "d": None}


def test_many_early_heartbeats_are_fine(account, gateway):
    """4.4: "server answers op 2 to each at once. Many early heartbeats are fine up to the rate limit"."""
    socket = gateway(account)
    for _ in range(60):
        socket.send(HEARTBEAT, None)
    for _ in range(60):
        socket.expect(HEARTBEAT_ACK)


@pytest.mark.alone
def test_a_socket_without_heartbeats_is_closed_4009(new_server, gateway):
    """4.4: "no frame with op 1 for 1.5 x interval -> close 4009"; "WebSocket ping/pong is answered too, but does not replace op 1"."""
    account = register(new_server(settings={"chat.heartbeat_interval_ms": "1000"}))
    start = time.monotonic()
    silent, pinging, beating = gateway(account), gateway(account), gateway(account)
    assert silent.hello["d"]["heartbeat_interval"] == 1000
    for _ in range(2):
        time.sleep(0.6)
        assert pinging.connection.ping().wait(5)
        beating.beat()
    silent.expect_close(4009, timeout=5)
    assert 1.4 <= time.monotonic() - start <= 3
    beating.beat()
    pinging.expect_close(4009, timeout=2)
    for _ in range(3):
        beating.beat()
        time.sleep(0.6)
    beating.beat()


# Ending


def test_logout_closes_the_sockets_of_its_session_4004_and_no_other(account, gateway):
    """3.1: "its sockets closed with 4004"; 4.5: "session revoked"."""
    other = account.log_in_again()
    first, second, stays = gateway(account), gateway(account), gateway(other)
    account.post("/auth/logout")
    first.expect_close(4004)
    second.expect_close(4004)
    stays.beat()


def test_a_spent_refresh_token_closes_the_sockets_of_its_session(account, gateway):
    """3.1: "reuse of a spent one -> 401 and the session is ended"; 4.5: 4004."""
    socket, stranger = gateway(account), Api(account.server)
    stranger.post("/auth/refresh", {"refresh_token": account.refresh_token})
    socket.beat()
    stranger.post("/auth/refresh", {"refresh_token": account.refresh_token})
    socket.expect_close(4004)


@pytest.mark.alone
def test_the_socket_stays_open_when_its_token_expires(new_server, gateway):
    """4.3: "When the access token expires the socket stays open (checked only at connect)"."""
    account = register(new_server(settings={"chat.access_token_seconds": "1"}))
    socket = gateway(account)
    time.sleep(2.2)
    assert account.get("/auth/me").status_code == 401
    socket.beat()
    gateway.open(account.server, header=account.access_token).expect_close(4004)


def test_more_than_120_frames_in_a_minute_close_4008(new_server, gateway):
    """4.5: "4008 rate limited: over 120 client frames in 60 s"."""
    socket = gateway(register(new_server(settings={"limits.rate": "true"})))
    for _ in range(120):
        socket.send(HEARTBEAT, None)
    for _ in range(120):
        socket.expect(HEARTBEAT_ACK)
    socket.send(HEARTBEAT, None)
    socket.expect_close(4008)


def test_frames_are_not_counted_where_rates_are_not_limited(account, gateway):
    """configuration.md: "`limits.rate` | false switches all rate limits off"."""
    socket = gateway(account)
    for _ in range(200):
        socket.send(HEARTBEAT, None)
    for _ in range(200):
        socket.expect(HEARTBEAT_ACK)


def test_an_account_that_sees_very_much_can_connect(account, member, gateway):
    """5.1 and 4.5: CONNECTED may be longer than the queue of a client that is too slow."""
    for _ in range(2):
        server = account.create_server()["server_id"]
        for number in range(499):
            account.create_channel(server, f"channel {number}", topic="\U0001f426" * 1024)
        member.join(account.invite(server))
    socket = gateway(member)
    size = len(json.dumps(socket.connected, ensure_ascii=False).encode())
    assert size > 4 << 20 and [len(server["channels"]) for server in socket.connected["d"]["servers"]] == [500, 500]
    socket.beat()


def test_a_socket_that_arrives_while_the_server_goes_down_is_sent_away(new_server):
    """4.5: "1001 ... sent after op 7", for a socket that opens after the others have been told as well."""
    server = new_server()
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    head = (
        f"GET /api/ws HTTP/1.1\r\nHost: r\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    ).encode()
    with sockets.create_connection(("127.0.0.1", server.port), timeout=10) as late:
        late.sendall(head[:40])
        time.sleep(0.3)
        server.process.terminate()
        time.sleep(0.3)
        late.sendall(head[40:])
        answer = b""
        while data := late.recv(65536):
            answer += data
    assert b"101 Switching Protocols" in answer
    assert b'{"op":0,' in answer and b'{"op":7,"d":null}' in answer
    assert (1001).to_bytes(2, "big") in answer.partition(b'{"op":7,"d":null}')[2]
    assert server.process.wait(20) == 0


@pytest.mark.parametrize("code", [1000, 1001, 4900])
def test_a_close_of_the_client_is_answered(account, gateway, code):
    """RFC 6455 5.5.1: a close frame is answered with one."""
    socket = gateway(account)
    socket.close(code)
    assert socket.connection.close_code == code


@pytest.mark.parametrize("way", WAYS)
def test_a_token_of_the_handshake_is_not_logged(new_server, gateway, way):
    """4.3: "Tokens in query strings must not be logged", nor others; and nothing of the session that could be taken over with one."""
    server = new_server(settings={"log.level": "trace"})
    account = register(server)
    socket = gateway.open(server, **WAYS[way](account.access_token))
    socket.expect(CONNECTED)
    bad = tokens.with_one_bit_flipped(account.access_token)
    gateway.open(server, **WAYS[way](bad)).expect_close(4004)
    socket.abort()
    gateway.open(server, header=account.access_token, query={"session_id": socket.session_id, "seq": socket.last_s}).expect(RESUMED)
    assert server.http.get("/api/ws", params={"token": account.access_token}).status_code == 426
    server.stop()
    assert '"/api/ws"' in server.log, "the requests are logged"
    for secret in (account.access_token, bad):
        assert secret not in server.log and secret.split(".")[2] not in server.log and secret.split(".")[1] not in server.log
    assert socket.session_id not in server.log
