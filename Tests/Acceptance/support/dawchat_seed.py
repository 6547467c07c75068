"""The requests of the seed document, word for word as it prints them, by the path that each one is the example of."""

import http.client
import json
import re
import socket
from email.utils import parsedate_to_datetime

REQUESTS = {
    "user/create": """\
POST http://localhost:8080/api/user/create HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
content-length: 130

{
  "username": "John11",
  "password": "password123",
  "inviteToken": "irQuMYz3OCQq8548CPDN2ONYA6TN-Cu3wDShEitDX5g="
}""",
    "user/login": """\
POST http://localhost:8080/api/user/login HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
content-length: 62
cookie: t=mdFaZul94g-hBDbEzSCbQERugtgX_ZSOhD1XrpmJTj0=

{
  "username": "John11",
  "password": "password123"
}""",
    "user/logout": """\
POST http://localhost:8080/api/user/logout HTTP/1.1
User-Agent: vscode-restclient
accept-encoding: gzip, deflate
cookie: t=iyKaI1tAIqM033hDAGXuyJo4ZPPRpFrEiXOFr6jUwfI=""",
    "user/info": """\
GET http://localhost:8080/api/user/info HTTP/1.1
User-Agent: vscode-restclient
accept-encoding: gzip, deflate
cookie: t=fuVmqp93yREb9TWGP0w2Y4E8dbPHV8Stvhwg6cB14eQ=""",
    "user/invites": """\
GET http://localhost:8080/api/user/invites HTTP/1.1
User-Agent: vscode-restclient
accept-encoding: gzip, deflate
cookie: t=fuVmqp93yREb9TWGP0w2Y4E8dbPHV8Stvhwg6cB14eQ=""",
    "user/invites/create": """\
POST http://localhost:8080/api/user/invites/create HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
cookie: t=fuVmqp93yREb9TWGP0w2Y4E8dbPHV8Stvhwg6cB14eQ=""",
    "user/invites/remove": """\
POST http://localhost:8080/api/user/invites/remove HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
content-length: 142
cookie: t=fuVmqp93yREb9TWGP0w2Y4E8dbPHV8Stvhwg6cB14eQ=

{
  "toRemove": [
    "Qt_Ge536JbZOvOU7lhFaH8H5JGoA54oKmo5AmH9aGNc=",
    "a5HHXo8yNtS3gjYR5NERMOTF47Z-T6wn0Rqgwwkll1M="
  ]
}""",
    "user/channel/invites": """\
GET http://localhost:8080/api/user/channel/invites HTTP/1.1
User-Agent: vscode-restclient
accept-encoding: gzip, deflate
cookie: t=fuVmqp93yREb9TWGP0w2Y4E8dbPHV8Stvhwg6cB14eQ=""",
    "user/channel/invites/remove": """\
POST http://localhost:8080/api/user/channel/invites/clear HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
content-length: 40
cookie: t=PXb5DzwZVgaVFLcG5CApK3w44ZVh_IN9mQm5wFcVuIE=

{
  "toRemove": [
    2,
    7
  ]
}""",
    "user/channels": """\
GET http://localhost:8080/api/user/channels HTTP/1.1
User-Agent: vscode-restclient
accept-encoding: gzip, deflate
cookie: t=PXb5DzwZVgaVFLcG5CApK3w44ZVh_IN9mQm5wFcVuIE=""",
    "channel/create": """\
POST http://localhost:8080/api/channel/create HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
content-length: 64
cookie: t=PXb5DzwZVgaVFLcG5CApK3w44ZVh_IN9mQm5wFcVuIE=

{
  "channelName": "News100",
  "channelType": "public"
}""",
    "channel/info": """\
GET http://localhost:8080/api/channel/info?channelId=7 HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
cookie: t=PXb5DzwZVgaVFLcG5CApK3w44ZVh_IN9mQm5wFcVuIE=""",
    "channel/rename": """\
POST http://localhost:8080/api/channel/rename HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
content-length: 48
cookie: t=PXb5DzwZVgaVFLcG5CApK3w44ZVh_IN9mQm5wFcVuIE=

{
  "channelId": 7,
  "name": "News101"
}""",
    "channel/search": """\
GET http://localhost:8080/api/channel/search?keyword=News HTTP/1.1
User-Agent: vscode-restclient
accept-encoding: gzip, deflate
cookie: t=PXb5DzwZVgaVFLcG5CApK3w44ZVh_IN9mQm5wFcVuIE=""",
    "channel/join": """\
POST http://localhost:8080/api/channel/join HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
content-length: 44
cookie: t=P0hAGmO7Dp4KbmhfyJeeSnzEQAyuLiXaVgjb8LQ0ZTA=

{
  "channelId": 7,
  "inviteId": 3
}""",
    "channel/leave": """\
POST http://localhost:8080/api/channel/leave HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
content-length: 24
cookie: t=P0hAGmO7Dp4KbmhfyJeeSnzEQAyuLiXaVgjb8LQ0ZTA=

{
  "channelId": 9,
  "newOwner": 33
}""",
    "channel/invite": """\
POST http://localhost:8080/api/channel/invite HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
content-length: 89
cookie: t=PXb5DzwZVgaVFLcG5CApK3w44ZVh_IN9mQm5wFcVuIE=

{
  "channelId": 7,
  "username": "user1",
  "invitePerms": [
    "read",
    "write"
  ]
}""",
    "channel/invites": """\
GET http://localhost:8080/api/channel/invites?channelId=11 HTTP/1.1
User-Agent: vscode-restclient
accept-encoding: gzip, deflate
cookie: t=r7NsEh2aC7XKB3hC1HtTWmGLKyr544RQhJjsL1zusP8=""",
    "channel/invites/remove": """\
POST http://localhost:8080/api/channel/invites/remove HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
content-length: 40
cookie: t=r7NsEh2aC7XKB3hC1HtTWmGLKyr544RQhJjsL1zusP8=

{
  "toRemove": [
    45,
    223
  ]
}""",
    "channel/users": """\
GET http://localhost:8080/api/channel/users?channelId=11 HTTP/1.1
User-Agent: vscode-restclient
accept-encoding: gzip, deflate
cookie: t=r7NsEh2aC7XKB3hC1HtTWmGLKyr544RQhJjsL1zusP8=""",
    "channel/users/remove": """\
POST http://localhost:8080/api/channel/invites/remove HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
content-length: 40
cookie: t=r7NsEh2aC7XKB3hC1HtTWmGLKyr544RQhJjsL1zusP8=

{
  "toRemove": [
    100,
    200
  ]
}""",
    "channel/messages/create": """\
POST http://localhost:8080/api/channel/messages/create HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
content-length: 90
cookie: t=r7NsEh2aC7XKB3hC1HtTWmGLKyr544RQhJjsL1zusP8=

{
  "channelId": 11,
  "type": "text",
  "content": "hello there!"
}""",
    "channel/messages": """\
POST http://localhost:8080/api/channel/messages HTTP/1.1
User-Agent: vscode-restclient
Content-Type: application/json
accept-encoding: gzip, deflate
content-length: 238
cookie: t=r7NsEh2aC7XKB3hC1HtTWmGLKyr544RQhJjsL1zusP8=

{
  "load": [
    {
      "channelId": 11
    },
    {
      "channelId": 7,
      "lastMessage": 10,
      "limit": 5,
      "filter": [
        "channel-create",
        "text"
      ]
    }
  ]
}""",
}


class SeedClient:
    """Sends those requests over one connection, as the editor that printed them does: with a Host field and the target in origin form.

    `absolute` sends the target as it is printed instead, with the host of the server.
    """

    def __init__(self, server, *, absolute=False):
        self.port = server.port
        self.absolute = absolute
        self.connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def replay(self, name, cookie=None, changes=None):
        """The answer to the example; `cookie` is the session token, `changes` says what stands for what is printed."""
        text = REQUESTS[name]
        for printed, meant in (changes or {}).items():
            assert printed in text, f"{printed} is not in the example of {name}"
            text = text.replace(printed, str(meant))
        head, _, body = text.partition("\n\n")
        head = head.replace("http://localhost:8080", f"http://127.0.0.1:{self.port}" if self.absolute else "", 1)
        if cookie is not None:
            head = re.sub(r"(?m)^cookie: t=.*$", f"cookie: t={cookie}", head)
        head = re.sub(r"(?m)^content-length: \d+$", f"content-length: {len(body)}", head)
        lines = [*head.split("\n"), f"Host: 127.0.0.1:{self.port}", "", body]
        self.connection.sendall("\r\n".join(lines).encode())
        answer = http.client.HTTPResponse(self.connection, method=text.split()[0])
        answer.begin()
        return SeedAnswer(answer, answer.read())


class SeedAnswer:
    """Status, header fields (the last of a name) and body of an answer."""

    def __init__(self, answer, content):
        self.status = answer.status
        self.fields = {name.lower(): value for name, value in answer.getheaders()}
        self.content = content

    def json(self, status):
        """What an example with a body gets: this status, this media type, no compression that was not agreed upon."""
        assert self.status == status, f"{self.status} {self.content}"
        assert self.fields["content-type"] == "application/json" and "content-encoding" not in self.fields
        self._is_dated()
        return json.loads(self.content)

    def is_empty(self):
        """What an example without a body gets: 200, `Content-Length: 0`, no media type."""
        assert self.status == 200, f"{self.status} {self.content}"
        assert self.content == b"" and self.fields["content-length"] == "0" and "content-type" not in self.fields
        self._is_dated()

    def _is_dated(self):
        assert parsedate_to_datetime(self.fields["date"]).tzinfo is not None
