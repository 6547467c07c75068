"""What goes wrong outside of the server: disks, clocks, limits. A machine that does not let it fails the test, in words: nothing is passed over."""

import contextlib
import glob
import os
import pathlib
import resource
import shutil
import signal
import struct
import subprocess
import time

import pytest


@contextlib.contextmanager
def failing(server, calls, error):
    """While this lasts, these system calls of the server (a list as strace takes it) fail with the error. Gives the file that tells of them.

    strace follows the running process and lets go of it again, so the cause of the trouble goes away without a restart.
    """
    program = shutil.which("strace") or _impossible("strace is not installed: scripts/setup --test does it")
    report = server.folder / "strace"
    command = [program, "-f", "-qq", "-o", report, "-e", f"trace={calls}", "-e", f"inject={calls}:error={error}", "-p", str(server.pid)]
    tracer = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        _wait_until_traced(server, tracer)
        yield report
    finally:
        tracer.send_signal(signal.SIGINT)
        try:
            tracer.wait(10)
        except subprocess.TimeoutExpired:
            tracer.kill()
            tracer.wait(10)
        tracer.stderr.close()


def _wait_until_traced(server, tracer):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if tracer.poll() is not None:
            _impossible(f"strace may not trace here: {tracer.stderr.read().strip()[-200:]}")
        threads = glob.glob(f"/proc/{server.pid}/task/*/status")
        if threads and all("TracerPid:\t0" not in _read(thread) for thread in threads):
            return
        time.sleep(0.01)
    _impossible("strace did not attach within 10 s")


def _impossible(reason):
    pytest.fail(reason, pytrace=False)


def _read(path):
    with contextlib.suppress(OSError):
        with open(path) as file:
            return file.read()
    return ""


class SmallDisk:
    """A file system of a few megabytes in memory. Needs root, or a sudo that asks nothing."""

    AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]

    def __init__(self, folder, megabytes):
        self.folder = folder
        folder.mkdir()
        options = f"size={megabytes}m,uid={os.geteuid()},mode=700"
        mounted = self._run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder)
        if mounted.returncode:
            _impossible(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")

    def _run(self, *command):
        return subprocess.run([*self.AS_ROOT, *command], capture_output=True, text=True)

    def fill(self, *, spare=0):
        """Takes all room but `spare` bytes."""
        with open(self.folder / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(bytes(65_536))
        if spare:
            size = (self.folder / "filler").stat().st_size
            os.truncate(self.folder / "filler", max(0, size - spare))

    def free(self):
        (self.folder / "filler").unlink()

    def remount(self, mode):
        """`ro` or `rw`."""
        self._run("mount", "-o", f"remount,{mode}", self.folder).check_returncode()

    def unmount(self):
        self._run("umount", "--lazy", self.folder).check_returncode()


class SteppedClock:
    """A wall clock for one server that is set while it runs; the monotonic clock stays. Needs Linux and a C compiler."""

    SOURCE = pathlib.Path(__file__).parent / "clock.c"

    def __init__(self, folder):
        # Whoever built the server has Swift, and Swift brings clang.
        compiler = shutil.which("cc") or shutil.which("clang") or shutil.which("/opt/swift/usr/bin/clang")
        if not compiler:
            _impossible("setting the clock of one process needs a C compiler")
        library, self.file = folder / "clock.so", folder / "clock"
        subprocess.run([compiler, "-shared", "-fPIC", "-O", "-o", library, self.SOURCE], check=True, capture_output=True, timeout=60)
        self.file.write_bytes(struct.pack("=q", 0))
        self.environment = {"LD_PRELOAD": str(library), "STEPPED_CLOCK": str(self.file)}

    def step(self, seconds):
        """Sets the clock to this many seconds from the true time."""
        with open(self.file, "r+b", buffering=0) as file:
            file.write(struct.pack("=q", seconds))


@contextlib.contextmanager
def open_files_limited(server, spare):
    """While this lasts, the server may open this many files more than it has open."""
    before = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    # The limit is on the number of the descriptor, so gaps below count as room as well; `spare` is meant above the highest.
    highest = max(int(name) for name in os.listdir(f"/proc/{server.pid}/fd"))
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (highest + 1 + spare, before[1]))
    try:
        yield
    finally:
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, before)


def allow_many_sockets(count):
    """Room for so many sockets in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count + 200:
        _impossible(f"this process may open {hard} files, the test needs {count + 200}")
    if soft != resource.RLIM_INFINITY and soft < count + 200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count + 200, hard))
