"""`roost admin sessions` and `roost admin end-session`: the operator lists and ends the logins of others."""

import datetime
import re

import pytest

from support.api import Api
from support.both import chat_side, home
from support.dawchat import administrator, newcomer, problem, succeeded
from support.program import administer

#: "the log is polled" once in a second; the rest is for a busy machine.
SOON = 5
HEADING = ["ID", "KIND", "CREATED", "LAST USED", "EXPIRES"]


def sessions(server, username):
    """The rows of the list, without the heading; the columns must be aligned."""
    result = administer(server, "sessions", "--username", username)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    if result.stdout == "No sessions.\n":
        return []
    lines = result.stdout.splitlines()
    assert re.split(r"  +", lines[0]) == HEADING
    starts = [match.start() for match in re.finditer(r"(?<=  )\S|^\S", lines[0])]
    for line in lines[1:]:
        assert [match.start() for match in re.finditer(r"\S+", line)] == starts and line == line.rstrip()
    return [line.split() for line in lines[1:]]


def end(server, username, *which):
    result = administer(server, "end-session", "--username", username, *which)
    assert result.returncode == 0, result.stderr
    return result.stdout


def only_new(server, username, known):
    """The id of the one session that is not known yet."""
    [row] = [row for row in sessions(server, username) if row[0] not in known]
    return row[0]


def ends_soon(stream):
    assert stream.expect_end(SOON) == []


def test_the_list_has_a_line_for_each_login(engine, new_server):
    """Id, kind, made, last used, expires; the one used last is first."""
    server = new_server(engine)
    person = administrator(server)
    chat_side(person)
    cookie, refresh = sorted(sessions(server, person.username), key=lambda row: row[1])
    assert (cookie[1], refresh[1]) == ("cookie", "refresh")
    assert sessions(server, person.username.upper())[0] == refresh, "the one used last is first, and a name is found in any case"
    now = datetime.datetime.now(datetime.UTC)
    for row, days in ((cookie, 7), (refresh, 30)):
        assert 0 < int(row[0]) < 2**53
        created, used, expires = (datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC) for text in row[2:])
        assert abs((now - created).total_seconds()) < 60 and created <= used
        assert abs((expires - used).total_seconds() - days * 86_400) <= 1


def test_the_list_can_be_empty(new_server):
    server = new_server()
    person = administrator(server)
    end(server, person.username, "--all")
    assert sessions(server, person.username) == []


def test_one_login_ends_with_its_stream(engine, new_server, listen, gateway):
    """The others of the account go on, on both APIs."""
    server = new_server(engine)
    person = administrator(server)
    known = {row[0] for row in sessions(server, person.username)}
    stolen = person.another_browser()
    chosen = only_new(server, person.username, known)
    account = chat_side(person)
    channel = person.make_channel()["channelId"]
    ending, going, socket = listen(stolen), listen(person), gateway(account)
    left = {row[0] for row in sessions(server, person.username)} - {chosen}
    assert end(server, person.username, "--session", chosen) == "The login has ended.\n"
    ends_soon(ending)
    problem(stolen.user_info(), "Unauthorized")
    going.expect_message(person.say(channel))
    socket.expect_messages(1)
    assert {row[0] for row in sessions(server, person.username)} == left and len(left) == 2


def test_one_login_ends_with_its_socket(engine, new_server, listen, gateway):
    """A login of Chat by its id: 4004, and its refresh token is worth nothing."""
    server = new_server(engine)
    person = administrator(server)
    kept = chat_side(person)
    known = {row[0] for row in sessions(server, person.username)}
    stolen = chat_side(person)
    chosen = only_new(server, person.username, known)
    ending, going, stream = gateway(stolen), gateway(kept), listen(person)
    end(server, person.username.upper(), f"--session={chosen}")
    ending.expect_close(4004, SOON)
    assert stolen.get("/auth/me").status_code == 401
    assert Api(server).post("/auth/refresh", {"refresh_token": stolen.refresh_token}).status_code == 401
    going.beat()
    assert home(kept)["server_id"]
    stream.expect_nothing(0.2)


def test_all_logins_end_at_once(engine, new_server, listen, gateway):
    """`--all`: sockets, streams and tokens of this account; not those of others. One may log in anew at once."""
    server = new_server(engine)
    person, other = administrator(server), newcomer(server)
    account, bystander = chat_side(person), chat_side(other)
    streams, socket = [listen(person), listen(person.another_browser())], gateway(account)
    listening, watching = listen(other), gateway(bystander)
    assert end(server, person.username, "--all") == f"All logins of {person.username} have ended.\n"
    assert sessions(server, person.username) == []
    for stream in streams:
        ends_soon(stream)
    socket.expect_close(4004, SOON)
    problem(person.user_info(), "Unauthorized")
    assert account.get("/auth/me").status_code == 401
    watching.beat()
    listening.expect_nothing(0.2)
    succeeded(other.user_info())
    succeeded(person.log_in().user_info())
    assert len(sessions(server, person.username)) == 1


def test_it_needs_no_server(engine, new_server):
    """"works on the data folder": what ended while the server stood is ended when it comes back."""
    server = new_server(engine)
    person = administrator(server)
    [[chosen, *_]] = sessions(server, person.username)
    server.stop()
    assert [row[0] for row in sessions(server, person.username)] == [chosen]
    end(server, person.username, "--session", chosen)
    assert sessions(server, person.username) == []
    server.start()
    person.http.base_url = server.url
    problem(person.user_info(), "Unauthorized")


def test_what_is_no_good_ends_nothing(engine, new_server, listen):
    """64 for a command line that is not understood, 70 for what does not exist; somebody else's session does not exist for this name."""
    server = new_server(engine)
    person, other = administrator(server), newcomer(server)
    mine, theirs = ([row[0] for row in sessions(server, username)][0] for username in (person.username, other.username))
    stream = listen(person)
    name = ("--username", person.username)
    for words, code, sentence in (
        (("sessions",), 64, "--username is missing"),
        (("sessions", *name, "--all"), 64, "unknown option --all"),
        (("sessions", "--username", "nobody"), 70, "There is no such account."),
        (("end-session", *name), 64, "end-session needs either --session or --all"),
        (("end-session", *name, "--all", "--session", mine), 64, "end-session needs either --session or --all"),
        (("end-session", *name, "--session", "mine"), 64, "--session needs a number"),
        (("end-session", *name, "--session", theirs), 70, "The account has no such login"),
        (("end-session", *name, "--session", "42"), 70, "The account has no such login"),
        (("end-session", "--username", "nobody", "--session", mine), 70, "There is no such account."),
        (("end-session", "--username", "nobody", "--all"), 70, "There is no such account."),
    ):
        result = administer(server, *words)
        assert (result.returncode, result.stdout) == (code, ""), result.stderr
        assert result.stderr.startswith(f"roost: {sentence}"), result.stderr
    stream.expect_nothing(1.5)
    succeeded(person.user_info())
    succeeded(other.user_info())


@pytest.mark.parametrize("which", ["one", "all"])
def test_a_session_ends_once(new_server, which):
    """An id that has ended is unknown; `--all` of nobody's sessions is no failure."""
    server = new_server()
    person = administrator(server)
    [[chosen, *_]] = sessions(server, person.username)
    words = ("--session", chosen) if which == "one" else ("--all",)
    end(server, person.username, *words)
    again = administer(server, "end-session", "--username", person.username, *words)
    assert again.returncode == (70 if which == "one" else 0)
