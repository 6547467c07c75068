"""The OpenAPI documents of all APIs: each is valid, and handed out as it is in the repository."""

from pathlib import Path

import openapi_spec_validator
import pytest

from support.openapi import check_references, read_document

ROOT = Path(__file__).resolve().parents[2]
#: Where each is served.
PATHS = {
    "chat": "/api/rest/openapi.yaml", "dawchat": "/api/user/openapi.yaml", "cosmos": "/meta/openapi.yaml", "gale": "/gale/api/auth/openapi.yaml",
    "reileta": "/api/reileta/openapi.yaml",
}  # fmt: skip
ENGINES = ("sqlite",)


@pytest.mark.parametrize("name", PATHS)
def test_it_is_a_valid_document(server, name):
    document = read_document(server, PATHS[name])
    assert document["openapi"].startswith("3.1.")
    openapi_spec_validator.validate(document)
    check_references(document)


@pytest.mark.parametrize("name", PATHS)
def test_the_server_hands_out_the_file_of_the_repository_to_anybody(server, name):
    response = server.http.get(PATHS[name], headers={"Origin": "https://docs.example.org"})
    assert response.content == (ROOT / f"docs/api/{name}.openapi.yaml").read_bytes()
    assert response.headers["content-type"] == "application/yaml" and response.headers["etag"]


def test_every_document_is_here():
    assert {file.name.removesuffix(".openapi.yaml") for file in (ROOT / "docs/api").glob("*.openapi.yaml")} == set(PATHS)
