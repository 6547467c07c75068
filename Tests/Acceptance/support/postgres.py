"""A PostgreSQL of a test's own, which may be stopped, frozen and killed."""

import contextlib
import glob
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest


def programs():
    """The folder of initdb and pg_ctl (the newest version wins), or None."""
    patterns = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin")
    found = [folder for pattern in patterns for folder in sorted(glob.glob(pattern)) if os.access(f"{folder}/initdb", os.X_OK)]
    if not found and (initdb := shutil.which("initdb")):
        found = [os.path.dirname(initdb)]
    return found[-1] if found else None


class OwnPostgres:
    """Made when constructed and started with `start`; the port stays the same for its life."""

    def __init__(self):
        self.programs = programs() or pytest.fail("no PostgreSQL is installed: scripts/setup --test does it", pytrace=False)
        # PostgreSQL refuses to run as root; the other user must be able to reach the folder, and the path of a Unix socket must be short.
        self.user = self._other_user()
        self.folder = Path(tempfile.mkdtemp(prefix="roost-postgres.", dir="/tmp"))
        if self.user:
            shutil.chown(self.folder, self.user)
        self.data = self.folder / "data"
        self.port = None
        self._run("initdb", "--username", "roost", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")

    @staticmethod
    def _other_user():
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name).pw_name
        pytest.fail("PostgreSQL does not run as root, and there is no user postgres or nobody", pytrace=False)

    @property
    def url(self):
        return f"postgresql://roost@127.0.0.1:{self.port}/postgres?connect_timeout=5"

    def new_database(self):
        """Makes a database and returns its URL."""
        name = f"test_{secrets.token_hex(6)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url.replace("/postgres?", f"/{name}?")

    def start(self):
        """Starts it, on the port of the first start. After a kill, what is left of the former one may take a moment to go."""
        deadline = time.monotonic() + 30
        while True:
            port = self.port or 20_000 + secrets.randbelow(12_000)
            options = f"-p {port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=50"
            result = self._run("pg_ctl", "start", "--wait", "--silent", "--log", self.folder / "log", "--options", options, check=False)
            if result.returncode == 0:
                self.port = port
                return self
            assert time.monotonic() < deadline, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.2)

    def stop(self, mode="fast"):
        """`fast` closes connections in order, `immediate` as a crash would."""
        self._run("pg_ctl", "stop", "--mode", mode, "--wait", "--silent")

    def kill(self):
        """Kills the main process and all of its helpers at once."""
        main = int((self.data / "postmaster.pid").read_text().split()[0])
        helpers = [process for process, *_ in self._query("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")]
        self._kill(main, *helpers)

    def kill_in_transaction(self, within=5):
        """Kills the process that serves a client which is in a transaction: PostgreSQL takes all its processes down and recovers."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if busy := self._query(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL"
            ):
                return self._kill(busy[0][0])
        raise AssertionError("nobody was in a transaction that writes")

    @staticmethod
    def _kill(*processes):
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def _query(self, statement):
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(statement).fetchall()

    def terminate_connections(self):
        """Ends all connections of others, as an administrator may."""
        self._query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")

    def dispose(self):
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--mode", "immediate", "--silent", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program, *words, check=True):
        command = [f"{self.programs}/{program}", *words, "--pgdata", self.data]
        more = {"user": self.user} if self.user else {}
        # What it starts keeps the standard output: a file, not a pipe that would be waited for.
        with open(self.folder / f"{program}.out", "w+") as output:
            result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", timeout=60, **more)
            output.seek(0)
            assert result.returncode == 0 or not check, output.read()
        return result
