"""An nginx of the tests' own, to compare answers with, or as the gateway of a server."""

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

#: Before 1.21.1 it let through some of what it refuses now.
OLDEST = (1, 22)

#: Debian keeps it out of the PATH of whoever is not root.
MORE_FOLDERS = ("/usr/sbin", "/opt/homebrew/bin", "/usr/local/bin")

CONFIGURATION = """
daemon off;
pid nginx.pid;
error_log error.log;
events { worker_connections 64; }
http {
    access_log off;
    lingering_timeout 500ms;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
SITES
}
"""

#: One static file, and a place that reads bodies whole. Limits are nginx's own defaults; only the wait for a client that has been refused is
#: shorter. A body is read whole before the inner server is asked, so bad framing is seen as Roost sees it.
COMPARISON = """
    server {
        listen HOST:PORT;
        root www;
        location /api/ { proxy_pass http://unix:FOLDER/inner:/; }
    }
    server {
        listen unix:FOLDER/inner;
        location / { return 200 "read $content_length bytes"; }
    }
"""

#: The gateway of a Reileta server: it says where it is itself (contracts/reileta.md 3.6), and lets WebSockets through.
GATEWAY = """
    map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
    server {
        listen HOST:PORT;
        location / {
            proxy_pass TARGET;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header AVR-Gateway "false HOST:PORT";
        }
    }
"""


class Nginx:
    """Runs from `start` to `dispose`, as a user without rights when the tests run as root.

    `sites` is part of the configuration; `target` is the server that stands behind a gateway.
    """

    def __init__(self, sites=COMPARISON, *, host="127.0.0.1", target=""):
        self.sites, self.host, self.target = sites, host, target
        path = os.pathsep.join([os.environ.get("PATH", ""), *MORE_FOLDERS])
        self.program = shutil.which("nginx", path=path) or pytest.fail("nginx is not installed: scripts/setup --test does it", pytrace=False)
        version = subprocess.run([self.program, "-v"], capture_output=True, text=True, timeout=10).stderr
        found = re.search(r"nginx/(\d+)\.(\d+)", version)
        if not found or tuple(map(int, found.groups())) < OLDEST:
            pytest.fail(f"the answers to compare with are those of nginx 1.22 and newer, and this is {version.strip()}", pytrace=False)
        # The other user must be able to reach the folder, and the path of a Unix socket must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="roost-nginx.", dir="/tmp"))
        self.process = self.port = None

    def start(self):
        """Starts it on a port that the system has chosen: it inherits the listening socket, so nobody has to be waited for."""
        (self.folder / "www").mkdir()
        (self.folder / "www" / "healthz").write_text("ok\n")
        with socket.create_server((self.host, 0)) as listening:
            self.port = listening.getsockname()[1]
            text = CONFIGURATION.replace("SITES", self.sites)
            for name, value in {"HOST": self.host, "PORT": self.port, "FOLDER": self.folder, "TARGET": self.target}.items():
                text = text.replace(name, str(value))
            (self.folder / "nginx.conf").write_text(text)
            more = self._other_user()
            with open(self.folder / "output", "wb") as output:
                self.process = subprocess.Popen(
                    [self.program, "-p", self.folder, "-e", "error.log", "-c", "nginx.conf"], stdin=subprocess.DEVNULL, stdout=output,
                    stderr=output, cwd=self.folder, env={"NGINX": f"{listening.fileno()};"}, pass_fds=[listening.fileno()], **more,
                )
        return self

    def _other_user(self):
        if os.geteuid() != 0:
            return {}
        nobody = pwd.getpwnam("nobody")
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def is_running(self):
        return self.process.poll() is None

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    @property
    def log(self):
        """All that it has said."""
        return "".join(path.read_text(errors="replace") for path in (self.folder / "output", self.folder / "error.log") if path.exists())

    def dispose(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)
