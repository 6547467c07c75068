"""A PostgreSQL database for one server, made in the server that ROOST_TEST_POSTGRES names."""

import contextlib
import os
import secrets
import sqlite3
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


def postgres_url():
    """The libpq URL of a PostgreSQL in which databases may be created, or None."""
    return os.environ.get("ROOST_TEST_POSTGRES") or None


class TestDatabase:
    """Made when constructed, gone after `drop`."""

    __test__ = False

    def __init__(self):
        self.administration = postgres_url()
        self.name = "roost_test_" + secrets.token_hex(6)
        parts = urlsplit(self.administration)
        query = "?" + parts.query if parts.query else ""
        self.url = f"postgresql://{parts.netloc}/{self.name}{query}"
        self._run(sql.SQL("CREATE DATABASE {}"))

    def drop(self):
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"))

    def _run(self, statement):
        with psycopg.connect(self.administration, autocommit=True, connect_timeout=10) as connection:
            connection.execute(statement.format(sql.Identifier(self.name)))


def execute(server, *statements):
    """Runs SQL on the database of a server, which must not run: for what no route of the API does yet."""
    assert not server.is_running(), "stop the server first"
    if server.database:
        with psycopg.connect(server.database.url, connect_timeout=10) as connection:
            for statement in statements:
                connection.execute(statement)
    else:
        with contextlib.closing(sqlite3.connect(server.database_file)) as connection, connection:
            for statement in statements:
                connection.execute(statement)


def rows(server, query):
    """What a query finds in the database of a server, which may run."""
    if server.database:
        with psycopg.connect(server.database.url, connect_timeout=10) as connection:
            return connection.execute(query).fetchall()
    with contextlib.closing(sqlite3.connect(server.database_file)) as connection:
        return connection.execute(query).fetchall()
