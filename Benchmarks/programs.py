"""The programs of a measurement: built, pinned to a core, started, ended."""

import http.client
import json
import os
import resource
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / ".build" / "benchmarks"
START_LIMIT = 30
STOP_LIMIT = 20


class Failure(Exception):
    """The measurement cannot be made; the sentence says why."""


def raise_file_limit(files):
    """Sees to it that a process may have so many open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= files:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, max(hard, files)))
    except (ValueError, OSError):
        raise Failure(f"this needs {files} open files, and only {hard} are allowed: raise the limit (ulimit -Hn)") from None


def build():
    """Compiles the baseline and the load, when their sources are newer."""
    BUILT.mkdir(parents=True, exist_ok=True)
    for name in ("baseline", "load"):
        sources = sorted((ROOT / "Benchmarks" / name).glob("*.[ch]"))
        program = BUILT / name
        if program.exists() and program.stat().st_mtime > max(source.stat().st_mtime for source in sources):
            continue
        units = [str(source) for source in sources if source.suffix == ".c"]
        command = [os.environ.get("CC", "cc"), "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(program), *units]
        if subprocess.run(command).returncode != 0:
            raise Failure(f"{name} does not compile")


def roost_binary():
    path = Path(os.environ.get("ROOST_BINARY") or ROOT / ".build" / "release" / "roost").resolve()
    if not os.access(path, os.X_OK):
        raise Failure(f"there is no server at {path}: build it, or name it with ROOST_BINARY")
    return path


def pinned(core):
    """What a new process does first: stay on one core."""
    return lambda: os.sched_setaffinity(0, {core})


class Server:
    """A process that serves on a port; ends with the block it is used in."""

    process = None
    port = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    @property
    def pid(self):
        return self.process.pid


class Baseline(Server):
    """The bare loop."""

    name = "bare loop"

    def __init__(self, core):
        self.process = subprocess.Popen([BUILT / "baseline"], stdout=subprocess.PIPE, text=True, preexec_fn=pinned(core))
        self.port = int(self.process.stdout.readline())


class Roost(Server):
    """The server, with one loop, on a data folder of its own."""

    name = "roost"

    def __init__(self, core):
        self.folder = tempfile.TemporaryDirectory(prefix="roost-bench-")
        folder = Path(self.folder.name)
        ready, self.log = folder / "ready", folder / "log"
        command = [roost_binary(), "serve", "--listen", "127.0.0.1:0", "--data", folder / "data", "--ready-file", ready]
        for setting in ("server.loops=1", "limits.rate=false", "security.password_cost=minimum", "log.level=warning"):
            command += ["--set", setting]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ROOST_")}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, env=clean, preexec_fn=pinned(core)
            )
        deadline = time.monotonic() + START_LIMIT
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise Failure(f"the server did not start:\n{self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)
        self.port = int(json.loads(ready.read_text())["url"].rpartition(":")[2])

    def __exit__(self, *reason):
        super().__exit__(*reason)
        self.folder.cleanup()

    def call(self, method, path, body=None, token=None):
        """One REST request; returns the object of the answer."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, "/api/rest" + path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        if answer.status not in (200, 201):
            raise Failure(f"{method} {path} is answered {answer.status}: {data[:300]!r}")
        return json.loads(data)


def load(core, kind, server, **options):
    """Puts load on a server and returns what was measured."""
    command = [str(BUILT / "load"), kind, "--port", str(server.port), "--pid", str(server.pid)]
    for name, value in options.items():
        if value is not None:
            command += ["--" + name.replace("_", "-"), str(value)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=pinned(core))
    if result.returncode != 0:
        raise Failure(f"{server.name}, {kind}: {result.stderr.strip()}")
    return json.loads(result.stdout)
