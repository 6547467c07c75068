"""Checks what clients wrote down while a server was tormented: usage: checker.py FOLDER [DATABASE].

FOLDER holds JSON lines: `sender-*.jsonl` (sent, acknowledged), `reader-*.jsonl` (events in the order they came) and `history.jsonl` (what the
API showed in the end, oldest first for each channel). DATABASE is an SQLite file that nobody has open. Prints what it counted as one JSON
object, and each breach on a line of its own; exits 1 when there is one. It shares no code with the clients or the server.
"""

import collections
import json
import pathlib
import sqlite3
import sys


def lines(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


class Checker:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.breaches = []
        self.history = lines(self.folder / "history.jsonl")
        self.sent = []
        self.acknowledged = []
        for path in sorted(self.folder.glob("sender-*.jsonl")):
            for line in lines(path):
                (self.sent if line["event"] == "sent" else self.acknowledged).append(line)

    def breach(self, text):
        self.breaches.append(text)

    def check(self):
        self.check_history()
        self.check_acknowledged()
        self.check_real_time_order()
        paths = sorted(self.folder.glob("reader-*.jsonl"))
        for path in paths:
            self.check_reader(path)
        return {
            "sent": len(self.sent), "acknowledged": len(self.acknowledged), "in_history": len(self.history), "readers": len(paths),
            "breaches": len(self.breaches),
        }

    def check_history(self):
        """Ids rise strictly in each channel; nothing is there twice, nothing that nobody sent; the messages of each sender have its order."""
        last, last_number = {}, {}
        known = {(line["channel"], line["content"]) for line in self.sent}
        seen = set()
        for line in self.history:
            key = (line["channel"], line["content"])
            if line["channel"] in last and int(line["message_id"]) <= last[line["channel"]]:
                self.breach(f"history: {line} comes after {last[line['channel']]}")
            last[line["channel"]] = int(line["message_id"])
            if key in seen:
                self.breach(f"history: {line} is there twice")
            seen.add(key)
            sender, dot, number = line["content"].partition(".")
            if not dot:
                continue
            if key not in known:
                self.breach(f"history: nobody sent {line}")
            if int(number) <= last_number.get(sender, -1):
                self.breach(f"history: {line} comes after number {last_number[sender]} of the same sender")
            last_number[sender] = int(number)

    def check_acknowledged(self):
        """Every acknowledged message is there, with the id that was acknowledged."""
        there = {(line["channel"], line["content"]): line["message_id"] for line in self.history}
        for line in self.acknowledged:
            found = there.get((line["channel"], line["content"]))
            if found != line["message_id"]:
                self.breach(f"acknowledged as {line['message_id']}, in the history as {found}: {line['content']}")

    def check_real_time_order(self):
        """What was sent after another message of the channel had been acknowledged has the greater id."""
        ids = {(line["channel"], line["content"]): int(line["message_id"]) for line in self.history}
        moments = [(line["time"], 0, line) for line in self.acknowledged] + [(line["time"], 1, line) for line in self.sent]
        greatest = collections.defaultdict(int)
        for _, is_sent, line in sorted(moments, key=lambda moment: moment[:2]):
            own = ids.get((line["channel"], line["content"]))
            if own is None:
                continue
            if not is_sent:
                greatest[line["channel"]] = max(greatest[line["channel"]], own)
            elif own <= greatest[line["channel"]]:
                self.breach(f"order: {line['content']} has id {own}, yet {greatest[line['channel']]} was acknowledged before it was sent")

    def check_reader(self, path):
        """`s` rises strictly; every message of the history came once, in the order of its channel."""
        came = lines(path)
        for earlier, later in zip(came, came[1:]):
            if later["s"] <= earlier["s"]:
                self.breach(f"{path.name}: s {later['s']} after {earlier['s']}")
        there, seen = collections.defaultdict(list), collections.defaultdict(list)
        for line in self.history:
            there[line["channel"]].append(line["message_id"])
        for line in came:
            seen[line["channel"]].append(line["message_id"])
        for channel in there.keys() | seen.keys():
            if seen[channel] == there[channel]:
                continue
            missing = set(there[channel]) - set(seen[channel])
            more = set(seen[channel]) - set(there[channel])
            twice = len(seen[channel]) - len(set(seen[channel]))
            self.breach(
                f"{path.name}: channel {channel}: {len(missing)} missing {sorted(missing)[:3]}, {len(more)} unknown {sorted(more)[:3]}, "
                f"{twice} twice" + ("" if missing or more or twice else ", or in another order")
            )

    def check_database(self, path):
        """The file is whole, and holds what the API showed. Opening it makes no new one: an empty database is whole, too."""
        database = sqlite3.connect(f"{pathlib.Path(path).absolute().as_uri()}?mode=rw", uri=True)
        try:
            there = {str(row[0]) for row in database.execute("SELECT id FROM messages")}
            for line in self.history:
                if line["message_id"] not in there:
                    self.breach(f"the database does not have {line}")
            answer = [row[0] for row in database.execute("PRAGMA integrity_check")]
            if answer != ["ok"]:
                self.breach(f"integrity_check: {answer[:5]}")
            if orphans := database.execute("PRAGMA foreign_key_check").fetchmany(5):
                self.breach(f"foreign_key_check: {orphans}")
        finally:
            database.close()


def main(words):
    if len(words) not in (1, 2):
        print("usage: checker.py FOLDER [DATABASE]", file=sys.stderr)
        return 64
    checker = Checker(words[0])
    if len(words) == 2:
        checker.check_database(words[1])
    counts = checker.check()
    print(json.dumps(counts))
    for text in checker.breaches[:50]:
        print(text)
    return 1 if checker.breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
