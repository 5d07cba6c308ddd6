"""The lists of models: new-api's own form, and OpenAI's."""

import httpx
import pytest

from omnidsl_sandbox import Sandbox
from tests.plugins.sandbox.conftest import KEY


def test_new_api_lists_without_the_mark_of_a_list_and_with_fields_of_its_own(
    client: httpx.Client,
) -> None:
    answer = client.get("/v1/models").json()

    assert {"success", "data"} == set(answer)
    assert {"gpt-4o-mini", "mj_imagine", "tts-1"} <= {one["id"] for one in answer["data"]}
    assert all({"permission", "root", "parent"} <= set(one) for one in answer["data"])


def test_new_api_says_with_success_that_there_is_no_such_model(client: httpx.Client) -> None:
    answer = client.get("/v1/models/gpt-9")

    assert (200, "model_not_found") == (answer.status_code, answer.json()["error"]["code"])


@pytest.mark.parametrize("profile", ["plus", "proxy"])
def test_other_servers_list_as_openai_does(profile: str) -> None:
    with (
        Sandbox(profile=profile) as sandbox,
        httpx.Client(base_url=sandbox.url, headers=KEY) as ask,
    ):
        listed, one, none = (ask.get(f"/v1/models{rest}") for rest in ("", "/tts-1", "/gpt-9"))

    assert ("list", {"object", "data"}) == (listed.json()["object"], set(listed.json()))
    assert {"id", "object", "created", "owned_by"} == set(one.json())
    assert (404, "model_not_found") == (none.status_code, none.json()["error"]["code"])
