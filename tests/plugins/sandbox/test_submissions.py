import base64
import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image

Json = dict[str, Any]


def data_url(colour: str = "red", size: tuple[int, int] = (40, 30)) -> str:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def imagine(
    client: httpx.Client, path: str = "/mj/submit/imagine", **body: object
) -> httpx.Response:
    return client.post(path, json={"prompt": "a quiet harbour", **body})


def test_a_receipt_has_the_fields_of_the_wire_in_their_order(client: httpx.Client) -> None:
    answer = imagine(client).json()

    assert ["code", "description", "result", "properties"] == list(answer)
    assert (1, "Submit success") == (answer["code"], answer["description"])
    assert ["discordInstanceId"] == list(answer["properties"])


def test_task_ids_are_strings_of_16_digits(client: httpx.Client) -> None:
    task = imagine(client).json()["result"]

    assert isinstance(task, str)
    assert (16, True) == (len(task), task.isdecimal())


def test_a_passed_through_receipt_is_plain_text(client: httpx.Client) -> None:
    answer = imagine(client)

    assert "text/plain; charset=utf-8" == answer.headers["content-type"]


def test_every_reply_has_a_request_id_and_says_that_it_is_simulated(client: httpx.Client) -> None:
    one, other = imagine(client), client.get("/nothing/here")

    assert ("simulated", "simulated") == (
        one.headers["x-omni-sandbox"],
        other.headers["x-omni-sandbox"],
    )
    assert one.headers["x-oneapi-request-id"] != other.headers["x-oneapi-request-id"]


@pytest.mark.parametrize("mode", ["", "/mj-relax", "/mj-fast", "/mj-turbo", "/anything"])
def test_any_mode_may_stand_in_front(client: httpx.Client, mode: str) -> None:
    task = imagine(client, f"{mode}/mj/submit/imagine").json()["result"]
    shown = client.get(f"{mode}/mj/task/{task}/fetch").json()

    assert task == shown["id"]


@pytest.mark.parametrize("bot", ["MID_JOURNEY", "NIJI_JOURNEY"])
def test_both_bots_draw(client: httpx.Client, bot: str) -> None:
    assert 1 == imagine(client, botType=bot).json()["code"]


def test_up_to_five_reference_pictures_are_taken(client: httpx.Client) -> None:
    codes = [
        imagine(client, base64Array=[data_url()] * count).json()["code"] for count in (0, 5, 6)
    ]

    assert [1, 1, 4] == codes


@pytest.mark.parametrize(("padding", "code"), [(0, 1), (1, 4)])
def test_a_reference_picture_has_at_most_a_megabyte_decoded(
    client: httpx.Client, padding: int, code: int
) -> None:
    picture = base64.b64decode(data_url().partition(",")[2])
    picture += bytes(2**20 - len(picture) + padding)  # readers stop at the picture's end
    sent = "data:image/png;base64," + base64.b64encode(picture).decode()
    before = client.get("/_sandbox/books").json()["submissions"]

    answer = imagine(client, base64Array=[data_url(), sent]).json()

    sold = client.get("/_sandbox/books").json()["submissions"] - before
    assert (code, 1 if code == 1 else 0) == (answer["code"], sold)


def test_the_books_count_no_request_with_too_many_pictures(client: httpx.Client) -> None:
    before = client.get("/_sandbox/books").json()["submissions"]

    imagine(client, base64Array=[data_url()] * 6)

    assert before == client.get("/_sandbox/books").json()["submissions"]


def test_a_reference_picture_changes_what_is_drawn(
    client: httpx.Client, submit: Callable[..., str]
) -> None:
    plain = submit("imagine", prompt="a hill")
    red = submit("imagine", prompt="a hill", base64Array=[data_url("red")])

    pictures = [client.get(f"/mj/image/{task}").content for task in (plain, red)]

    assert pictures[0] != pictures[1]


@pytest.mark.parametrize(
    "picture",
    ["", "iVBORw0KGgo=", "data:image/png;base64,", "data:image/png;base64,@@@@", "data:text/plain;base64,aGk=",
     "data:image/png;base64,aGk="],
)  # fmt: skip
def test_a_picture_that_is_no_data_url_of_a_picture_is_refused(
    client: httpx.Client, picture: str
) -> None:
    answer = imagine(client, base64Array=[picture])

    expected = {"code": 4, "description": "base64格式错误", "result": None, "properties": {}}
    assert (200, expected) == (answer.status_code, answer.json())


def test_a_blank_prompt_is_the_midjourney_servers_refusal(client: httpx.Client) -> None:
    answer = imagine(client, prompt="  ")

    assert (200, 4, "prompt不能为空") == (
        answer.status_code,
        answer.json()["code"],
        answer.json()["description"],
    )


def test_a_missing_prompt_is_the_gateways_own_refusal(client: httpx.Client) -> None:
    answer = imagine(client, prompt="")

    expected = {"code": 4, "description": "prompt_is_required ", "type": "upstream_error"}
    assert (400, expected) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prompt", 5),
        ("base64Array", "x"),
        ("base64Array", [1]),
        ("state", {}),
        ("index", "1"),
        ("index", 1.5),
        ("index", True),
    ],
)
def test_a_field_of_a_wrong_type_is_refused_as_gos_decoder_does(
    client: httpx.Client, field: str, value: object
) -> None:
    answer = client.post("/mj/submit/imagine", json={"prompt": "a quiet harbour", field: value})

    error = answer.json()["error"]
    assert (400, "new_api_error") == (answer.status_code, error["type"])
    assert error["message"].startswith("Invalid request, json: cannot unmarshal ")
    assert f" (request id: {answer.headers['x-oneapi-request-id']})" in error["message"]


def test_null_fields_are_zero_values(client: httpx.Client) -> None:
    assert 1 == imagine(client, state=None, base64Array=None, index=None).json()["code"]


def test_a_banned_word_is_code_24(client: httpx.Client) -> None:
    answer = imagine(client, prompt="[[sandbox:banned]] a cat").json()

    assert (24, "可能包含敏感词", None) == (answer["code"], answer["description"], answer["result"])
    assert {"promptEn", "bannedWord"} == set(answer["properties"])


def test_a_full_queue_is_full_once_for_a_request(client: httpx.Client) -> None:
    codes = [
        imagine(client, prompt="[[sandbox:queue-full]] tea", state=state).json()["code"]
        for state in "ab"
    ]

    assert [23, 1] == codes


def test_a_queued_task_is_accepted_with_the_queues_words(client: httpx.Client) -> None:
    answer = imagine(client, prompt="[[sandbox:queued]] tea").json()

    assert (1, "排队中，前面还有3个任务", 3) == (
        answer["code"],
        answer["description"],
        answer["properties"]["numberOfQueues"],
    )


def test_a_marked_task_fails(submit: Callable[..., str], fetch: Callable[[str], Json]) -> None:
    shown = fetch(submit("imagine", prompt="[[sandbox:fail]] a cat"))

    assert ("FAILURE", "[Invalid parameter] Invalid value", "100%") == (
        shown["status"],
        shown["failReason"],
        shown["progress"],
    )
    assert (None, None, "") == (shown["buttons"], shown["properties"], shown["imageUrl"])


def test_a_describe_gives_four_prompts_and_the_uploaded_picture(
    client: httpx.Client, submit: Callable[..., str], fetch: Callable[[str], Json]
) -> None:
    picture = data_url("navy", (300, 200))

    shown = fetch(submit("describe", base64=picture))

    blocks = shown["properties"]["finalPrompt"].split("\n\n")
    assert ["1️⃣", "2️⃣", "3️⃣", "4️⃣"] == [block.split(" ")[0] for block in blocks]
    assert all("--ar 3:2" in block and "blue" in block for block in blocks)
    assert client.get(shown["imageUrl"]).content == base64.b64decode(picture.split(",")[1])


def test_a_describe_without_a_picture_is_refused(client: httpx.Client) -> None:
    assert "base64格式错误" == client.post("/mj/submit/describe", json={}).json()["description"]
