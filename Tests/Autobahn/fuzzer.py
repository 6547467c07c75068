"""The fuzzing client of the Autobahn test suite, with its results handed on and its payloads watched."""

import txaio
from autobahntestsuite.case import Cases
from autobahntestsuite.fuzzing import FuzzingClientFactory, FuzzingClientProtocol

# The engine is older than this demand of its library.
txaio.use_twisted()

KEPT = ("description", "expectation", "duration", "behavior", "behaviorClose", "result", "resultClose", "remoteCloseCode")


class Fuzzing(FuzzingClientProtocol):
    """One connection, and with it one case."""

    def sendFrame(self, opcode, payload=b"", fin=True, rsv=0, mask=None, payload_len=None, chopsize=None, sync=False):
        self.demand_bytes(payload)
        if payload_len is not None:
            # The engine divides here as Python 2 did; the frame is the same: the payload over and over, up to the length.
            payload = (payload * (payload_len // len(payload) + 1))[:payload_len]
        FuzzingClientProtocol.sendFrame(self, opcode, payload, fin, rsv, mask, None, chopsize, sync)

    def sendMessage(self, payload, *arguments, **options):
        self.demand_bytes(payload)
        FuzzingClientProtocol.sendMessage(self, payload, *arguments, **options)

    def sendMessageFrameData(self, payload, sync=False):
        self.demand_bytes(payload)
        return FuzzingClientProtocol.sendMessageFrameData(self, payload, sync)

    def demand_bytes(self, payload):
        """A payload that the conversion left as text must not reach the wire in some other form."""
        if type(payload) is not bytes:
            self.factory.run.problems.append(f"{self.factory.currentCaseId}: the payload {payload!r:.60} is not bytes")


class Fuzzer(FuzzingClientFactory):
    """Runs the cases against one address, one connection after the other, then asks the run for what comes next."""

    def __init__(self, run, agent, url, cases):
        self.run = run
        FuzzingClientFactory.__init__(self, {"servers": [{"agent": agent, "url": url}], "cases": cases})

    def buildProtocol(self, address):
        protocol = Fuzzing()
        protocol.factory = self
        protocol.caseAgent = self.agent
        protocol.case = self.currentCaseIndex
        protocol.Case = Cases[self.currentCaseIndex - 1]
        protocol.runCase = protocol.Case(protocol)
        return protocol

    def logCase(self, result):
        self.run.results[self.agent][result["id"]] = {name: result[name] for name in KEPT}

    def clientConnectionLost(self, connector, reason):
        if self.nextCase():
            connector.connect()
        else:
            self.run.next()

    def clientConnectionFailed(self, connector, reason):
        self.run.problems.append(f"{self.currentCaseId}: no connection: {reason.getErrorMessage()}")
        self.run.next()
