"""What goes wrong outside of the server: disks, clocks, limits. Each raises a skip, with the reason, where the machine does not let it."""

import contextlib
import glob
import os
import pathlib
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time

import pytest


@contextlib.contextmanager
def failing(server, calls, error):
    """While this lasts, these system calls of the server (a list as strace takes it) fail with the error. Gives the file that tells of them.

    strace follows the running process and lets go of it again, so the cause of the trouble goes away without a restart.
    """
    program = shutil.which("strace") or pytest.skip("strace is not installed")
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
            pytest.skip(f"strace may not trace here: {tracer.stderr.read().strip()[-200:]}")
        threads = glob.glob(f"/proc/{server.pid}/task/*/status")
        if threads and all("TracerPid:\t0" not in _read(thread) for thread in threads):
            return
        time.sleep(0.01)
    pytest.skip("strace did not attach within 10 s")


def _read(path):
    with contextlib.suppress(OSError):
        with open(path) as file:
            return file.read()
    return ""


class SmallDisk:
    """A file system of a few megabytes in memory. Needs root."""

    def __init__(self, folder, megabytes):
        if os.name != "posix" or not os.path.exists("/proc/mounts") or os.geteuid() != 0:
            pytest.skip("only root on Linux can mount a small disk")
        self.folder = folder
        folder.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], capture_output=True, text=True)
        if mounted.returncode:
            pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")

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
        subprocess.run(["mount", "-o", f"remount,{mode}", self.folder], check=True, capture_output=True)

    def unmount(self):
        subprocess.run(["umount", "--lazy", self.folder], check=True, capture_output=True)


class SteppedClock:
    """A wall clock for one server that is set while it runs; the monotonic clock stays. Needs Linux and a C compiler."""

    SOURCE = pathlib.Path(__file__).parent / "clock.c"

    def __init__(self, folder):
        # Whoever built the server has Swift, and Swift brings clang.
        compiler = shutil.which("cc") or shutil.which("clang") or shutil.which("/opt/swift/usr/bin/clang")
        if not sys.platform.startswith("linux") or not compiler:
            pytest.skip("setting the clock of one process needs Linux and a C compiler")
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
    if not hasattr(resource, "prlimit"):
        pytest.skip("limits of a running process can only be set on Linux")
    before = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    # The limit is on the number of the descriptor, so gaps below count as room as well; `spare` is meant above the highest.
    highest = max(int(name) for name in os.listdir(f"/proc/{server.pid}/fd"))
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (highest + 1 + spare, before[1]))
    try:
        yield
    finally:
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, before)


def allow_many_sockets(count):
    """Room for so many sockets in this process, or a skip."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count + 200:
        pytest.skip(f"this process may open {hard} files, the test needs {count + 200}")
    if soft != resource.RLIM_INFINITY and soft < count + 200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count + 200, hard))
