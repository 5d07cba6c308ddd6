"""What is sent for an operation that starts from words and pictures (wire reference, section 1.4)."""

from collections.abc import Sequence

from omnidsl.plugins import JSON, ArgumentError, Artifact, Context, PromptJob
from omnidsl_midjourney.data_urls import PICTURE_BYTES, PICTURES, data_url, is_address
from omnidsl_midjourney.submissions import (
    Blend,
    Describe,
    Edits,
    Imagine,
    MakeVideo,
    Shorten,
    SwapFace,
)

Submission = Imagine | Describe | Shorten | Blend | SwapFace | Edits | MakeVideo
Body = dict[str, JSON]

_BOTS = {"midjourney": "MID_JOURNEY", "niji": "NIJI_JOURNEY"}
_VIDEOS = {"480p": "vid_1.1_i2v_480", "720p": "vid_1.1_i2v_720"}


async def request(operation: Submission, context: Context) -> tuple[str, Body]:
    """Return the path behind `/mj/` and the body; ArgumentError for what no server would take."""
    match operation:
        case Imagine():
            return "submit/imagine", await _imagine(operation, context)
        case Describe():
            field = "link" if isinstance(operation.picture, str) else "base64"
            picture = await _picture(operation.picture, context, "describe", "picture")
            return "submit/describe", {field: picture, "botType": _BOTS[operation.bot]}
        case Shorten():
            prompt = _words(operation.prompt, "shorten")
            return "submit/shorten", {"prompt": prompt, "botType": _BOTS[operation.bot]}
        case Blend():
            return "submit/blend", {
                "base64Array": await pictures(operation.pictures, context),
                "dimensions": operation.dimensions.upper(),
                "botType": _BOTS[operation.bot],
            }
        case SwapFace():
            return "insight-face/swap", await _swap(operation, context)
        case Edits():
            return "submit/edits", {
                "prompt": _words(operation.prompt, "edits"),
                "image": await _picture(operation.picture, context, "edits", "picture"),
                "botType": _BOTS[operation.bot],
            }
        case MakeVideo():
            return "submit/video", await _video(operation, context)


async def pictures(given: Sequence[Artifact], context: Context) -> list[JSON]:
    """Return pictures as `data:` addresses."""
    return [await _sent(one, context) for one in given]


async def _imagine(operation: Imagine, context: Context) -> Body:
    job = operation.prompt
    if len(job.images) > PICTURES:
        expected = f"a prompt with at most {PICTURES} pictures"
        raise ArgumentError("imagine", "prompt", expected, job)
    large = next((one for one in job.images if one.size > PICTURE_BYTES), None)
    if large is not None:
        expected = f"a prompt with pictures of at most {PICTURE_BYTES} bytes"
        raise ArgumentError("imagine", "prompt", expected, large)
    found = await pictures(job.images, context)
    return {"base64Array": found, "prompt": job.text, "botType": _BOTS[operation.bot]}


async def _swap(operation: SwapFace, context: Context) -> Body:
    source, target = operation.source, operation.target
    hashes = [one.sha256 if isinstance(one, Artifact) else one for one in (source, target)]
    if hashes[0] == hashes[1]:
        raise ArgumentError("swap_face", "source", "another picture than the target", source)
    body: Body = {}
    for name, one in (("source", source), ("target", target)):
        field = f"{name}Url" if isinstance(one, str) else f"{name}Base64"
        body[field] = await _picture(one, context, "swap_face", name)
    return body


async def _video(operation: MakeVideo, context: Context) -> Body:
    body: Body = {
        "motion": operation.motion,
        "videoType": _VIDEOS[operation.resolution],
        "batchSize": operation.batch,
    }
    if operation.prompt is not None:
        body["prompt"] = _words(operation.prompt, "video")
    if operation.loop:
        body["loop"] = True
    if operation.extend is not None and operation.index is not None:
        # People count from one, this request from zero.
        before: Body = {"taskId": operation.extend.task, "index": operation.index - 1}
        return {**body, "action": "extend", **before}
    for field, one in (("image", operation.picture), ("endImage", operation.end)):
        if one is not None:
            name = "picture" if field == "image" else "end"
            body[field] = await _picture(one, context, "video", name)
    return body


async def _picture(given: Artifact | str, context: Context, operation: str, name: str) -> str:
    """Return a picture as it is sent: its own address, or its bytes as a `data:` address."""
    if isinstance(given, Artifact):
        return await _sent(given, context)
    if not is_address(given):
        expected = 'a picture or its address: write file("…") for a file'
        raise ArgumentError(operation, name, expected, given)
    return given


async def _sent(picture: Artifact, context: Context) -> str:
    return data_url(await context.read(picture.sha256), picture.media_type)


def _words(given: PromptJob | str, operation: str) -> str:
    """Return a prompt whose place has no room for pictures."""
    if isinstance(given, PromptJob) and given.images:
        raise ArgumentError(operation, "prompt", "a prompt without pictures", given)
    words = given if isinstance(given, str) else given.text
    if not words.strip():
        raise ArgumentError(operation, "prompt", "a text that is not blank", words)
    return words
