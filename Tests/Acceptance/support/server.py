"""Starts, kills and stops the built server."""

import atexit
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import httpx

from .database import TestDatabase

START_LIMIT = 30
STOP_LIMIT = 20

#: What every test server is started with; a test may set other values.
DEFAULTS = {"security.password_cost": "minimum", "limits.rate": "false", "server.loops": "2"}


def binary():
    """The server under test, named by ROOST_BINARY."""
    path = os.environ.get("ROOST_BINARY")
    if not path:
        default = Path(__file__).resolve().parents[3] / ".build" / "debug" / "roost"
        path = str(default)
    return path


class RoostServer:
    """One data folder (and database) and the process that serves it. It may be killed and started again on the same data."""

    def __init__(self, folder, engine="sqlite", settings=None, *, data=None, environment=None, open_files=None, listen="127.0.0.1:0"):
        self.folder = Path(folder)
        self.data = Path(data) if data else self.folder / "data"
        self.more_environment = environment or {}
        self.open_files = open_files
        self.listen = listen
        self.ready_file = self.folder / "ready"
        self.log_file = self.folder / "log"
        self.settings = DEFAULTS | (settings or {})
        self.database = TestDatabase() if engine == "postgresql" else None
        if self.database:
            self.settings["database.url"] = self.database.url
        self.process = None
        self.url = self.setup_code = self.http = None
        atexit.register(self.kill)

    @property
    def database_file(self):
        """The SQLite file; there once the server has been started."""
        return self.data / "roost.sqlite"

    # What it is started with

    def command(self, *, ready_file=None, settings=None):
        """The command line of `roost serve` on this data."""
        words = [binary(), "serve", "--listen", self.listen, "--data", str(self.data)]
        words += ["--ready-file", str(ready_file or self.ready_file)]
        for path, value in (self.settings | (settings or {})).items():
            words += ["--set", f"{path}={value}"]
        # The shell becomes the server: the process stays the same.
        limited = ["/bin/sh", "-c", f'ulimit -n {self.open_files} && exec "$0" "$@"'] if self.open_files else []
        return limited + words

    @staticmethod
    def environment(**more):
        """The environment without settings that happen to be in it."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ROOST_")}
        return clean | more

    # Starting

    def start(self):
        """Starts the process and waits until it serves."""
        assert self.process is None, "it runs already"
        self.ready_file.unlink(missing_ok=True)
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                env=self.environment(**self.more_environment),
            )
        ready = self._wait_until_ready()
        assert ready["pid"] == self.process.pid
        self.url = ready["url"]
        self.setup_code = ready["setup_code"]
        self.http = httpx.Client(base_url=self.url, timeout=20, trust_env=False)
        return self

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                code, self.process = self.process.returncode, None
                raise AssertionError(f"the server ended with {code} before it was ready:\n{self.log[-4000:]}")
            if self.ready_file.exists():
                return json.loads(self.ready_file.read_text())
            time.sleep(0.01)
        self.kill()
        raise AssertionError(f"the server was not ready within {START_LIMIT} s:\n{self.log[-4000:]}")

    # What it says

    @property
    def pid(self):
        return self.process.pid

    @property
    def port(self):
        return httpx.URL(self.url).port

    @property
    def socket_url(self):
        return self.url.replace("http", "ws", 1) + "/api/ws"

    @property
    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    # Ending

    def kill(self):
        """Ends the process at once, as a power cut would."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait(STOP_LIMIT)
        self._forget()

    def restart(self):
        """Kills it and starts it on the same data; the address changes when it listens on port 0."""
        self.kill()
        return self.start()

    def stop(self, with_signal=signal.SIGTERM, within=STOP_LIMIT):
        """Asks it to stop and returns its exit code."""
        process = self.process
        process.send_signal(with_signal)
        try:
            code = process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop within {within} s:\n{self.log[-4000:]}") from None
        self._forget()
        return code

    def _forget(self):
        self.process = None
        if self.http:
            self.http.close()

    def dispose(self):
        """Ends whatever still runs and drops the database."""
        atexit.unregister(self.kill)
        self.kill()
        if self.database:
            self.database.drop()
            self.database = None
