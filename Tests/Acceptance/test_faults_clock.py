"""A wall clock that is set while the server runs (docs/reliability.md)."""

import time

import pytest

from support.api import Api, PASSWORD, register
from support.faults import SteppedClock

ENGINES = ("sqlite",)
pytestmark = [pytest.mark.linux, pytest.mark.alone]
HOUR = 3_600


@pytest.mark.parametrize("first", [HOUR, -HOUR], ids=["forth and back", "back and forth"])
def test_a_clock_that_steps_by_an_hour_changes_no_order_and_stops_nothing(new_server, gateway, tmp_path, first):
    """DESIGN.md 5: "Ids never go back, whatever the clock does"; the order of messages and events is that of their ids."""
    clock = SteppedClock(tmp_path)
    # Tokens outlive the steps: that they expire by the wall clock is meant.
    server = new_server(settings={"chat.access_token_seconds": "86400"}, environment=clock.environment)
    owner = register(server, "owner")
    channel = owner.create_server()["channels"][0]["channel_id"]
    socket = gateway(owner)
    said = []

    def say_some():
        for _ in range(5):
            said.append(owner.say(channel, f"message {len(said)}", nonce=f"n{len(said)}"))

    say_some()
    assert socket.expect_messages(5) == said
    for offset in (first, 0, -first, 0, first, 0):
        clock.step(offset)
        time.sleep(0.1)
        say_some()
        # Whoever comes now is let in.
        newcomer = register(server, "newcomer")
        assert newcomer.log_in_again().get("/users/@me").status_code == 200
        assert socket.expect_messages(5) == said[-5:]
    ids = [int(message["message_id"]) for message in said]
    assert ids == sorted(set(ids))
    # The step was real: ids hold milliseconds above 13 bits.
    assert (ids[-1] - ids[0]) >> 13 > HOUR * 500, "the server never saw another hour"
    assert [message["message_id"] for message in owner.history(channel, limit=100)][::-1] == [message["message_id"] for message in said]

    # A message sent again after the clock went back is still the same one, and a restart goes on from the greatest id.
    again = owner.post(f"/channels/{channel}/messages", {"content": said[-1]["content"], "nonce": f"n{len(said) - 1}"})
    assert (again.status_code, again.json()["message_id"]) == (200, said[-1]["message_id"])
    session, seen = socket.session_id, socket.last_s
    clock.step(-HOUR)
    server.restart()
    say_some()
    resumed = gateway.resume(owner, session, seen)
    assert [message["message_id"] for message in resumed.expect_messages(5)] == [message["message_id"] for message in said[-5:]]
    assert int(said[-1]["message_id"]) > ids[-1]
    assert server.stop() == 0


def test_a_clock_that_was_set_back_locks_nobody_out(new_server, tmp_path):
    """contracts/chat.md 1.2: a bucket is full again after its period, whatever the wall clock did meanwhile."""
    clock = SteppedClock(tmp_path)
    limits = {"limits.rate": "true", "chat.sign_ins_per_minute": "60", "chat.requests_per_second": "5"}
    server = new_server(settings=limits, environment=clock.environment)
    account = register(server)
    assert 429 in [account.get("/users/@me").status_code for _ in range(50)]
    clock.step(-HOUR)
    log_in = {"username": account.username, "password": PASSWORD}
    # A bucket learns of it at the next look, and fills from there: one request in so much of a second, one login in a second.
    account.get("/users/@me")
    Api(server).post("/auth/login", log_in)
    time.sleep(1.2)
    assert account.get("/users/@me").status_code == 200
    assert Api(server).post("/auth/login", log_in).status_code == 200
    assert server.stop() == 0
