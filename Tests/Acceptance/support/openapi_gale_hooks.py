"""Leads the requests of schemathesis for the Gale API to what exists: a document cannot say which ids there are, nor make an archive.

What is wrong in a request on purpose stays as it is.
"""

import urllib.parse

import httpx
import schemathesis

from support.gale import archive
from support.openapi_cases import WORLD, is_good, note


class World:
    """Somebody with a profile, who signs in on the page of the server."""

    def __init__(self):
        self.http = httpx.Client(base_url=WORLD["url"] + "/gale/api", trust_env=False)
        self.headers = {"Authorization": "Bearer " + WORLD["token"]}
        self.profile = None

    def make(self):
        response = self.http.post("/profile", content=archive(), headers=self.headers)
        assert response.status_code == 201, response.text
        return response.json()["id"]

    def renew(self):
        if self.profile is None or self.http.get(f"/profile/{self.profile}/meta").status_code != 200:
            self.profile = self.make()

    def file(self):
        location = self.http.get(f"/profile/{self.profile}").headers["location"]
        return urllib.parse.urlsplit(location).path.rpartition("/")[2]

    def state(self):
        location = self.http.get("/auth/login").headers["location"]
        return urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["state"][0]

    def refresh_token(self):
        form = {"state": self.state(), "username": WORLD["username"], "password": WORLD["password"]}
        page = httpx.post(WORLD["url"] + "/gale/api/auth/sign-in", data=form).text
        return page.partition("refresh_token=")[2].partition('"')[0]


world = World()


@schemathesis.serializer("application/zip")
def written_as_it_is(context, value):
    return value if isinstance(value, bytes) else b""


@schemathesis.auth(refresh_interval=None)
class Owner:
    def get(self, case, context):
        return WORLD["token"]

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def before_call(context, case, kwargs):
    # Where somebody is led to is somewhere else.
    kwargs["allow_redirects"] = False
    if not is_good(case):
        return
    world.renew()
    operation = case.operation.label
    known = {"profileId": world.make() if operation == "DELETE /profile/{profileId}" else world.profile, "file": world.file()}
    case.path_parameters = {name: known.get(name, value) for name, value in (case.path_parameters or {}).items()}
    match operation:
        case "POST /profile" | "PUT /profile/{profileId}":
            kwargs["data"] = archive()
        case "GET /auth/sign-in":
            case.query["state"] = world.state()
        case "POST /auth/sign-in":
            case.body = {"state": world.state(), "username": WORLD["username"], "password": WORLD["password"]}
        case "POST /auth/token":
            case.body = {"refreshToken": world.refresh_token()}


@schemathesis.hook
def after_call(context, case, response):
    if case.operation.label == "POST /profile" and response.status_code == 201:
        world.http.delete(f"/profile/{response.json()['id']}", headers=world.headers)
    note(case, response)
