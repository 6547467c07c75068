"""The files of assets: uploading and downloading (contracts/reileta.md 2.5, Asset file)."""

import hashlib
import re
import socket

import httpx
import pytest

from support.blobs import rows
from support.cosmos_webhooks import wait_until
from support.reileta import NOBODY, Reileta, at, failed, good, join
from support.reileta_shapes import is_asset

CONTENT = bytes(range(256)) * 40
DIGEST = hashlib.sha256(CONTENT).hexdigest()
MEBIBYTE = 1 << 20


@pytest.fixture
def stranger(registry):
    return Reileta(registry)


@pytest.fixture
def asset(person):
    """The path of an asset without a file."""
    return person.empty_asset()


def upload(caller, asset, content=CONTENT, **more):
    return caller.upload(asset + "/file", content, filename="world.avrw", **more)


def head_of_form(server, path, token, length, announced=None):
    """The bytes of a request that is going to bring a form, up to the content of the file; `length` is that of the file."""
    opening = b'--rookery\r\nContent-Disposition: form-data; name="file"; filename="world.avrw"\r\n\r\n'
    total = len(opening) + length + len(b"\r\n--rookery--\r\n")
    head = f"POST /api{path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: multipart/form-data; boundary=rookery\r\n"
    head += f"Content-Length: {total}\r\nAuthorization: {token}\r\n" + (f"X-File-Hash: {announced}\r\n" if announced else "")
    return head.encode() + b"\r\n", opening


# Uploading


def test_a_file_is_uploaded(registry, person, asset, stranger):
    """2.5: "hash = sha256 hex lower-case of the bytes, size = byte count ... `data` = `"UPLOADED"`"; 4.4: `url` = absolute."""
    assert good(upload(person, asset)) == "UPLOADED"
    shown = good(stranger.get(asset))
    is_asset(shown)
    assert (shown["hash"], shown["size"], "empty" in shown) == (DIGEST, len(CONTENT), False)
    assert shown["url"] == f"{registry.url}/api{asset}/file"
    answer = at(registry, "GET", shown["url"].removeprefix(registry.url))
    assert answer.status_code == 200 and hashlib.sha256(answer.content).hexdigest() == shown["hash"], "C0 recomputes sha256 and discards on mismatch"
    assert good(stranger.get(asset.partition("/assets")[0]))["assets"] == [shown]


def test_another_file_takes_its_place(person, asset, stranger):
    """2.5: content-addressed; the old one is not shown again."""
    good(upload(person, asset))
    good(upload(person, asset, b"other"))
    shown = good(stranger.get(asset))
    assert (shown["hash"], shown["size"]) == (hashlib.sha256(b"other").hexdigest(), 5)
    assert stranger.get(asset + "/file").content == b"other"


def test_the_same_file_may_be_had_twice(person, somebody, stranger):
    """2.5: "stored content-addressed under the hash": and one who removes it does not take it from the other."""
    first, second = person.empty_asset(), somebody.empty_asset()
    for owner, asset in ((person, first), (somebody, second)):
        good(upload(owner, asset))
    good(person.delete(first))
    assert stranger.get(second + "/file").content == CONTENT


def test_the_digest_is_compared(person, asset):
    """2.5: "header `X-File-Hash` (hex sha256, checked when present)"; decision 0014: "400 with code 133"."""
    good(upload(person, asset, announced=DIGEST))
    failed(upload(person, asset, b"other", announced=DIGEST), 133)
    assert good(person.get(asset))["hash"] == DIGEST
    good(upload(person, asset, b"other", announced=""))


def test_an_empty_file_is_a_file_or_none(person, asset):
    """2.5: 26 (no file); whichever it is, the asset says the same."""
    answer = upload(person, asset, b"")
    if answer.status_code == 200:
        assert good(person.get(asset))["size"] == 0
    else:
        failed(answer, 26)
        assert good(person.get(asset))["empty"] is True


@pytest.mark.parametrize("how", ["name", "none", "json", "raw", "cut", "boundary"])
def test_a_file_comes_as_a_form(person, asset, how):
    """2.5: "26 (no file/bad ids)"."""
    path = asset + "/file"
    if how == "name":
        answer = person.upload(path, CONTENT, name="picture")
    elif how == "none":
        answer = person.post(path)
    elif how == "json":
        answer = person.post(path, {"file": "x"})
    elif how == "raw":
        answer = person.post(path, content=CONTENT, headers={"Content-Type": "application/octet-stream"})
    elif how == "cut":
        cut = b'--rookery\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc'
        answer = person.post(path, content=cut, headers={"Content-Type": "multipart/form-data; boundary=rookery"})
    else:
        answer = person.post(path, content=CONTENT, headers={"Content-Type": "multipart/form-data"})
    failed(answer, 26)
    assert good(person.get(asset))["empty"] is True


def test_a_form_may_have_more_in_it(person, asset, stranger):
    """Browsers send other fields, and names in any letters."""
    form = (b'--rookery\r\nContent-Disposition: form-data; name="title"\r\n\r\nDen\r\n'
            b'--rookery\r\ncontent-disposition: form-data; name="file"; filename="\xc3\xa4 \\"b\\".avrw"\r\nContent-Type: text/html\r\n\r\n\r\n--rook\r\n\r\n'
            b'--rookery\r\nContent-Disposition: form-data; name="other"; filename="x"\r\n\r\nyes\r\n--rookery--\r\n')  # fmt: skip
    good(person.post(asset + "/file", content=form, headers={"Content-Type": 'multipart/form-data; charset=utf-8; boundary="rookery"'}))
    answer = stranger.get(asset + "/file")
    assert answer.content == b"\r\n--rook\r\n"
    assert not answer.headers["content-type"].startswith("text/html"), "what a stranger uploads is shown to nobody as a page"


@pytest.mark.linux
def test_a_large_file_passes_through(registry, person, asset, tmp_path):
    """Files are streamed: the memory of the process does not grow with them."""
    size = 64 * MEBIBYTE
    file = tmp_path / "world.avrw"
    block = hashlib.sha256(b"a block").digest() * 32768
    with open(file, "wb") as out:
        for _ in range(size // len(block)):
            out.write(block)

    def memory(name):
        return int(re.search(rf"^{name}:\s+(\d+) kB", open(f"/proc/{registry.pid}/status").read(), re.M)[1]) * 1024

    before = memory("VmRSS")
    peak = max(before, memory("VmHWM"))
    with open(file, "rb") as content:
        good(upload(person, asset, content))
    assert good(person.get(asset))["size"] == size
    digest = hashlib.sha256()
    with httpx.stream("GET", f"{registry.url}/api{asset}/file", timeout=60, trust_env=False) as answer:
        for part in answer.iter_bytes():
            digest.update(part)
    assert digest.hexdigest() == good(person.get(asset))["hash"]
    assert memory("VmHWM") < max(peak, before + size // 2), "it has kept the file in memory"


# Downloading


def test_a_file_is_downloaded_by_anybody(person, asset, stranger):
    """2.5: "**anonymous must work**"; "Add `ETag: "<hash>"`, `X-File-Hash`"; 1.1: caching allowed with a strong ETag."""
    good(upload(person, asset))
    for caller in (stranger, person, Reileta(person.server, "unknown")):
        answer = caller.get(asset + "/file")
        assert answer.status_code == 200 and answer.content == CONTENT
        assert (answer.headers["etag"], answer.headers["x-file-hash"]) == (f'"{DIGEST}"', DIGEST)
        assert answer.headers["content-length"] == str(len(CONTENT)) and "content-encoding" not in answer.headers
        assert answer.headers["accept-ranges"] == "bytes" and "no-store" not in answer.headers.get("cache-control", "")
    head = stranger.request("HEAD", asset + "/file")
    assert head.status_code == 200 and head.content == b"" and head.headers["content-length"] == str(len(CONTENT))
    same = stranger.get(asset + "/file", headers={"If-None-Match": f'"{DIGEST}"'})
    assert same.status_code == 304 and same.content == b""


@pytest.mark.parametrize("given,part", [
    ("bytes=0-0", (0, 1)), ("bytes=100-199", (100, 200)), ("bytes=10000-", (10000, 10240)), ("bytes=-5", (10235, 10240)), ("bytes=10239-99999", (10239, 10240)),
])  # fmt: skip
def test_a_download_is_resumed(person, asset, stranger, given, part):
    """2.5: "raw bytes, 200 with Range support"."""
    good(upload(person, asset))
    for headers in ({}, {"If-Range": f'"{DIGEST}"'}):
        answer = stranger.get(asset + "/file", headers={"Range": given} | headers)
        assert answer.status_code == 206 and answer.content == CONTENT[part[0]:part[1]]
        assert answer.headers["content-range"] == f"bytes {part[0]}-{part[1] - 1}/{len(CONTENT)}" and answer.headers["etag"] == f'"{DIGEST}"'
    changed = stranger.get(asset + "/file", headers={"Range": given, "If-Range": '"another"'})
    assert changed.status_code == 200 and changed.content == CONTENT


def test_a_range_that_is_not_there(person, asset, stranger):
    good(upload(person, asset))
    answer = stranger.get(asset + "/file", headers={"Range": f"bytes={len(CONTENT)}-"})
    assert answer.status_code == 416 and answer.headers["content-range"] == f"bytes */{len(CONTENT)}"
    assert stranger.get(asset + "/file", headers={"Range": "owls=1-2"}).status_code == 200


def test_an_asset_without_a_file_has_none(person, asset, stranger):
    """2.5: "empty asset -> 132"."""
    failed(stranger.get(asset + "/file"), 132)


def test_a_file_may_be_elsewhere(person, stranger):
    """2.5: "external URL -> 302"; decision 0014: "`url`, with `hash` and `size` ... uploading a file takes its place"."""
    named = {"url": "https://files.example/den.avrw", "hash": "ab" * 32, "size": 7_000_000}
    asset = person.empty_asset(**named)
    shown = good(stranger.get(asset))
    is_asset(shown)
    assert {name: shown[name] for name in named} == named and "empty" not in shown
    answer = stranger.get(asset + "/file")
    assert answer.status_code == 302 and answer.headers["location"] == named["url"]
    good(upload(person, asset))
    assert good(stranger.get(asset))["hash"] == DIGEST and stranger.get(asset + "/file").content == CONTENT
    good(person.post(asset, named))
    assert stranger.get(asset + "/file").headers["location"] == named["url"]


# Rights


def test_others_hear_it_before_they_have_sent_it(registry, person, somebody, asset):
    """Decision 0014: "Whoever is not allowed hears that before the body is read"."""
    for path, token, code in ((asset, somebody.token, 4), (asset, "", 3), (asset, "unknown", 3), (asset.rpartition("/")[0] + "/f_" + NOBODY, person.token, 27),
                              (f"/worlds/w_{NOBODY}/assets/f_{NOBODY}", person.token, 25)):  # fmt: skip
        head, opening = head_of_form(registry, path + "/file", token, 50 * MEBIBYTE)
        with socket.create_connection(("127.0.0.1", registry.port), timeout=15) as connection:
            connection.sendall(head + opening)
            answer = connection.recv(65536)
        status = {3: 403, 4: 403, 27: 404, 25: 404}[code]
        assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer
    assert good(person.get(asset))["empty"] is True


# What is kept


def test_a_kill_in_the_middle_leaves_nothing_broken(engine, new_server):
    """What was acknowledged is there, and what was cut off has never been."""
    server = new_server(engine)
    robin = join(server, "robin")
    asset, whole = robin.empty_asset(), robin.empty_asset()
    good(upload(robin, whole))
    head, opening = head_of_form(server, asset + "/file", robin.token, 8 * MEBIBYTE)
    incoming = server.data / "blobs" / "incoming"
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as connection:
        connection.sendall(head + opening + b"x" * (2 * MEBIBYTE))
        wait_until(lambda: any(path.stat().st_size for path in incoming.iterdir()))
        server.kill()
    server.start()
    assert list(incoming.iterdir()) == []
    assert good(robin.get(asset))["empty"] is True
    failed(robin.get(asset + "/file"), 132)
    assert robin.get(whole + "/file").content == CONTENT
    good(upload(robin, asset, b"again"))
    assert robin.get(asset + "/file").content == b"again"


def test_who_hangs_up_leaves_nothing(engine, new_server):
    """An upload that ends too early is none."""
    server = new_server(engine)
    robin = join(server, "robin")
    asset = robin.empty_asset()
    head, opening = head_of_form(server, asset + "/file", robin.token, 8 * MEBIBYTE)
    incoming = server.data / "blobs" / "incoming"
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as connection:
        connection.sendall(head + opening + b"x" * MEBIBYTE)
        wait_until(lambda: list(incoming.iterdir()))
    wait_until(lambda: list(incoming.iterdir()) == [])
    assert good(robin.get(asset))["empty"] is True and rows(server) == []
