"""Pictures of people and of worlds (contracts/reileta.md 2.3, Thumbnail and Banner)."""

import hashlib

import pytest
from PIL import Image

from support.pictures import claimed, encoded, is_near, noise, picture, read, with_position
from support.reileta import Reileta, at, envelope, failed, good, new_id
from support.reileta_shapes import is_user, is_world

RED, BLUE = (220, 30, 30), (30, 30, 220)
MEBIBYTE = 1 << 20
KINDS = ["thumbnail", "banner", "world"]


@pytest.fixture(params=KINDS)
def place(request, person):
    """A kind of picture of somebody: the path, what shows it, under which name, and the most that it measures."""
    if request.param == "world":
        world = person.make_world()
        return f"/worlds/{world['id']}/thumbnail", f"/worlds/{world['id']}", "thumbnail", (1024, 1024)
    return f"/users/{person.id}/{request.param}", "/users/@me", request.param, (512, 512) if request.param == "thumbnail" else (1920, 1080)


@pytest.fixture
def thumbnail(person):
    return f"/users/{person.id}/thumbnail"


def shown(caller, path, **more):
    """A picture, with what its answer has."""
    answer = caller.get(path, **more)
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/png", answer.text[:200]
    digest = hashlib.sha256(answer.content).hexdigest()
    assert answer.headers["etag"] == f'"{digest}"' and answer.headers["x-file-hash"] == digest
    return read(answer.content)


# Uploading


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_uploaded(registry, person, place, kind):
    """2.3: "accept PNG (and JPEG/WebP), re-encode"; "`data` = updated User/World"; GET: "auth anyone"; decision 0014: written again as PNG."""
    path, whose, name, _ = place
    failed(Reileta(registry).get(path), 132)
    data = good(person.upload(path, picture(40, 20, kind), type=f"image/{kind.lower()}"))
    is_world(data) if whose.startswith("/worlds") else is_user(data)
    url = data[name]
    assert url.startswith(registry.url + "/api" + path) and "?t=" in url, '"an **absolute URL** (N1 appends `?t=<mtime>` as cache buster)"'
    assert good(person.get(whose))[name] == url
    for image in (shown(Reileta(registry), path), read(at(registry, "GET", url.removeprefix(registry.url)).content)):
        assert image.size == (40, 20)
        assert is_near(image.convert("RGB").getpixel((5, 10)), RED) and is_near(image.convert("RGB").getpixel((35, 10)), BLUE)


@pytest.mark.parametrize("shape", [(3000, 1500), (1500, 3000), (2100, 2100)])
def test_a_large_picture_is_scaled_to_fit(person, place, shape):
    """Decision 0014: "512x512 for thumbnails of people, 1024x1024 for those of worlds, 1920x1080 for banners, at most"; the shape stays."""
    path, _, _, most = place
    good(person.upload(path, picture(*shape, "JPEG")))
    image = shown(person, path)
    scale = min(most[0] / shape[0], most[1] / shape[1])
    assert all(abs(got - side * scale) <= 1 for got, side in zip(image.size, shape)), image.size
    assert image.size[0] <= most[0] and image.size[1] <= most[1] and (image.size[0] == most[0] or image.size[1] == most[1])
    assert is_near(image.convert("RGB").getpixel((3, 3)), RED) and is_near(image.convert("RGB").getpixel((image.size[0] - 4, 3)), BLUE)


def test_a_small_picture_keeps_its_size(person, place):
    """Decision 0014: "smaller ones keep their size"; and those of exactly the size."""
    for size in ((1, 1), place[3]):
        good(person.upload(place[0], picture(*size)))
        assert shown(person, place[0]).size == size


def test_where_a_picture_was_taken_is_nobody_elses_affair(person, place):
    """Decision 0014: "decoded and written again as PNG ... The original is not kept"."""
    content = with_position(60, 30)
    assert b"SecretMaker" in content
    good(person.upload(place[0], content))
    answer = person.get(place[0])
    assert b"SecretMaker" not in answer.content and b"Exif" not in answer.content and b"eXIf" not in answer.content
    assert not read(answer.content).getexif()


@pytest.mark.parametrize("turned,size,red_at", [
    (1, (60, 30), (5, 15)), (2, (60, 30), (55, 15)), (3, (60, 30), (55, 15)), (6, (30, 60), (15, 5)), (8, (30, 60), (15, 55)),
])  # fmt: skip
def test_a_picture_is_upright(person, thumbnail, turned, size, red_at):
    """What the camera said of its position is done before it is forgotten."""
    good(person.upload(thumbnail, with_position(60, 30, turned)))
    image = shown(person, thumbnail)
    assert image.size == size and is_near(image.convert("RGB").getpixel(red_at), RED)


def test_what_can_be_seen_through_stays_so(person, thumbnail):
    """PNG keeps an alpha channel."""
    good(person.upload(thumbnail, encoded(Image.new("RGBA", (10, 10), (200, 0, 0, 0)))))
    assert shown(person, thumbnail).convert("RGBA").getpixel((5, 5))[3] == 0


def test_the_digest_is_compared(person, place):
    """2.3: "optional header `X-File-Hash` = lower-case hex sha256, mismatch = error": 133."""
    content = picture(40, 20)
    digest = hashlib.sha256(content).hexdigest()
    failed(person.upload(place[0], content, announced=digest[:-1] + ("0" if digest[-1] != "0" else "1")), 133)
    failed(person.get(place[0]), 132)
    good(person.upload(place[0], content, announced=digest))


@pytest.mark.parametrize("content", [
    b"no picture", b"<html><script>alert(1)</script></html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture(8, 8, "GIF"), picture(8, 8, "BMP"),
    picture(400, 400)[:600], noise(64, 64)[:-200], picture(400, 400, "JPEG")[:700], b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x04\0\0\0WEBP",
    claimed(0, 10),
], ids=range(12))  # fmt: skip
def test_what_is_no_picture_is_refused(person, thumbnail, content):
    """2.3: "else 131"; the picture from before stays."""
    good(person.upload(thumbnail, picture(40, 20)))
    # What a client says of the type counts for nothing.
    failed(person.upload(thumbnail, content, type="image/png"), 131)
    assert shown(person, thumbnail).size == (40, 20)


@pytest.mark.parametrize("width,height", [(60000, 60000), (2**31 - 1, 2**31 - 1), (100_000, 100_000), (1, 2**31 - 1)])
def test_a_few_bytes_that_claim_to_be_huge_are_refused(registry, person, thumbnail, width, height):
    """2.3: 130 or 131: nothing is decoded to find out."""
    answer = person.upload(thumbnail, claimed(width, height))
    assert answer.json()["error"]["code"] in (130, 131), answer.text
    failed(answer, answer.json()["error"]["code"])
    assert registry.is_running() and person.get(thumbnail).status_code == 404


def test_a_picture_has_at_most_8_mebibytes(person, thumbnail):
    """2.3: "<= 8 MiB (130)"."""
    content = noise(1200, 1200)
    assert len(content) < 8 * MEBIBYTE
    # A PNG may have anything after its end.
    exact = content.ljust(8 * MEBIBYTE, b"\0")
    good(person.upload(thumbnail, exact))
    failed(person.upload(thumbnail, exact + b"\0"), 130)
    assert shown(person, thumbnail).size == (512, 512)


@pytest.mark.parametrize("how", ["name", "json", "raw", "none", "empty"])
def test_a_picture_comes_as_a_form(person, thumbnail, how):
    """2.3: "`multipart/form-data`, field **`file`**"."""
    content = picture(40, 20)
    if how == "name":
        answer = person.upload(thumbnail, content, name="picture")
    elif how == "json":
        answer = person.post(thumbnail, {"file": "x"})
    elif how == "empty":
        answer = person.upload(thumbnail, b"")
    elif how == "raw":
        answer = person.post(thumbnail, content=content, headers={"Content-Type": "image/png"})
    else:
        answer = person.post(thumbnail)
    assert answer.status_code in (400, 415), answer.text
    failed(answer, answer.json()["error"]["code"])
    failed(person.get(thumbnail), 132)


def test_the_answer_may_be_the_picture(person, place):
    """2.3: "envelope when `Accept: application/json` or absent, image when `Accept: image/*`"."""
    content = picture(40, 20)
    answer = person.upload(place[0], content, headers={"Accept": "image/*"})
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/png" and read(answer.content).size == (40, 20)
    assert answer.content == person.get(place[0]).content
    for accept in ("application/json", "*/*"):
        assert "data" in envelope(person.upload(place[0], content, headers={"Accept": accept}))


# Showing


def test_a_picture_may_be_kept_by_those_who_have_it(registry, person, place):
    """1.1: "allow caching for asset files/images with a strong ETag = sha256"."""
    stranger = Reileta(registry)
    good(person.upload(place[0], picture(40, 20)))
    first = stranger.get(place[0])
    again = stranger.get(place[0], headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == first.headers["etag"]
    head = stranger.request("HEAD", place[0])
    assert head.status_code == 200 and head.content == b"" and head.headers["content-length"] == str(len(first.content))
    assert "no-store" not in first.headers.get("cache-control", "")
    good(person.upload(place[0], picture(20, 40)))
    assert stranger.get(place[0], headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_a_new_picture_has_a_new_address(person, place):
    """2.3: "`?t=<mtime>` as cache buster"."""
    path, whose, name, _ = place
    first = good(person.upload(path, picture(40, 20)))[name]
    second = good(person.upload(path, picture(20, 40)))[name]
    assert first != second == good(person.get(whose))[name]


def test_a_picture_is_that_of_the_account(registry, person, thumbnail):
    """Decision 0014: "A picture that is uploaded here becomes the account's picture for all APIs"."""
    url = good(person.upload(thumbnail, picture(40, 20)))["thumbnail"]
    chat = person.chat()
    assert chat.get("/users/@me").json()["avatar_url"] == url
    assert good(person.delete(thumbnail)) == "DELETED"
    assert chat.get("/users/@me").json()["avatar_url"] is None
    # And one from elsewhere is shown here.
    assert chat.patch("/users/@me", {"avatar_url": "https://pictures.example/owl.png"}).status_code == 200
    assert person.me()["thumbnail"] == "https://pictures.example/owl.png"
    answer = Reileta(registry).get(thumbnail)
    assert answer.status_code == 302 and answer.headers["location"] == "https://pictures.example/owl.png", '"an external URL -> 302 to it"'


def test_a_picture_may_be_named_by_me_and_by_name(person):
    """2.3: `:id` as in the other routes."""
    assert good(person.upload("/users/@me/banner", picture(40, 20)))["banner"] == person.me()["banner"]
    assert shown(person, f"/users/{person.username}/banner").size == (40, 20) == shown(person, "/users/@me/banner").size


# Removing, and rights


def test_a_picture_is_removed(person, place):
    """2.3: "DELETE: `data` = `"DELETED"`; 132 if none"; 4.2: "never send `null` for thumbnail/banner"."""
    path, whose, name, _ = place
    failed(person.delete(path), 132)
    good(person.upload(path, picture(40, 20)))
    assert good(person.delete(path)) == "DELETED"
    failed(person.get(path), 132)
    assert name not in good(person.get(whose))
    failed(person.delete(path), 132)


def test_only_its_owner_and_administrators_change_it(registry, warden, person, somebody, place):
    """2.3: "rights: self/owner or admin (3, 4)"."""
    path, content = place[0], picture(40, 20)
    for method in (lambda caller: caller.upload(path, content), lambda caller: caller.delete(path)):
        failed(method(Reileta(registry)), 3)
        failed(method(somebody), 4)
    good(warden.upload(path, content))
    assert shown(somebody, path).size == (40, 20)
    assert good(warden.delete(path)) == "DELETED"


def test_pictures_of_nobody(person):
    """2.3, 2.5: 17, 25."""
    for path, code in ((f"/users/{new_id('u')}/thumbnail", 17), (f"/users/{new_id('u')}/banner", 17), (f"/worlds/{new_id('w')}/thumbnail", 25)):
        failed(person.get(path), code)


def test_a_picture_goes_with_the_world(registry, person):
    """2.5: DELETE of a world."""
    world = person.make_world()
    path = f"/worlds/{world['id']}/thumbnail"
    good(person.upload(path, picture(40, 20)))
    good(person.delete(f"/worlds/{world['id']}"))
    failed(Reileta(registry).get(path), 25)
