"""How sockets are closed."""

import time

from websockets.exceptions import ConnectionClosed


def closes_with(code, receive, timeout):
    """The server closes the socket that `receive(timeout)` reads from, with this code; frames may come before."""
    deadline = time.monotonic() + timeout
    try:
        while True:
            receive(max(0.01, deadline - time.monotonic()))
    except ConnectionClosed as closed:
        assert closed.rcvd is not None, f"the connection broke off without a close frame, expected {code}"
        assert closed.rcvd.code == code, f"closed with {closed.rcvd.code} {closed.rcvd.reason!r}, expected {code}"
    except TimeoutError:
        raise AssertionError(f"not closed with {code} within {timeout} s") from None
