"""What signed-in people see of each other (contracts/chat.md 3.5)."""

from support.api import Api, assert_error, register, unique
from support.shapes import is_public_user, is_self_user


def test_any_signed_in_user_may_look_at_another(server, account):
    """3.5: "GET /users/{user_id}: 200 User (public; no email)... Any signed-in user may look"."""
    other = register(server, email=f"{unique('mail')}@example.org", display_name="Somebody")
    response = account.get(f"/users/{other.user_id}")
    assert response.status_code == 200
    is_public_user(response.json())
    assert (response.json()["user_id"], response.json()["display_name"]) == (other.user_id, "Somebody")
    assert "example.org" not in response.text


def test_me_is_the_caller_with_email(server):
    """3.5: "`@me` = self user"."""
    account = register(server, email=f"{unique('mail')}@example.org")
    user = account.get("/users/@me").json()
    is_self_user(user)
    assert (user["user_id"], user["email"]) == (account.user_id, account.answer["user"]["email"])
    assert user == account.get("/auth/me").json()


def test_an_unknown_user_is_404(account):
    """3.5: "404 unknown_user"; 1.1: 404, 10013."""
    for identifier in ("1", "nobody", str(2**53)):
        assert_error(account.get(f"/users/{identifier}"), 404, 10013, "unknown_user")


def test_a_stranger_sees_nobody(server, account):
    """3.5: "Any signed-in user may look", and nobody else."""
    for identifier in (account.user_id, "@me", "1"):
        assert_error(Api(server).get(f"/users/{identifier}"), 401, 40001, "unauthorized")


def test_a_user_without_a_socket_is_offline_to_others(account, member):
    """2: "status (`online`|`idle`|`dnd`|`offline`)"; 5.5: offline without sockets."""
    assert account.get(f"/users/{member.user_id}").json()["status"] == "offline"
