"""A PostgreSQL that is stopped, restarted and killed under Roost (docs/reliability.md)."""

import contextlib
import time

import pytest

from support.api import Api, register
from support.postgres import OwnPostgres
from support.traffic import Traffic
from test_faults_disk import Room, assert_trouble, works_again
from test_faults_kill import checked

pytestmark = [pytest.mark.postgresql, pytest.mark.alone]


@pytest.fixture(scope="module")
def postgres():
    postgres = OwnPostgres()
    try:
        yield postgres.start()
    finally:
        postgres.dispose()


@pytest.fixture
def served(postgres, new_server):
    """A server on a database that only this test uses."""
    return new_server(settings={"database.url": postgres.new_database()})


@contextlib.contextmanager
def within(seconds):
    begin = time.monotonic()
    yield
    assert time.monotonic() - begin < seconds


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_while_postgresql_is_stopped_requests_fail_cleanly_and_work_again_after(postgres, served, gateway, mode):
    """DESIGN.md 5: a database that cannot be reached is the server's fault, told at once, and over when it is there again."""
    room = Room(served)
    socket = gateway(room.owner)
    room.say("before")
    assert len(socket.expect_messages(1)) == 1
    postgres.stop(mode)
    try:
        for number in range(5):
            with within(5):
                assert_trouble(room.try_to_say(f"refused {number}"))
                assert_trouble(room.owner.get(f"/channels/{room.channel}/messages"))
                assert_trouble(Api(served).post("/auth/register", {"username": "somebody", "password": "correct horse battery"}))
        assert served.http.get("/healthz").status_code == 200
        # A socket that is open stays open.
        socket.beat()
    finally:
        postgres.start()
    works_again(room, "after")
    assert room.history() == room.kept == ["before", "after"]
    assert [message["content"] for message in socket.expect_messages(1)] == ["after"]
    assert register(served).get("/users/@me").status_code == 200
    assert served.stop() == 0


def test_connections_that_an_administrator_ends_are_made_again(postgres, served):
    """DESIGN.md 5: a connection that was idle and has gone costs no request."""
    room = Room(served)
    for number in range(5):
        room.say(f"message {number}")
        assert room.history() == room.kept
        postgres.terminate_connections()
    room.say("the last")
    assert room.history() == room.kept
    assert served.stop() == 0


def wait_for_more(traffic, messages=100):
    """Until the senders have gone on for a while."""
    begin, deadline = traffic.acknowledged, time.monotonic() + 60
    while traffic.acknowledged < begin + messages:
        assert time.monotonic() < deadline, "the senders do not get on any more"
        time.sleep(0.05)


@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_however_often_postgresql_is_killed(postgres, served, tmp_path, long):
    """decisions/0002: "A commit that is not answered is looked up after reconnecting"; groups are killed in their middle."""
    traffic = Traffic(served, tmp_path / "journals", senders=128 if long else 32)
    try:
        for _ in range(12 if long else 1):
            time.sleep(0.7)
            postgres.kill_in_transaction()
            wait_for_more(traffic)
            postgres.stop("immediate")
            postgres.start()
            wait_for_more(traffic)
            postgres.kill()
            postgres.start()
            wait_for_more(traffic)
        traffic.finish()
    finally:
        traffic.give_up()
    assert traffic.troubles, "no fault was met"
    assert served.stop() == 0
    counts = checked(tmp_path / "journals") | {"refused": len(traffic.troubles)}
    print(counts)
