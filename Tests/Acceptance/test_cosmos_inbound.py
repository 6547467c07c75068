"""Webhooks that Roost receives, in the forms of Discord and of its own (contracts/cosmos.md 9.1, 9.2)."""

import json
import re
import time

import pytest

from support import raw
from support.api import Api, assert_error, register
from support.cosmos import (
    ATTACH_FILES, CATEGORY, EMBED_LINKS, MANAGE_WEBHOOKS, MEMBER_ALLOW, MENTION_EVERYONE, PUBLIC_URL, SEND_MESSAGES, VOICE, ids, is_time, nothing,
    ok, problem,
)  # fmt: skip
from support.dawchat import administrator
from support.gateway import MESSAGE_CREATE, MESSAGE_DELETE, MESSAGE_UPDATE
from support.limits import until_limited
from support.shapes import is_message

MEMBERS = {"id", "type", "galaxyId", "channelId", "name", "avatarUrl", "creatorId", "permissions", "createdAt", "hasGithubSecret"}


@pytest.fixture
def owner(cosmos):
    return cosmos.operator()


@pytest.fixture
def reader(cosmos):
    """A local account that reads over Chat."""
    reader = register(cosmos.server, "reader")
    reader.marks = reader.corner()
    return reader


@pytest.fixture
def galaxy(cosmos, owner, reader):
    galaxy = cosmos.galaxy(owner)
    cosmos.join(galaxy, reader.user_id)
    return galaxy


@pytest.fixture
def room(owner, galaxy):
    return owner.create_channel(galaxy)["id"]


@pytest.fixture
def place(galaxy, room):
    """Where the webhooks of the channel are managed."""
    return f"/galaxy/{galaxy}/channels/{room}/webhooks"


@pytest.fixture
def hook(owner, place):
    """A webhook, with its token and `path`."""
    return made(owner, place)


def made(owner, place, **members):
    hook = owner.create(place, {"name": "ci"} | members)
    return hook | {"path": f"/webhooks/{hook['id']}/{hook['token']}"}


def post(cosmos, hook, body, **more):
    """Posts and waits for the message."""
    return ok(cosmos.anonymous.post(hook["path"] + "?wait=true", body, **more))


# Management


def test_a_webhook_is_made(cosmos, galaxy, room, place, owner):
    """9.1: "201 {id, type:1, galaxyId, channelId, name, avatarUrl, creatorId, permissions, createdAt, token, url}"; 64 base64url characters."""
    hook = owner.create(place, {"name": " CI \n", "avatarUrl": "https://cdn.example/ci.png"})
    assert set(hook) == MEMBERS | {"token", "url"}, hook
    assert (hook["type"], hook["galaxyId"], hook["channelId"], hook["name"], hook["avatarUrl"]) == (1, galaxy, room, "CI", "https://cdn.example/ci.png")
    assert (hook["creatorId"], hook["permissions"], hook["hasGithubSecret"]) == (owner.subject, SEND_MESSAGES | EMBED_LINKS, False)
    is_time(hook["createdAt"])
    assert re.fullmatch(r"[A-Za-z0-9_-]{64}", hook["token"]) and hook["id"].isdigit()
    assert hook["url"] == f"{PUBLIC_URL}/webhooks/{hook['id']}/{hook['token']}"
    listed = ok(owner.get(place))
    assert [set(entry) for entry in listed] == [MEMBERS] and ids(listed) == [hook["id"]]
    assert hook["token"] not in str(listed)
    assert set(ok(owner.get(f"{place}/{hook['id']}"))) == MEMBERS


@pytest.mark.parametrize("members", [
    {"name": None}, {"name": ""}, {"name": "x" * 81}, {"name": "a\u0000"}, {"name": 7}, {"avatarUrl": "http://x.example/"}, {"avatarUrl": "x"},
    {"avatarUrl": "javascript:alert(1)"}, {"githubSecret": "x" * 15}, {"githubSecret": "x" * 129}, {"githubSecret": 7},
], ids=["no-name", "empty", "81", "nul", "number", "http", "word", "script", "short-secret", "long-secret", "number-secret"])  # fmt: skip
def test_a_webhook_has_its_form(place, owner, members):
    """9.1: "{name 1..80, avatarUrl?, githubSecret? (16..128)}"."""
    problem(owner.post(place, {"name": "ci"} | members), 4400)
    assert ok(owner.get(place)) == []


@pytest.mark.parametrize("kind", [VOICE, CATEGORY])
def test_only_text_channels_have_webhooks(galaxy, owner, kind):
    """9.1: "(type 0 only ...)"."""
    channel = owner.create_channel(galaxy, type=kind)["id"]
    answer = owner.post(f"/galaxy/{galaxy}/channels/{channel}/webhooks", {"name": "ci"})
    assert answer.status_code in (400, 404) and answer.json()["code"] in (4400, 4402, 4301), answer.text


def test_a_channel_has_15_webhooks(place, owner):
    """9.1: "max 15 per channel"."""
    hooks = [owner.create(place, {"name": "ci"})["id"] for _ in range(15)]
    problem(owner.post(place, {"name": "ci"}), 4205)
    owner.remove(f"{place}/{hooks[0]}")
    owner.create(place, {"name": "ci"})


def test_managing_webhooks_needs_the_permission(cosmos, galaxy, room, place, hook, owner):
    """9.1: "with MANAGE_WEBHOOKS in the channel"; STYLE.md: "a webhook's secret readable with read permission" is a bug of others."""
    member = cosmos.person()
    cosmos.join(galaxy, member)
    path = f"{place}/{hook['id']}"
    calls = [
        ("GET", place, None), ("POST", place, {"name": "x"}), ("GET", path, None), ("PATCH", path, {"name": "x"}), ("DELETE", path, None),
        ("POST", path + "/rotate", None),
    ]  # fmt: skip
    for method, where, body in calls:
        assert problem(member.request(method, where, body), 4202)["missing"] & MANAGE_WEBHOOKS
        problem(cosmos.anonymous.request(method, where, body), 4008)
    owner.set_override(galaxy, room, MEMBER_ALLOW, member.subject, MANAGE_WEBHOOKS)
    for method, where, body in calls[:4]:
        assert member.request(method, where, body).status_code in (200, 201)


def test_a_webhook_is_not_found_through_another_channel(galaxy, hook, owner):
    """STYLE.md: "a rule fetched by its id alone while the permission was checked on the id in the path"."""
    other = owner.create_channel(galaxy)["id"]
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        problem(owner.request(method, f"/galaxy/{galaxy}/channels/{other}/webhooks/{hook['id']}", body), 4303)


def test_a_webhook_is_changed_moved_and_removed(cosmos, galaxy, room, place, hook, owner, reader):
    """9.1: "PATCH {name, avatarUrl, channelId, githubSecret, permissions}, DELETE 204"."""
    other = owner.create_channel(galaxy)["id"]
    secret = "sixteen characters"
    changed = owner.change(f"{place}/{hook['id']}", name="new", avatarUrl="https://x.example/a.png", githubSecret=secret, channelId=other)
    assert (changed["name"], changed["channelId"], changed["hasGithubSecret"]) == ("new", other, True) and secret not in str(changed)
    assert post(cosmos, hook, {"content": "moved"})["channelId"] == other
    assert [message["content"] for message in reader.history(other)] == ["moved"]
    owner.remove(f"/galaxy/{galaxy}/channels/{other}/webhooks/{hook['id']}")
    problem(cosmos.anonymous.post(hook["path"], {"content": "x"}), 4303)
    assert [message["content"] for message in reader.history(other)] == ["moved"]


def test_a_webhook_is_moved_only_to_where_one_may_manage_them(cosmos, galaxy, place, hook, owner):
    """9.1: the permission is needed in both channels, and both are of one galaxy."""
    foreign = owner.create_channel(cosmos.galaxy(owner))["id"]
    answer = owner.patch(f"{place}/{hook['id']}", {"channelId": foreign})
    assert answer.status_code in (400, 404), answer.text
    assert ok(owner.get(f"{place}/{hook['id']}"))["channelId"] == hook["channelId"]


def test_a_token_is_rotated(cosmos, place, hook, owner):
    """9.1: "only here and on POST .../:wid/rotate": the old one ends at once."""
    again = ok(owner.post(f"{place}/{hook['id']}/rotate"))
    assert re.fullmatch(r"[A-Za-z0-9_-]{64}", again["token"]) and again["token"] != hook["token"]
    problem(cosmos.anonymous.post(hook["path"], {"content": "x"}), 4303)
    nothing(cosmos.anonymous.post(f"/webhooks/{hook['id']}/{again['token']}", {"content": "x"}))


def test_a_webhook_gets_no_more_than_its_giver_has(cosmos, galaxy, room, place, hook, owner):
    """9.1: "ATTACH_FILES and MENTION_EVERYONE can be added by someone who holds them"; nothing else, and no file can be stored yet."""
    path = f"{place}/{hook['id']}"
    assert owner.change(path, permissions=SEND_MESSAGES)["permissions"] == SEND_MESSAGES
    assert owner.change(path, permissions=SEND_MESSAGES | EMBED_LINKS | MENTION_EVERYONE)["permissions"] & MENTION_EVERYONE
    for bits in (1 << 13, 1 << 28, 1 << 3, -1, ATTACH_FILES):
        answer = owner.patch(path, {"permissions": bits})
        assert answer.status_code in (400, 403), answer.text


# Execute


def test_a_message_is_posted_and_read_over_chat(cosmos, hook, room, reader, gateway):
    """9.2: 204, or with `wait` the message; "always marked as a bot"; DESIGN.md 7: it is read and heard everywhere, once."""
    socket = gateway(reader)
    nothing(cosmos.anonymous.post(hook["path"], {"content": "first"}))
    second = post(cosmos, hook, {"content": "second", "username": "Deploy", "avatar_url": "https://cdn.example/d.png"})
    assert (second["channelId"], second["authorId"], second["webhookId"], second["content"]) == (room, None, hook["id"], "second")
    assert (second["username"], second["avatarUrl"], second["embeds"], second["attachments"]) == ("Deploy", "https://cdn.example/d.png", [], [])
    is_time(second["timestamp"])
    heard = socket.expect_messages(2)
    listed = reader.history(room)[::-1]
    assert heard == listed and [message["content"] for message in listed] == ["first", "second"]
    for message in listed:
        is_message(message)
    assert [message["author"]["username"] for message in listed] == ["ci", "Deploy"]
    assert listed[1]["author"]["avatar_url"] == "https://cdn.example/d.png"
    assert listed[1]["message_id"] == second["id"] and listed[0]["author"]["user_id"] == hook["id"]
    assert reader.get(f"/channels/{room}").json()["last_message_id"] == second["id"]
    assert socket.events_until(reader.say(reader.marks, "marker")) == []


@pytest.mark.parametrize("prefix", ["", "/api", "/api/v10", "/api/v6", "/v1"])
def test_the_addresses_of_discord_work(cosmos, hook, prefix):
    """9.2: "aliases /api/webhooks/:id/:token and /api/v{n}/webhooks/:id/:token"."""
    nothing(cosmos.anonymous.post(prefix + hook["path"], {"content": "x"}))
    assert ok(cosmos.anonymous.post(f"{prefix}{hook['path']}?wait=true", {"content": "x"}))["content"] == "x"


@pytest.mark.parametrize("prefix", ["", "/v1", "/api", "/api/v10"])
def test_a_body_that_is_no_http_is_refused_as_the_rest(cosmos, hook, reader, room, prefix):
    """2: 4400 and the problem document, also where HTTP itself cannot be understood."""
    request = f"POST {prefix}{hook['path']} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    answer, closed = raw.exchange(cosmos.server, request.encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert closed and raw.statuses(answer) == [400], answer
    assert b"application/problem+json" in head and b"cosmos-version: 1" in head.lower(), answer
    assert json.loads(body)["code"] == 4400 and reader.history(room) == [], answer


def test_a_form_with_payload_json_works(cosmos, hook, reader, room):
    """9.2: "multipart/form-data with `payload_json`"."""
    body = b'--x\r\nContent-Disposition: form-data; name="payload_json"\r\nContent-Type: application/json\r\n\r\n{"content": "form"}\r\n--x--\r\n'
    nothing(cosmos.anonymous.post(hook["path"], content=body, content_type="multipart/form-data; boundary=x"))
    assert reader.history(room)[0]["content"] == "form"


def test_files_are_refused_while_there_is_nowhere_to_keep_them(cosmos, hook, reader, room):
    """9.2: "attachments, files | need bit 15"."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="payload_json"\r\n\r\n{"content": "form"}\r\n'
        b'--x\r\nContent-Disposition: form-data; name="files[0]"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n'
    )
    answer = cosmos.anonymous.post(hook["path"], content=body, content_type="multipart/form-data; boundary=x")
    assert problem(answer, 4202)["missing"] & ATTACH_FILES
    assert reader.history(room) == []


EMBED = {
    "title": "Build 7", "description": "It **works**.", "url": "https://ci.example/7", "timestamp": "2026-01-01T00:00:00Z", "color": 3066993,
    "footer": {"text": "ci.example", "icon_url": "https://ci.example/i.png"}, "image": {"url": "https://ci.example/p.png"},
    "thumbnail": {"url": "https://ci.example/t.png"}, "author": {"name": "Ann", "url": "https://ci.example/ann", "icon_url": "https://ci.example/a.png"},
    "fields": [{"name": "Tests", "value": "12", "inline": True}], "provider": {"name": "x"}, "video": {"url": "x"}, "type": "article",
}  # fmt: skip


def test_embeds_are_kept_and_shown_as_text_elsewhere(cosmos, hook, reader, room):
    """9.2: embeds; "type forced to rich; provider/video/sizes ignored"; docs/decisions/0011: "the words, then the embeds as Markdown"."""
    message = post(cosmos, hook, {"content": "Look:", "embeds": [EMBED]})
    [embed] = message["embeds"]
    assert (embed["title"], embed["url"], embed["color"], embed["type"]) == ("Build 7", "https://ci.example/7", 3066993, "rich")
    assert embed["fields"] == [{"name": "Tests", "value": "12", "inline": True}] and "provider" not in embed and "video" not in embed
    text = reader.history(room)[0]["content"]
    for part in ("Look:", "Build 7", "https://ci.example/7", "It **works**.", "Tests", "12"):
        assert part in text, text
    alone = post(cosmos, hook, {"embeds": [{"description": "only this"}]})
    assert alone["embeds"][0]["description"] == "only this" and "only this" in reader.history(room)[0]["content"]


@pytest.mark.parametrize("body", [
    {"content": "x" * 2_000}, {"content": "\U0001f99c" * 2_000}, {"content": "x", "username": "y" * 80}, {"embeds": [{"title": "t" * 256}]},
    {"embeds": [{"description": "d" * 4_096}]}, {"embeds": [{"title": "t"}] * 10}, {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 25}]},
    {"content": "x", "tts": True, "components": [], "poll": None, "thread_name": "n", "applied_tags": [], "flags": 4096, "unknown": {}},
    {"content": "x", "embeds": []}, {"content": None, "embeds": [{"title": "t"}]}, {"content": "x", "allowed_mentions": {"parse": []}},
    {"embeds": [{"color": 0, "title": "t"}, {"color": 16_777_215, "title": "t"}]}, {"content": "x", "avatar_url": None, "username": None},
])  # fmt: skip
def test_what_fits_is_taken(cosmos, hook, body):
    """9.2: the table of members and its limits; "tts, components, poll, flags, thread_name, applied_tags | accepted and ignored"."""
    post(cosmos, hook, body)


@pytest.mark.parametrize("body", [
    {"content": "x" * 2_001}, {"content": 7}, {"content": "x", "username": ""}, {"content": "x", "username": "y" * 81}, {"embeds": {}}, {"embeds": [7]},
    {"embeds": [{"title": "t"}] * 11}, {"embeds": [{"title": "t" * 257}]}, {"embeds": [{"description": "d" * 4_097}]},
    {"embeds": [{"title": "t", "fields": [{"name": "n", "value": "v"}] * 26}]}, {"embeds": [{"fields": [{"name": "n" * 257, "value": "v"}]}]},
    {"embeds": [{"fields": [{"name": "n", "value": "v" * 1_025}]}]}, {"embeds": [{"fields": [{"name": "n"}]}]},
    {"embeds": [{"description": "d" * 3_001}, {"description": "d" * 3_000}]}, {"embeds": [{"title": "t", "color": -1}]},
    {"embeds": [{"title": "t", "color": 16_777_216}]}, {"embeds": [{"title": "t", "url": "javascript:alert(1)"}]},
    {"embeds": [{"title": "t", "url": "data:text/html,x"}]}, {"embeds": [{"title": "t", "image": {"url": "file:///etc/passwd"}}]},
    {"embeds": [{"title": "t", "footer": {"text": "f" * 2_049}}]}, {"embeds": [{"title": "t", "author": {"name": "a" * 257}}]},
    {"content": "x", "avatar_url": "javascript:x"}, {"content": "x", "allowed_mentions": {"parse": ["planets"]}},
    {"content": "x", "allowed_mentions": {"users": ["1"] * 101}}, {"embeds": [{"title": "t", "timestamp": "yesterday"}]},
])  # fmt: skip
def test_what_does_not_fit_is_refused(cosmos, hook, reader, room, body):
    """9.2: the limits; "URLs http(s) only"."""
    problem(cosmos.anonymous.post(hook["path"], body), 4400)
    assert reader.history(room) == []


@pytest.mark.parametrize("member,value,shown", [
    ("timestamp", "2026-01-01T12:00:00.123456", "2026-01-01T12:00:00.123Z"), ("timestamp", "2026-01-01T12:00:00+0200", "2026-01-01T10:00:00.000Z"),
    ("timestamp", "2026-01-01T12:00:00", "2026-01-01T12:00:00.000Z"), ("timestamp", "", None), ("color", 3066993.0, 3066993), ("color", "7", 7),
    ("image", {"url": "attachment://chart.png"}, None), ("thumbnail", {"url": "attachment://chart.png"}, None),
])  # fmt: skip
def test_embeds_are_read_as_programs_write_them(cosmos, hook, member, value, shown):
    """9.2: what Python's `isoformat`, shells and languages with one kind of number send; a picture that is not sent is not shown."""
    [embed] = post(cosmos, hook, {"embeds": [{"title": "t", member: value}]})["embeds"]
    assert embed.get(member) == shown, embed


def test_a_change_is_measured_by_what_was_sent(cosmos, hook, reader, room):
    """9.5 neutralises calls to everybody by adding to them: what was added is not the sender's when it changes something else."""
    content = "@here " + "x" * 1_994
    message = post(cosmos, hook, {"content": content})
    path = f"{hook['path']}/messages/{message['id']}"
    changed = ok(cosmos.anonymous.patch(path, {"embeds": [{"title": "more"}]}))
    assert len(changed["content"]) == 2_001 and changed["content"].replace("\u200b", "") == content
    again = ok(cosmos.anonymous.patch(path, {"embeds": []}))
    assert again["content"] == changed["content"] and "@here" not in again["content"]


@pytest.mark.parametrize("body", [{}, {"content": ""}, {"content": "  \n"}, {"embeds": []}, {"username": "x"}, {"embeds": [{}]}, {"content": None}])
def test_an_empty_message_is_refused(cosmos, hook, body):
    """9.2: "One of content, embeds, files must be non-empty, else 400/4501"."""
    answer = cosmos.anonymous.post(hook["path"], body)
    problem(answer, 4501)


def test_there_are_no_threads(cosmos, hook):
    """9.2: "`thread_id` => 400/4400 (no threads yet)"."""
    problem(cosmos.anonymous.post(hook["path"] + "?thread_id=7", {"content": "x"}), 4400)


def test_everybody_is_not_called_without_the_permission(cosmos, place, hook, owner, reader, room):
    """9.2: "default for webhooks: users only; everyone additionally needs the webhook's bit 17"; 9.5: "neutralise raw `@everyone`/`@here`"."""
    nothing(cosmos.anonymous.post(hook["path"], {"content": "hello @everyone and @here", "allowed_mentions": {"parse": ["everyone"]}}))
    text = reader.history(room)[0]["content"]
    assert "@everyone" not in text and "@here" not in text and "everyone" in text
    owner.change(f"{place}/{hook['id']}", permissions=SEND_MESSAGES | EMBED_LINKS | MENTION_EVERYONE)
    nothing(cosmos.anonymous.post(hook["path"], {"content": "hello @everyone", "allowed_mentions": {"parse": ["everyone"]}}))
    assert reader.history(room)[0]["content"] == "hello @everyone"


@pytest.mark.parametrize("change", [
    lambda hook: f"/webhooks/{hook['id']}/{'x' * 64}", lambda hook: f"/webhooks/1/{hook['token']}", lambda hook: f"/webhooks/{hook['id']}/{hook['token'][:-1]}",
    lambda hook: f"/webhooks/{hook['id']}/{hook['token']}A", lambda hook: f"/webhooks/{hook['id']}/{hook['token'].swapcase()}", lambda hook: "/webhooks/x/y",
    lambda hook: f"/webhooks/0{hook['id']}/{hook['token']}", lambda hook: f"/webhooks/{hook['id']}/%00",
])  # fmt: skip
def test_an_unknown_id_and_a_wrong_token_are_one(cosmos, hook, change):
    """9.2: "Unknown id or wrong token: 404/4303"; for every method and form."""
    path = change(hook)
    bodies = [cosmos.anonymous.request(method, path, {"content": "x"} if method in ("POST", "PATCH") else None) for method in ("POST", "GET", "PATCH", "DELETE")]
    assert len({(answer.status_code, answer.json()["detail"]) for answer in bodies}) == 1
    for answer in bodies:
        problem(answer, 4303)
    assert cosmos.anonymous.post(path + "/slack", {"text": "x"}).status_code == 404
    problem(cosmos.anonymous.post(path + "/github", {}, headers={"x-github-event": "ping"}), 4303)


def test_an_unknown_id_takes_as_long_as_a_wrong_token(cosmos, hook):
    """9.2: "404/4303, same timing", as far as one can measure it from outside."""
    def timed(path):
        begin = time.perf_counter()
        cosmos.anonymous.post(path, {"content": "x"})
        return time.perf_counter() - begin

    # In turns: whatever else the machine does delays both alike.
    pairs = [(timed(f"/webhooks/{hook['id']}/{'x' * 64}"), timed(f"/webhooks/7/{'x' * 64}")) for _ in range(80)]
    wrong, unknown = (sorted(times)[40] for times in zip(*pairs, strict=True))
    assert 0.4 < wrong / unknown < 2.5, (wrong, unknown)


def test_a_webhook_reads_changes_and_removes_itself(cosmos, hook):
    """9.2: "GET (info without creator), PATCH {name, avatar_url}, DELETE on the same URL"."""
    shown = ok(cosmos.anonymous.get(hook["path"]))
    assert shown["id"] == hook["id"] and shown["name"] == "ci" and hook["creatorId"] not in str(shown)
    changed = ok(cosmos.anonymous.patch(hook["path"], {"name": "new"}))
    assert changed["name"] == "new"
    nothing(cosmos.anonymous.delete(hook["path"]))
    problem(cosmos.anonymous.get(hook["path"]), 4303)


def test_a_webhook_changes_its_own_messages_only(cosmos, place, hook, owner, reader, room, gateway):
    """9.2: "GET/PATCH/DELETE /webhooks/:id/:token/messages/:mid only for messages of that webhook"; 404/4304."""
    socket = gateway(reader)
    message = post(cosmos, hook, {"content": "first"})
    other = made(owner, place)
    said = reader.say(room, "not yours")
    for method, body in (("GET", None), ("PATCH", {"content": "x"}), ("DELETE", None)):
        for path in (f"{other['path']}/messages/{message['id']}", f"{hook['path']}/messages/{said['message_id']}", f"{hook['path']}/messages/7"):
            problem(cosmos.anonymous.request(method, path, body), 4304)
    own = f"{hook['path']}/messages/{message['id']}"
    assert ok(cosmos.anonymous.get(own)) == message
    assert ok(cosmos.anonymous.patch(own, {"content": "changed"}))["content"] == "changed"
    nothing(cosmos.anonymous.delete(own))
    frames = socket.events_until(reader.say(reader.marks, "marker"))
    assert [frame["op"] for frame in frames] == [MESSAGE_CREATE, MESSAGE_CREATE, MESSAGE_UPDATE, MESSAGE_DELETE]
    assert frames[2]["d"]["content"] == "changed" and frames[2]["d"]["author"]["username"] == "ci"
    assert [shown["content"] for shown in reader.history(room)] == ["not yours"]


def test_nobody_else_changes_a_webhook_s_message_and_a_moderator_removes_it(cosmos, galaxy, hook, owner, reader, room):
    """9.2 in Chat: not its author; MANAGE_MESSAGES removes any message."""
    message = post(cosmos, hook, {"content": "spam"})
    path = f"/channels/{room}/messages/{message['id']}"
    assert_error(reader.patch(path, {"content": "x"}), 403, 50005, "not_author")
    assert reader.delete(path).status_code == 403
    owner.set_override(galaxy, room, MEMBER_ALLOW, reader.user_id, 8192)
    reader.remove(path)
    assert reader.history(room) == []


def test_messages_stay_when_their_webhook_is_gone(cosmos, hook, reader, room):
    """9.2: what was posted is history."""
    post(cosmos, hook, {"content": "remember", "username": "Deploy"})
    nothing(cosmos.anonymous.delete(hook["path"]))
    [message] = reader.history(room)
    assert (message["content"], message["author"]["username"]) == ("remember", "Deploy")


def test_webhooks_end_with_their_channel(cosmos, galaxy, hook, owner, room):
    """A webhook of a channel that is gone posts nowhere."""
    owner.remove(f"/galaxy/{galaxy}/channels/{room}")
    problem(cosmos.anonymous.post(hook["path"], {"content": "x"}), 4303)


def test_a_read_only_galaxy_takes_no_posts(cosmos, galaxy, hook):
    """7, flags: bit 2 read-only; 9.3: "410 `channel_is_archived` (read-only galaxy)"."""
    nothing(cosmos.signer.event("galaxy.updated", {"id": galaxy, "publicFlags": 4}))
    assert cosmos.anonymous.post(hook["path"], {"content": "x"}).status_code == 403
    answer = cosmos.anonymous.post(hook["path"] + "/slack", {"text": "x"})
    assert (answer.status_code, answer.text) == (410, "channel_is_archived")


def test_posts_are_limited(engine, new_cosmos):
    """9.2: "5 per 2 s per webhook ..., 429/4602 with Retry-After and Discord's body members ... and X-RateLimit-..."."""
    world = new_cosmos(engine, {"limits.rate": True})
    owner = world.operator()
    galaxy = world.galaxy(owner)
    room = owner.create_channel(galaxy)["id"]
    hook = made(owner, f"/galaxy/{galaxy}/channels/{room}/webhooks")
    _, limited = until_limited(lambda _: world.anonymous.post(hook["path"], {"content": "x"}), limit=5, seconds=2)
    problem(limited, 4602)
    body = limited.json()
    assert body["message"] and 0 < body["retry_after"] <= 3 and body["global"] is False
    assert {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset-after"} <= set(limited.headers)
    assert limited.headers["x-ratelimit-remaining"] == "0"


def test_parts_of_a_message_count_for_their_channel(new_cosmos):
    """9.2: "30 per minute per channel": a long text that becomes five messages counts as five; GitHub's deliveries count before they are read."""
    world = new_cosmos("sqlite", {"limits.rate": True})
    owner = world.operator()
    galaxy = world.galaxy(owner)
    room = owner.create_channel(galaxy)["id"]
    place = f"/galaxy/{galaxy}/channels/{room}/webhooks"
    long = {"text": "\n".join("x" * 90 for _ in range(105))}
    # Five each, by a webhook each: none is at its own limit.
    until_limited(lambda _: world.anonymous.post(f"/hooks/{made(owner, place)['token']}", long), limit=6, seconds=60)
    hook = made(owner, f"/galaxy/{galaxy}/channels/{owner.create_channel(galaxy)['id']}/webhooks")
    ping = lambda _: world.anonymous.post(hook["path"] + "/github", {"zen": "x"}, headers={"x-github-event": "ping"})  # noqa: E731
    answers, _ = until_limited(ping, limit=60, seconds=60)
    assert {answer.status_code for answer in answers} == {204}


def test_a_message_is_read_in_dawchat(engine, new_cosmos):
    """DESIGN.md 7: the home space is a galaxy too; what a webhook posts there is read in Dawchat."""
    # Dawchat's cookies come back over https only where that is the public address.
    world = new_cosmos(engine, {"server.public_url": "http://galaxy.example.com"})
    root = administrator(world.server)
    channel = str(root.make_channel()["channelId"])
    token = Api(world.server).post("/auth/login", {"username": root.username, "password": root.password}).json()["access_token"]
    caller = world.holder(token)
    home = Api(world.server, token).get("/servers").json()[0]["server_id"]
    hook = made(caller, f"/galaxy/{home}/channels/{channel}/webhooks")
    said = post(world, hook, {"content": "from outside", "username": "Deploy"})
    [message] = root.history(int(channel), filter=["text"])
    assert (message["content"], message["username"], str(message["messageId"])) == ("from outside", "Deploy", said["id"])


def test_a_name_of_a_webhook_is_no_name_of_somebody(cosmos, hook, reader, room):
    """9.2: `username` is a "display override": the author is the webhook, whatever it calls itself."""
    post(cosmos, hook, {"content": "I am you", "username": reader.username})
    message = reader.history(room)[0]
    assert message["author"]["user_id"] == hook["id"] != reader.user_id


def test_posts_come_while_somebody_talks(cosmos, hook, reader, room, gateway):
    """DESIGN.md 5: one order for all: what two write at once is heard as it is read."""
    socket = gateway(reader)
    for number in range(10):
        nothing(cosmos.anonymous.post(hook["path"], {"content": f"hook {number}"}))
        reader.say(room, f"person {number}")
    assert socket.expect_messages(20) == reader.history(room, limit=100)[::-1]


def test_a_body_is_no_larger_than_what_it_may_say(cosmos, hook):
    """2: 413/4405 beyond a limit."""
    content = json.dumps({"content": "x", "unknown": "x" * 9_000_000}).encode()
    problem(cosmos.anonymous.post(hook["path"], content=content), 4405)
    problem(cosmos.anonymous.post(hook["path"], content=b"{"), 4400)
    problem(cosmos.anonymous.post(hook["path"], content=b"{}", content_type="text/plain"), 4406)
