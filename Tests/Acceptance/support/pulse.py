"""How a server feels to somebody who only wants a simple answer: a process of its own, so that the test's own work does not count.

Usage: pulse.py PORT TOKEN. Asks for the caller's own account every few milliseconds, on one connection. A line on standard input begins a new
measurement; the end of the former one is written as one JSON object: count, failures, p50, p99 and max in seconds.
"""

import http.client
import json
import subprocess
import sys
import threading
import time

PAUSE = 0.004


class Pulse:
    """The process, for a test: `with Pulse(server, account) as pulse`, then `pulse.measured()` for what was since the last call."""

    def __init__(self, server, account):
        command = [sys.executable, __file__, str(server.port), account.access_token]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def measured(self):
        self.process.stdin.write("\n")
        return json.loads(self.process.stdout.readline())

    def over(self, seconds):
        """What is measured from now on for so long."""
        self.measured()
        time.sleep(seconds)
        return self.measured()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(10)
        self.process.stdin.close()
        self.process.stdout.close()


def main(port, token):
    lock, times, failures = threading.Lock(), [], []

    def ask():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            begin = time.perf_counter()
            try:
                connection.request("GET", "/api/rest/users/@me", headers={"Authorization": f"Bearer {token}"})
                response = connection.getresponse()
                response.read()
                bad = response.status != 200 and response.status
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                bad = repr(error)
            with lock:
                times.append(time.perf_counter() - begin)
                if bad:
                    failures.append(bad)
            time.sleep(PAUSE)

    threading.Thread(target=ask, daemon=True).start()
    for _ in sys.stdin:
        with lock:
            taken, failed = sorted(times), list(failures)
            times.clear()
            failures.clear()
        at = lambda share: round(taken[min(len(taken) - 1, int(share * len(taken)))], 5) if taken else None  # noqa: E731
        print(json.dumps({"count": len(taken), "failures": failed[:5], "p50": at(0.5), "p99": at(0.99), "max": at(1)}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
