"""Servers of the tests' own, which the server under test talks to."""

import contextlib
import http.server
import socket
import threading

#: The first byte of a connection that begins with TLS (RFC 8446 5.1).
TLS_HANDSHAKE = b"\x16"


class LocalServer:
    """An HTTP server on an address of this machine, which hands each request to `answer`. With `tls`, a context, it serves by TLS only, without it by
    plain HTTP only: whoever tries the other is cut off at once.

    `greetings` has `tls` or `http` for each connection on which somebody has said something, in their order.
    """

    #: All ports that were used, also by those that have ended.
    ports = set()

    def __init__(self, host="127.0.0.1", tls=None):
        outer = self
        self.greetings = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def handle(self):
                with contextlib.suppress(OSError):
                    first = self.connection.recv(1, socket.MSG_PEEK)
                    if first:
                        outer.greetings.append("tls" if first == TLS_HANDSHAKE else "http")
                    if (first == TLS_HANDSHAKE) != bool(tls) or not first:
                        return
                    if tls:
                        self.request = tls.wrap_socket(self.request, server_side=True)
                        self.setup()
                    try:
                        super().handle()
                    finally:
                        self.request.close()

            def do_GET(self):
                with contextlib.suppress(ConnectionError):
                    outer.answer(self)

            do_HEAD = do_POST = do_PUT = do_DELETE = do_GET

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            # Many connections may come at once, and none is to be refused.
            request_queue_size = 256

            def handle_error(self, *_):
                pass

        self.http = self._listen(Server, host, Handler)
        self.port = self.http.server_address[1]
        self.origin = f"{'https' if tls else 'http'}://{host}:{self.port}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @classmethod
    def _listen(cls, server, host, handler):
        """On a port that no server of these tests has had: who is tried may still remember, for minutes, who was there before."""
        refused = []
        try:
            while True:
                listening = server((host, 0), handler)
                if (port := listening.server_address[1]) not in cls.ports:
                    cls.ports.add(port)
                    return listening
                refused.append(listening)
        finally:
            for listening in refused:
                listening.server_close()

    def answer(self, request):
        raise NotImplementedError

    def end(self):
        self.http.shutdown()
        self.http.server_close()


def reply(request, status, body=b"", headers=()):
    """Answers a request of `LocalServer`; the connection is closed after it."""
    request.send_response_only(status)
    for name, value in [*headers, ("Content-Length", str(len(body))), ("Connection", "close")]:
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)
    request.close_connection = True
