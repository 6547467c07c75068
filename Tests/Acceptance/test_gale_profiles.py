"""Sharing mod profiles: making, changing, reading and removing them (contracts/gale.md 6 to 9)."""

import concurrent.futures
import datetime
import hashlib
import io
import re
import time
import zipfile

import pytest

from support.api import PASSWORD, register
from support.gale import MANIFEST, MODS, Gale, archive, failed, good, saved
from support.limits import until_limited

LIMIT = 2 * 1024 * 1024


@pytest.fixture
def gale(server):
    """Somebody new at the mount of the desktop program."""
    return Gale(server).log_in_here(register(server, "gale").username, PASSWORD)


@pytest.fixture
def other(server):
    return Gale(server).log_in_here(register(server, "other").username, PASSWORD)


def of_size(size):
    """An archive of exactly so many bytes."""

    def build(length):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as zipped:
            zipped.writestr("export.r2x", MANIFEST)
            zipped.writestr("a.bin", b"\x01" * length)
        return out.getvalue()

    return build(size - len(build(0)))


# Making


@pytest.mark.parametrize("base", ["", "/api", "/gale/api"])
def test_a_profile_is_made(gale, base):
    """7.1: "201 body: id, createdAt, updatedAt (+ created_at, updated_at)"; 6: 22 characters; times with six digits."""
    made = gale.at(base).make()
    assert re.fullmatch(r"[A-Za-z0-9_-]{21}[AQgw]", made["id"])
    assert made["createdAt"] == made["updatedAt"] and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", made["updatedAt"])
    told = datetime.datetime.fromisoformat(made["createdAt"])
    assert abs((datetime.datetime.now(datetime.UTC) - told).total_seconds()) < 10


def test_the_metadata_is_that_of_the_manifest(gale):
    """7.5: the members in their order; "mods[] in upload order"."""
    made = gale.make()
    meta = gale.meta(made["id"])
    assert list(meta) == ["id", "createdAt", "updatedAt", "owner", "manifest"]
    assert (meta["id"], meta["createdAt"], meta["updatedAt"]) == (made["id"], made["createdAt"], made["updatedAt"])
    assert list(meta["owner"]) == ["discordId", "name", "displayName", "avatar"] and type(meta["owner"]["discordId"]) is str
    assert meta["manifest"] == {"profileName": "Rookery", "community": "lethal-company", "mods": MODS}
    # A token that is no good is ignored, as is none.
    for headers in ({"Authorization": "Bearer nonsense"}, {"Authorization": "x"}):
        assert good(gale.get(f"/profile/{made['id']}/meta", headers=headers)) == meta
    assert good(gale.http.get(f"/profile/{made['id']}/meta?discordId=number"))["owner"]["discordId"] == int(meta["owner"]["discordId"])


def test_a_profile_needs_a_token(server, gale):
    """7.1: Bearer; 2: "401, then 413, then 400"."""
    made = gale.make()
    stranger = Gale(server)
    failed(stranger.push(b"x" * (LIMIT + 1)), 401, "Authorization header is missing.")
    failed(stranger.push(profile=made["id"]), 401)
    failed(stranger.request("DELETE", f"/profile/{made['id']}"), 401)
    failed(stranger.get("/user/me"), 401)


def test_the_limit_is_exact_and_named(gale):
    """7.1: "2097152 bytes inclusive"; section 15: "JSON message with limit and actual size on 413"."""
    exact = of_size(LIMIT)
    assert len(exact) == LIMIT
    made = gale.make(exact)
    assert gale.pull(made["id"]).content == exact
    message = failed(gale.push(of_size(LIMIT + 1)), 413)
    assert message.startswith("Payload too large.") and "2097152" in message and "2097153" in message
    # Without a declared length too.
    chunked = failed(gale.push(iter([exact, b"x"])), 413)
    assert chunked.startswith("Payload too large.") and "2097152" in chunked


@pytest.mark.parametrize("content,message", [
    (b"", "Invalid ZIP archive: "), (b"no archive", "Invalid ZIP archive: "), (b"#r2modman\nUEsDB", "Invalid ZIP archive: "),
    (archive(None), "Invalid ZIP archive: export.r2x is missing"), (archive(name="Export.r2x"), "Invalid ZIP archive: export.r2x is missing"),
    (archive(name="sub/export.r2x"), "Invalid ZIP archive: export.r2x is missing"), (archive("a: ["), "Error parsing export.r2x: "),
    (archive("mods: []"), "Error parsing export.r2x: "), (archive("profileName: 7\nmods: []"), "Error parsing export.r2x: "),
    (archive("profileName: &a x\nmods: []\nb: *a"), "Error parsing export.r2x: "), (archive(files=[("../owl.cfg", b"x")]), "Invalid ZIP archive: "),
    (archive(files=[("/etc/owl.cfg", b"x")]), "Invalid ZIP archive: "), (archive(files=[("C:/owl.cfg", b"x")]), "Invalid ZIP archive: "),
    (archive(files=[("bomb.bin", b"\0" * 110_000_000)]), "Invalid ZIP archive: "),
], ids=range(14))  # fmt: skip
def test_what_is_no_profile_is_refused(gale, content, message):
    """2, 8.1: the messages; nothing is made by it."""
    assert failed(gale.push(content), 400).startswith(message)
    made = gale.make()
    before = gale.meta(made["id"])
    assert failed(gale.push(content, made["id"]), 400).startswith(message)
    assert gale.meta(made["id"]) == before
    assert [profile["id"] for profile in good(gale.get("/user/me"))["profiles"]] == [made["id"]]


# Changing


def test_a_profile_is_changed(gale):
    """7.2: "createdAt unchanged, updatedAt = now", name, mods and (decided) community replaced; "byte-identical in every later answer"."""
    made = gale.make()
    content = archive("profileName: Other\nmods: []\n")
    changed = gale.change(made["id"], content)
    assert changed["id"] == made["id"] and changed["createdAt"] == made["createdAt"] and changed["updatedAt"] > made["updatedAt"]
    meta = gale.meta(made["id"])
    assert meta["updatedAt"] == changed["updatedAt"] and meta["manifest"] == {"profileName": "Other", "community": None, "mods": []}
    [listed] = good(gale.get("/user/me"))["profiles"]
    assert listed == {"id": made["id"], "name": "Other", "community": "", "createdAt": made["createdAt"], "updatedAt": changed["updatedAt"]}
    assert gale.pull(made["id"]).content == content


def test_only_the_owner_changes_and_removes(gale, other):
    """2: 403 "Not the owner of this profile."."""
    made = gale.make()
    failed(other.push(profile=made["id"]), 403, "Not the owner of this profile.")
    failed(other.request("DELETE", f"/profile/{made['id']}"), 403, "Not the owner of this profile.")
    assert gale.meta(made["id"])["updatedAt"] == made["updatedAt"]
    # Reading is for everybody.
    assert other.meta(made["id"])["manifest"]["profileName"] == "Rookery" and other.pull(made["id"]).status_code == 200


def test_a_profile_is_removed(gale):
    """7.3: "204, empty. Afterwards meta/download/PUT/DELETE -> 404. Stored file removed too."."""
    made = gale.make()
    location = gale.get(f"/profile/{made['id']}").headers["location"]
    answer = gale.request("DELETE", f"/profile/{made['id']}")
    assert answer.status_code == 204 and answer.content == b""
    for method, path in (("GET", "/meta"), ("GET", ""), ("DELETE", "")):
        failed(gale.request(method, f"/profile/{made['id']}{path}"), 404, "Not found.")
    failed(gale.push(profile=made["id"]), 404, "Not found.")
    failed(gale.http.get(location), 404)
    assert good(gale.get("/user/me"))["profiles"] == []


@pytest.mark.parametrize("identifier,status", [
    ("GsioqKpVRwiP7_ynX-QsuA", 404), ("ABC123", 404), ("abcdef", 404), ("GsioqKpVRwiP7_ynX-QsuB", 400), ("1ac8a8a8-aa55-4708-8fef-fca75fe42cb8", 400),
    ("ABC12", 400), ("ABC1234", 400), ("AB%2F12", 400), ("%00", 400), ("GsioqKpVRwiP7_ynX-QsuA==", 400),
])  # fmt: skip
def test_an_id_has_its_form(gale, identifier, status):
    """6: both syntaxes; "anything else -> 400. Well-formed but unknown -> 404"."""
    for method, path in (("GET", "/meta"), ("GET", ""), ("DELETE", "")):
        failed(gale.request(method, f"/profile/{identifier}{path}"), status, "Not found." if status == 404 else "Invalid profile id.")
    failed(gale.push(profile=identifier), status)


def test_short_codes_are_made_where_they_are_wanted(engine, new_server):
    """6: "setting for 6-char codes"."""
    server = new_server(engine, {"gale.short_codes": "true"})
    gale = Gale(server).log_in_here(register(server, "gale").username, PASSWORD)
    content = archive()
    made = gale.make(content)
    assert re.fullmatch(r"[A-Z0-9]{6}", made["id"])
    answer = gale.pull(made["id"])
    assert answer.status_code == 200 and answer.content == content
    if not made["id"].isdigit():
        failed(gale.get(f"/profile/{made['id'].lower()}/meta"), 404)


def test_slashes_at_the_end_do_no_harm(gale):
    """2: "[decide] accept both"."""
    made = saved(gale.request("POST", "/profile/", content=archive()), 201)
    assert good(gale.get(f"/profile/{made['id']}/meta/"))["id"] == made["id"]
    assert gale.get(f"/profile/{made['id']}/").status_code == 302
    saved(gale.request("PUT", f"/profile/{made['id']}/", content=archive()), 200)
    assert gale.request("DELETE", f"/profile/{made['id']}/").status_code == 204


@pytest.mark.parametrize("method,path,status", [
    ("GET", "/auth/none", 404), ("PATCH", "/profile/ABC123", 405), ("GET", "/profile", 405), ("POST", "/user/me", 405), ("GET", "/socket/none", 404),
    ("GET", "/desktop", 404), ("GET", "/cdn/x", 404), ("PUT", "/auth/login", 405),
])  # fmt: skip
def test_errors_are_json(gale, method, path, status):
    """2: "`{"message":...}` for all of them"."""
    for base in ("", "/api", "/gale/api"):
        answer = gale.at(base).request(method, path)
        failed(answer, status)
        assert status == 404 or answer.headers["allow"]


# The file


def test_an_archive_is_a_file_like_others(gale):
    """7.4: "200, application/zip, Content-Length, ETag (strong, content hash), Content-Disposition attachment; HEAD and Range"."""
    content = archive()
    made = gale.make(content)
    location = gale.get(f"/profile/{made['id']}").headers["location"]
    assert re.fullmatch(r"https?://[^/]+/gale/api/cdn/profile/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.zip\?v=\d+", location), location
    answer = gale.http.get(location)
    assert answer.status_code == 200 and answer.content == content and "content-encoding" not in answer.headers
    assert answer.headers["content-type"] == "application/zip" and answer.headers["content-length"] == str(len(content))
    assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert answer.headers["content-disposition"].startswith("attachment")
    head = gale.http.head(location)
    assert head.status_code == 200 and head.headers["content-length"] == str(len(content)) and head.content == b""
    part = gale.http.get(location, headers={"Range": "bytes=2-5"})
    assert part.status_code == 206 and part.content == content[2:6] and part.headers["content-range"] == f"bytes 2-5/{len(content)}"
    assert gale.http.get(location, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_only_what_cannot_change_is_kept_for_ever(gale):
    """7.4: "immutable only when v matches the current version, else no-cache"."""
    made = gale.make()
    location = gale.get(f"/profile/{made['id']}").headers["location"]
    path = location.partition("?")[0]
    # A second change may fall into the same second.
    for _ in range(30):
        control = gale.http.get(location).headers["cache-control"]
        if control != "no-cache":
            break
        time.sleep(0.1)
    assert control == "public, max-age=31536000, immutable"
    assert gale.http.get(path).headers["cache-control"] == "no-cache"
    assert gale.http.get(path + "?v=1").headers["cache-control"] == "no-cache"
    gale.change(made["id"])
    assert gale.http.get(location).headers["cache-control"] == "no-cache"
    assert gale.get(f"/profile/{made['id']}").headers["location"] != location


@pytest.mark.parametrize("name", ["x.zip", "1ac8a8a8-aa55-4708-8fef-fca75fe42cb8.zip", "1ac8a8a8-aa55-4708-8fef-fca75fe42cb8", "..%2F..%2Froost.sqlite"])
def test_there_is_no_other_file(gale, name):
    failed(gale.http.get(f"/gale/api/cdn/profile/{name}"), 404)


# Many at once


def test_row_and_archive_belong_together(gale):
    """12: "concurrent PUTs: last commit wins, blob and row must belong together"; 7.2: strictly rising."""
    made = gale.make()
    contents = {f"n{number}": archive(f"profileName: n{number}\nmods: []\n") for number in range(24)}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda content: gale.push(content, made["id"]), contents.values()))
        seen = list(pool.map(lambda _: (gale.meta(made["id"])["manifest"]["profileName"], gale.pull(made["id"]).content), range(4)))
    times = [saved(answer, 200)["updatedAt"] for answer in answers]
    assert len(set(times)) == len(times)
    meta = gale.meta(made["id"])
    assert meta["updatedAt"] == max(times)
    assert gale.pull(made["id"]).content == contents[meta["manifest"]["profileName"]]
    assert all(content in contents.values() for _, content in seen)


def test_there_are_as_many_profiles_as_the_operator_wants(engine, new_server):
    """Quotas with honest messages."""
    server = new_server(engine, {"gale.profiles_per_user": "2"})
    gale = Gale(server).log_in_here(register(server, "gale").username, PASSWORD)
    first, _ = gale.make(), gale.make()
    failed(gale.push(), 403, "At most 2 profiles per account.")
    assert gale.request("DELETE", f"/profile/{first['id']}").status_code == 204
    gale.make()


def test_uploads_and_reads_are_limited(engine, new_server):
    """2: "60 uploads/hour/user, 300 reads/min/IP, answering 429 + Retry-After"."""
    server = new_server(engine, {"limits.rate": "true"})
    gale = Gale(server).log_in_here(register(server, "gale").username, PASSWORD)
    made = gale.make()
    pushed, refusal = until_limited(lambda _: gale.push(archive(), made["id"]), limit=60, seconds=3600, used=1)
    assert {answer.status_code for answer in pushed} == {200}
    failed(refusal, 429)
    read, refusal = until_limited(lambda _: gale.get(f"/profile/{made['id']}/meta"), limit=300, seconds=60)
    assert {answer.status_code for answer in read} == {200}
    failed(refusal, 429)


def test_everything_is_there_after_a_kill(engine, new_server):
    """Nothing acknowledged is lost, and what was cut off leaves nothing half-written."""
    server = new_server(engine)
    gale = Gale(server).log_in_here(register(server, "gale").username, PASSWORD)
    content = archive()
    made = gale.make(content)
    server.kill()
    server.start()
    again = Gale(server, tokens=gale.tokens)
    assert again.meta(made["id"])["updatedAt"] == made["updatedAt"] and again.pull(made["id"]).content == content
