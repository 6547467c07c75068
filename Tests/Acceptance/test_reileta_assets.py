"""What a world consists of, for each engine and platform (contracts/reileta.md 2.5, Assets, and 4.4)."""

import pytest

from support.reileta import NOBODY, Reileta, failed, good, new_id
from support.reileta_shapes import ids, is_asset, is_list

FORM = {"version": "1", "engine": "unity", "platform": "windows"}


@pytest.fixture
def stranger(registry):
    return Reileta(registry)


@pytest.fixture
def world(person):
    return person.make_world()


@pytest.fixture
def assets(world):
    """The path of the assets of a world."""
    return f"/worlds/{world['id']}/assets"


def listed(caller, assets, **query):
    data = good(caller.get(assets, params=query))
    is_list(data, "assets")
    for asset in data["items"]:
        is_asset(asset)
    return data


def test_an_asset_is_made_empty(person, world, assets, stranger):
    """2.5: "Creates an **empty** asset. `data` = WorldAsset"; 4.4: "`empty: true` only when a file is missing"."""
    asset = good(person.put(assets, FORM))
    is_asset(asset)
    assert asset["empty"] is True and {name: asset[name] for name in FORM} == FORM
    assert good(stranger.get(f"{assets}/{asset['id']}")) == asset
    chosen = new_id("f")
    assert good(person.put(assets, FORM | {"id": chosen, "version": "x" * 32}))["id"] == chosen
    assert good(person.put(assets, FORM | {"id": "", "version": "2"}))["id"] not in (chosen, asset["id"])
    # 2.5: "`?empty` (presence, any value) includes assets without a file; default hides them".
    path = f"/worlds/{world['id']}"
    assert good(stranger.get(path))["assets"] == [] == good(person.get(path))["assets"]
    for query in ("?empty", "?empty=true", "?empty="):
        assert {asset["id"], chosen} <= set(ids(good(stranger.get(path + query))["assets"]))


@pytest.mark.parametrize("kind", ["unity", "unreal"])
@pytest.mark.parametrize("platform", ["windows", "linux", "macos", "android", "ios"])
def test_engines_and_platforms_have_names(person, assets, kind, platform):
    """2.5: "engine/platform must be in the server's lists (example: `unity,unreal` / `windows,linux,macos,android,ios`)"."""
    asset = good(person.put(assets, {"version": "1", "engine": kind, "platform": platform}))
    assert (asset["engine"], asset["platform"]) == (kind, platform)


def test_a_mac_is_a_mac(person, assets):
    """4.4: "C0 calls macOS `mac` -> accept `mac` as alias on input"."""
    asset = good(person.put(assets, FORM | {"platform": "mac"}))
    assert asset["platform"] == "macos"
    failed(person.put(assets, FORM | {"platform": "macos"}), 45)
    good(person.post(f"{assets}/{asset['id']}", {"platform": "mac"}))
    assert ids(listed(person, assets, platform="mac", empty="true")["items"]) == [asset["id"]]


@pytest.mark.parametrize("members,limit", [
    ({"version": ...}, ""), ({"engine": ...}, ""), ({"platform": ...}, ""), ({"version": ""}, ""), ({"engine": ""}, ""), ({"platform": None}, ""),
    ({"version": "x" * 33}, "32"), ({"version": 1}, ""), ({"engine": "abacus"}, ""), ({"platform": "toaster"}, ""), ({"id": "f_7"}, ""),
    ({"id": "w_" + NOBODY}, ""), ({"url": "no address"}, ""), ({"url": "file:///etc/passwd", "hash": "a" * 64, "size": 1}, ""),
    ({"url": "https://x.example/", "hash": "short", "size": 1}, ""), ({"url": "https://x.example/", "hash": "a" * 64, "size": -1}, ""),
])  # fmt: skip
def test_an_asset_has_its_limits(person, assets, members, limit):
    """2.5: "version (<=32 chars) ... the last three required": 26, and the message names the limit."""
    form = {name: value for name, value in (FORM | members).items() if value is not ...}
    assert limit in failed(person.put(assets, form), 26)
    assert listed(person, assets, empty="true")["total"] == 0


def test_there_is_one_of_a_kind(person, somebody, assets):
    """2.5: "same (version, engine, platform) or id exists -> 45"."""
    asset = good(person.put(assets, FORM | {"id": new_id("f")}))
    failed(person.put(assets, FORM), 45)
    failed(person.put(assets, FORM | {"id": asset["id"], "version": "2"}), 45)
    other = good(person.put(assets, FORM | {"version": "2"}))
    failed(person.post(f"{assets}/{other['id']}", {"version": "1"}), 45)
    # In another world it is another one; an id is of the whole server.
    elsewhere = f"/worlds/{somebody.make_world()['id']}/assets"
    good(somebody.put(elsewhere, FORM))
    failed(somebody.put(elsewhere, FORM | {"id": asset["id"], "version": "2"}), 45)


def test_an_asset_is_changed(person, assets):
    """2.5: POST (R2: optional fields); what is not named stays."""
    asset = good(person.put(assets, FORM))
    path = f"{assets}/{asset['id']}"
    changed = good(person.post(path, {"version": "1.1"}))
    is_asset(changed)
    assert changed == asset | {"version": "1.1"}
    assert good(person.post(path, {"id": "", "version": "", "engine": "", "platform": "linux"})) == changed | {"platform": "linux"}
    for members in ({"version": "x" * 33}, {"engine": "abacus"}, {"platform": 7}):
        failed(person.post(path, members), 26)
    assert good(person.get(path))["platform"] == "linux"


def test_an_asset_is_removed(person, assets):
    """2.5: "owner/admin; `data` = `"DELETED"`"."""
    asset = person.make_asset({"id": assets.split("/")[2]}, b"files of a den")
    path = f"{assets}/{asset['id']}"
    assert good(person.delete(path)) == "DELETED"
    for more in ("", "/file"):
        failed(person.get(path + more), 27)
    failed(person.delete(path), 27)
    good(person.put(assets, FORM))


def test_others_do_not_change_it(warden, person, somebody, stranger, assets):
    """2.5: "Errors 3, 24, 26, 27, 25, 4"."""
    asset = good(person.put(assets, FORM))
    path = f"{assets}/{asset['id']}"
    for method, target, body in (("PUT", assets, FORM | {"version": "2"}), ("POST", path, {"version": "2"}), ("DELETE", path, None)):
        failed(stranger.request(method, target, body), 3)
        failed(somebody.request(method, target, body), 4)
    assert good(stranger.get(path)) == asset
    assert good(warden.post(path, {"version": "3"}))["version"] == "3" and good(warden.delete(path)) == "DELETED"


def test_what_is_not_there(person, somebody, assets):
    """2.5: 24, 25, 27; an asset is one of its world."""
    asset = good(person.put(assets, FORM))
    elsewhere = f"/worlds/{somebody.make_world()['id']}/assets"
    for path, codes in ((f"{assets}/f_{NOBODY}", [27]), (f"{elsewhere}/{asset['id']}", [27]), (f"/worlds/w_{NOBODY}/assets/{asset['id']}", [25]),
                        (f"/worlds/w_7/assets/{asset['id']}", [24]), (f"{assets}/f_7", [26, 27])):  # fmt: skip
        for more in ("", "/file"):
            answer = person.get(path + more)
            assert answer.json()["error"]["code"] in codes, answer.text
            failed(answer, answer.json()["error"]["code"])
    failed(person.get(f"/worlds/w_{NOBODY}/assets"), 25)
    failed(person.put(f"/worlds/w_{NOBODY}/assets", FORM), 25)
    failed(somebody.delete(f"{elsewhere}/{asset['id']}"), 27)


def test_assets_are_listed(person, world, assets, stranger):
    """2.5: "query `offset, limit (10, <=100), version (repeat or comma list), engine, platform, empty=true`"."""
    made = {}
    for version in ("1", "2", "3"):
        for platform in ("windows", "linux"):
            content = None if version == "3" else f"{version} {platform}".encode()
            made[version, platform] = person.make_asset(world, content, version=version, platform=platform)["id"]
    made["1", "unreal"] = person.make_asset(world, b"unreal", engine="unreal")["id"]
    for query, keys in (
        ({}, [key for key in made if key[0] != "3"]), ({"empty": "true"}, list(made)), ({"version": "1"}, [("1", "windows"), ("1", "linux"), ("1", "unreal")]),
        ({"version": ["1", "2"], "platform": "linux"}, [("1", "linux"), ("2", "linux")]), ({"version": "1,2", "platform": "linux"}, [("1", "linux"), ("2", "linux")]),
        ({"engine": "unreal"}, [("1", "unreal")]), ({"engine": "unity", "platform": "windows", "empty": "true"}, [(v, "windows") for v in "123"]),
        ({"version": "9"}, []), ({"engine": "", "platform": "", "version": ""}, [key for key in made if key[0] != "3"]),
    ):  # fmt: skip
        data = listed(stranger, assets, limit=100, **query)
        assert set(ids(data["items"])) == {made[key] for key in keys} and data["total"] == len(keys), query
    whole = ids(listed(stranger, assets, empty="true")["items"])
    page = listed(stranger, assets, empty="true", limit=2, offset=3)
    assert (page["total"], page["limit"], page["offset"], ids(page["items"])) == (7, 2, 3, whole[3:5])


def test_a_world_with_many_assets_is_shown_whole(person, world, assets):
    """4.3: `assets: WorldAsset[]`."""
    for number in range(25):
        person.make_asset(world, url=f"https://files.example/{number}", hash=f"{number:064x}", size=number + 1, version=str(number))
    shown = good(person.get(f"/worlds/{world['id']}"))["assets"]
    assert len(shown) == 25 and {asset["url"] for asset in shown} == {f"https://files.example/{number}" for number in range(25)}
