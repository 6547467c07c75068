"""The same bytes to Roost and to nginx: each has to give the answers of the table (RFC 9110, RFC 9112; docs/conformance.md)."""

from pathlib import Path

import pytest

from support.api import Api
from support.http_cases import BODY, CASES, GET, LAST
from support.nginx import Nginx
from support.raw import exchange, statuses

ENGINES = ("sqlite",)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"

every_case = pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])


@pytest.fixture(scope="module")
def nginx():
    server = Nginx()
    try:
        server.start()
        yield server
        assert server.is_running(), server.log
    finally:
        server.dispose()


@pytest.fixture(scope="module")
def roost(server):
    """The shared server, where the body of the cases is good for a login."""
    response = Api(server).post("/auth/register", content=BODY)
    assert response.status_code == 201, response.text
    return server


def check(server, case, expected):
    if case.then:
        answer, closed = exchange(server, case.request, then=case.then + case.last, ends_output=case.ends_output)
    else:
        answer, closed = exchange(server, case.request + case.last, ends_output=case.ends_output)
    assert closed, f"still open after {answer!r}"
    assert statuses(answer) == expected, answer


@every_case
def test_roost_answers_as_the_table_says(roost, case):
    """RFC 9112 11.2: who sees another end of a request than the one before it, answers requests that nobody has sent."""
    check(roost, case, case.roost)
    assert roost.http.get("/healthz").status_code == 200


@every_case
def test_nginx_answers_as_the_table_says(nginx, case):
    """What the comparison in docs/conformance.md rests on."""
    check(nginx, case, case.nginx)


def test_head_has_the_fields_of_get_and_no_content(roost, nginx):
    """RFC 9110 9.3.2; a body would stand where the next answer begins."""
    for server in (roost, nginx):
        whole, content = first_answer(server, b"GET")
        assert b"Content-Length: 3" in whole and content.startswith(b"ok\nHTTP/1.1 200 OK\r\n")
        head, content = first_answer(server, b"HEAD")
        assert head == whole and content.startswith(b"HTTP/1.1 200 OK\r\n")


def first_answer(server, method):
    """The head without its date, and all that follows it."""
    answer, closed = exchange(server, GET.replace(b"GET", method) + b"\r\n" + LAST)
    assert closed
    head, rest = answer.split(b"\r\n\r\n", 1)
    return [line for line in head.split(b"\r\n") if not line.startswith(b"Date:")], rest


def test_every_difference_has_its_reason_and_stands_in_the_document():
    """A difference that nobody has thought about is a defect of one of the two."""
    assert len({case.what for case in CASES}) == len(CASES)
    lines = set(DOCUMENT.read_text().splitlines())
    for case in CASES:
        assert bool(case.why) == (case.roost != case.nginx), case.what
        if case.why:
            assert row(case) in lines, f"docs/conformance.md needs the line\n{row(case)}"


def row(case):
    """The line of the document that says what differs."""
    return f"| {case.what} | {words(case.roost)} | {words(case.nginx)} | {case.why} |"


def words(expected):
    return ", ".join(map(str, expected)) or "no status"
