"""Requests as bytes, and what Roost and nginx (1.22 and newer) answer to them. Where they differ, the row says why, with the section of the RFC."""

from typing import NamedTuple

GET = b"GET /healthz HTTP/1.1\r\nHost: roost\r\n"
LAST = GET + b"Connection: close\r\n\r\n"
BODY = b'{"username":"framing","password":"framing sings"}'
SIZE = b"%x" % len(BODY)
POST = b"POST /api/rest/auth/login HTTP/1.1\r\nHost: roost\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"


def sized(*lengths):
    """A request with these fields Content-Length."""
    return POST + b"".join(b"Content-Length: " + length + b"\r\n" for length in lengths) + b"\r\n" + BODY


class Case(NamedTuple):
    """One row. `last` follows the bytes: an answer more or less than expected shows that the server sees another end of the request than we do."""

    what: str
    request: bytes
    #: The statuses of all answers until the connection is closed.
    roost: list
    nginx: list
    #: Why they differ; empty when they do not.
    why: str = ""
    #: Held back until something has been answered.
    then: bytes = b""
    last: bytes = LAST
    #: Whether the client closes its half after the last byte.
    ends_output: bool = False


LONE_LF = "RFC 9112 2.2: a lone LF may be taken as the end of a line. Roost does not: a proxy that does not either would see other requests."
LONE_LF_IN_BODY = "RFC 9112 7.1 has CR LF in the chunked coding and allows nothing else; nginx lets it pass."
NO_CODING = "RFC 9112 6.3: no chunked at the end is 400, an unknown coding 501 (6.1). nginx knows the word chunked and calls all else unknown."
UNFINISHED = "RFC 9112 8: an answer to a message that is not complete is allowed. Roost says so before it closes; nginx closes."
TRAILER = "RFC 9112 7.1.2: trailers have the syntax of fields (5). Roost holds them to it before it drops them; nginx skips them unread."
OK = [200, 200]
BAD = [400]

CASES = [
    # What is right.
    Case("a request", GET + b"\r\n", OK, OK),
    Case("a length", sized(b"%d" % len(BODY)), OK, OK),
    Case("chunks", CHUNKED + SIZE + b"\r\n" + BODY + b"\r\n" + END, OK, OK),
    # Request smuggling: a message with two lengths (RFC 9112 6.1, 6.3, 11.2).
    Case("a length and chunks", POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + END, BAD, BAD),
    Case("chunks and a length", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + END, BAD, BAD),
    Case("chunks and a length of 0", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n" + END, BAD, BAD),
    Case("two lengths that differ", sized(b"2", b"40"), BAD, BAD),
    Case("two lengths in one field that differ", sized(b"2, 40"), BAD, BAD),
    Case("one length twice", sized(b"%d" % len(BODY), b"%d" % len(BODY)), BAD, BAD),
    Case("one length twice in one field", sized(b"%d, %d" % (len(BODY), len(BODY))), BAD, BAD),
    Case("a negative length", sized(b"-1"), BAD, BAD),
    Case("a length with a sign", sized(b"+49"), BAD, BAD),
    Case("a length in hex", sized(b"0x31"), BAD, BAD),
    Case("an empty length", sized(b""), BAD, BAD),
    Case("a length that overflows", sized(b"18446744073709551665"), BAD, BAD),
    Case("a length with leading zeros", sized(b"0049"), OK, OK),
    Case(
        "a length with blanks around", sized(b" \t49\t "), OK, BAD,
        "RFC 9110 5.5: blanks around a value are no part of it. nginx counts a tab as part of it.",
    ),
    Case("chunked twice", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + END, BAD, BAD),
    Case("chunked twice in one field", POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + END, BAD, [501], NO_CODING),
    Case("chunked that is not last", POST + b"Transfer-Encoding: chunked, identity\r\n\r\n" + END, BAD, [501], NO_CODING),
    Case("an empty member behind chunked", POST + b"Transfer-Encoding: chunked,\r\n\r\n" + END, BAD, [501], NO_CODING),
    Case("another coding before chunked", POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + END, [501], [501]),
    Case("a coding that looks like chunked", POST + b"Transfer-Encoding: xchunked\r\n\r\n" + END, BAD, [501], NO_CODING),
    Case("identity", POST + b"Transfer-Encoding: identity\r\n\r\n", BAD, [501], NO_CODING),
    Case("a control character before chunked", POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n" + END, BAD, [501], NO_CODING),
    Case("a space before the colon of chunked", POST + b"Transfer-Encoding : chunked\r\n\r\n" + END, BAD, BAD),
    Case("chunks in HTTP/1.0", CHUNKED.replace(b"1.1", b"1.0") + END, BAD, BAD),
    Case("the name of the coding in capitals", CHUNKED.replace(b"chunked", b"CHUNKED") + SIZE + b"\r\n" + BODY + b"\r\n" + END, OK, OK),
    # Lines and fields (RFC 9112 2.2, 5).
    Case("a bare LF after the request line", b"GET /healthz HTTP/1.1\nHost: roost\r\n\r\n", BAD, OK, LONE_LF),
    Case("a bare LF after a field", GET + b"X: y\n\r\n", BAD, OK, LONE_LF),
    Case("a bare LF at the end of the head", GET + b"\n", BAD, OK, LONE_LF),
    Case("a bare CR as the end of a line", b"GET /healthz HTTP/1.1\rHost: roost\r\n\r\n", BAD, BAD),
    Case("a bare CR in a value", GET + b"X: a\rb\r\n\r\n", BAD, BAD),
    Case("a NUL in a value", GET + b"X: a\0b\r\n\r\n", BAD, BAD),
    Case(
        "a control character in a value", GET + b"X: a\x01b\r\n\r\n", BAD, OK,
        "RFC 9110 5.5: CR, LF and NUL must be refused or replaced, other controls may be. Roost refuses all, so none gets into a log.",
    ),
    Case("a byte above ASCII in a value", GET + b"X: \xe9\r\n\r\n", OK, OK),
    Case("a folded field", GET + b"X: a\r\n b\r\n\r\n", BAD, BAD),
    Case("a field folded with a tab", GET + b"X: a\r\n\tb\r\n\r\n", BAD, BAD),
    Case("a space before the first field", b"GET /healthz HTTP/1.1\r\n Host: roost\r\n\r\n", BAD, BAD),
    Case("a space before the colon", GET + b"X : a\r\n\r\n", BAD, BAD),
    Case("a tab before the colon", GET + b"X\t: a\r\n\r\n", BAD, BAD),
    Case(
        "a field without a colon", GET + b"nonsense\r\n\r\n", BAD, OK,
        "RFC 9112 5: it is no field. nginx passes over it; Roost does not guess what the line was to be.",
    ),
    Case("a field without a name", GET + b": x\r\n\r\n", BAD, BAD),
    Case(
        "a field whose name is no token", GET + b"X(: x\r\n\r\n", BAD, OK,
        "RFC 9112 5.1: it is no field. nginx passes over it; Roost does not guess what the line was to be.",
    ),
    Case("one empty line before the request", b"\r\n" + GET + b"\r\n", OK, OK),
    Case(
        "two empty lines before the request", b"\r\n\r\n" + GET + b"\r\n", BAD, OK,
        "RFC 9112 2.2: at least one should be passed over. Roost takes one, nginx any number.",
    ),
    Case("no Host", b"GET /healthz HTTP/1.1\r\n\r\n", BAD, BAD),
    Case("two Hosts", GET + b"Host: other\r\n\r\n", BAD, BAD),
    Case("a Host with a path", b"GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n", BAD, BAD),
    Case("a list of Hosts", b"GET /healthz HTTP/1.1\r\nHost: a, b\r\n\r\n", BAD, BAD),
    # The request line (RFC 9112 3).
    Case("no target", b"GET HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, BAD),
    Case(
        "two spaces", b"GET  /healthz HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, OK,
        "RFC 9112 3: any blanks may be taken for the one space. Roost does not, as that makes the parts of the line a matter of opinion.",
    ),
    Case("a tab for a space", b"GET\t/healthz HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, BAD),
    Case(
        "a space at the end", b"GET /healthz HTTP/1.1 \r\nHost: roost\r\n\r\n", BAD, OK,
        "RFC 9112 3: blanks at the end may be dropped. Roost does not, as that makes the parts of the line a matter of opinion.",
    ),
    Case("a space in the target", b"GET /heal thz HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, BAD),
    Case("a control character in the target", b"GET /heal\x01thz HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, BAD),
    Case(
        "a byte above ASCII in the target", b"GET /\xe9 HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, [404, 200],
        "RFC 3986 2: a URI is ASCII. nginx looks for a file of that name.",
    ),
    Case(
        "a fragment in the target", b"GET /healthz#x HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, OK,
        "RFC 9112 3.2: a target has no fragment. nginx cuts it off.",
    ),
    Case("a method that is no token", b"G(T /healthz HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, BAD),
    Case(
        "a method in small letters", b"get /healthz HTTP/1.1\r\nHost: roost\r\n\r\n", [405, 200], BAD,
        "RFC 9110 9.1: methods are tokens, case matters; one that a route does not take is 405. nginx knows capitals only.",
    ),
    Case("a method that nobody knows", b"M-SEARCH /healthz HTTP/1.1\r\nHost: roost\r\n\r\n", [405, 200], [405, 200]),
    Case("HTTP/2 in the request line", b"GET /healthz HTTP/2.0\r\nHost: roost\r\n\r\n", [505], [505]),
    Case(
        "the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [505], BAD,
        "RFC 9110 15.6.6: a version that is not served is 505. nginx stops at the target before it.",
    ),
    Case("HTTP/9.9", b"GET /healthz HTTP/9.9\r\nHost: roost\r\n\r\n", [505], [505]),
    Case("HTTP/1.2", b"GET /healthz HTTP/1.2\r\nHost: roost\r\n\r\n", OK, OK),
    Case("HTTP/0.9", b"GET /healthz\r\n", BAD, [], "RFC 9112 has no HTTP/0.9. nginx sends the bare file, without a status."),
    Case("http in small letters", b"GET /healthz http/1.1\r\nHost: roost\r\n\r\n", BAD, BAD),
    Case("a version that is none", b"GET /healthz HTTP/1.x\r\nHost: roost\r\n\r\n", BAD, BAD),
    Case("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xa5" * 64 + b"\r\n\r\n", BAD, BAD),
    # Targets (RFC 9112 3.2).
    Case("an absolute target", b"GET http://other/healthz HTTP/1.1\r\nHost: roost\r\n\r\n", OK, OK),
    Case(
        "an absolute target of another scheme", b"GET ftp://roost/healthz HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, OK,
        "RFC 9110 7.4: a target that this server is not meant for is refused. nginx takes any scheme.",
    ),
    Case("an absolute target without a host", b"GET http:///healthz HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, BAD),
    Case("an absolute target with a user", b"GET http://u:p@roost/healthz HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, BAD),
    Case("an absolute target without Host", b"GET http://roost/healthz HTTP/1.1\r\n\r\n", BAD, BAD),
    Case("a relative target", b"GET healthz HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, BAD),
    Case(
        "OPTIONS *", b"OPTIONS * HTTP/1.1\r\nHost: roost\r\n\r\n", [204, 200], BAD,
        "RFC 9110 9.3.7: `*` asks about the server as a whole. nginx does not know it.",
    ),
    Case("GET *", b"GET * HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, BAD),
    Case("CONNECT", b"CONNECT roost:443 HTTP/1.1\r\nHost: roost\r\n\r\n", BAD, BAD),
    # Chunks (RFC 9112 7.1).
    Case("a chunk size that is no number", CHUNKED + b"zz\r\n" + BODY + b"\r\n" + END, BAD, BAD),
    Case("an empty chunk size", CHUNKED + b"\r\n" + BODY + b"\r\n" + END, BAD, BAD),
    Case("a chunk size with a sign", CHUNKED + b"+31\r\n" + BODY + b"\r\n" + END, BAD, BAD),
    Case("a chunk size with a prefix", CHUNKED + b"0x31\r\n" + BODY + b"\r\n" + END, BAD, BAD),
    Case("a chunk size that overflows", CHUNKED + b"10000000000000031\r\n" + BODY + b"\r\n" + END, BAD, BAD),
    Case("a chunk size with a blank before", CHUNKED + b" 31\r\n" + BODY + b"\r\n" + END, BAD, BAD),
    Case(
        "a chunk size with a blank behind", CHUNKED + b"31 \r\n" + BODY + b"\r\n" + END, BAD, OK,
        "RFC 9112 7.1.1: a blank stands before an extension only.",
    ),
    Case("a chunk size with leading zeros", CHUNKED + b"00031\r\n" + BODY + b"\r\n" + END, OK, OK),
    Case("a chunk size ended by a bare LF", CHUNKED + b"31\n" + BODY + b"\r\n" + END, BAD, OK, LONE_LF_IN_BODY),
    Case("a chunk size ended by a bare CR", CHUNKED + b"31\r" + BODY + b"\r\n" + END, BAD, BAD),
    Case("a chunk ended by a bare LF", CHUNKED + b"31\r\n" + BODY + b"\n" + END, BAD, OK, LONE_LF_IN_BODY),
    Case("a chunk that is longer than it says", CHUNKED + b"30\r\n" + BODY + b"\r\n" + END, BAD, BAD),
    Case("a chunk that is shorter than it says", CHUNKED + b"33\r\n" + BODY + b"\r\n" + END, BAD, BAD),
    Case("an extension", CHUNKED + b'31;a;b=c;d="e f"\r\n' + BODY + b"\r\n" + END, OK, OK),
    Case("blanks around an extension", CHUNKED + b"31 ; a = b\r\n" + BODY + b"\r\n" + END, OK, OK),
    Case("a bare LF in an extension", CHUNKED + b"31;a\nb\r\n" + BODY + b"\r\n" + END, BAD, BAD),
    Case("a bare CR in an extension", CHUNKED + b"31;a\rb\r\n" + BODY + b"\r\n" + END, BAD, BAD),
    Case(
        "a control character in an extension", CHUNKED + b"31;a\x01\r\n" + BODY + b"\r\n" + END, BAD, OK,
        "RFC 9112 7.1.1: an extension is tokens and quoted texts, which have no control characters.",
    ),
    Case(
        "extensions of 5000 bytes", CHUNKED + b"31;" + b"a" * 5_000 + b"\r\n" + BODY + b"\r\n" + END, [431], OK,
        "RFC 9112 7.1.1: their total ought to be limited, and a 4xx says so. Roost has 4 KiB for extensions and trailers of a body; nginx has no limit.",
    ),
    # Trailers (RFC 9112 7.1.2, RFC 9110 6.5).
    Case("trailers", CHUNKED + SIZE + b"\r\n" + BODY + b"\r\n0\r\nX: y\r\nExpires: 0\r\n\r\n", OK, OK),
    Case(
        "trailers that would change the framing",
        CHUNKED + SIZE + b"\r\n" + BODY + b"\r\n0\r\nContent-Length: 5\r\nHost: other\r\nTransfer-Encoding: x\r\n\r\n", OK, OK,
    ),
    Case("a trailer without a colon", CHUNKED + SIZE + b"\r\n" + BODY + b"\r\n0\r\nnonsense\r\n\r\n", BAD, OK, TRAILER),
    Case("a folded trailer", CHUNKED + SIZE + b"\r\n" + BODY + b"\r\n0\r\nX: a\r\n b\r\n\r\n", BAD, OK, TRAILER),
    Case("a space before the colon of a trailer", CHUNKED + SIZE + b"\r\n" + BODY + b"\r\n0\r\nX : a\r\n\r\n", BAD, OK, TRAILER),
    Case("a trailer ended by a bare LF", CHUNKED + SIZE + b"\r\n" + BODY + b"\r\n0\r\nX: a\n\r\n", BAD, OK, TRAILER),
    Case("a body ended by a bare LF", CHUNKED + SIZE + b"\r\n" + BODY + b"\r\n0\r\n\n", BAD, OK, LONE_LF_IN_BODY),
    # Too much of everything (RFC 6585 5, RFC 9110 15.5.14, 15.5.15).
    Case("a target of 10 000 bytes", b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: roost\r\n\r\n", [414], [414]),
    Case("a request line without an end", b"GET /" + b"a" * 40_000, [414], [414]),
    Case(
        "a method of 33 bytes", b"A" * 33 + b" /healthz HTTP/1.1\r\nHost: roost\r\n\r\n", [501], [405, 200],
        "RFC 9112 3: a method longer than any that the server knows is 501. nginx knows no limit but that of the line.",
    ),
    Case(
        "a field of 20 000 bytes", GET + b"X: " + b"a" * 20_000 + b"\r\n\r\n", [431], BAD,
        "RFC 6585 5: 431. nginx has a status of its own for it that it sends as 400.",
    ),
    Case(
        "a name of 20 000 bytes", GET + b"a" * 20_000 + b": x\r\n\r\n", [431], BAD,
        "RFC 6585 5: 431. nginx has a status of its own for it that it sends as 400.",
    ),
    Case(
        "101 fields", GET + b"X: y\r\n" * 100 + b"\r\n", [431], OK,
        "RFC 9110 5.4: a server has limits. Roost counts fields (100), nginx bytes only.",
    ),
    Case("100 fields", GET + b"X: y\r\n" * 99 + b"\r\n", OK, OK),
    Case("a length of 2 MiB", POST + b"Content-Length: 2097152\r\n\r\n", [413], [413]),
    Case("a length of 18 digits", POST + b"Content-Length: 999999999999999999\r\n\r\n", [413], [413]),
    Case("a chunk of 2 MiB", CHUNKED + b"200000\r\n" + b" " * 0x200000 + b"\r\n" + END, [413], [413]),
    # Connections (RFC 9112 9) and expectations (RFC 9110 10.1.1).
    Case("a pipeline", GET + b"\r\n" + sized(b"49") + CHUNKED + b"31\r\n" + BODY + b"\r\n" + END + b"\r\n" + GET + b"\r\n", [200] * 5, [200] * 5),
    Case("a half that is closed", GET + b"\r\n" + GET + b"\r\n", [200] * 3, [200] * 3, ends_output=True),
    Case("a half that is closed within a head", GET, [], [], last=b"", ends_output=True),
    Case("a half that is closed within a body", sized(b"100"), BAD, [], UNFINISHED, last=b"", ends_output=True),
    Case("a half that is closed within a chunk", CHUNKED + b"40\r\n" + BODY, BAD, [], UNFINISHED, last=b"", ends_output=True),
    Case("HTTP/1.0", b"GET /healthz HTTP/1.0\r\n\r\n", [200], [200]),
    Case(
        "HTTP/1.0 that asks to be kept", b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", [200], OK,
        "RFC 9112 9.3: keep-alive of HTTP/1.0 may be ignored, and its trouble with proxies (appendix C.2.2) is a reason to.",
    ),
    Case("a body that waits for 100", POST + b"Expect: 100-continue\r\nContent-Length: 49\r\n\r\n", [100, 200, 200], [100, 200, 200], then=BODY),
    Case(
        "a body that does not wait for 100", POST + b"Expect: 100-continue\r\nContent-Length: 49\r\n\r\n" + BODY, OK, [100, 200, 200],
        "RFC 9110 10.1.1: 100 may be left out when the body has begun to come.",
    ),
    Case("a body that waits for 100 in vain", POST + b"Expect: 100-continue\r\nContent-Length: 2097152\r\n\r\n", [413], [413]),
    Case(
        "100 without a body", GET + b"Expect: 100-continue\r\n\r\n", OK, [100, 200, 200],
        "RFC 9110 10.1.1: 100 may be left out when the framing says that there is no body.",
    ),
    Case(
        "another expectation", GET + b"Expect: coffee\r\n\r\n", [417], OK,
        "RFC 9110 10.1.1: an expectation that the server does not know may be answered 417. nginx ignores it.",
    ),
    # Answers without content (RFC 9110 6.4.1, 9.3.2).
    Case("HEAD", b"HEAD /healthz HTTP/1.1\r\nHost: roost\r\n\r\n", OK, OK),
    Case("HEAD of what is not there", b"HEAD /nope HTTP/1.1\r\nHost: roost\r\n\r\n", [404, 200], [404, 200]),
]
