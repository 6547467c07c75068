"""Writes straight into a database what its routes would take hours for, as the server would have done. The server must not be running."""

import base64
import hashlib
import hmac
import json
import sqlite3
import subprocess
import time
from pathlib import Path

from programs import Failure

#: Five days: none of the events is old enough to be forgotten.
HISTORY_MICROSECONDS = 5 * 86_400 * 1_000_000
#: Of the ids (Sources/Primitives/IDGenerator.swift): 2026-01-01 in microseconds; below the milliseconds come 13 bits.
EPOCH_MICROSECONDS = 1_767_225_600_000_000
ID_BITS_BELOW_MILLISECOND = 13
#: Text that stands behind the number in every message.
FILLER = "x" * 60
TOKEN_SECONDS = 6 * 3_600


class SQLiteFile:
    """The database in a data folder."""

    def __init__(self, folder):
        self.path = Path(folder) / "roost.sqlite"

    def run(self, *statements):
        database = sqlite3.connect(self.path)
        database.execute("PRAGMA synchronous = OFF")
        with database:
            for statement in statements:
                database.execute(statement)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()


class PostgresDatabase:
    """A database of a PostgreSQL server."""

    def __init__(self, url):
        self.url = url

    def run(self, *statements):
        # VACUUM does what a server in use has long done by itself: statistics, and the map of what all can see.
        words = [word for statement in (*statements, "VACUUM ANALYZE") for word in ("-c", statement)]
        if subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", *words, self.url]).returncode != 0:
            raise Failure("PostgreSQL does not take what it is to be filled with")


def identifier(at, sequence):
    return (at - EPOCH_MICROSECONDS) // 1_000 << ID_BITS_BELOW_MILLISECOND | sequence


def moments(count, spacing):
    """Times in microseconds, evenly spaced, the last a minute ago: in Python, and as a common table of SQL with their numbers."""
    first = time.time_ns() // 1_000 - 60_000_000 - spacing * (count - 1)
    numbers = f"numbers(n) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < {count - 1})"
    table = f"WITH RECURSIVE {numbers}, moments(n, at) AS (SELECT n, {first} + {spacing} * n FROM numbers)"
    return [first + spacing * n for n in range(count)], table


def sql_identifier(sequence):
    """`identifier` in SQL, of the time in the column `at`."""
    return f"((((at - {EPOCH_MICROSECONDS}) / 1000) << {ID_BITS_BELOW_MILLISECOND}) | {sequence})"


def fill_messages(database, server, channel, account, count, sequence=0, notes=0):
    """Messages with their events. Returns the ids, in order. Channels of one database need sequences that are two apart.

    `server`: None for a channel of the home space. `notes`: so many of the first ones note a new name, as there.
    """
    times, table = moments(count, HISTORY_MICROSECONDS // count)
    message, event = sql_identifier(sequence), sql_identifier(sequence + 1)
    last, last_event = identifier(times[-1], sequence), identifier(times[-1], sequence + 1)
    kind = f"CASE WHEN n < {notes} THEN 2 ELSE 0 END"
    # Scope 2 is the server, 3 the channel.
    source = f"2, {server}" if server else f"3, {channel}"
    database.run(
        f"INSERT INTO messages (channel_id, id, author_id, kind, content, created_at) {table}"
        f" SELECT {channel}, {message}, {account}, {kind}, CAST(n AS TEXT) || ' {FILLER}', at FROM moments",
        # Kind 1 is a new message; the data name its channel.
        f"INSERT INTO events (id, scope, scope_id, kind, subject_id, data, created_at) {table}"
        f" SELECT {event}, {source}, 1, {message}, '{channel}', at FROM moments",
        f"UPDATE channels SET last_message_id = {last}, last_text_message_id = {last} WHERE id = {channel}",
        f"UPDATE event_log SET latest = CASE WHEN latest < {last_event} THEN {last_event} ELSE latest END",
        f"UPDATE event_log SET kept = kept + {count}, counted_through = latest",
    )
    return [identifier(at, sequence) for at in times]


def fill_channels(database, beside, count):
    """Channels of the home space that anybody may find and join, named `channel-00000` and so on. Nobody is in them, and no event tells of them.

    `beside`: a channel that is there already, whose owner they have too.
    """
    _, table = moments(count, 1_000)
    name = f"'channel-' || SUBSTR(CAST({10**5} + n AS TEXT), 2)"
    database.run(
        "INSERT INTO channels (id, space_id, owner_id, name, name_key, kind, access, position, default_permissions, inherits_default,"
        f" override_count, created_at) {table} SELECT {sql_identifier(4)}, c.space_id, c.owner_id, {name}, {name}, 0, 1, n, 0, 1, 0, at"
        f" FROM moments, channels c WHERE c.id = {beside}",
    )


def fill_members(database, folder, server, count):
    """Members of a server, each signed in. Returns their access tokens. None of them has a password, and no event tells of them."""
    times, table = moments(count, 1_000)
    account, session = sql_identifier(0), sql_identifier(1)
    name = "'crowd-' || CAST(n AS TEXT)"
    end = times[-1] + TOKEN_SECONDS * 1_000_000
    database.run(
        f"INSERT INTO accounts (id, username, username_key, status, is_administrator, created_at, updated_at) {table}"
        f" SELECT {account}, {name}, {name}, 0, 0, at, at FROM moments",
        f"INSERT INTO members (space_id, account_id, joined_at) {table} SELECT {server}, {account}, at FROM moments",
        f"INSERT INTO sessions (id, account_id, kind, created_at, expires_at, last_used_at) {table}"
        f" SELECT {session}, {account}, 1, at, {end}, at FROM moments",
        f"UPDATE spaces SET member_count = member_count + {count} WHERE id = {server}",
    )
    # As Sources/Security/KeyFile.swift derives it.
    key = hmac.digest((Path(folder) / "roost.key").read_bytes(), b"roost access token v1", hashlib.sha256)
    return [access_token(key, identifier(at, 0), f"crowd-{n}", identifier(at, 1), at // 1_000_000) for n, at in enumerate(times)]


def access_token(key, account, username, session, issued):
    """As Sources/Security/AccessTokenCodec.swift signs it."""
    claims = {"sub": str(account), "username": username, "sid": str(session), "iat": issued, "exp": issued + TOKEN_SECONDS, "jti": str(session)}
    signed = base64url(b'{"alg":"HS256","typ":"JWT"}') + "." + base64url(json.dumps(claims).encode())
    return signed + "." + base64url(hmac.digest(key, signed.encode(), hashlib.sha256))


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
