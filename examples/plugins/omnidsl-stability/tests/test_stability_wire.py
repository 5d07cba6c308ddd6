"""What goes over the wire, and a recipe from its text to its file."""

import email
from collections.abc import Callable
from pathlib import Path

from omnidsl.testing import LedgerInspection, Project, Request, ScriptedGateway
from omnidsl.testing.scripted import PIXEL, Behaviour
from omnidsl_stability.conformance import Gateway

Start = Callable[[Behaviour], ScriptedGateway]

RECIPE = Path(__file__).parents[1] / "lighthouse.omni"


def parts(request: Request) -> dict[str, bytes]:
    """Return the fields of a form, by another party's parser."""
    head = f"Content-Type: {request.headers['content-type']}\n\n".encode()
    whole = email.message_from_bytes(head + request.body)
    found: dict[str, bytes] = {}
    for one in whole.walk():
        content = one.get_payload(decode=True)
        if isinstance(content, bytes):
            found[str(one.get_param("name", header="content-disposition"))] = content
    return found


def run(project: Project, start: Start, step: str) -> ScriptedGateway:
    server = start(Gateway())
    project.write("picture.png", PIXEL)
    result = project.run(
        f"pipeline main {{\n    made = {step}\n    return made\n}}\n", gateway=server
    )
    assert 0 == result.status, result.failures
    return server


def test_words_go_as_a_form_and_ask_for_json(omni_project: Project, omni_gateway: Start) -> None:
    step = '"a lighthouse" -> stability.core(aspect_ratio: "16:9", style_preset: "anime", seed: 7)'
    server = run(omni_project, omni_gateway, step)

    (request,) = server.requests
    assert "/v2beta/stable-image/generate/core" == request.path
    assert "application/json" == request.headers["accept"]
    assert request.headers["authorization"].startswith("Bearer ")
    assert {
        "prompt": b"a lighthouse",
        "aspect_ratio": b"16:9",
        "style_preset": b"anime",
        "seed": b"7",
        "output_format": b"png",
    } == parts(request)


def test_a_picture_makes_it_image_to_image(omni_project: Project, omni_gateway: Start) -> None:
    step = '"a storm" -> stability.sd3(picture: file("picture.png"), strength: 0.7)'
    server = run(omni_project, omni_gateway, step)

    sent = parts(server.requests[0])
    assert (b"image-to-image", b"0.7", PIXEL) == (sent["mode"], sent["strength"], sent["image"])
    assert "aspect_ratio" not in sent


def test_a_picture_without_strength_is_found_before_anything_is_sent(omni_project: Project) -> None:
    omni_project.write("picture.png", PIXEL)

    found = omni_project.check(
        'pipeline main {\n    a = "x" -> stability.sd3(picture: file("picture.png"))\n    return a\n}\n'
    )

    assert ["OM202"] == [one.code for one in found]


def test_the_recipe_beside_this_plugin_runs(
    omni_project: Project, omni_gateway: Start, omni_ledger: LedgerInspection
) -> None:
    result = omni_project.run(RECIPE.read_text("utf-8"), gateway=omni_gateway(Gateway()))

    assert (0, ["lighthouse.png"]) == (result.status, [one.name for one in result.saved])
    assert 343940597 == result.results["small"].facts["seed"]
    assert 2 == len(omni_ledger.stages())
