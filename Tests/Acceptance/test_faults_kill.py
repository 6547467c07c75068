"""Sudden ends, again and again, under many senders (docs/reliability.md)."""

import contextlib
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import time

import pytest

from support.traffic import Traffic

CHECKER = pathlib.Path(__file__).parent / "support" / "checker.py"


def checked(folder, database=None):
    """What the checker counts in the clients' journals; fails with its words."""
    words = [sys.executable, CHECKER, folder] + ([database] if database else [])
    result = subprocess.run(words, capture_output=True, text=True, timeout=900)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
    return json.loads(result.stdout.splitlines()[0])


@pytest.mark.timeout(3600)
def test_nothing_acknowledged_is_lost_however_often_the_server_is_killed(new_server, engine, tmp_path, long):
    """DESIGN.md 5: "an acknowledged write has been fsynced"; contracts/chat.md 4.6: resume across restarts; 3.4: a nonce makes one message."""
    senders, cycles = 256, 500 if long else 50
    server = new_server(engine)
    traffic = Traffic(server, tmp_path / "journals", senders=senders)
    chance = random.Random(20_260_101)
    try:
        for _ in range(cycles):
            time.sleep(chance.uniform(0.2, 2.0))
            server.restart()
        traffic.finish()
    finally:
        traffic.give_up()
    assert all(reader.resumes >= cycles // 2 for reader in traffic.readers), [reader.resumes for reader in traffic.readers]
    assert server.stop() == 0
    counts = checked(tmp_path / "journals", server.database_file if engine == "sqlite" else None)
    assert counts["acknowledged"] >= senders and counts["readers"] == 2, counts
    print(counts)


def test_the_checker_sees_what_it_is_there_to_see(tmp_path):
    """A checker that finds nothing proves nothing: each kind of breach is found."""
    def write(name, *lines):
        (tmp_path / name).write_text("".join(json.dumps(line) + "\n" for line in lines))

    def sent(number, begin, end, identifier):
        content = {"channel": "1", "content": f"s0.{number}"}
        return {"event": "sent", "time": begin} | content, {"event": "acknowledged", "time": end, "message_id": identifier} | content

    def message(number, identifier):
        return {"channel": "1", "message_id": identifier, "content": f"s0.{number}"}

    def breaches(*database):
        result = subprocess.run([sys.executable, CHECKER, tmp_path, *database], capture_output=True, text=True, timeout=30)
        return result.returncode, result.stdout + result.stderr

    whole = [message(0, "10"), message(1, "11")]
    came = [{"s": 5} | whole[0], {"s": 6} | whole[1]]
    write("sender-0.jsonl", *sent(0, 1, 2, "10"), *sent(1, 3, 4, "11"))
    write("history.jsonl", *whole)
    write("reader-0.jsonl", *came)
    assert breaches()[0] == 0, breaches()

    for name, lines, words in (
        ("history.jsonl", whole[:1], "in the history as None"),
        ("history.jsonl", [*whole, message(1, "12")], "there twice"),
        ("history.jsonl", [*whole, message(2, "12")], "nobody sent"),
        ("history.jsonl", whole[::-1], "comes after"),
        ("history.jsonl", [message(1, "9"), message(0, "10")], "was acknowledged before it was sent"),
        ("reader-0.jsonl", came[:1], "1 missing"),
        ("reader-0.jsonl", [*came, {"s": 7} | whole[1]], "1 twice"),
        ("reader-0.jsonl", [came[0], {"s": 5} | whole[1]], "s 5 after 5"),
        ("reader-0.jsonl", [{"s": 5} | whole[1], {"s": 6} | whole[0]], "in another order"),
    ):
        before = (tmp_path / name).read_text()
        write(name, *lines)
        code, said = breaches()
        assert code == 1 and words in said, (name, words, said)
        (tmp_path / name).write_text(before)

    file = tmp_path / "database"
    code, said = breaches(file)
    assert code == 1 and "unable to open" in said and not file.exists(), said
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, text TEXT)")
        database.execute("CREATE INDEX by_text ON messages (text)")
        database.executemany("INSERT INTO messages VALUES (?, ?)", [(10, "a" * 4000), (11, "b" * 4000)])
        database.commit()
        assert breaches(file)[0] == 0, breaches(file)
        database.execute("DELETE FROM messages WHERE id = 11")
        database.commit()
        code, said = breaches(file)
        assert code == 1 and "the database does not have" in said, said
        database.execute("INSERT INTO messages VALUES (11, 'c')")
        database.execute("PRAGMA writable_schema = ON")
        # An index that says nothing about the table any more.
        database.execute("UPDATE sqlite_master SET sql = 'CREATE INDEX by_text ON messages (id)' WHERE name = 'by_text'")
        database.commit()
    code, said = breaches(file)
    assert code == 1 and "integrity_check" in said, said
