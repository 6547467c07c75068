"""What holds for every endpoint of Dawchat (contracts/dawchat.md 1)."""

import json

import httpx
import pytest

from support.api import unchanged
from support.dawchat import DawchatPerson, channel_name, host, newcomer, nothing, problem, succeeded

UNKNOWN = 2**53 - 1
MEBIBYTE = 1 << 20

#: Every endpoint of section 2 that needs a session, by method.
PROTECTED = {
    "/user/logout": "POST", "/user/info": "GET", "/user/invites": "GET", "/user/invites/create": "POST", "/user/invites/remove": "POST",
    "/user/channel/invites": "GET", "/user/channel/invites/remove": "POST", "/user/channel/invites/clear": "POST", "/user/channels": "GET",
    "/channel/create": "POST", "/channel/info": "GET", "/channel/rename": "POST", "/channel/search": "GET", "/channel/join": "POST",
    "/channel/leave": "POST", "/channel/invite": "POST", "/channel/invites": "GET", "/channel/invites/remove": "POST",
    "/channel/users": "GET", "/channel/users/remove": "POST", "/channel/messages/create": "POST", "/channel/messages": "POST",
    "/channel/messages/read": "PUT", "/user/listener": "GET",
}  # fmt: skip
PUBLIC = {"/user/create": "POST", "/user/login": "POST"}
ROUTES = PUBLIC | PROTECTED


@pytest.fixture
def person(server):
    """Somebody new, signed in."""
    return newcomer(server)


@pytest.fixture
def channel(person):
    """The id of a public channel of `person`."""
    return person.make_channel()["channelId"]


def look(person, channel):
    """What a refused request must not have changed."""
    return lambda: (person.channels(), person.members(channel), person.history(channel), person.pending(channel), person.user_invites().json())


# Sessions, methods and paths


@pytest.mark.parametrize("path", PROTECTED)
@pytest.mark.parametrize("content", [b"", b"{nope", b'{"channelId": "x"}'])
def test_everything_else_than_create_and_login_needs_a_session_before_all_else(server, path, content):
    """1: "Authentication is checked before the body is parsed: no session -> 401 even with a broken body"."""
    visitor = DawchatPerson(server)
    for query in ("", "?channelId=x", f"?channelId={UNKNOWN}"):
        response = visitor.http.request(PROTECTED[path], f"/api{path}{query}", content=content)
        problem(response, "Unauthorized")
        assert "set-cookie" not in response.headers


@pytest.mark.parametrize("path", ROUTES)
def test_a_wrong_method_is_answered_405_with_the_methods_that_are_allowed(person, path):
    """1: "wrong method -> 405 + Allow", signed in or not; HEAD comes with GET."""
    right = {ROUTES[path], "OPTIONS"} | ({"HEAD"} if ROUTES[path] == "GET" else set())
    for who in (person, DawchatPerson(person.server)):
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "BREW"} - right):
            response = who.http.request(method, "/api" + path)
            problem(response, "MethodNotAllowed")
            assert {word.strip() for word in response.headers["allow"].split(",")} == right, method
    succeeded(person.user_info())


@pytest.mark.parametrize(
    "path", ["/user", "/user/", "/channel", "/user/nope", "/channel/1", "/channel/create/", "/channel/messages/create/1", "/user/search"]
)
def test_an_unknown_path_is_404(person, path):
    """1: "unknown path -> 404"; section 2: /api/user/search was never implemented."""
    for who in (person, DawchatPerson(person.server)):
        for method in ("GET", "POST", "DELETE"):
            problem(who.http.request(method, "/api" + path), "NotFound")


def test_head_is_get_without_the_body(person, channel):
    """1: "GET/HEAD/POST"; RFC 9110 9.3.2."""
    for path in ("/user/info", "/user/channels", f"/channel/info?channelId={channel}", f"/channel/info?channelId={UNKNOWN}"):
        get, head = person.http.get("/api" + path), person.http.head("/api" + path)
        assert head.status_code == get.status_code and head.content == b""
        assert head.headers["content-type"] == get.headers["content-type"]
        assert head.headers["content-length"] == str(len(get.content))
    assert httpx.head(person.server.url + "/api/user/info", trust_env=False).status_code == 401


# Bodies


NOT_AN_OBJECT = [b"", b"{", b"nope", b"[]", b'"x"', b"5", b"null", b'{"toRemove": []} {}', b'{"toRemove": [],}', b'{"toRemove": [], "x": "\xff"}']


#: What takes a body.
WITH_BODY = sorted({path for path, method in ROUTES.items() if method == "POST"} - {"/user/logout", "/user/invites/create"})


@pytest.mark.parametrize("path", WITH_BODY)
def test_a_body_that_is_not_one_json_object_is_malformed(person, channel, path):
    """1: "JSON UTF-8"; not one JSON object in UTF-8 -> 400 InvalidRequestParameters."""
    with unchanged(look(person, channel)):
        for content in NOT_AN_OBJECT:
            problem(person.post(path, content=content, headers={"Content-Type": "application/json"}), "InvalidRequestParameters")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "text/plain", "application/xml", "nonsense", None])
def test_a_body_of_any_type_is_read_when_it_is_json(person, content_type):
    """1: "wrong media type for JSON bodies -> ... parse anyway, else 400"."""
    headers = {"Content-Type": content_type} if content_type else {}
    name = channel_name()
    content = json.dumps({"channelName": name, "channelType": "public"}).encode()
    assert succeeded(person.post("/channel/create", content=content, headers=headers), 201)["channelName"] == name
    problem(person.post("/channel/create", content=b"channelName=News100&channelType=public", headers=headers), "InvalidRequestParameters")


def test_unknown_members_are_ignored(server, person, channel):
    """1: "unknown members ignored", wherever a body is read."""
    more = {"colour": [1, {"deep": None}], "id": "1", "userId": 5, "limit": {}}
    other, token = newcomer(server), host(server).registration_invite()
    visitor = DawchatPerson(server)
    name = channel_name("un")
    assert succeeded(visitor.user_create(username=name, password="password123", inviteToken=token, **more), 201)["username"] == name
    succeeded(visitor.user_login(username=name, password="password123", **more))
    succeeded(person.channel_create(channelName=channel_name(), channelType="public", **more), 201)
    nothing(person.post("/channel/rename", more | {"channelId": channel, "name": channel_name()}))
    assert succeeded(person.post("/channel/messages/create", more | {"channelId": channel, "type": "text", "content": "x"}), 201)["type"] == "text"
    load = {"load": [{"channelId": channel, "colour": {}}]} | more
    assert len(succeeded(person.post("/channel/messages", load))["results"][str(channel)]["channelMessages"]) == 3
    invite = succeeded(person.post("/channel/invite", more | {"channelId": channel, "username": other.username, "invitePerms": []}), 201)
    assert succeeded(other.channel_join(channel, inviteId=invite["inviteId"], **more))["channelPerms"] == ["read"]
    nothing(person.channel_users_remove(other.user_id, channelId=channel, **more))
    assert succeeded(other.channel_join(channel, **more))["channelId"] == channel
    nothing(other.channel_leave(channel, **more))


def test_numbers_may_be_sent_as_strings(server, person, channel):
    """1: numeric strings accepted where integers are expected ("11" = 11)."""
    other, text = newcomer(server), str(channel)
    person.rename(text, channel_name())
    invite = succeeded(person.channel_invite(text, other.username, ["write"]), 201)
    assert succeeded(other.channel_join(text, inviteId=str(invite["inviteId"])))["channelId"] == channel
    message = person.say(text)
    assert message["channelId"] == channel
    assert person.history(text, lastMessage=str(message["messageId"]), limit="1")[0]["type"] == "channel-rename"
    nothing(person.channel_users_remove(str(other.user_id), channelId=text))
    again = person.invite(channel, other)
    nothing(person.channel_invites_remove(str(again)))
    person.bring(channel, other)
    nothing(person.channel_leave(text, newOwner=str(other.user_id)))
    assert other.info(text)["channelOwner"] == other.user_id


NO_IDS = ["", "x", "1x", " 1", "1 ", "0", "-1", "1.0", "1e3", str(2**53), "9" * 30, "٣", "0x1", "null"]
NO_JSON_IDS = [*NO_IDS, 0, -1, 1.5, 1.0, True, False, 2**53, 10**30, [], {}, [1], None]


@pytest.mark.parametrize("value", NO_JSON_IDS, ids=str)
def test_what_is_no_id_is_malformed_in_a_body(person, channel, value):
    """2: "Ids that are not integers in 1..2^53-1 -> 400"; `1.0`, `true`, "" -> 400."""
    with unchanged(look(person, channel)):
        for response in (
            person.channel_rename(value, channel_name()), person.channel_join(value), person.channel_leave(value),
            person.channel_invite(value, person.username, []), person.channel_invites_remove(value), person.user_channel_invites_clear(value),
            person.channel_users_remove(value, channelId=channel), person.channel_messages_create(value, "x"), person.channel_messages(value),
        ):  # fmt: skip
            problem(response, "InvalidRequestParameters")
        if value is not None:
            for response in (
                person.channel_join(channel, inviteId=value), person.channel_leave(channel, newOwner=value),
                person.channel_users_remove(UNKNOWN, channelId=value),
            ):  # fmt: skip
                problem(response, "InvalidRequestParameters")


@pytest.mark.parametrize("value", NO_IDS)
def test_what_is_no_id_is_malformed_in_a_query(person, value):
    """2: "Ids that are not integers in 1..2^53-1 -> 400"."""
    for path in ("/channel/info", "/channel/users", "/channel/invites"):
        problem(person.get(path, channelId=value), "InvalidRequestParameters")
    problem(person.channel_messages_read(value, 1), "InvalidRequestParameters")


def test_the_greatest_id_is_one(person, channel):
    """2: "1..2^53-1"."""
    for value in (UNKNOWN, str(UNKNOWN)):
        problem(person.channel_info(value), "ChannelNotFound")
        problem(person.channel_join(value), "ChannelNotFound")
        problem(person.channel_join(channel_of_another(person), inviteId=value), "ChannelInviteNotFound")
    problem(person.channel_info(1), "ChannelNotFound")


def channel_of_another(person):
    return host(person.server).make_channel()["channelId"]


def test_the_first_of_several_values_in_a_query_counts(person, channel):
    """Query: first value counts; other parameters are ignored."""
    assert succeeded(person.http.get(f"/api/channel/info?channelId={channel}&channelId=x&colour=5"))["channelId"] == channel
    problem(person.http.get(f"/api/channel/info?channelId=x&channelId={channel}"), "InvalidRequestParameters")
    problem(person.http.get(f"/api/channel/info?channelid={channel}"), "InvalidRequestParameters")
    encoded = "".join(f"%{ord(digit):02X}" for digit in str(channel))
    assert succeeded(person.http.get(f"/api/channel/info?channelId={encoded}"))["channelId"] == channel


def test_a_body_that_is_too_large_is_answered_413_and_does_nothing(person):
    """At most limits.json_body_bytes; it fits exactly."""
    fits = json.dumps({"channelName": channel_name(), "channelType": "public"}).encode()
    with unchanged(person.channels):
        problem(person.post("/channel/create", content=fits.ljust(MEBIBYTE + 1)), "TooLarge")
        problem(person.post("/channel/create", content=iter([fits, *[b" " * 65536] * 17])), "TooLarge")
    succeeded(person.post("/channel/create", content=fits.ljust(MEBIBYTE)), 201)
