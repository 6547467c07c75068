"""The operator's check of the files of assets (docs/operations.md, "The registry of worlds"; contracts/reileta.md 2.5: "else 32")."""

import hashlib
import json
import os
import signal
import socket
import sys

import pytest

from support.blobs import Bucket, rows
from support.cosmos_webhooks import wait_until
from support.program import serve
from support.reileta import envelope, failed, good, join

ENGINES = ("sqlite",)
CONTENT = bytes(range(256)) * 40
#: Tells what it was given, and does what the file asks for.
PROGRAM = """\
import hashlib, json, os, subprocess, sys, time
path = sys.argv[-1]
content = open(path, "rb").read()
folder = sys.argv[1]
environment = dict(entry.split("=", 1) for entry in open("/proc/self/environ").read().split("\\0") if entry) if sys.platform == "linux" else {}
told = {"arguments": sys.argv[1:-1], "environment": environment, "digest": hashlib.sha256(content).hexdigest(), "absolute": os.path.isabs(path)}
with open(folder + "/told", "a") as out:
    out.write(json.dumps(told) + "\\n")
if content.startswith(b"refuse"):
    sys.stdout.buffer.write(content[6:])
    sys.exit(1)
if content == b"crash":
    os.kill(os.getpid(), 9)
if content == b"hang":
    child = subprocess.Popen(["sleep", "1000"])
    with open(folder + "/hanging.new", "w") as out:
        out.write(f"{os.getpid()} {child.pid}")
    os.rename(folder + "/hanging.new", folder + "/hanging")
    time.sleep(1000)
"""


class Check:
    """The program, and a folder that it writes to."""

    def __init__(self, folder):
        self.folder = folder
        self.program = folder / "check.py"
        self.program.write_text(PROGRAM)

    def settings(self, **more):
        command = [sys.executable, "-I", str(self.program), str(self.folder), "--strict"]
        return {"reileta.asset_check": json.dumps(command)} | more

    @property
    def told(self):
        """What it was given, each time."""
        file = self.folder / "told"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    @property
    def hanging(self):
        """The processes of a check that hangs."""
        return [int(word) for word in (self.folder / "hanging").read_text().split()]


@pytest.fixture
def check(tmp_path):
    folder = tmp_path / "check"
    folder.mkdir()
    return Check(folder)


def upload(caller, asset, content=CONTENT, **more):
    return caller.upload(asset + "/file", content, filename="world.avrw", **more)


def unavailable(answer):
    """The message of 503 with code 16."""
    assert answer.status_code == 503 and int(answer.headers["retry-after"]) >= 1
    error = envelope(answer)["error"]
    assert (error["code"], error["status"]) == (16, 503), error
    return error["message"]


def is_alive(process):
    """Whether a process runs: one that has ended and that nobody has asked for does not."""
    try:
        return open(f"/proc/{process}/stat").read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def nothing_is_kept(server, person, asset):
    assert good(person.get(asset))["empty"] is True
    failed(person.get(asset + "/file"), 132)
    assert rows(server) == [] and list((server.data / "blobs" / "incoming").iterdir()) == []


@pytest.mark.linux
def test_what_the_program_is_content_with_is_taken(engine, new_server, check):
    server = new_server(engine, check.settings())
    robin = join(server, "robin")
    asset = robin.empty_asset(engine="godot", platform="linux")
    assert good(upload(robin, asset)) == "UPLOADED"
    assert good(robin.get(asset))["hash"] == hashlib.sha256(CONTENT).hexdigest() and robin.get(asset + "/file").content == CONTENT
    [told] = check.told
    environment = told.pop("environment")
    assert told == {"arguments": [str(check.folder), "--strict"], "digest": hashlib.sha256(CONTENT).hexdigest(), "absolute": True}
    assert environment == {"PATH": os.environ["PATH"], "ROOST_ENGINE": "godot", "ROOST_PLATFORM": "linux"}


def test_what_it_refuses_is_not(engine, new_server, check):
    server = new_server(engine, check.settings())
    robin = join(server, "robin")
    asset = robin.empty_asset()
    message = failed(upload(robin, asset, b"refuseToo many triangles.\nAnd more."), 32)
    assert message.endswith(": Too many triangles.")
    nothing_is_kept(server, robin, asset)
    failed(upload(robin, asset, b"crash"), 32)
    nothing_is_kept(server, robin, asset)
    # What was there stays.
    good(upload(robin, asset))
    failed(upload(robin, asset, b"refuse"), 32)
    assert robin.get(asset + "/file").content == CONTENT


@pytest.mark.parametrize("said,shown", [
    (b"", "The check of this server refuses the file."), (b"\n\nlate", "The check of this server refuses the file."),
    (b"\x00\x1b[31mred\x07\xff\xfe\r\n", "[31mred"), (b"x" * 100_000, "x" * 200), ("\u202eBird\u2028s 🐦".encode(), "Birds 🐦"),
])  # fmt: skip
def test_what_it_says_is_made_fit_to_be_shown(engine, new_server, check, said, shown):
    robin = join(new_server(engine, check.settings()), "robin")
    assert failed(upload(robin, robin.empty_asset(), b"refuse" + said), 32).partition(": ")[2] == shown


def test_it_sees_only_what_would_be_taken(engine, new_server, check):
    """What does not hash to what was announced, and what has no right to be there, is not its business."""
    server = new_server(engine, check.settings())
    robin, wren = join(server, "robin"), join(server, "wren")
    asset = robin.empty_asset()
    failed(upload(robin, asset, announced="ab" * 32), 133)
    failed(upload(wren, asset), 4)
    failed(upload(robin, asset, b""), 26)
    assert check.told == []


@pytest.mark.linux
def test_one_that_hangs_is_ended(engine, new_server, check):
    server = new_server(engine, check.settings(**{"reileta.asset_check_seconds": "1"}))
    robin = join(server, "robin")
    asset = robin.empty_asset()
    # On a machine that is busy it may be ended before it has begun; then it is asked again.
    while not (check.folder / "hanging").exists():
        message = unavailable(upload(robin, asset, b"hang"))
        assert "1 s" in message
    wait_until(lambda: not any(map(is_alive, check.hanging)))
    nothing_is_kept(server, robin, asset)
    assert "The check of files failed" in server.log and "it took more than 1 s and was ended" in server.log


@pytest.mark.linux
def test_the_server_stops_while_one_hangs(engine, new_server, check):
    """DESIGN.md 9: on SIGTERM what is under way has ten seconds; the program is ended with the server, and what was not taken is not there."""
    server = new_server(engine, check.settings())
    robin = join(server, "robin")
    asset = robin.empty_asset()
    body = b'--rookery\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhang\r\n--rookery--\r\n'
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as connection:
        head = (f"POST /api{asset}/file HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: multipart/form-data; boundary=rookery\r\n"
                f"Content-Length: {len(body)}\r\nAuthorization: {robin.token}\r\n\r\n")  # fmt: skip
        connection.sendall(head.encode() + body)
        wait_until(lambda: (check.folder / "hanging").exists())
        assert server.stop(signal.SIGTERM) == 0
    wait_until(lambda: not any(map(is_alive, check.hanging)))
    server.start()
    nothing_is_kept(server, robin, asset)


def test_files_of_a_bucket_are_checked_before_they_get_there(engine, new_server, check):
    bucket = Bucket()
    try:
        server = new_server(engine, bucket.settings() | check.settings())
        robin = join(server, "robin")
        asset = robin.empty_asset()
        failed(upload(robin, asset, b"refuse"), 32)
        assert "Contents" not in bucket.client.list_objects_v2(Bucket="rookery")
        nothing_is_kept(server, robin, asset)
        good(upload(robin, asset))
        assert robin.get(asset + "/file").content == CONTENT
        assert [told["digest"] for told in check.told] == [hashlib.sha256(content).hexdigest() for content in (b"refuse", CONTENT)]
    finally:
        bucket.stop()


@pytest.mark.parametrize("command", [["/nowhere/check"], ["no-such-program-of-roost"], ["/etc/passwd"], [""]])
def test_a_program_that_is_not_there_stops_the_start(roost_binary, tmp_path, command):
    """contracts/configuration.md: "78 bad configuration"; the key is named."""
    result = serve(roost_binary, tmp_path, "--set", f"reileta.asset_check={json.dumps(command)}")
    assert result.returncode == 78 and "reileta.asset_check" in result.stderr and command[0] in result.stderr
    assert not (tmp_path / "data").exists(), "it has begun"


def test_a_program_that_goes_away_is_told_of(engine, new_server, check, tmp_path):
    program = tmp_path / "passing"
    program.symlink_to("/bin/true")
    server = new_server(engine, {"reileta.asset_check": json.dumps([str(program)])})
    robin = join(server, "robin")
    asset = robin.empty_asset()
    program.unlink()
    assert str(program) not in unavailable(upload(robin, asset))
    nothing_is_kept(server, robin, asset)
    assert "it does not start" in server.log
    program.symlink_to("/bin/true")
    good(upload(robin, asset))
