"""What holds for every route (contracts/chat.md 1 and 1.1)."""

import json
import re
import socket
import time

import pytest

from support.api import PASSWORD, Api, assert_error, register, unchanged, unique
from support.database import execute
from support.gateway import TYPING_START
from support.raw import exchange
from support.shapes import is_id, is_time

MEBIBYTE = 1 << 20


def allowed(response):
    return {method.strip() for method in response.headers["allow"].split(",")}


@pytest.mark.parametrize("path", ["/nope", "/", "/servers/1/nope", "/auth", "/channels/1/messages/2/3"])
def test_an_unknown_route_is_answered_404_in_the_shape_of_the_api(account, path):
    """1: "unknown route | 404"; 1.1: 404, 0, not_found."""
    assert_error(account.get(path), 404, 0, "not_found")


def test_an_unknown_route_is_404_for_a_stranger_too(stranger):
    """1: "unknown route | 404"."""
    assert_error(stranger.get("/nope"), 404, 0, "not_found")


#: Every route of the contract (3.1 to 3.6), with some id in its place.
ROUTES = {
    "/auth/register": {"POST"}, "/auth/login": {"POST"}, "/auth/logout": {"POST"}, "/auth/refresh": {"POST"}, "/auth/me": {"GET"},
    "/servers": {"GET", "POST"}, "/servers/1": {"GET", "PATCH", "DELETE"}, "/servers/1/members": {"GET", "POST"},
    "/servers/1/members/1": {"PATCH", "DELETE"}, "/servers/1/members/@me": {"PATCH", "DELETE"}, "/servers/1/invites": {"POST"},
    "/invites/1": {"GET", "POST"}, "/servers/1/channels": {"GET", "POST"}, "/channels/1": {"GET", "PATCH", "DELETE"},
    "/channels/1/typing": {"POST"}, "/channels/1/messages": {"GET", "POST"}, "/channels/1/messages/1": {"GET", "PATCH", "DELETE"},
    "/users/1": {"GET", "PATCH"}, "/users/@me": {"GET", "PATCH"}, "/users/1/dm-channels": {"GET", "POST"},
    "/users/@me/dm-channels": {"GET", "POST"},
}  # fmt: skip


@pytest.mark.parametrize("path", ROUTES)
def test_a_wrong_method_is_answered_405_with_the_methods_that_are_allowed(account, path):
    """1: "wrong method 405 + Allow", on every path; HEAD comes with GET, and OPTIONS with everything."""
    methods = ROUTES[path] | {"OPTIONS"} | ({"HEAD"} if "GET" in ROUTES[path] else set())
    with unchanged(lambda: account.get("/servers").json()):
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - methods:
            response = account.api.request(method, path, json={"name": "x"})
            assert response.status_code == 405, method
            assert allowed(response) == methods, method
            body = response.json()
            assert body["code"] == 0 and isinstance(body["message"], str) and isinstance(body["error"], str)


def test_the_gateway_takes_get_only(server):
    """1: "WebSocket | `wss://<host>/api/ws`"; "wrong method 405 + Allow"."""
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = server.http.request(method, "/api/ws")
        assert response.status_code == 405 and allowed(response) == {"GET", "HEAD", "OPTIONS"}


def test_a_body_over_one_mebibyte_is_answered_413_and_does_nothing(account):
    """1: "body over 1 MiB 413"; 1.1: 413, 40005, too_large."""
    body = json.dumps({"name": "big"}).encode().ljust(MEBIBYTE + 1)
    with unchanged(lambda: account.get("/servers").json()):
        response = account.post("/servers", content=body, headers={"Content-Type": "application/json"})
        assert_error(response, 413, 40005, "too_large")


def test_a_body_over_one_mebibyte_that_does_not_say_its_length_is_answered_413(account):
    """1: "body over 1 MiB 413", also in chunks."""
    chunks = iter([b'{"name": "big"', *[b" " * 65536] * 17, b"}"])
    with unchanged(lambda: account.get("/servers").json()):
        assert_error(account.post("/servers", content=chunks), 413, 40005, "too_large")


def test_a_body_of_one_mebibyte_is_accepted(account):
    """1: the limit is 1 MiB and not less."""
    body = json.dumps({"name": "just fits"}).encode().ljust(MEBIBYTE)
    assert account.post("/servers", content=body, headers={"Content-Type": "application/json"}).status_code == 201


@pytest.mark.parametrize("path", ROUTES)
def test_a_preflight_is_answered_204_without_a_token(stranger, path):
    """1: "Access-Control-Allow-Origin: *, methods GET POST PATCH DELETE PUT OPTIONS, headers Authorization Content-Type; OPTIONS 204"."""
    response = stranger.request(
        "OPTIONS", path, headers={"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    )
    assert response.status_code == 204 and response.content == b""
    assert response.headers["access-control-allow-origin"] == "*"
    methods = {word.strip() for word in response.headers["access-control-allow-methods"].split(",")}
    assert {"GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"} <= methods
    fields = {word.strip().lower() for word in response.headers["access-control-allow-headers"].split(",")}
    assert {"authorization", "content-type"} <= fields


def test_answers_and_errors_may_be_read_by_any_page(account, stranger):
    """1: "Access-Control-Allow-Origin: *"."""
    origin = {"Origin": "https://app.example"}
    for response in (account.get("/servers", headers=origin), stranger.get("/servers", headers=origin), account.get("/nope", headers=origin)):
        assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("content_type", ["text/plain", "application/json; charset=utf-8", "application/octet-stream", None])
def test_a_body_of_any_type_is_read_when_it_is_json(account, content_type):
    """1: "content type application/json expected, any type parsed if it is JSON"."""
    headers = {"Content-Type": content_type} if content_type else {}
    response = account.post("/servers", content=b'{"name": "typed"}', headers=headers)
    assert response.status_code == 201
    assert response.headers["content-type"].split(";")[0] == "application/json"


NOT_JSON = [b"", b"{", b"nope", b'{"name": "a"} {}', b'{"name": NaN}', b'{"name": "a",}']
#: What RFC 8259 leaves open and Roost refuses (docs/conformance.md): Latin-1, a byte order mark, half a pair, a number that does not fit.
REFUSED_JSON = [b'{"name": "\xff"}', b'\xef\xbb\xbf{"name": "a"}', b'{"name": "\\ud800"}', b'{"name": "a", "x": 1e999}']


@pytest.mark.parametrize("body", NOT_JSON + REFUSED_JSON)
def test_a_body_that_is_not_json_is_answered_400_and_does_nothing(account, body):
    """1.1: 400, 50109, invalid_json; 1: "JSON, UTF-8"."""
    with unchanged(lambda: account.get("/servers").json()):
        assert_error(account.post("/servers", content=body), 400, 50109, "invalid_json")


def test_unknown_members_of_a_body_are_ignored(nest, room, owner, member):
    """1: "unknown members ignored", wherever a body is read."""
    more = {"colour": [1, {"deep": None}], "id": "1", "created_at": 5}
    assert owner.post("/servers", {"name": "extra"} | more).json()["name"] == "extra"
    assert owner.say(room, "extra", **more)["content"] == "extra"
    server = nest["server_id"]
    for path, change in (
        (f"/servers/{server}", {"name": "extra"}), (f"/servers/{server}/members/{member.user_id}", {"nickname": "extra"}),
        (f"/channels/{room}", {"name": "extra"}), ("/users/@me", {"bio": "extra"}),
    ):  # fmt: skip
        answer = owner.change(path, **change, **more)
        assert answer.items() >= change.items() and "colour" not in answer and answer.get("id") != "1"
    assert owner.direct_channel(member)["type"] == "dm"


def test_a_change_of_any_type_is_read_when_it_is_json_and_an_object(nest, room, owner, member):
    """1: "any type parsed if it is JSON"; 1.1: 400, 50109, invalid_json."""
    server, message = nest["server_id"], owner.say(room, "hello")["message_id"]
    for path, change in (
        (f"/servers/{server}", b'{"name": "typed"}'), (f"/servers/{server}/members/{member.user_id}", b'{"nickname": "typed"}'),
        (f"/channels/{room}", b'{"name": "typed"}'), (f"/channels/{room}/messages/{message}", b'{"content": "typed"}'),
        ("/users/@me", b'{"bio": "typed"}'),
    ):  # fmt: skip
        response = owner.patch(path, content=change, headers={"Content-Type": "text/plain"})
        assert response.status_code == 200 and "typed" in response.json().values()
        with unchanged(lambda: (owner.get(f"/servers/{server}").json(), owner.history(room), owner.get("/users/@me").json())):
            for wrong in (b"", b"{nope", b"[]", b"null"):
                assert_error(owner.patch(path, content=wrong), 400, 50109, "invalid_json")


def test_ids_are_strings_with_an_alias_and_times_are_whole_seconds(owner):
    """1: "ids | JSON strings", "alias id", "time | RFC 3339 UTC, whole seconds, Z"."""
    server = owner.create_server()
    message = owner.say(server["channels"][0]["channel_id"], "hello")
    for thing, name in ((server, "server_id"), (server["channels"][0], "channel_id"), (message, "message_id"), (owner.answer["user"], "user_id")):
        is_id(thing[name])
        assert thing["id"] == thing[name]
    for time in (server["created_at"], server["channels"][0]["created_at"], message["timestamp"], owner.answer["user"]["created_at"]):
        is_time(time)


def names_in(value):
    """The names of all members, however deep."""
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values()))
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()


def test_every_member_has_a_name_in_snake_case(nest, room, owner, member, gateway):
    """1: "member names | snake_case (`message_id`, `channel_id`, `user_id`)", in answers, errors and frames."""
    socket = gateway(member, ext=True)
    invite = owner.post(f"/servers/{nest['server_id']}/invites").json()
    message = owner.edit(owner.say(room, "hello", nonce="n"), "hello!")
    owner.direct_channel(member)
    things = [invite, message, owner.answer, owner.post("/servers", {}).json(), owner.get(f"/invites/{invite['code']}").json()]
    for path in (f"/servers/{nest['server_id']}", "/users/@me/dm-channels", f"/channels/{room}/messages", f"/users/{member.user_id}"):
        things.append(owner.get(path).json())
    assert owner.post(f"/channels/{room}/typing").status_code == 204
    owner.change(f"/servers/{nest['server_id']}", name="Other")
    owner.remove(f"/servers/{nest['server_id']}")
    socket.fleeting(TYPING_START)
    assert {frame["op"] for frame in socket.frames} >= {10, 11, 12, 20, 22, 31, 32, 33, 50}
    odd = {name for name in names_in([*things, *socket.frames]) if not re.fullmatch(r"_?[a-z]+(_[a-z]+)*", name)}
    assert not odd, odd


@pytest.mark.parametrize("identifier", ["abc", "0", "-1", "9007199254740993", "99999999999999999999999", "1.5", "%20", "a%2Fb", "💬"])
def test_any_syntax_of_an_id_is_accepted_and_unknown_ones_are_404(account, identifier):
    """1: "accept any id syntax in paths, unknown -> 404"."""
    assert_error(account.get(f"/servers/{identifier}"), 404, 10004, "unknown_server")
    assert_error(account.get(f"/channels/{identifier}/messages"), 404, 10003, "unknown_channel")
    assert_error(account.get(f"/users/{identifier}"), 404, 10013, "unknown_user")


PROTECTED = [
    ("GET", "/auth/me"), ("POST", "/auth/logout"), ("GET", "/servers"), ("POST", "/servers"), ("GET", "/servers/{server}"),
    ("POST", "/servers/{server}/invites"), ("GET", "/invites/{invite}"), ("POST", "/invites/{invite}"), ("GET", "/servers/{server}/channels"),
    ("POST", "/servers/{server}/channels"), ("GET", "/channels/{channel}/messages"), ("POST", "/channels/{channel}/messages"),
    ("GET", "/users/{user}"), ("GET", "/users/@me"), ("PATCH", "/users/{user}"), ("PATCH", "/users/@me"),
    ("GET", "/users/@me/dm-channels"), ("POST", "/users/{user}/dm-channels"), ("PATCH", "/servers/{server}"), ("DELETE", "/servers/{server}"),
    ("GET", "/servers/{server}/members"), ("POST", "/servers/{server}/members"), ("PATCH", "/servers/{server}/members/{user}"),
    ("DELETE", "/servers/{server}/members/{user}"), ("GET", "/channels/{channel}"), ("PATCH", "/channels/{channel}"),
    ("DELETE", "/channels/{channel}"), ("POST", "/channels/{channel}/typing"), ("GET", "/channels/{channel}/messages/{message}"),
    ("PATCH", "/channels/{channel}/messages/{message}"), ("DELETE", "/channels/{channel}/messages/{message}"),
]  # fmt: skip


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Bearer", "Basic YTpi", "{token}"])
def test_everything_but_register_login_and_refresh_needs_a_token(server, stranger, owner, authorization):
    """1: "auth | Authorization: Bearer <access JWT> on everything except register, login, refresh"; 1.1: 401, 40001, unauthorized."""
    nest = owner.create_server()
    names = {
        "server": nest["server_id"], "channel": nest["channels"][0]["channel_id"], "user": owner.user_id, "invite": owner.invite(nest["server_id"]),
        "message": owner.say(nest["channels"][0]["channel_id"], "still here")["message_id"],
    }  # fmt: skip
    headers = {} if authorization is None else {"Authorization": authorization.format(token=owner.access_token)}

    def look():
        paths = (f"/servers/{nest['server_id']}", "/servers", f"/channels/{names['channel']}/messages", "/auth/me", "/users/@me/dm-channels")
        return [owner.get(path).json() for path in paths]

    with unchanged(look):
        for method, path in PROTECTED:
            body = {"json": {"name": "n", "content": "c", "nickname": "n", "bio": "b"}} if method in ("POST", "PATCH") else {}
            response = stranger.request(method, path.format(**names), headers=headers, **body)
            assert_error(response, 401, 40001, "unauthorized")


def test_the_scheme_bearer_is_read_in_any_case(account):
    """1: "Authorization: Bearer"; RFC 9110 11.1: the scheme is case-insensitive."""
    response = account.api.request("GET", "/auth/me", headers={"Authorization": f"bearer {account.access_token}"})
    assert response.status_code == 200


def test_lists_are_top_level_arrays(owner, nest, room):
    """1: "lists | top-level JSON arrays"."""
    server = f"/servers/{nest['server_id']}"
    for path in ("/servers", f"{server}/channels", f"{server}/members", f"/channels/{room}/messages", "/users/@me/dm-channels"):
        assert isinstance(owner.get(path).json(), list)


def test_a_logout_is_answered_204_with_nothing(server):
    """1: "deletion and logout 204 empty"."""
    response = register(server).post("/auth/logout")
    assert response.status_code == 204 and response.content == b""


@pytest.mark.parametrize(
    "path, code, error",
    [
        ("/servers/%FF", 10004, "unknown_server"),
        ("/channels/%C3/messages", 10003, "unknown_channel"),
        ("/users/%", 10013, "unknown_user"),
        ("/invites/%FF", 10006, "unknown_invite"),
    ],
)
def test_an_id_that_is_no_text_is_an_unknown_one(account, path, code, error):
    """1: "accept any id syntax in paths, unknown -> 404", of its own kind."""
    with socket.create_connection(("127.0.0.1", account.server.port), timeout=10) as connection:
        connection.sendall(
            f"GET /api/rest{path} HTTP/1.1\r\nHost: r\r\nConnection: close\r\nAuthorization: Bearer {account.access_token}\r\n\r\n".encode()
        )
        answer = b""
        while data := connection.recv(65536):
            answer += data
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 ")
    assert (json.loads(body)["code"], json.loads(body)["error"]) == (code, error)


def test_bodies_are_checked_where_nothing_in_them_is_needed(account):
    """1: "body over 1 MiB 413"; 1.1: invalid_json; nothing happens."""
    large = b'{"x": "' + b"a" * (1 << 20) + b'"}'
    for path in ("/auth/logout", "/invites/abc"):
        assert_error(account.post(path, content=large), 413, 40005, "too_large")
        assert_error(account.post(path, content=b"{nope"), 400, 50109, "invalid_json")
    assert_error(account.post("/auth/logout", {"refresh_token": 1}), 400, 50035, "invalid_form", fields=["refresh_token"])
    assert account.get("/auth/me").status_code == 200


@pytest.mark.parametrize(
    "body, named", [(b'{"x":' + b"[" * 70 + b"]" * 70 + b"}", "64"), (b'{"name":"a","name":"b"}', "/name"), (b"[]", "object")]
)
def test_what_is_wrong_with_json_is_named(account, body, named):
    """1.1: 50109; every limit is named in its error."""
    assert named in assert_error(account.post("/servers", content=body), 400, 50109, "invalid_json")["message"]


def test_a_failure_of_the_server_is_answered_500_and_tells_nothing(new_server, engine):
    """1.1: 500, 0, internal."""
    server = new_server(engine)
    account = register(server)
    room = account.create_server()["channels"][0]["channel_id"]
    server.stop()
    execute(server, "ALTER TABLE messages RENAME TO elsewhere")
    server.start()
    body = assert_error(account.get(f"/channels/{room}/messages"), 500, 0, "internal")
    assert set(body) == {"code", "error", "message"} and not any(word in str(body) for word in ("messages", "SQL", "sql"))
    assert account.get("/auth/me").status_code == 200


def test_a_wrong_setup_code_is_called_one(server):
    """1.1: details in errors, under the name of the field."""
    body = {"username": unique(), "password": PASSWORD, "setup_code": "ROOST-" + "0" * 26}
    assert_error(Api(server).post("/auth/register", body), 400, 50035, "invalid_form", fields=["setup_code"])


def test_a_body_that_breaks_the_rules_of_http_is_the_clients_fault(new_server):
    """1.1: the error shape, for any page to read; and no failure of the server in its log and metrics."""
    server = new_server()
    account = register(server)
    head = (
        f"POST /api/rest/servers HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\nAuthorization: Bearer {account.access_token}\r\n\r\n"
    ).encode()
    answer, closed = exchange(server, head + b"nonsense\r\n")
    fields, _, body = answer.partition(b"\r\n\r\n")
    assert closed and fields.startswith(b"HTTP/1.1 400 ") and b"access-control-allow-origin: *" in fields.lower()
    assert json.loads(body)["error"] == "bad_request"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head + b"5\r\n")
    time.sleep(0.3)
    metrics = server.http.get("/metrics").text
    assert "roost_http_failures_total 0" in metrics
    assert "A request failed" not in server.log


def test_invite_codes_are_not_logged(new_server):
    """DESIGN.md 10: "No secret in a log": the route stands there, not the path."""
    server = new_server(settings={"log.level": "debug"})
    account = register(server)
    code = account.invite(account.create_server()["server_id"])
    assert account.get(f"/invites/{code}").status_code == 200
    account.post(f"/invites/{code}")
    assert "/api/rest/invites/:code" in server.log and code not in server.log
