"""Runs the program to its end, on pipes or on a terminal."""

import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import time

from .server import DEFAULTS, RoostServer

SETUP_CODE = re.compile(r"ROOST(-?[0-9A-HJKMNP-TV-Z]+)+")
LIMIT = 30


def plain(code):
    """A setup code without its prefix and separators."""
    return code.removeprefix("ROOST-").replace("-", "")


def run(roost_binary, tmp_path, *words, typed="", **environment):
    """Runs the program to its end, which must come soon; `typed` is its standard input."""
    command = [roost_binary, *words]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=LIMIT, cwd=tmp_path, input=typed, env=RoostServer.environment(**environment)
    )


def serve(roost_binary, tmp_path, *words, **environment):
    """Tries to serve with these words; for what is refused."""
    start = ("serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path / "data"), "--ready-file", str(tmp_path / "ready"))
    result = run(roost_binary, tmp_path, *start, *words, **environment)
    assert not (tmp_path / "ready").exists(), "it was ready although it refused to start"
    return result


def administer(server, *words, typed=""):
    """`roost admin` on the data of a server, which may run."""
    return work_on(server, "admin", *words, typed=typed)


def work_on(server, *words, typed=""):
    """A command that works on the data of a server, which may run."""
    settings = [part for path, value in server.settings.items() for part in ("--set", f"{path}={value}")]
    return run(server.command()[0], server.folder, *words, "--data", str(server.data), *settings, typed=typed)


@contextlib.contextmanager
def on_terminal(roost_binary, folder, *words):
    """Serves on a terminal of its own; gives the ready file's content, and a function that stops it and returns all that the terminal showed."""
    ready = folder / "ready"
    command = [roost_binary, "serve", "--listen", "127.0.0.1:0", "--data", str(folder / "data"), "--ready-file", str(ready)]
    for path, value in DEFAULTS.items():
        command += ["--set", f"{path}={value}"]
    screen, terminal = pty.openpty()
    process = subprocess.Popen([*command, *words], stdin=terminal, stdout=terminal, stderr=terminal, env=RoostServer.environment(), cwd=folder)
    os.close(terminal)

    def stop():
        process.send_signal(signal.SIGINT)
        shown = read_to_the_end(screen).decode()
        assert process.wait(LIMIT) == 0
        return shown.replace("\r\n", "\n")

    try:
        deadline = time.monotonic() + LIMIT
        while not ready.exists():
            assert process.poll() is None and time.monotonic() < deadline, "it is not ready"
            time.sleep(0.01)
        yield json.loads(ready.read_text()), stop
    finally:
        process.kill()
        process.wait(LIMIT)
        os.close(screen)


def read_to_the_end(screen):
    """All that a terminal shows until nobody writes to it any more."""
    shown = b""
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        if not select.select([screen], [], [], 0.1)[0]:
            continue
        try:
            data = os.read(screen, 65536)
        except OSError:
            # So Linux says that nobody has the other side open any more.
            return shown
        if not data:
            return shown
        shown += data
    raise AssertionError(f"it did not stop within {LIMIT} s: {shown!r}")
