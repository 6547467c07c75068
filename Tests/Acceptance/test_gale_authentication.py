"""Signing in to Gale, with Discord and without, and the tokens for it (contracts/gale.md 4, 5)."""

import base64
import hashlib
import hmac
import json
import re
import time
import urllib.parse

import pytest

from support.api import PASSWORD, register
from support.gale import Discord, DiscordPerson, Gale, claims_of, failed, good, tokens_of
from support.limits import until_limited

#: As Discord answers for somebody with a picture and a name of his own.
BOBBO = DiscordPerson("308117922260451340", "kesomannen", "Bobbo ::)", "0d148b55b680b38fe207988e2d3bbfd0")
SECRET = "test-secret"
#: Section 5: good but for its age.
VECTOR = (
    "eyJhbGciOiAiSFMyNTYifQ.eyJleHAiOjE3NDU1NzE3NzIsInN1YiI6MSwiZGlzY29yZElkIjoiMzA4MTE3OTIyMjYwNDUxMzQwIiwibmFtZSI6Imtlc29tYW5uZW4iLCJkaXNwb"
    "GF5TmFtZSI6IkJvYmJvIDo6KSIsImF2YXRhciI6IjBkMTQ4YjU1YjY4MGIzOGZlMjA3OTg4ZTJkM2JiZmQwIn0.iWT0yBlI966lKq1AIPzP0IazusmMgtIjarN0G4cGQ0c"
)


@pytest.fixture
def discord():
    discord = Discord()
    yield discord
    discord.end()


@pytest.fixture
def server(engine, new_server, discord):
    return new_server(engine, discord.settings() | {"guard.allow_cidrs": '["127.0.0.0/8"]', "gale.jwt_secret": SECRET, "limits.rate": "false"})


@pytest.fixture
def gale(server):
    return Gale(server)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(header=None, secret=SECRET, **claims):
    """A token as another server of the same secret would make it; claims are left out with None."""
    usual = {"exp": int(time.time()) + 7_200, "sub": 1, "discordId": "1", "name": "n", "displayName": "d", "avatar": None}
    parts = [b64(json.dumps(header or {"alg": "HS256"}).encode()), b64(json.dumps({k: v for k, v in (usual | claims).items() if v is not ...}).encode())]
    code = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, b64(code)])


# Discord


@pytest.mark.parametrize("base", ["", "/api", "/gale/api"])
def test_the_way_leads_to_discord(server, discord, base):
    """4.1: the query in its order, "scope=identify", "302, Location, empty body, Cache-Control: no-store", and the cookie."""
    answer = Gale(server, base).http.get(base + "/auth/login")
    assert answer.status_code == 302 and answer.content == b"" and answer.headers["cache-control"] == "no-store"
    url = urllib.parse.urlsplit(answer.headers["location"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == discord.endpoint + "/oauth2/authorize"
    query = urllib.parse.parse_qsl(url.query)
    assert [name for name, _ in query] == ["response_type", "client_id", "scope", "redirect_uri", "state"]
    assert query[:4] == [("response_type", "code"), ("client_id", "4711"), ("scope", "identify"), ("redirect_uri", server.url + "/auth/callback")]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"state={query[4][1]};") and "HttpOnly" in cookie and "SameSite=Lax" in cookie


@pytest.mark.parametrize("base,status", [("", 302), ("/api", 302), ("/gale/api", 200)])
def test_somebody_comes_back_with_tokens(server, discord, base, status):
    """4.2: "seed flavour: 302 to localhost:22942; desktop flavour: 200 HTML page with the deep link"."""
    gale = Gale(server, base)
    _, state = gale.begin()
    answer = gale.come_back(discord, BOBBO, state)
    assert answer.status_code == status and answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "no-referrer"
    tokens = tokens_of(answer)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", tokens["refreshToken"])
    claims = claims_of(tokens["accessToken"])
    assert (claims["discordId"], claims["name"], claims["displayName"], claims["avatar"]) == (BOBBO.id, BOBBO.username, BOBBO.global_name, BOBBO.avatar)
    assert type(claims["sub"]) is int and type(claims["exp"]) is int and abs(claims["exp"] - time.time() - 1_800) < 30
    assert base64.urlsafe_b64decode(tokens["accessToken"].split(".")[0] + "==") == b'{"alg": "HS256"}'
    method, path, headers, body = discord.requests[-2]
    assert (method, path) == ("POST", "/api/v10/oauth2/token")
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode() == '4711:hush & "quotes"'
    form = dict(urllib.parse.parse_qsl(body.decode()))
    assert form["grant_type"] == "authorization_code" and form["redirect_uri"] == server.url + "/auth/callback" and len(form) == 3


def test_a_page_shows_the_link_safely(server, discord):
    """4.2: "we must HTML/JS-escape"; #512: "keep a clickable link and a copyable text on the page"."""
    gale = Gale(server)
    _, state = gale.begin()
    answer = gale.come_back(discord, BOBBO, state)
    assert "<a id=\"link\" href=\"gale://auth/callback?access_token=" in answer.text and "<input readonly" in answer.text
    script = answer.text[answer.text.index("<script>") + 8:answer.text.index("</script>")]
    code = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert f"script-src 'sha256-{code}'" in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "token" not in script


def test_a_person_without_a_picture_and_a_name_of_his_own_comes_in(server, discord):
    """4.2, issue #346: null avatar and global name are no failure."""
    gale = Gale(server).log_in(discord, DiscordPerson("42", "plain"))
    assert good(gale.get("/auth/me")) == {"discordId": "42", "name": "plain", "displayName": "plain", "avatar": None}


def test_one_person_has_one_account_and_the_latest_names(server, discord):
    """4.2: "name, displayName, avatar overwritten at every login"."""
    first = Gale(server).log_in(discord, BOBBO)
    again = Gale(server).log_in(discord, DiscordPerson(BOBBO.id, "renamed", None, None))
    assert claims_of(first.tokens["accessToken"])["sub"] == claims_of(again.tokens["accessToken"])["sub"]
    assert good(first.get("/auth/me"))["name"] == "renamed"


def test_the_same_person_is_found_in_chat(server, discord):
    """DESIGN 7: "One account"."""
    gale = Gale(server).log_in(discord, BOBBO)
    robin = register(server, "robin")
    account = claims_of(gale.tokens["accessToken"])["sub"]
    shown = robin.get(f"/users/{account}")
    assert shown.status_code == 200 and shown.json()["username"] == "kesomannen" and shown.json()["display_name"] == "Bobbo ::)"


def test_a_state_is_good_once(gale, discord):
    """4.1, 4.2: "single use"; unknown, used and changed ones are 403."""
    _, state = gale.begin()
    assert gale.come_back(discord, BOBBO, state).status_code == 200
    gale.http.cookies.clear()
    for text in (state, "made-up", state[:-1]):
        failed(gale.come_back(discord, BOBBO, text), 403, "Forbidden.")


def test_the_cookie_is_a_second_check(gale, discord):
    """4.1: "additionally set the cookie (defence in depth; do not require it)"."""
    _, first = gale.begin()
    _, second = gale.begin()
    # The cookie is the second one's by now.
    failed(gale.come_back(discord, BOBBO, first), 403, "Forbidden.")
    assert gale.come_back(discord, BOBBO, second).status_code == 200
    _, third = gale.begin()
    gale.http.cookies.clear()
    assert gale.come_back(discord, BOBBO, third).status_code == 200


@pytest.mark.parametrize("query", ["", "code=x", "state=x", "error=access_denied&state=x"])
def test_a_callback_needs_both(gale, query):
    """4.2: "Missing code or state -> 400"."""
    failed(gale.http.get("/auth/callback?" + query), 400)


def test_a_code_that_discord_refuses_is_refused(gale):
    """4.2: "Discord 400 -> our 400 "Invalid refresh token.""; the state is used up by it."""
    _, state = gale.begin()
    failed(gale.http.get("/auth/callback", params={"code": "wrong", "state": state}), 400, "Invalid refresh token.")
    failed(gale.http.get("/auth/callback", params={"code": "wrong", "state": state}), 403)


@pytest.mark.parametrize("status", [401, 429, 500, 302])
def test_a_discord_that_fails_is_our_failure(gale, discord, status):
    """4.2: "other Discord errors -> 500"; nothing of it is told to the client, and the operator reads why."""
    _, state = gale.begin()
    discord.status = status
    failed(gale.come_back(discord, BOBBO, state), 500, "Something went wrong.")
    assert f"Discord, /oauth2/token: status {status}" in gale.server.log


def test_a_discord_that_answers_something_else_is_named_so(gale, discord):
    """The operator reads that it was no status that was wrong."""
    _, state = gale.begin()
    failed(gale.come_back(discord, DiscordPerson("no number", "owl"), state), 500, "Something went wrong.")
    assert "Discord, /oauth2/@me: an answer that cannot be used" in gale.server.log


def test_nobody_new_comes_in_when_registration_is_closed(engine, new_server, discord):
    """contracts/configuration.md: "registration.mode ... for every dialect"."""
    server = new_server(engine, discord.settings() | {"guard.allow_cidrs": '["127.0.0.0/8"]', "registration.mode": "closed"})
    gale = Gale(server)
    _, state = gale.begin()
    failed(gale.come_back(discord, BOBBO, state), 403)


# Without Discord


@pytest.fixture
def alone(engine, new_server):
    return new_server(engine, {"limits.rate": "false", "server.name": "Rookery <&>"})


@pytest.mark.parametrize("base", ["", "/api", "/gale/api"])
def test_a_password_of_the_server_takes_the_place_of_discord(alone, base):
    """4.1: "redirect to a local sign-in page"; section 9: "an account without a Discord identity shows its core id"."""
    robin = register(alone, "robin")
    gale = Gale(alone, base)
    location, state = gale.begin()
    assert location == f"{base}/auth/sign-in?state={state}"
    page = gale.http.get(location)
    assert page.status_code == 200 and "Rookery &lt;&amp;&gt;" in page.text and "default-src 'none'" in page.headers["content-security-policy"]
    gale.log_in_here(robin.username, PASSWORD)
    me = good(gale.at("/gale/api").get("/auth/me"))
    assert me == {"discordId": robin.user_id, "name": robin.username, "displayName": robin.username, "avatar": None}


def test_a_wrong_password_may_be_tried_again(alone):
    """The page says so, keeps the name, and shows nothing that was typed as HTML."""
    robin = register(alone, "robin")
    gale = Gale(alone)
    location, state = gale.begin()
    form = {"state": state, "username": '"><script>alert(1)</script>', "password": "wrong"}
    answer = gale.http.post(location.partition("?")[0], data=form)
    assert answer.status_code == 403 and "is wrong" in answer.text and "<script>" not in answer.text and "&quot;&gt;&lt;script&gt;" in answer.text
    assert tokens_of(gale.http.post(location.partition("?")[0], data=form | {"username": robin.username, "password": PASSWORD}))


def test_a_page_is_good_once_and_only_for_who_was_sent_there(alone):
    robin = register(alone, "robin")
    gale = Gale(alone)
    location, state = gale.begin()
    form = {"state": state, "username": robin.username, "password": PASSWORD}
    assert gale.http.post(location.partition("?")[0], data=form).status_code == 200
    for path in (location, "/gale/api/auth/sign-in", "/gale/api/auth/sign-in?state=made-up"):
        assert gale.http.get(path).status_code == 403
    assert gale.http.post(location.partition("?")[0], data=form).status_code == 403


def test_there_is_no_callback_without_discord(alone):
    failed(Gale(alone).http.get("/auth/callback?code=x&state=y"), 404, "Not found.")


def test_passwords_cannot_be_tried_for_ever(engine, new_server):
    """Sign-ins count like those of other APIs: 429 with Retry-After."""
    server = new_server(engine, {"limits.rate": "true"})
    gale = Gale(server)
    location, state = gale.begin()
    form = {"state": state, "username": "x", "password": "y"}
    _, refusal = until_limited(lambda _: gale.http.post(location.partition("?")[0], data=form), limit=10, seconds=60)
    failed(refusal, 429)


def test_sign_ins_cannot_be_begun_for_ever(engine, new_server):
    """Each is remembered for ten minutes: one address begins 30 in a minute, and goes on reading."""
    gale = Gale(new_server(engine, {"limits.rate": "true"}))
    begun, refusal = until_limited(lambda _: gale.http.get("/auth/login"), limit=30, seconds=60)
    assert {answer.status_code for answer in begun} == {302}
    failed(refusal, 429)
    assert "retry-after" in refusal.headers
    assert gale.http.get("/profile/GsioqKpVRwiP7_ynX-QsuA/meta").status_code == 404


# Tokens


def test_a_refresh_token_is_good_once(server, discord):
    """4.4: "camelCase on both sides", "strict single use. Do not revoke the whole token family on reuse"."""
    gale = Gale(server).log_in(discord, BOBBO)
    old = gale.tokens["refreshToken"]
    new = good(gale.http.post("/gale/api/auth/token", json={"refreshToken": old}))
    assert set(new) == {"accessToken", "refreshToken"} and new["refreshToken"] != old
    failed(gale.http.post("/gale/api/auth/token", json={"refreshToken": old}), 400, "Invalid refresh token.")
    # Any media type, and the other login is as good as before.
    third = good(gale.http.post("/auth/token", content=json.dumps({"refreshToken": new["refreshToken"]})))
    gale.tokens = third
    assert good(gale.get("/auth/me"))["discordId"] == BOBBO.id


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"refreshToken": 7}', b'{"refreshToken": null}', b'{"refreshToken": ""}', b"\xff"])
def test_what_names_no_token_is_refused(server, content):
    """4.4: "keep 400 for both"."""
    failed(Gale(server).http.post("/auth/token", content=content, headers={"content-type": "application/json"}), 400)


@pytest.mark.parametrize("value,status,message", [
    (None, 401, "Authorization header is missing."), ("bearer x", 400, "Authorization must use the Bearer scheme."),
    ("Basic x", 400, "Authorization must use the Bearer scheme."), ("Bearer", 400, "Authorization must use the Bearer scheme."),
    ("Bearer x", 401, "Token is invalid."), ("Bearer a.b.c", 401, "Token is invalid."), ("Bearer " + VECTOR, 401, "Token is expired."),
    ("Bearer " + VECTOR[:-1], 401, "Token is invalid."),
])  # fmt: skip
def test_the_header_has_its_form(server, value, status, message):
    """2: the table of statuses and messages; 5: the vector, "signature good, expired"."""
    headers = {"Authorization": value} if value else {"Authorization-Not": "x"}
    failed(Gale(server, "").http.get("/auth/me", headers=headers), status, message)


def test_a_token_of_the_same_secret_is_good(server, discord):
    """5: "Any header with alg HS256 is accepted", and no claim but those of the table is needed."""
    gale = Gale(server).log_in(discord, BOBBO)
    account = claims_of(gale.tokens["accessToken"])["sub"]
    for header in ({"alg": "HS256"}, {"typ": "JWT", "alg": "HS256", "kid": "x"}):
        token = signed(header, sub=account)
        assert good(gale.get("/auth/me", headers={"Authorization": "Bearer " + token}))["discordId"] == BOBBO.id


@pytest.mark.parametrize("token,message", [
    (signed({"alg": "none"}), "Token is invalid."), (signed({"alg": "HS512"}), "Token is invalid."), (signed(secret="other"), "Token is invalid."),
    (signed(sub="1"), "Token is invalid."), (signed(sub=...), "Token is invalid."), (signed(discordId=...), "Token is invalid."),
    (signed(name=...), "Token is invalid."), (signed(displayName=7), "Token is invalid."), (signed(exp=...), "Token is invalid."),
    (signed(exp="soon"), "Token expiry is invalid."), (signed(exp=10**18), "Token expiry is invalid."), (signed(exp=1.5), "Token expiry is invalid."),
    (signed(exp=int(time.time()) - 1), "Token is expired."), (signed(sub=999), "Token is invalid."), (signed(sid="7"), "Token is invalid."),
    (signed().rpartition(".")[0] + ".", "Token is invalid."), (signed() + "=", "Token is invalid."), ("x" * 5_000, "Token is invalid."),
], ids=range(18))  # fmt: skip
def test_a_bad_token_is_refused(server, token, message):
    """2, 5: which message for what."""
    failed(Gale(server, "").http.get("/auth/me", headers={"Authorization": "Bearer " + token}), 401, message)


def test_a_login_that_has_ended_is_over(server, discord):
    """DESIGN 7: "Access JWTs are short and carry the session id": the operator ends a login, and its tokens with it."""
    from support.program import run

    gale = Gale(server).log_in(discord, BOBBO)
    good(gale.get("/auth/me"))
    ended = run(server.command()[0], server.folder, "admin", "end-session", "--all", "--username", "kesomannen", "--data", str(server.data),
                *[part for path, value in server.settings.items() for part in ("--set", f"{path}={value}")])  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    failed(gale.get("/auth/me"), 401, "Token is invalid.")
    failed(gale.http.post("/auth/token", json={"refreshToken": gale.tokens["refreshToken"]}), 400)


# Who is shown how


@pytest.mark.parametrize("base,agent,query,is_text", [
    ("", "curl/8", "", False), ("/api", "curl/8", "", False), ("", "Kesomannen-gale", "", True), ("/api", "KESOMANNEN-GALE/1.9.3", "", True),
    ("", "curl/8", "?discordId=string", True), ("", "Kesomannen-Gale/1.21", "?discordId=number", False), ("/gale/api", "curl/8", "", True),
    ("/gale/api", "curl/8", "?discordId=number", True),
])  # fmt: skip
def test_ids_of_discord_are_numbers_or_texts(server, discord, base, agent, query, is_text):
    """9: the rule, `Vary: User-Agent`, and every digit of a number beyond 2^53."""
    gale = Gale(server).log_in(discord, BOBBO).at(base, agent)
    answer = gale.get("/auth/me" + query)
    assert good(answer)["discordId"] == (BOBBO.id if is_text else int(BOBBO.id))
    assert "user-agent" in answer.headers["vary"].lower()


def test_no_secret_reaches_the_log(server, discord):
    """DESIGN 10."""
    gale = Gale(server).log_in(discord, BOBBO)
    gale.http.post("/auth/token", json={"refreshToken": gale.tokens["refreshToken"]})
    for secret in [*gale.tokens.values(), "hush", SECRET, *discord.tokens]:
        assert secret not in server.log


@pytest.mark.parametrize("length,is_warned_of", [(31, True), (32, False)])
def test_a_short_secret_is_warned_of(engine, new_server, length, is_warned_of):
    """RFC 7518 3.2: a key for HS256 has 32 bytes at least; contracts/gale.md 5 has a shorter one, which is taken."""
    server = new_server(engine, {"gale.jwt_secret": "s" * length})
    assert ("gale.jwt_secret can be guessed" in server.log) == is_warned_of
    assert "s" * length not in server.log
