"""What a server keeps on disk, and what it does when that is not as it should be (contracts/configuration.md, DESIGN.md 10)."""

import hashlib
import os
import socket
import sqlite3
import stat

import psycopg
import pytest

from support.api import PASSWORD, Api, register
from support.database import postgres_url
from support.program import administer, plain, run, serve

NEWER = "INSERT INTO schema_versions (component, version, name, checksum, applied_at) VALUES ('community', 9999, 'later', 1, 1)"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def execute(server, statement):
    """Changes the database behind the server's back."""
    if server.database:
        with psycopg.connect(server.database.url, autocommit=True, connect_timeout=10) as connection:
            connection.execute(statement)
    else:
        connection = sqlite3.connect(server.data / "roost.sqlite")
        with connection:
            connection.execute(statement)
        connection.close()


@pytest.mark.parametrize("is_there", [False, True], ids=["new", "there"])
def test_what_is_on_disk_is_nobody_elses_affair(new_server, is_there):
    """DESIGN 10: "Signing keys are files with mode 0600"; the same for the database, in a folder that others may look into too."""
    server = new_server(start=False)
    if is_there:
        server.data.mkdir(mode=0o755)
    server.start()
    register(server)
    assert mode(server.data) == (0o755 if is_there else 0o700)
    files = {path.name: oct(mode(path)) for path in server.data.rglob("*") if path.is_file()}
    assert {"roost.key", "roost.sqlite", "roost.lock"} <= set(files)
    assert set(files.values()) == {"0o600"}, files
    assert {oct(mode(path)) for path in server.data.rglob("*") if path.is_dir()} == {"0o700"}


def test_only_the_hash_of_the_setup_code_is_stored(new_server):
    """"only its SHA-256 is stored"."""
    server = new_server()
    code = plain(server.setup_code)
    assert server.stop() == 0
    content = b"".join(path.read_bytes() for path in server.data.rglob("*") if path.is_file())
    assert hashlib.sha256(code.encode()).digest() in content
    for text in (code, code.lower(), server.setup_code):
        assert text.encode() not in content


def test_passwords_and_tokens_are_not_stored(new_server):
    """DESIGN 10: "Tokens are stored hashed"; "security.password_cost | argon2id profile: `minimum` (tests) ..."."""
    server = new_server()
    account = register(server)
    assert server.stop() == 0
    content = b"".join(path.read_bytes() for path in server.data.rglob("*") if path.is_file())
    assert b"$argon2id$v=19$m=8,t=1" in content
    for secret in (PASSWORD, account.access_token, account.refresh_token):
        assert secret.encode() not in content


@pytest.mark.parametrize("damage", ["open", "short"])
def test_a_key_that_cannot_be_trusted_ends_with_70(new_server, roost_binary, tmp_path, damage):
    """"70 anything else": nothing is repaired, because a lost key ends every session."""
    server = new_server()
    account = register(server)
    assert server.stop() == 0
    key = server.data / "roost.key"
    content = key.read_bytes()
    if damage == "open":
        key.chmod(0o644)
    else:
        key.write_bytes(content[:10])
    result = run(roost_binary, tmp_path, *server.command()[1:])
    assert result.returncode == 70 and "roost.key" in result.stderr
    assert key.read_bytes() == (content if damage == "open" else content[:10])
    key.write_bytes(content)
    key.chmod(0o600)
    server.start()
    assert Api(server, account.access_token).get("/auth/me").status_code == 200


def test_data_of_a_newer_version_ends_with_73(engine, new_server, roost_binary, tmp_path):
    """"73 data folder ... from a newer version", for `serve` and for `admin`; the sentence says what to do, and nothing is changed."""
    server = new_server(engine)
    account = register(server)
    assert server.stop() == 0
    execute(server, NEWER)
    served = run(roost_binary, tmp_path, *server.command()[1:])
    administered = administer(server, "create", "--username", "robin", typed=PASSWORD)
    for result in (served, administered):
        assert result.returncode == 73 and "newer" in result.stderr and "9999" in result.stderr, result.stderr
    assert not server.ready_file.exists()
    execute(server, "DELETE FROM schema_versions WHERE version = 9999")
    server.start()
    assert Api(server, account.access_token).get("/auth/me").status_code == 200
    assert Api(server).post("/auth/login", {"username": "robin", "password": PASSWORD}).status_code == 401


def test_a_folder_that_cannot_be_made_ends_with_70(roost_binary, tmp_path):
    """"70 anything else": the folder is no service that is missing."""
    (tmp_path / "file").write_text("")
    result = serve(roost_binary, tmp_path, "--data", str(tmp_path / "file" / "data"))
    assert result.returncode == 70 and "data folder" in result.stderr and "Not a directory" in result.stderr


def test_an_address_that_is_taken_ends_with_70(roost_binary, tmp_path):
    """"70 anything else"."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        result = serve(roost_binary, tmp_path, "--listen", f"127.0.0.1:{other.getsockname()[1]}")
    assert result.returncode == 70 and "127.0.0.1" in result.stderr


def test_a_ready_file_that_cannot_be_written_ends_with_70(roost_binary, tmp_path):
    """Who waits for the file would wait for ever: the server does not serve on unseen."""
    result = serve(roost_binary, tmp_path, "--ready-file", str(tmp_path / "missing" / "ready"))
    assert result.returncode == 70 and "missing/ready" in result.stderr


@pytest.mark.postgresql
def test_a_database_that_is_not_in_postgresql_ends_with_69(roost_binary, tmp_path):
    """"69 a needed service is missing (database)"."""
    base, _, name = postgres_url().rpartition("/")
    query = "?" + name.split("?")[1] if "?" in name else ""
    result = serve(roost_binary, tmp_path, "--set", f"database.url={base}/roost_test_none_{os.getpid()}{query}")
    assert result.returncode == 69 and "does not exist" in result.stderr
