"""HTTP that is too large or too slow (DESIGN.md 4; RFC 9112). What is malformed is in test_http_nginx.py."""

import concurrent.futures
import socket

import pytest

from support.raw import SlowSender, exchange, statuses

ENGINES = ("sqlite",)

#: A second request behind a malformed one: when it is answered, requests can be smuggled.
SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: smuggled\r\n\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: roost\r\n"
POST = b"POST /api/rest/auth/login HTTP/1.1\r\nHost: roost\r\nContent-Type: application/json\r\n"


def lives(server):
    return server.http.get("/healthz").status_code == 200


@pytest.mark.parametrize("head", [b"X: " + b"a" * 40_000 + b"\r\n", b"X: y\r\n" * 101], ids=["long", "many"])
def test_a_head_that_is_too_large_is_answered_431(server, head):
    """DESIGN.md 4: "Default limits: header 16 KiB/100 fields"; RFC 6585 5."""
    answer, closed = exchange(server, GET + head + b"\r\n" + SMUGGLED)
    assert closed and statuses(answer) == [431], answer
    assert lives(server)


def test_a_head_within_the_limits_is_read(server):
    """DESIGN.md 4: the limits are 16 KiB and 100 fields and not less."""
    answer, _ = exchange(server, GET + b"X: " + b"a" * 15_000 + b"\r\nConnection: close\r\n\r\n")
    assert statuses(answer) == [200]
    answer, _ = exchange(server, GET + b"X: y\r\n" * 97 + b"Connection: close\r\n\r\n")
    assert statuses(answer) == [200]


def test_a_target_that_is_too_long_is_answered_414(server):
    """RFC 9110 15.5.15."""
    answer, closed = exchange(server, b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: roost\r\n\r\n" + SMUGGLED)
    assert closed and statuses(answer) == [414], answer


def test_requests_may_follow_each_other_without_waiting(server):
    """RFC 9112 9.3.2: answers to pipelined requests come in their order."""
    missing = b"GET /api/rest/nope HTTP/1.1\r\nHost: roost\r\n\r\n"
    login = POST + b"Content-Length: 2\r\n\r\n{}"
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n2;extension=1\r\n{}\r\n0\r\nTrailer: x\r\n\r\n"
    last = GET + b"Connection: close\r\n\r\n"
    answer, closed = exchange(server, GET + b"\r\n" + missing + login + chunked + last)
    assert closed and statuses(answer) == [200, 404, 400, 400, 200], answer


@pytest.mark.timeout(90)
def test_slow_senders_are_cut_and_disturb_nobody(server):
    """DESIGN.md 4: "Slow sender: header and body have a minimum rate and a deadline" (head: 10 s)."""
    drip_head = SlowSender(server, GET + b"X: ", pause=0.5)
    silent = SlowSender(server, b"GET /hea", pause=20)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        waits = [pool.submit(sender.seconds_until_closed, 25) for sender in (drip_head, silent)]
        assert lives(server)
        for wait in waits:
            assert 5 <= wait.result() <= 20
    assert lives(server)


def test_many_idle_connections_disturb_nobody(server):
    """DESIGN.md 4: a connection owns nothing while it is idle."""
    idle = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(200)]
    try:
        assert lives(server)
    finally:
        for connection in idle:
            connection.close()
    assert lives(server)
