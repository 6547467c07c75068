"""The files that people upload (docs/decisions/0012-blobs.md): their store at the start, what is removed, and `roost blobs verify`."""

import os
import stat
import time

import pytest

from support.blobs import HOUR, Bucket, Folder, add_row, note_removal, path, rows, verify
from support.program import serve

KINDS = ["disk", "s3"]


@pytest.fixture
def bucket():
    bucket = Bucket()
    yield bucket
    bucket.stop()


@pytest.fixture
def new_place(request, new_server):
    """A server that has not been started but once, and its store."""

    def make(kind, engine):
        bucket = request.getfixturevalue("bucket") if kind == "s3" else None
        server = new_server(engine, bucket.settings() if bucket else {})
        return server, bucket or Folder(server)

    return make


def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_verify_tells_what_is_lost_and_what_is_left_over(kind, engine, new_place):
    """While the server runs, in both kinds of store; with status 70 when something is lost."""
    server, place = new_place(kind, engine)
    for number, content in enumerate((b"whole", b"cut", b"changed", b"lost"), start=10):
        add_row(server, content, number)
    add_row(server, b"unused", 20, references=0, touched_at=int(time.time() * 1_000_000))
    place.put(path(b"whole", 10), b"whole")
    place.put(path(b"cut", 11), b"c")
    place.put(path(b"changed", 12), b"CHANGED")
    place.put(path(b"whole", 9), b"whole", age=HOUR + 60)
    place.put(path(b"young", 8), b"young", age=HOUR - 60)
    place.put("ab/README", b"not ours", age=HOUR + 60)
    before = place.paths()

    quick = verify(server)
    assert quick.returncode == 70 and "2 files are damaged" in quick.stderr, quick.stderr
    lines = quick.stdout.splitlines()
    assert f"missing       {path(b'lost', 13)[3:]}  (references: 1)" in lines
    assert f"wrong size    {path(b'cut', 11)[3:]}  (1 bytes, not 3)" in lines
    assert f"no row        {path(b'whole', 9)[3:]}  (5 bytes)" in lines
    assert lines[-2:] == [
        "5 files, 25 bytes; 1 that nothing refers to, which go by themselves.", "2 damaged, 1 without a row; --repair removes those."
    ]
    assert len(lines) == 5 and place.paths() == before

    deep = verify(server, "--deep", "--repair")
    assert deep.returncode == 70 and f"wrong digest  {path(b'changed', 12)[3:]}" in deep.stdout
    assert deep.stdout.splitlines()[-1] == "3 damaged, 1 without a row, 1 of them removed."
    assert place.paths() == sorted(set(before) - {path(b"whole", 9)})

    for number, content in ((11, b"cut"), (12, b"changed"), (13, b"lost")):
        place.put(path(content, number), content)
    good = verify(server, "--deep")
    assert good.returncode == 0, good.stderr
    assert good.stdout.splitlines()[-1] == "0 damaged, 0 without a row."


@pytest.mark.parametrize("kind", KINDS)
def test_what_nothing_refers_to_is_removed_and_what_a_crash_left_over_is_too(kind, engine, new_place):
    """Rows without reference go an hour after they were touched, with their bytes; what a killed server had begun to remove goes at the next start."""
    server, place = new_place(kind, engine)
    server.kill()
    now = int(time.time() * 1_000_000)
    add_row(server, b"kept", 10)
    add_row(server, b"old", 11, references=0, touched_at=now - (HOUR + 60) * 1_000_000)
    add_row(server, b"young", 12, references=0, touched_at=now - (HOUR - 60) * 1_000_000)
    for number, content in ((10, b"kept"), (11, b"old"), (12, b"young"), (9, b"half removed")):
        place.put(path(content, number), content)
    note_removal(server, b"half removed", 9)
    server.start()
    until(lambda: place.paths() == sorted([path(b"kept", 10), path(b"young", 12)]))
    until(lambda: rows(server) == [10, 12] and rows(server, "blob_removals") == [])


def test_what_uploads_have_left_behind_goes_at_the_start(new_server):
    """And nothing is readable for others."""
    server = new_server()
    incoming = server.data / "blobs" / "incoming"
    assert stat.S_IMODE(os.stat(incoming).st_mode) == 0o700
    server.kill()
    (incoming / "0123456789abcdef").write_bytes(b"half an upload")
    server.start()
    assert list(incoming.iterdir()) == []


# S3


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"secret_key": "another-secret"}, "answered GET with 403 (SignatureDoesNotMatch)"),
        ({"access_key": "AKIANOBODY"}, "answered GET with 403 (InvalidAccessKeyId)"),
        ({"bucket": "another-bucket"}, "answered GET with 404 (NoSuchBucket)"),
        ({"endpoint": "http://127.0.0.1:1"}, None),
        ({"endpoint": "http://127.0.0.1:1024"}, "did not reach the S3 store: connect"),
        ({"endpoint": "http://roost.invalid"}, "did not reach the S3 store: dns"),
    ],
)
def test_a_store_that_cannot_be_used_stops_the_start(roost_binary, tmp_path, bucket, change, sentence):
    """contracts/configuration.md, "exit codes": "69 a needed service is missing"; and DESIGN 10: "No secret in a log"."""
    settings = bucket.settings(**change)
    words = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    result = serve(roost_binary, tmp_path, *words)
    if sentence is None:
        assert result.returncode == 78 and "blobs.s3.endpoint" in result.stderr
    else:
        assert result.returncode == 69 and sentence in result.stderr, result.stderr
    for secret in (settings["blobs.s3.secret_key"], settings["blobs.s3.access_key"]):
        assert secret not in result.stderr and secret not in result.stdout


def test_the_guard_stands_before_the_store_too(roost_binary, tmp_path, bucket):
    """contracts/configuration.md: guard.allow_cidrs, "address ranges that outbound requests may reach although the guard forbids them"."""
    settings = bucket.settings(endpoint=bucket.endpoint.replace("127.0.0.1", "localhost")) | {"guard.allow_cidrs": "[]"}
    words = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    result = serve(roost_binary, tmp_path, *words)
    assert result.returncode == 69 and "forbidden_address" in result.stderr
    named = bucket.settings() | {"guard.allow_cidrs": "[]"}
    result = serve(roost_binary, tmp_path, *[part for name, value in named.items() for part in ("--set", f"{name}={value}")])
    assert result.returncode == 78 and "blobs.s3.endpoint" in result.stderr
