"""The description of the API that the server gives out itself."""

import pytest

PATH = "/openapi.yaml"


def test_the_description_is_for_everybody(stranger, account):
    """`GET /api/rest/openapi.yaml` needs no token."""
    response = stranger.get(PATH)
    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == "application/yaml"
    assert response.text.startswith("openapi:") or "\nopenapi:" in response.text
    assert account.get(PATH).content == response.content


@pytest.mark.parametrize("form", ["{tag}", '"another", {tag}', "W/{tag}", "*"])
def test_a_description_that_is_known_is_not_sent_again(stranger, form):
    """RFC 9110 13.1.2: If-None-Match is compared weakly."""
    tag = stranger.get(PATH).headers["etag"]
    response = stranger.get(PATH, headers={"If-None-Match": form.format(tag=tag)})
    assert response.status_code == 304 and response.content == b""
    assert response.headers["etag"] == tag


def test_a_description_that_is_not_known_is_sent(stranger):
    """RFC 9110 13.1.2."""
    assert stranger.get(PATH, headers={"If-None-Match": '"another"'}).status_code == 200
