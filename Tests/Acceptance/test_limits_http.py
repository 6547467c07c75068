"""HTTP that is malformed, too large or too slow (DESIGN.md 4: "Parser is strict"; RFC 9112)."""

import concurrent.futures
import socket

import pytest

from support.raw import SlowSender, exchange, statuses

ENGINES = ("sqlite",)

#: A second request behind a malformed one: when it is answered, requests can be smuggled.
SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: smuggled\r\n\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: roost\r\n"
POST = b"POST /api/rest/auth/login HTTP/1.1\r\nHost: roost\r\nContent-Type: application/json\r\n"

MALFORMED = {
    "a bare LF after the request line": b"GET /healthz HTTP/1.1\nHost: roost\r\n\r\n",
    "a bare LF after a field": GET + b"X: y\n\r\n",
    "a bare LF at the end of the head": GET + b"\n",
    "a bare CR in a field": GET + b"X: a\rb\r\n\r\n",
    "a NUL in a field": GET + b"X: a\0b\r\n\r\n",
    "a folded field": GET + b"X: a\r\n b\r\n\r\n",
    "a space before the colon": GET + b"X : a\r\n\r\n",
    "a space before the first field": b"GET /healthz HTTP/1.1\r\n Host: roost\r\n\r\n",
    "a field without a colon": GET + b"nonsense\r\n\r\n",
    "a field without a name": GET + b": x\r\n\r\n",
    "no Host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two Hosts": GET + b"Host: other\r\n\r\n",
    "two lengths that differ": POST + b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
    "two lengths in one field that differ": POST + b"Content-Length: 2, 40\r\n\r\n{}",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "a length with a sign": POST + b"Content-Length: +2\r\n\r\n{}",
    "a length in hex": POST + b"Content-Length: 0x2\r\n\r\n{}",
    "a length that overflows": POST + b"Content-Length: 18446744073709551618\r\n\r\n{}",
    "an empty length": POST + b"Content-Length: \r\n\r\n",
    "a length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "chunks that are not last": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunks twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a disguised transfer coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a transfer coding in HTTP/1.0": POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk size that is no number": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "a chunk size with a sign": POST + b"Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
    "a chunk size with a prefix": POST + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
    "a chunk size that overflows": POST + b"Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n",
    "a chunk that is longer than it says": POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
    "a chunk ended by a bare LF": POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\n0\r\n\r\n",
    "a chunk size ended by a bare LF": POST + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: roost\r\n\r\n",
    "two spaces in the request line": b"GET  /healthz HTTP/1.1\r\nHost: roost\r\n\r\n",
    "a tab in the request line": b"GET\t/healthz HTTP/1.1\r\nHost: roost\r\n\r\n",
    "a method with a forbidden character": b"G(T /healthz HTTP/1.1\r\nHost: roost\r\n\r\n",
    "a target with a control character": b"GET /heal\x01thz HTTP/1.1\r\nHost: roost\r\n\r\n",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xa5" * 64 + b"\r\n\r\n",
}


def lives(server):
    return server.http.get("/healthz").status_code == 200


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_request_is_answered_400_and_the_connection_closed(server, what):
    """DESIGN.md 4: "bare LF, obs-fold, duplicate or conflicting Content-Length/Transfer-Encoding, bad chunk sizes are 400 and close"; RFC 9112 2.2, 3.2, 5, 6.3, 7.1."""
    answer, closed = exchange(server, MALFORMED[what] + SMUGGLED)
    assert closed, f"still open after {answer!r}"
    assert statuses(answer) == [400], answer
    assert lives(server)


def test_an_unknown_version_of_http_is_refused(server):
    """RFC 9110 15.6.6 and RFC 9112 2.3: 505, or 400 for what is no HTTP version."""
    for version in (b"HTTP/2.0", b"HTTP/9.9", b"http/1.1", b"HTTP/1.x"):
        answer, closed = exchange(server, b"GET /healthz " + version + b"\r\nHost: roost\r\n\r\n" + SMUGGLED)
        assert closed and len(statuses(answer)) == 1 and statuses(answer)[0] in (400, 505), answer


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


def test_an_expectation_is_answered_before_the_body(server):
    """RFC 9110 10.1.1: 100 (Continue)."""
    answer, closed = exchange(server, POST + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
    assert closed and statuses(answer) in ([100, 400], [400]), answer


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
