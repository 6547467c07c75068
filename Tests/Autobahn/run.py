"""Runs the converted cases of the Autobahn test suite against the echo server, and says how it did; scripts/autobahn calls this."""

import argparse
import contextlib
import json
import re
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from pathlib import Path

PASSED = ("OK", "NON-STRICT", "INFORMATIONAL")
# The addresses of the echo server, and what is run against each when nothing is asked for.
AGENTS = {
    "default": ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*", "12.*", "13.*"],
    "takeover": ["12.*", "13.*"],
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True, type=Path, help="the program autobahn-echo")
    parser.add_argument("--suite", required=True, type=Path, help="the folder that holds the converted package")
    parser.add_argument("--results", required=True, type=Path, help="the folder for results.json and run.log")
    parser.add_argument("--time-limit", type=int, default=3600, help="seconds after which the run is given up")
    parser.add_argument("cases", nargs="*", help="patterns of cases, such as 6.4.* (default: all)")
    return parser.parse_args()


class Server:
    """The echo server, from its first line to its end. When it is killed, everything that waits for it goes on, and so the run ends."""

    def __init__(self, program, time_limit):
        self.process = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
        self.guard = threading.Timer(time_limit, self.process.kill)
        self.guard.daemon = True
        self.guard.start()
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise SystemExit("The echo server did not start.")

    def stop(self):
        """Ends the server. Returns what was wrong with its end, None when it was as it should be."""
        self.guard.cancel()
        if self.process.poll() is not None:
            return f"The echo server ended too early, with status {self.process.returncode} (-9: the time was up)."
        self.process.terminate()
        try:
            status = self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "The echo server did not end on SIGTERM."
        return f"The echo server ended with status {status}." if status else None


class Run:
    """All agents one after the other. The suite is imported here, because importing it needs the folder of the command line."""

    def __init__(self, address, patterns):
        self.results = defaultdict(dict)
        self.problems = []
        self.address = address
        # A dot is a dot and a star any number of characters, from the first to the last: 1.* is not 10.1.1.
        chosen = [re.compile(re.escape(pattern).replace(r"\*", ".*")) for pattern in patterns or ["*"]]
        self.cases = {}
        for agent, default in AGENTS.items():
            ids = expand(default)
            self.cases[agent] = [case for case in ids if any(pattern.fullmatch(case) for pattern in chosen)]
        if not any(self.cases.values()):
            raise SystemExit(f"No case is named like {' '.join(patterns)}.")

    def all(self):
        from fuzzer import Fuzzer
        from twisted.internet import reactor
        from twisted.python import log

        self.fuzzer = Fuzzer
        log.addObserver(self.observe)
        self.waiting = [agent for agent in AGENTS if self.cases[agent]]
        reactor.callWhenRunning(self.next)
        reactor.run()
        for agent, cases in self.cases.items():
            missing = sorted(set(cases) - set(self.results[agent]))
            if missing:
                self.problems.append(f"{agent}: without a result: {', '.join(missing)}")

    def next(self):
        from twisted.internet import reactor

        if not self.waiting:
            return reactor.stop()
        agent = self.waiting.pop(0)
        print(f"{agent}: {len(self.cases[agent])} cases", file=sys.stderr, flush=True)
        self.fuzzer(self, agent, f"ws://{self.address}/{agent}", self.cases[agent])

    def observe(self, event):
        """An exception in a case would otherwise only show as a connection that ends."""
        if event.get("isError"):
            failure = event.get("failure")
            self.problems.append(failure.getTraceback() if failure else " ".join(map(str, event.get("message", ()))))


def expand(patterns):
    """The identifiers of the cases that the suite's own patterns name, in the suite's order."""
    from autobahntestsuite.case import CaseBasename, Cases, CaseCategories, CaseSetname, CaseSubCategories
    from autobahntestsuite.caseset import CaseSet

    known = CaseSet(CaseSetname, CaseBasename, Cases, CaseCategories, CaseSubCategories)
    groups = {pattern.removesuffix(".*") for pattern in patterns}
    return [case for case in map(known.caseClasstoId, Cases) if case.split(".")[0] in groups]


def verdict(result):
    """The worse of how the case went and how its connection ended."""
    for value in (result["behavior"], result["behaviorClose"]):
        if value not in PASSED:
            return "FAILED"
    return result["behavior"] if result["behavior"] != "OK" else result["behaviorClose"]


def report(results):
    """Prints the table of each agent and every case that is not OK. Returns how many have failed."""
    from autobahntestsuite.case import CaseCategories

    failed = 0
    for agent, cases in ((agent, cases) for agent, cases in results.items() if cases):
        groups = defaultdict(Counter)
        for case, result in cases.items():
            groups[case.split(".")[0]][verdict(result)] += 1
        print(f"\n| /{agent} | cases | OK | NON-STRICT | INFORMATIONAL | FAILED |\n|---|---|---|---|---|---|")
        for group, counts in [*groups.items(), ("all", sum(groups.values(), Counter()))]:
            title = f"{group} {CaseCategories[group]}" if group in CaseCategories else group
            cells = [counts.total(), *(counts[name] for name in (*PASSED, "FAILED"))]
            print(f"| {title} | {' | '.join(map(str, cells))} |")
        failed += sum(counts["FAILED"] for counts in groups.values())
    for agent, cases in results.items():
        for case, result in cases.items():
            if verdict(result) != "OK":
                print(f"\n/{agent} {case}: {result['behavior']}, close {result['behaviorClose']} ({result['remoteCloseCode']})")
                print(f"  {result['description']}\n  {result['result']} {result['resultClose']}")
    return failed


def main():
    options = arguments()
    sys.path.insert(0, str(options.suite))
    options.results.mkdir(parents=True, exist_ok=True)
    server = Server(options.server, options.time_limit)
    try:
        run = Run(server.address, options.cases)
        with open(options.results / "run.log", "w", buffering=1, encoding="utf-8") as log, contextlib.redirect_stdout(log):
            run.all()
    finally:
        end = server.stop()
    if end:
        run.problems.append(end)
    (options.results / "results.json").write_text(json.dumps(run.results, indent=1), encoding="utf-8")
    failed = report(run.results)
    for problem in run.problems:
        print(f"\n{problem}")
    total = sum(map(len, run.results.values()))
    print(f"\n{total - failed} passed, {failed} failed" + (f", {len(run.problems)} errors of the run" if run.problems else ""))
    sys.exit(1 if failed or run.problems else 0)


if __name__ == "__main__":
    main()
