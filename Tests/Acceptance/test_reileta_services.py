"""Services, which add to clients and to other services (contracts/reileta.md 2.4, 4.5)."""

import pytest

from support.api import unique
from support.reileta import NOBODY, Reileta, failed, good, join, new_id
from support.reileta_shapes import ids, is_service


@pytest.fixture
def stranger(registry):
    return Reileta(registry)


@pytest.fixture
def maker(registry, person):
    """Somebody who may make services."""
    good(registry.warden.post(f"/users/{person.id}", {"tags": ["avr:service_creator"]}))
    return person


def test_a_service_is_made(maker, stranger):
    """2.4: "PUT create (admin, or tag `avr:service_creator`)"; 4.5: the keys; what is not given is left out, "" is not given."""
    for body in ({"title": "Weather"}, {"title": "Weather", "id": "", "description": "", "version": "", "url": "", "tags": [], "require": []}):
        service = good(maker.put("/services", body))
        is_service(service, maker)
        assert (service["title"], service["tags"], service["require"]) == ("Weather", [], []) and "url" not in service
        assert good(stranger.get(f"/services/{service['id']}")) == service


def test_a_service_is_what_its_maker_says(maker, stranger):
    """2.4: body `{id?, title, description?, version?, url?, tags?, require?}`; "Id `p_<uuid>`"."""
    needed, other = new_id("p"), new_id("p")
    wanted = {
        "id": new_id("p"), "title": "Weather", "description": "Rain.", "version": "1.2.3-beta", "url": "https://weather.example/", "tags": ["mod", "sky"],
        "require": [{"id": needed, "required": True, "version": "1.0.0"}, {"id": other, "required": False}],
    }  # fmt: skip
    service = good(maker.put("/services", wanted))
    is_service(service, maker)
    assert {name: service[name] for name in wanted} == wanted and good(stranger.get(f"/services/{wanted['id']}")) == service


@pytest.mark.parametrize("members", [
    {"title": ...}, {"title": ""}, {"title": 7}, {"title": None}, {"description": 7}, {"version": 7}, {"url": "no address"}, {"url": "javascript:x"},
    {"tags": "x"}, {"tags": ["a,b"]}, {"require": "x"}, {"require": [7]}, {"require": [{}]}, {"url": 7}, {"version": True}, {"id": "p_7"},
    {"id": "w_" + NOBODY}, {"title": "x" * 300}, {"description": "x" * 5000},
])  # fmt: skip
def test_what_is_out_of_shape_is_refused(maker, members):
    """2.4: 110; for changes as well."""
    form = {name: value for name, value in ({"title": "Weather"} | members).items() if value is not ...}
    failed(maker.put("/services", form), 110)
    if members.get("title", "x") not in ("", ...) and "id" not in members:
        service = maker.make_service()
        failed(maker.post(f"/services/{service['id']}", members), 110)
        assert good(maker.get(f"/services/{service['id']}")) == service


def test_an_id_is_given_once(warden, maker):
    """2.4: 112; "globally unique"."""
    service = maker.make_service(id=new_id("p"))
    for caller in (maker, warden):
        failed(caller.put("/services", {"title": "Other", "id": service["id"]}), 112)


def test_making_services_needs_its_tag(warden, person, stranger):
    """2.4: "admin, or tag `avr:service_creator`"."""
    failed(stranger.put("/services", {"title": "Weather"}), 3)
    failed(person.put("/services", {"title": "Weather"}), 4)
    is_service(warden.make_service(), warden)


@pytest.mark.parametrize("method,body", [("GET", None), ("POST", {"title": "Other"}), ("DELETE", None)])
def test_a_service_that_is_not_there(maker, method, body):
    """2.4: "GET :id (111)"."""
    failed(maker.request(method, f"/services/p_{NOBODY}", body), 111)
    answer = maker.request(method, "/services/p_7", body)
    failed(answer, answer.json()["error"]["code"])
    assert answer.json()["error"]["code"] in (110, 111)


def test_its_author_changes_a_service(maker):
    """2.4: "POST :id (owner/admin)"; what is not named stays, `null` clears."""
    service = maker.make_service(description="Rain.", url="https://weather.example/", tags=["sky"])
    path = f"/services/{service['id']}"
    changed = good(maker.post(path, {"title": "Climate"}))
    is_service(changed, maker)
    assert changed["updated_at"] > service["updated_at"]
    assert changed | {"updated_at": 0} == service | {"title": "Climate", "updated_at": 0}
    assert good(maker.post(path, {"title": "", "description": "", "url": ""}))["description"] == "Rain."
    cleared = good(maker.post(path, {"description": None, "url": None}))
    assert "url" not in cleared and not cleared.get("description")


@pytest.mark.parametrize("method,body", [("POST", {"title": "Mine"}), ("DELETE", None)])
def test_others_do_not(registry, warden, maker, somebody, stranger, method, body):
    """2.4: owner/admin; `"DELETED"`."""
    service = maker.make_service()
    path = f"/services/{service['id']}"
    other = somebody
    good(warden.post(f"/users/{other.id}", {"tags": ["avr:service_creator"]}))
    failed(stranger.request(method, path, body), 3)
    failed(other.request(method, path, body), 4)
    failed(join(registry).request(method, path, body), 4)
    assert good(stranger.get(path)) == service
    data = good(warden.request(method, path, body))
    assert data == "DELETED" or data["title"] == "Mine"


def test_a_service_is_removed(maker, stranger):
    """2.4: "DELETE :id (`"DELETED"`)"."""
    service = maker.make_service()
    assert good(maker.delete(f"/services/{service['id']}")) == "DELETED"
    failed(stranger.get(f"/services/{service['id']}"), 111)
    failed(maker.delete(f"/services/{service['id']}"), 111)


def test_services_are_listed(maker, stranger):
    """2.4: "GET list (anyone; paging/`query`)"."""
    word = unique("sky")
    made = [maker.make_service(title=f"{word} {number}") for number in range(3)]
    found = stranger.listed("/services", "services", query=word.upper())
    assert set(ids(found)) == set(ids(made))
    for service in found:
        is_service(service, maker)
    assert ids(stranger.listed("/services", "services", query=word, limit=2, offset=1)) == ids(found)[1:3]
    assert ids(stranger.listed("/services", "services", id=[made[1]["id"], new_id("p")])) == [made[1]["id"]]
    good(maker.delete(f"/services/{made[0]['id']}"))
    assert made[0]["id"] not in ids(stranger.listed("/services", "services", query=word))
