"""How many things there may be (contracts/chat.md 2)."""

from support.api import assert_error, unchanged


def test_a_server_has_up_to_500_channels(owner):
    """2: "500 channels per server"; a deleted one makes room."""
    server = owner.create_server()
    path = f"/servers/{server['server_id']}/channels"
    for number in range(499):
        owner.create_channel(server["server_id"], f"channel {number}")
    with unchanged(lambda: owner.get(path).json()):
        assert "500" in assert_error(owner.post(path, {"name": "too many"}), 400, 30001, "limit_reached")["message"]
    assert len(owner.get(path).json()) == 500
    owner.remove(f"/channels/{server['channels'][0]['channel_id']}")
    assert owner.post(path, {"name": "fits again"}).status_code == 201


def test_a_user_is_in_up_to_100_servers_whichever_way_he_came(owner, member):
    """2: "100 servers per user": made, joined or added to; one that is left makes room."""
    nest = owner.create_server()
    path = f"/servers/{nest['server_id']}"
    code = owner.invite(nest["server_id"], max_uses=1)
    for number in range(99):
        member.create_server(f"server {number}")
    last = owner.create_server("last")
    assert owner.post(f"/servers/{last['server_id']}/members", {"user_id": member.user_id}).status_code == 201
    with unchanged(lambda: (owner.get(path).json(), member.get("/servers").json())):
        for response in (
            member.post("/servers", {"name": "too many"}),
            member.post(f"/invites/{code}"),
            owner.post(f"{path}/members", {"user_id": member.user_id}),
        ):
            assert "100" in assert_error(response, 400, 30001, "limit_reached")["message"]
    assert len(member.get("/servers").json()) == 100
    member.remove(f"/servers/{last['server_id']}/members/@me")
    assert member.join(code)["member_count"] == 2
