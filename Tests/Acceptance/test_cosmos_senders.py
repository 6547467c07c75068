"""Webhooks in the forms of Slack, Mattermost and GitHub (contracts/cosmos.md 9.3 to 9.6)."""

import json
import pathlib
import urllib.parse

import pytest

from support.api import register, unique
from support.cosmos import nothing, ok, problem
from support.standard_webhooks import github_signature
from support.webhook_payloads import SHOWN, SILENT, commit, event, push

ENGINES = ("sqlite",)
SECRET = "It's a Secret to Everybody"

#: Whole payloads as their senders document them; the name says how they come.
PAYLOADS = sorted((pathlib.Path(__file__).parent / "fixtures" / "webhooks").glob("*.json"))
#: GitHub's events by the longest beginning of a payload's name.
EVENTS = (
    "check_run", "commit_comment", "create", "delete", "discussion_comment", "discussion", "fork", "issue_comment", "issues", "member", "ping", "public",
    "pull_request_review_comment", "pull_request_review", "pull_request", "push", "release", "star", "unknown_event", "watch", "workflow_run",
)  # fmt: skip
UNSHOWN = ("issues_labeled", "ping", "push_deleted", "push_tag", "unknown_event", "workflow_run_requested", "workflow_run_success")


@pytest.fixture
def owner(cosmos):
    return cosmos.operator()


@pytest.fixture
def reader(cosmos):
    return register(cosmos.server, "reader")


@pytest.fixture
def galaxy(cosmos, owner, reader):
    galaxy = cosmos.galaxy(owner)
    cosmos.join(galaxy, reader.user_id)
    return galaxy


@pytest.fixture
def room(owner, galaxy):
    return owner.create_channel(galaxy, "agora")["id"]


@pytest.fixture
def place(galaxy, room):
    return f"/galaxy/{galaxy}/channels/{room}/webhooks"


@pytest.fixture
def hook(owner, place):
    hook = owner.create(place, {"name": "ci"})
    return hook | {"path": f"/webhooks/{hook['id']}/{hook['token']}"}


def plain(answer, status, text):
    """An answer in plain words."""
    assert (answer.status_code, answer.text) == (status, text)
    assert answer.headers["content-type"].split(";")[0] == "text/plain"


@pytest.fixture
def last(cosmos, owner, galaxy, room, hook, reader):
    """Gives the last message, as the webhook reads it."""
    def last():
        identifier = reader.history(room)[0]["message_id"]
        return ok(cosmos.anonymous.get(f"{hook['path']}/messages/{identifier}"))

    return last


# Slack


def slack(cosmos, hook, body, **more):
    return cosmos.anonymous.post(hook["path"] + "/slack", body, **more)


def test_slack_s_words_are_posted(cosmos, hook, reader, room):
    """9.3: "Success 200 text/plain `ok` (`wait=false` also `ok`)"; JSON, or form field `payload`."""
    plain(slack(cosmos, hook, {"text": "one", "channel": "#other", "icon_emoji": ":owl:", "mrkdwn": True, "link_names": 1}), 200, "ok")
    plain(cosmos.anonymous.post(hook["path"] + "/slack?wait=false", {"text": "two", "username": "Hooter"}), 200, "ok")
    form = "payload=" + urllib.parse.quote_plus(json.dumps({"text": "three & more"}))
    plain(slack(cosmos, hook, None, content=form.encode(), content_type="application/x-www-form-urlencoded"), 200, "ok")
    history = reader.history(room)[::-1]
    assert [(message["content"], message["author"]["username"]) for message in history] == [("one", "ci"), ("two", "Hooter"), ("three & more", "ci")]


@pytest.mark.parametrize("body,word", [
    (b"{", "invalid_payload"), (b"[]", "invalid_payload"), (b"", "invalid_payload"), (b"{}", "no_text"), (b'{"text": ""}', "no_text"),
    (b'{"text": 7}', "invalid_payload"), (b'{"blocks": []}', "no_text"), (b'{"blocks": [{"type": "actions"}]}', "no_text"),
])  # fmt: skip
def test_slack_s_errors_are_words(cosmos, hook, body, word):
    """9.3: "Errors are plain text with Slack's words and statuses"."""
    plain(cosmos.anonymous.request("POST", hook["path"] + "/slack", content=body), 400, word)
    wrong = cosmos.anonymous.post(f"/webhooks/{hook['id']}/{'x' * 64}/slack", {"text": "x"})
    assert wrong.status_code == 404


@pytest.mark.parametrize("said,shown", [
    ("see <https://x.example/a|the page> and <https://y.example>", "see [the page](https://x.example/a) and https://y.example"),
    ("*bold* _italic_ ~gone~", "**bold** _italic_ ~~gone~~"),
    ("`*code*` stays", "`*code*` stays"),
    ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
    ("<!subteam^S1|@team> in <#C1|general>", "@team in #general"),
    ("hello <@nobody>", "hello nobody"),
])  # fmt: skip
def test_slack_s_marks_are_converted(cosmos, hook, reader, room, said, shown):
    """9.5: links, marks, references; "`&amp; &lt; &gt;` decoded last"."""
    plain(slack(cosmos, hook, {"text": said}), 200, "ok")
    assert reader.history(room)[0]["content"] == shown


@pytest.mark.parametrize("said", ["<!channel> look", "<!here> look", "<!everyone> look", "@everyone look", "@here look", "&lt;!everyone&gt; @everyone"])
def test_slack_calls_nobody_without_permission(cosmos, hook, reader, room, said):
    """9.5: "`<!channel>`... → @everyone text, notifying only with bit 17"; "neutralise raw `@everyone`/`@here` unless allowed"."""
    plain(slack(cosmos, hook, {"text": said}), 200, "ok")
    text = reader.history(room)[0]["content"]
    assert "@everyone" not in text and "@here" not in text


def test_slack_s_attachments_are_embeds(cosmos, hook, last, reader, room):
    """9.3: "attachments (<= 10) -> embeds: color ..., pretext -> prepended to content, ... ts (unix) -> timestamp"."""
    attachment = {
        "fallback": "plain", "color": "good", "pretext": "Before", "author_name": "Ann", "author_link": "https://x.example/ann", "title": "Title",
        "title_link": "https://x.example/t", "text": "Words", "fields": [{"title": "F", "value": "V", "short": True}], "image_url": "https://x.example/i.png",
        "thumb_url": "https://x.example/t.png", "footer": "Foot", "ts": 1767225600,
    }  # fmt: skip
    plain(slack(cosmos, hook, {"text": "Top", "attachments": [attachment, {"color": "#0a0B0c", "text": "second"}]}), 200, "ok")
    message = last()
    first, second = message["embeds"]
    assert "Before" in message["content"] and "Top" in message["content"]
    assert (first["color"], first["title"], first["url"], first["description"]) == (0x2EB886, "Title", "https://x.example/t", "Words")
    assert (first["author"]["name"], first["footer"]["text"], first["image"]["url"]) == ("Ann", "Foot", "https://x.example/i.png")
    assert first["fields"] == [{"name": "F", "value": "V", "inline": True}] and first["timestamp"].startswith("2026-01-01T00:00:00")
    assert (second["color"], second["description"]) == (0x0A0B0C, "second")
    plain(slack(cosmos, hook, {"attachments": [{"fallback": "only the fallback"}]}), 200, "ok")
    assert "only the fallback" in reader.history(room)[0]["content"]


def test_slack_s_blocks_are_flattened(cosmos, hook, reader, room):
    """9.3: "section.text, section.fields, header, context texts, divider (three dashes), image (title + URL) flattened to content"."""
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Head"}}, {"type": "divider"},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*bold*"}, "fields": [{"type": "mrkdwn", "text": "a field"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "small print"}]},
        {"type": "image", "title": {"type": "plain_text", "text": "Picture"}, "image_url": "https://x.example/p.png"}, {"type": "actions", "elements": []},
    ]  # fmt: skip
    plain(slack(cosmos, hook, {"blocks": blocks}), 200, "ok")
    text = reader.history(room)[0]["content"]
    for part in ("Head", "---", "**bold**", "a field", "small print", "Picture", "https://x.example/p.png"):
        assert part in text, text


# Mattermost


def hooks_path(hook):
    return f"/hooks/{hook['token']}"


@pytest.mark.parametrize("content,kind", [
    (b'{"text": "hello"}', "application/json"), (b'{"text": "hello"}', None), (b"payload=%7B%22text%22%3A%20%22hello%22%7D", None),
    (b"payload=%7B%22text%22%3A+%22hello%22%7D", "application/x-www-form-urlencoded"),
    (b'--x\r\nContent-Disposition: form-data; name="payload"\r\n\r\n{"text": "hello"}\r\n--x--\r\n', "multipart/form-data; boundary=x"),
], ids=["json", "no-type", "no-type-form", "form", "multipart"])  # fmt: skip
def test_mattermost_s_ways_work(cosmos, hook, reader, room, content, kind):
    """9.4: "JSON; a form or multipart field `payload`; no Content-Type => JSON, or a body starting `payload=`. Success 200 `ok`"."""
    plain(cosmos.anonymous.post(hooks_path(hook), content=content, content_type=kind), 200, "ok")
    assert reader.history(room)[0]["content"] == "hello"


def test_long_words_of_mattermost_are_split(cosmos, hook, reader, room):
    """9.4: "split into consecutive messages (on line breaks, <= 2000 each, at most 5, then an ellipsis)"."""
    lines = [f"line {number} " + "x" * 90 for number in range(60)]
    plain(cosmos.anonymous.post(hooks_path(hook), {"text": "\n".join(lines)}), 200, "ok")
    parts = [message["content"] for message in reader.history(room)[::-1]]
    assert 3 <= len(parts) <= 5 and all(len(part) <= 2_000 for part in parts)
    assert "\n".join(parts).split("\n") == lines
    plain(cosmos.anonymous.post(hooks_path(hook), {"text": "\n".join(lines * 10)}), 200, "ok")
    assert len(reader.history(room, limit=100)) == len(parts) + 5
    assert reader.history(room)[0]["content"].rstrip().endswith("…")


def test_mattermost_stays_in_its_channel(cosmos, hook, reader, room):
    """9.4: "`channel` other than the webhook's own (name or #name) => 403 `action_prohibited` (locked to channel)"."""
    for channel in ("agora", "#agora"):
        plain(cosmos.anonymous.post(hooks_path(hook), {"text": "x", "channel": channel}), 200, "ok")
    plain(cosmos.anonymous.post(hooks_path(hook), {"text": "x", "channel": "elsewhere"}), 403, "action_prohibited")
    assert len(reader.history(room)) == 2


def test_mattermost_keeps_its_markdown(cosmos, hook, reader, room):
    """9.5: "For /hooks Markdown is already native: only the angle-bracket forms are converted"."""
    plain(cosmos.anonymous.post(hooks_path(hook), {"text": "**bold** *it* <https://x.example|link> <!channel>"}), 200, "ok")
    text = reader.history(room)[0]["content"]
    assert text.startswith("**bold** *it* [link](https://x.example)") and "@everyone" not in text


def test_an_unknown_token_of_mattermost_is_not_found(cosmos, hook):
    """9.2, 9.4: unknown and wrong are one."""
    for token in ("x" * 64, "x", hook["id"], hook["token"][:-1]):
        assert cosmos.anonymous.post(f"/hooks/{token}", {"text": "x"}).status_code == 404


# GitHub


def github(cosmos, hook, name, payload, *, delivery=None, secret=None, content_type="application/json", raw=None, headers=()):
    content = raw if raw is not None else json.dumps(payload).encode()
    fields = [("x-github-event", name), ("x-github-delivery", delivery or unique("guid")), ("user-agent", "GitHub-Hookshot/1")]
    if secret:
        fields.append(("x-hub-signature-256", github_signature(secret, content)))
    return cosmos.anonymous.post(hook["path"] + "/github", content=content, headers=[*fields, *headers], content_type=content_type)


@pytest.mark.parametrize("name,payload,title,colour", SHOWN, ids=[f"{number}-{case[0]}" for number, case in enumerate(SHOWN)])
def test_events_of_github_are_shown(cosmos, hook, last, reader, room, name, payload, title, colour):
    """9.6: the table: title, colour, author; "author block from sender.login, html_url, avatar_url"."""
    nothing(github(cosmos, hook, name, payload))
    [embed] = last()["embeds"]
    assert embed["title"].startswith(title), embed
    assert colour is None or embed["color"] == colour, embed
    assert embed["author"]["name"] == "octocat" and embed["author"]["url"] == "https://github.com/octocat"
    assert title in reader.history(room)[0]["content"]


@pytest.mark.parametrize("name,payload", SILENT, ids=[f"{number}-{case[0]}" for number, case in enumerate(SILENT)])
def test_other_events_are_taken_without_a_word(cosmos, hook, reader, room, name, payload):
    """9.6: "204 for accepted, ping, unknown event, ignored action"; "Parse leniently: only the members used, all optional"."""
    nothing(github(cosmos, hook, name, payload))
    assert reader.history(room) == []


def test_a_push_lists_its_commits(cosmos, hook, last):
    """9.6: "up to 10 lines: 7-char id linked, first line of the message cut to 72, author"."""
    nothing(github(cosmos, hook, "push", push([commit(number, f"Commit {number} " + "x" * 100 + "\nmore") for number in range(1, 13)])))
    lines = last()["embeds"][0]["description"].split("\n")
    assert 10 <= len([line for line in lines if "Commit" in line]) <= 10
    assert "0000000" in lines[0] and commit(1)["url"] in lines[0] and "x" * 73 not in lines[0] and "more" not in "".join(lines[:10])
    assert "ann" in lines[0].lower()


def test_text_of_github_is_cut(cosmos, hook, last):
    """9.6: "descriptions cut at 500"."""
    issue = {"number": 1, "title": "t", "html_url": "https://github.com/o/r/issues/1", "body": "b" * 5_000}
    nothing(github(cosmos, hook, "issues", event(action="opened", issue=issue)))
    assert len(last()["embeds"][0]["description"]) <= 501


def test_a_repeated_delivery_is_shown_once(cosmos, hook, reader, room):
    """9.6: "duplicate delivery id (kept 24 h per webhook)"."""
    for _ in range(3):
        nothing(github(cosmos, hook, "push", push([commit(1)]), delivery="72d3162e-cc78-11e3-81ab-4c9367dc0958"))
    assert len(reader.history(room)) == 1


@pytest.fixture
def guarded(owner, place):
    """A webhook with a GitHub secret."""
    hook = owner.create(place, {"name": "ci", "githubSecret": SECRET})
    return hook | {"path": f"/webhooks/{hook['id']}/{hook['token']}"}


def test_a_secret_asks_for_a_signature(cosmos, guarded, reader, room):
    """9.6: "If githubSecret is set: signature required, ... else 401/4502; the SHA-1 header is never enough"."""
    payload = push([commit(1)])
    problem(github(cosmos, guarded, "push", payload), 4502)
    problem(github(cosmos, guarded, "push", payload, secret="another secret of somebody"), 4502)
    problem(github(cosmos, guarded, "push", payload, headers=[("x-hub-signature", "sha1=" + "0" * 40)]), 4502)
    good = github_signature(SECRET, json.dumps(payload).encode())
    for value in (good[:-1], good + "0", good.removeprefix("sha256="), good.upper(), "sha256=", ""):
        problem(github(cosmos, guarded, "push", payload, headers=[("x-hub-signature-256", value)]), 4502)
    assert reader.history(room) == []
    nothing(github(cosmos, guarded, "push", payload, secret=SECRET))
    assert len(reader.history(room)) == 1


def test_a_form_of_github_is_signed_as_it_comes(cosmos, guarded, reader, room):
    """9.6: "JSON, or form field `payload` (HMAC over the raw form body)"."""
    form = ("payload=" + urllib.parse.quote(json.dumps(push([commit(1)])))).encode()
    nothing(github(cosmos, guarded, "push", None, raw=form, secret=SECRET, content_type="application/x-www-form-urlencoded"))
    assert len(reader.history(room)) == 1


def test_a_refused_delivery_is_not_taken_for_a_repetition(cosmos, guarded, reader, room):
    """9.6: what was not accepted may come again with the same id."""
    problem(github(cosmos, guarded, "push", push([commit(1)]), delivery="same"), 4502)
    nothing(github(cosmos, guarded, "push", push([commit(1)]), delivery="same", secret=SECRET))
    assert len(reader.history(room)) == 1


def test_github_s_requests_have_their_form(cosmos, hook):
    """9.6: "missing X-GitHub-Event 400; over 5 MiB 413"; a real push may be larger than other bodies."""
    answer = cosmos.anonymous.post(hook["path"] + "/github", push([commit(1)]))
    problem(answer, 4400)
    problem(github(cosmos, hook, "push", None, raw=b"{"), 4400)
    nothing(github(cosmos, hook, "push", push([commit(1)]) | {"more": "x" * 3_000_000}))
    problem(github(cosmos, hook, "push", push([commit(1)]) | {"more": "x" * (5 * 1_048_576)}), 4405)


def test_a_github_message_cannot_call_everybody(cosmos, hook, reader, room):
    """9.5, 9.2: whatever is written in an issue by a stranger."""
    issue = {"number": 1, "title": "@everyone look", "html_url": "https://github.com/o/r/issues/1", "body": "@here"}
    nothing(github(cosmos, hook, "issues", event(action="opened", issue=issue)))
    text = reader.history(room)[0]["content"]
    assert "@everyone" not in text and "@here" not in text


def test_mentions_of_members_work(cosmos, hook, reader, room):
    """9.5: "`<@id>` and `<id>` -> user mention if the id is a member"."""
    plain(slack(cosmos, hook, {"text": f"hello <@{reader.user_id}>"}), 200, "ok")
    assert reader.user_id in reader.history(room)[0]["content"]


@pytest.mark.parametrize("payload", PAYLOADS, ids=[path.stem for path in PAYLOADS])
def test_whole_payloads_are_read(cosmos, hook, last, reader, room, payload):
    """9.2 to 9.6: what real senders send, with all the members that nobody here reads."""
    kind, _, name = payload.stem.partition("_")
    content = payload.read_bytes()
    if kind == "github":
        nothing(github(cosmos, hook, next(word for word in EVENTS if name.startswith(word)), None, raw=content))
    elif kind == "discord":
        nothing(cosmos.anonymous.post(hook["path"], content=content))
    else:
        path = hooks_path(hook) if kind == "mattermost" else hook["path"] + "/slack"
        plain(cosmos.anonymous.post(path, content=content), 200, "ok")
    if kind == "github" and name in UNSHOWN:
        assert reader.history(room) == []
    else:
        assert reader.history(room)[0]["content"].strip()
        assert last()["embeds"] or last()["content"]
