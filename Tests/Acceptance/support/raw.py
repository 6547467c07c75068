"""HTTP as bytes on a socket, for what no HTTP library would send."""

import socket
import time


def exchange(server, request, *, then=b"", ends_output=False, timeout=8):
    """Sends the bytes and reads until the server closes. Returns (answer, closed); `closed` is false when it was still open at the deadline.

    `then` is sent once something has been answered; with `ends_output` the client closes its half after the last byte.
    """
    answer = b""
    deadline = time.monotonic() + timeout
    with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as connection:
        try:
            connection.sendall(request)
            if then:
                answer += connection.recv(65536)
                connection.sendall(then)
            if ends_output:
                connection.shutdown(socket.SHUT_WR)
            while True:
                connection.settimeout(max(0.01, deadline - time.monotonic()))
                data = connection.recv(65536)
                if not data:
                    return answer, True
                answer += data
        except TimeoutError:
            return answer, False
        except (ConnectionResetError, BrokenPipeError):
            return answer, True


def statuses(answer):
    """The status codes of all answers in the bytes."""
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


class SlowSender:
    """Sends some bytes, then one more at a time, until the server closes."""

    def __init__(self, server, start, pause):
        self.server, self.start, self.pause = server, start, pause

    def seconds_until_closed(self, limit):
        """How long the server put up with it; fails when it is longer than `limit`."""
        begin = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=5) as connection:
            connection.sendall(self.start)
            connection.settimeout(self.pause)
            while time.monotonic() - begin < limit:
                try:
                    if connection.recv(65536) == b"":
                        return time.monotonic() - begin
                except TimeoutError:
                    pass
                except ConnectionResetError:
                    return time.monotonic() - begin
                try:
                    connection.sendall(b"a")
                except (BrokenPipeError, ConnectionResetError):
                    return time.monotonic() - begin
        raise AssertionError(f"still open after {limit} s")
