"""Files that people upload, behind the server's back: rows in its database, and a bucket of moto, an S3 that checks signatures as botocore makes them."""

import contextlib
import datetime
import hashlib
import json
import os
import sqlite3

import boto3
import httpx
import psycopg
from botocore.config import Config
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from .program import run

BUCKET = "rookery"
REGION = "eu-west-1"
HOUR = 3600


class Bucket:
    """One bucket of an S3 of its own, and a key that may do everything in it; nobody else may do anything."""

    def __init__(self):
        self.moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self.moto.start()
        host, port = self.moto.get_host_and_port()
        self.endpoint = f"http://{host}:{port}"
        httpx.post(f"{self.endpoint}/moto-api/reset").raise_for_status()
        client = self._client("s3", "any", "any")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        iam = self._client("iam", "any", "any")
        iam.create_user(UserName="roost")
        policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
        iam.put_user_policy(UserName="roost", PolicyName="all", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName="roost")["AccessKey"]
        self.access_key, self.secret_key = key["AccessKeyId"], key["SecretAccessKey"]
        # From here on every request has to be signed with that key.
        httpx.post(f"{self.endpoint}/moto-api/reset-auth", content=b"0").raise_for_status()
        self.client = self._client("s3", self.access_key, self.secret_key)

    def _client(self, service, access_key, secret_key):
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id=access_key, aws_secret_access_key=secret_key,
            config=Config(s3={"addressing_style": "path"}, proxies={}),
        )

    def stop(self):
        httpx.post(f"{self.endpoint}/moto-api/reset-auth", content=b"inf")
        self.moto.stop()

    def settings(self, **more):
        """What a server is told of it."""
        values = {
            "endpoint": self.endpoint, "region": REGION, "bucket": BUCKET, "access_key": self.access_key, "secret_key": self.secret_key,
        } | more
        return {"blobs.store": "s3", "guard.allow_cidrs": '["127.0.0.0/8"]'} | {f"blobs.s3.{name}": value for name, value in values.items()}

    def put(self, path, content, age=0):
        self.client.put_object(Bucket=BUCKET, Key=path, Body=content)
        (backend,) = (account["aws"] for account in s3_backends.values() if BUCKET in account["aws"].buckets)
        stored = backend.buckets[BUCKET].keys[path]
        stored.last_modified -= datetime.timedelta(seconds=age)

    def paths(self):
        return sorted(entry["Key"] for entry in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", []))


class Folder:
    """The same on disk, in a server's data folder."""

    def __init__(self, server):
        self.root = server.data / "blobs"

    def put(self, path, content, age=0):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        if age:
            past = file.stat().st_mtime - age
            os.utime(file, (past, past))

    def paths(self):
        return sorted(str(file.relative_to(self.root)) for file in self.root.glob("??/*"))


def path(content, number):
    """Where content is stored for a row."""
    digest = hashlib.sha256(content).hexdigest()
    return f"{digest[:2]}/{digest}-{number}"


def add_row(server, content, number, *, references=1, touched_at=0):
    """A row, as an upload makes it; touched long ago unless told otherwise."""
    values = (number, hashlib.sha256(content).digest(), len(content), references, touched_at)
    insert(server, "blobs (id, digest, size, reference_count, touched_at)", values)


def note_removal(server, content, number):
    """What a server leaves that was killed while it removed: the row has gone, the bytes have not."""
    insert(server, "blob_removals (id, blob_id, digest)", (1, number, hashlib.sha256(content).digest()))


def insert(server, columns, values):
    statement = f"INSERT INTO {columns} VALUES "
    if server.database:
        with psycopg.connect(server.database.url, connect_timeout=10) as connection:
            connection.execute(f"{statement} ({', '.join(['%s'] * len(values))})", values)
    else:
        with contextlib.closing(sqlite3.connect(server.database_file, timeout=10)) as connection, connection:
            connection.execute(f"{statement} ({', '.join('?' * len(values))})", values)


def rows(server, table="blobs"):
    """The ids of all rows."""
    statement = f"SELECT id FROM {table} ORDER BY id"
    if server.database:
        with psycopg.connect(server.database.url, connect_timeout=10) as connection:
            return [row[0] for row in connection.execute(statement)]
    with contextlib.closing(sqlite3.connect(server.database_file, timeout=10)) as connection:
        return [row[0] for row in connection.execute(statement)]


def verify(server, *words):
    """`roost blobs verify` on the data of a server, which may run."""
    settings = [part for name, value in server.settings.items() for part in ("--set", f"{name}={value}")]
    return run(server.command()[0], server.folder, "blobs", "verify", *words, "--data", str(server.data), *settings)
