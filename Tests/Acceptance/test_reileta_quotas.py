"""How large files of assets may be, each and together (docs/decisions/0014-registry.md, "Files")."""

import concurrent.futures

from support.reileta import failed, good, join


def upload(caller, asset, content):
    return caller.upload(asset + "/file", content, filename="world.avrw")


def test_a_file_has_its_limit(engine, new_server):
    """Decision 0014: "`reileta.max_asset_bytes` ... 413 with code 130 and the numbers"; to the byte, with and without a declared length."""
    server = new_server(engine, {"reileta.max_asset_bytes": "100000"})
    robin = join(server, "robin")
    asset = robin.empty_asset()
    good(upload(robin, asset, b"x" * 100_000))
    assert "100000" in failed(upload(robin, asset, b"x" * 100_001), 130).replace(" ", "").replace(",", "")
    form = b'--rookery\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"y" * 100_001 + b"\r\n--rookery--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=rookery"}
    failed(robin.post(asset + "/file", content=iter([form[:70_000], form[70_000:]]), headers=headers), 130)
    assert good(robin.get(asset))["size"] == 100_000


def test_a_person_has_a_limit(engine, new_server):
    """Decision 0014: "a person's files together `reileta.max_user_bytes`; both answer 413 with code 130 and the numbers"."""
    server = new_server(engine, {"reileta.max_user_bytes": "100000"})
    robin, wren = join(server, "robin"), join(server, "wren")
    first, second = robin.empty_asset(), robin.empty_asset()
    good(upload(robin, first, b"x" * 60_000))
    assert "100000" in failed(upload(robin, second, b"y" * 40_001), 130).replace(" ", "").replace(",", "")
    good(upload(robin, second, b"y" * 40_000))
    failed(upload(robin, robin.empty_asset(), b"z"), 130)
    good(upload(wren, wren.empty_asset(), b"z" * 100_000))
    # What is removed counts no more, and what takes the place of another file counts once.
    good(robin.delete(first))
    good(upload(robin, second, b"z" * 100_000))
    good(robin.delete(second))
    good(upload(robin, robin.empty_asset(), b"x" * 100_000))


def test_many_at_once_do_not_pass_the_limit(engine, new_server):
    """Decision 0014: "The quota is checked again in the transaction that keeps the file"."""
    server = new_server(engine, {"reileta.max_user_bytes": "100000"})
    robin = join(server, "robin")
    assets = [robin.empty_asset() for _ in range(6)]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda pair: upload(robin, pair[1], bytes([pair[0]]) * 40_000), enumerate(assets)))
    assert sorted(answer.status_code for answer in answers) == [200] * 2 + [413] * 4
    assert sum(good(robin.get(asset)).get("size", 0) for asset in assets) == 80_000
