"""What a server of Reileta answers to another, well or badly (contracts/reileta.md 1.1, 3.1)."""

import contextlib
import dataclasses
import json
import time
import urllib.parse

import pytest

from .reileta import ERRORS


@dataclasses.dataclass
class Call:
    """One request that a peer got."""

    peer: object
    request: object
    method: str
    #: As it came, with its query.
    target: str
    #: Names in lower case.
    headers: dict
    body: bytes

    @property
    def path(self):
        return urllib.parse.unquote(self.target.partition("?")[0])

    @property
    def query(self):
        return dict(urllib.parse.parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def token(self):
        return self.headers.get("authorization") or self.query.get("authserver")

    @property
    def acting(self):
        """For whom the other server asks (3.3)."""
        return self.headers.get("x-avr-as")

    @property
    def words(self):
        """All that came, to look for what must not be there."""
        return "\n".join([self.target, *(f"{name}: {value}" for name, value in self.headers.items()), self.body.decode("latin-1")])


@dataclasses.dataclass
class Answer:
    """One answer; what a behaviour gives when it has not answered itself."""

    status: int = 200
    body: bytes = b""
    headers: tuple = (("Content-Type", "application/json"),)


def body_of(call, members):
    return json.dumps({"request": call.target, "time": int(time.time() * 1000)} | members).encode()


# Behaviours: each is called with the request


def data(value, *headers):
    """A success."""
    return lambda call: Answer(200, body_of(call, {"data": value}), (("Content-Type", "application/json"), *headers))


def error(code):
    """An error in its proper form."""
    name, status = ERRORS[code]
    return lambda call: Answer(status, body_of(call, {"error": {"code": code, "message": name, "status": status}}))


def members(status=200, **more):
    """An envelope with these members."""
    return lambda call: Answer(status, body_of(call, more))


def text(body, status=200, kind="application/json"):
    """These bytes, whatever they are."""
    return lambda call: Answer(status, body if isinstance(body, bytes) else body.encode(), (("Content-Type", kind),))


def redirect(location, status=302):
    """A redirect of HTTP, which is none of this API."""
    return lambda call: Answer(status, b"", (("Location", location),))


def moved(http=None, status=307, **more):
    """"Moving: answer 307 with `error` code 10 and `redirect {secure,address,http,ws}`" (3.6)."""
    place = {"secure": False, "address": http.partition("://")[2], "http": http, "ws": http.replace("http", "ws", 1) + "/api/ws"} if http else {}
    failure = {"code": 10, "message": "Retry With New Gateway", "status": 307}
    return lambda call: Answer(status, body_of(call, {"error": failure, "redirect": place | more}))


def hang(call):
    """Nothing at all, until the test ends."""
    call.peer.ended.wait(60)
    call.request.close_connection = True


def cut(call):
    """The line breaks."""
    call.request.close_connection = True


def drip(call):
    """An answer that never ends: a byte now and then."""
    call.request.send_response_only(200)
    call.request.send_header("Content-Type", "application/json")
    call.request.send_header("Content-Length", "1000000")
    call.request.end_headers()
    with contextlib.suppress(OSError):
        while not call.peer.ended.wait(0.2):
            call.request.wfile.write(b" ")
            call.request.wfile.flush()
    call.request.close_connection = True


def flood(call):
    """Far more than anybody has to read."""
    call.request.send_response_only(200)
    call.request.send_header("Content-Type", "application/json")
    call.request.send_header("Content-Length", str(1 << 30))
    call.request.end_headers()
    with contextlib.suppress(OSError):
        call.request.wfile.write(b'{"data":"')
        while not call.peer.ended.is_set():
            call.request.wfile.write(b"x" * 65_536)
    call.request.close_connection = True


def once(behaviour):
    """The behaviour for the first request, then the usual answer."""
    left = [behaviour]
    return lambda call: left.pop()(call) if left else call.peer.usual(call)


#: What is no answer at all, or none that can be used; with each the errors that say so where the answer was asked for (3.1 step 6). What is too
#: long to be read is not JSON or is malformed; a redirect of HTTP is no JSON, or a bad one.
BROKEN = {
    "hangs": (hang, [6]), "breaks": (cut, [6]), "drips": (drip, [6]), "floods": (flood, [8, 11]), "empty": (text(b""), [8]),
    "page": (text(b"<html>", kind="text/html"), [8]), "unclosed": (text(b"{" * 5000), [8]),
    "deep": (text(b'{"data":' * 2000 + b"1" + b"}" * 2000), [8, 11]), "binary": (text(b"\xff\xfe\x00"), [8]), "list": (text(b"[]"), [8, 11]),
    "nothing": (members(), [7]), "null": (members(data=None), [7]), "text": (data("words"), [11]), "items": (data([]), [11]),
    "redirect": (redirect("http://127.0.0.1:1/"), [8, 9]), "moved nowhere": (moved(), [9]),
    "error of another kind": (members(500, error="owls"), [8, 11]), "error without a number": (members(500, error={"message": "owls"}), [8, 11]),
}  # fmt: skip

broken = pytest.mark.parametrize("behaviour,codes", BROKEN.values(), ids=BROKEN)
