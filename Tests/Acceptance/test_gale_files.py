"""Archives as files: in S3 as on disk, and when the server ends in the middle (contracts/gale.md 12, DESIGN.md 5)."""

import concurrent.futures
import hashlib
import time

import httpx
import pytest

from support.api import PASSWORD, register
from support.blobs import Bucket, Folder, rows, verify
from support.gale import Gale, archive, failed, saved


@pytest.fixture
def bucket():
    bucket = Bucket()
    yield bucket
    bucket.stop()


def signed_in(server):
    return Gale(server).log_in_here(register(server, "gale").username, PASSWORD)


def until(holds, within=20):
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.1)


def test_archives_may_be_kept_in_s3(engine, new_server, bucket):
    """DESIGN 5: "on disk or in any S3-compatible store": the same file, with ranges and conditions."""
    server = new_server(engine, bucket.settings())
    gale = signed_in(server)
    content = archive(files=[("config/noise.bin", bytes(hashlib.sha256(str(number).encode()).digest()[0] for number in range(300_000)))])
    made = gale.make(content)
    [path] = bucket.paths()
    assert hashlib.sha256(content).hexdigest() in path
    answer = gale.pull(made["id"])
    assert answer.status_code == 200 and answer.content == content and answer.headers["content-type"] == "application/zip"
    location = gale.get(f"/profile/{made['id']}").headers["location"]
    part = gale.http.get(location, headers={"Range": "bytes=100000-100099"})
    assert part.status_code == 206 and part.content == content[100_000:100_100]
    head = gale.http.head(location)
    assert head.status_code == 200 and head.headers["content-length"] == str(len(content)) and head.content == b""
    assert gale.http.get(location, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert not (server.data / "blobs" / "incoming").exists() or not list((server.data / "blobs" / "incoming").iterdir())
    checked = verify(server, "--deep")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_same_archive_is_kept_once(engine, new_server):
    """7.1: "the same archive can be created many times"; it takes the place of one."""
    server = new_server(engine)
    gale = signed_in(server)
    content = archive()
    profiles = [gale.make(content) for _ in range(5)]
    assert len({made["id"] for made in profiles}) == 5 and len(Folder(server).paths()) == 1
    for made in profiles[:-1]:
        assert gale.request("DELETE", f"/profile/{made['id']}").status_code == 204
    assert gale.pull(profiles[-1]["id"]).content == content


def test_a_store_that_is_away_is_a_failure_and_changes_nothing(new_server, bucket):
    """2: "anything internal (... storage) | 500 | Something went wrong."."""
    server = new_server("sqlite", bucket.settings())
    gale = signed_in(server)
    made = gale.make()
    bucket.client.delete_object(Bucket="rookery", Key=bucket.paths()[0])
    location = gale.get(f"/profile/{made['id']}").headers["location"]
    failed(gale.http.get(location), 500, "Something went wrong.")
    bucket.client.delete_bucket(Bucket="rookery")
    failed(gale.push(archive("profileName: x\nmods: []\n"), made["id"]), 500, "Something went wrong.")
    assert gale.meta(made["id"])["updatedAt"] == made["updatedAt"]


@pytest.mark.parametrize("attempt", range(3))
def test_a_server_that_is_killed_leaves_nothing_half_written(engine, new_server, attempt):
    """kill -9 during uploads: each profile that was acknowledged is whole, none is half, and nothing is left over."""
    server = new_server(engine)
    gale = signed_in(server)
    contents = {
        f"n{number}": archive(f"profileName: n{number}\nmods: []\n", [("a.bin", hashlib.sha512(bytes([number])).digest() * 5_000)]) for number in range(40)
    }
    acknowledged = {}

    def push(name):
        try:
            acknowledged[name] = saved(gale.push(contents[name]), 201)["id"]
        except httpx.TransportError:
            pass

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(push, name) for name in contents]
        until(lambda: len(acknowledged) >= 5 + 5 * attempt)
        server.kill()
        concurrent.futures.wait(waiting)
    server.start()
    gale = Gale(server, tokens=gale.tokens)
    listed = {profile["id"]: profile["name"] for profile in gale.get("/user/me").json()["profiles"]}
    assert set(acknowledged.values()) <= set(listed)
    for profile, name in listed.items():
        assert gale.pull(profile).content == contents[name], name
    assert list((server.data / "blobs" / "incoming").iterdir()) == []
    checked = verify(server, "--deep")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    # A file that was stored and not referred to is known, and is removed after an hour.
    assert len(rows(server)) >= len(listed) and len(Folder(server).paths()) <= len(rows(server))
