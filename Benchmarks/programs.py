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
    """Compiles the programs in C, when their sources are newer."""
    BUILT.mkdir(parents=True, exist_ok=True)
    for name, more in (("baseline", []), ("load", []), ("syncs", ["-shared", "-fPIC"])):
        sources = sorted((ROOT / "Benchmarks" / name).glob("*.[ch]"))
        program = BUILT / name
        if program.exists() and program.stat().st_mtime > max(source.stat().st_mtime for source in sources):
            continue
        units = [str(source) for source in sources if source.suffix == ".c"]
        command = [os.environ.get("CC", "cc"), "-O2", "-Wall", "-Wextra", "-Werror", *more, "-o", str(program), *units]
        if subprocess.run(command).returncode != 0:
            raise Failure(f"{name} does not compile")


def roost_binary():
    path = Path(os.environ.get("ROOST_BINARY") or ROOT / ".build" / "release" / "roost").resolve()
    if not os.access(path, os.X_OK):
        raise Failure(f"there is no server at {path}: build it, or name it with ROOST_BINARY")
    return path


def on_cores(cores):
    """What a new process does first: stay on these cores; None: go where the system sends it."""
    return None if cores is None else lambda: os.sched_setaffinity(0, cores)


class Server:
    """A process that serves on a port; ends with the block it is used in."""

    process = None
    port = 0
    #: Where it counts its fsyncs, when it does.
    syncs = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
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

    def memory(self):
        """Memory of the process in KiB: resident, its proportional share, and what belongs to no file."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        found = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines) if rest.endswith("kB")}
        return {"resident_kib": found["Rss"], "share_kib": found["Pss"], "anonymous_kib": found["Anonymous"]}

    def thread_seconds(self):
        """CPU time so far of the threads, added up by name."""
        seconds = {}
        for thread in Path(f"/proc/{self.pid}/task").iterdir():
            name, _, rest = (thread / "stat").read_text().partition("(")[2].rpartition(")")
            fields = rest.split()
            seconds[name] = seconds.get(name, 0) + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return seconds


class Baseline(Server):
    """The bare loop."""

    name = "bare loop"

    def __init__(self, cores):
        self.process = subprocess.Popen([BUILT / "baseline"], stdout=subprocess.PIPE, text=True, preexec_fn=on_cores(cores))
        self.port = int(self.process.stdout.readline())


class Roost(Server):
    """The server, on a data folder of its own."""

    name = "roost"

    def __init__(self, cores, loops=1, folder=None, database=None, counts_syncs=False, name=None, listen="127.0.0.1:0"):
        """`folder`: the data folder; without one it is made, and removed in the end. `database`: a PostgreSQL instead of SQLite."""
        self.name = name or self.name
        self.temporary = tempfile.TemporaryDirectory(prefix="roost-bench-")
        own = Path(self.temporary.name)
        self.ready, self.log = own / "ready", own / "log"
        self.data = Path(folder) if folder else own / "data"
        command = [roost_binary(), "serve", "--listen", listen, "--data", self.data, "--ready-file", self.ready]
        settings = [f"server.loops={loops}", "limits.rate=false", "security.password_cost=minimum", "log.level=warning"]
        for setting in settings + ([f"database.url={database}"] if database else []):
            command += ["--set", setting]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ROOST_")}
        if counts_syncs:
            self.syncs = own / "syncs"
            self.syncs.write_bytes(bytes(8))
            environment |= {"LD_PRELOAD": str(BUILT / "syncs"), "BENCH_SYNCS": str(self.syncs)}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=own, env=environment, preexec_fn=on_cores(cores)
            )
        if listen.endswith(":0"):
            self.wait()

    def wait(self):
        """Returns when it serves."""
        deadline = time.monotonic() + START_LIMIT
        while not self.ready.exists():
            self.check(deadline)
            time.sleep(0.02)
        self.port = int(json.loads(self.ready.read_text())["url"].rpartition(":")[2])

    def check(self, deadline):
        if self.process.poll() is not None or time.monotonic() > deadline:
            self.process.kill()
            raise Failure(f"the server did not start:\n{self.log.read_text(errors='replace')[-2000:]}")

    def __exit__(self, *reason):
        super().__exit__(*reason)
        self.temporary.cleanup()

    def call(self, method, path, body=None, token=None, prefix="/api/rest"):
        """One request; returns the object of the answer."""
        return json.loads(self.send(method, prefix + path, body, token)[1])

    def send(self, method, path, body=None, token=None):
        """One request; returns the fields of the answer and its content."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        if answer.status not in (200, 201):
            raise Failure(f"{method} {path} is answered {answer.status}: {data[:300]!r}")
        return answer.headers, data


def load_command(kind, server, options):
    command = [str(BUILT / "load"), kind, "--port", str(server.port), "--pid", str(server.pid)]
    for name, value in options.items():
        if value is not None:
            command += ["--" + name.replace("_", "-"), str(value)]
    return command


def load(cores, kind, server, **options):
    """Puts load on a server and returns what was measured."""
    command = load_command(kind, server, options)
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=on_cores(cores))
    if result.returncode != 0:
        raise Failure(f"{server.name}, {kind}: {result.stderr.strip()}")
    return json.loads(result.stdout)
