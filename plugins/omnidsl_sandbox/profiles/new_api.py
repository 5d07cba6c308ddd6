"""The profile `new-api`: the gateway called NA in the wire reference (sections 1.2, 1.5, 1.6, 1.9 and 4.5)."""

import time
from collections.abc import Mapping

from omnidsl_sandbox.buttons import buttons
from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.profiles.profile import JSON, TEXT, Profile, Reply, json_reply
from omnidsl_sandbox.tasks import Snapshot, Status, Task

_GO_TYPES = {
    str: "string",
    bool: "bool",
    int: "number",
    float: "number",
    list: "array",
    dict: "object",
}


class NewApi(Profile):
    """Keys, refusals, receipts and tasks as new-api writes them."""

    name = "new-api"

    def key(self, headers: Mapping[str, str]) -> str:
        """Read Authorization; `mj-api-secret` counts only when that is absent, empty or `midjourney-proxy`."""
        key = _bare(headers.get("authorization", ""))
        if key in ("", "midjourney-proxy"):
            key = _bare(headers.get("mj-api-secret", ""))
        return key.removeprefix("sk-")

    def refusal(self, name: str, values: Mapping[str, str | int], request_id: str) -> Reply:
        """Return the refusal in the shape that its table names; KeyError for a name that is not in the table."""
        table = self.words["refusals"][name]
        if not isinstance(table, dict):
            raise TypeError(f"refusals.{name} is no table")
        text = str(table["text"]).format_map(values)
        shape, status = str(table["shape"]), int(str(table["status"]))
        if shape == "plain":
            return json_reply({"error": text}, status)
        if shape == "handler":
            return json_reply(
                {"code": table.get("code", 4), "description": text, "type": "upstream_error"},
                status,
            )
        if shape == "upstream":
            raw = table.get("properties")
            properties: JsonObject = (
                {key: str(value).format_map(values) for key, value in raw.items()}
                if isinstance(raw, dict)
                else {}
            )
            return _upstream(table["code"], text, None, properties)
        return json_reply(_openai_error(table, text, request_id), status)

    def check_fields(self, body: JsonObject) -> str:
        """Name the first field of a wrong type, as Go's decoder does; null passes as a zero value."""
        for field, kind in self.words["fields"].items():
            value = body.get(field)
            if value is not None and not _has_type(value, str(kind)):
                found = _GO_TYPES[type(value)]
                return f"json: cannot unmarshal {found} into Go struct field MidjourneyRequest.{field} of type {kind}"
        return ""

    def accepted(self, task: Task, *, ahead: int) -> Reply:
        """Return code 1; a queued task's 22 is rewritten to 1 by new-api, its words stay."""
        properties: JsonObject = {"discordInstanceId": "1118138338562560102"}
        if ahead:
            properties["numberOfQueues"] = ahead
        return _upstream(1, task.description, task.id, properties)

    def needs_modal(self, task: Task) -> Reply:
        """Return code 21, which new-api leaves alone for CustomZoom and Inpaint."""
        final = "" if task.action == "INPAINT" else task.prompt
        return _upstream(21, task.description, task.id, {"finalPrompt": final, "remix": True})

    def task(self, task: Task, snapshot: Snapshot, root: str) -> JsonObject:
        """Return the task with zero values instead of null, except `buttons` and `properties`."""
        seen = snapshot.status not in (Status.UNSEEN, Status.SUBMITTED, Status.MODAL)
        done = snapshot.status is Status.SUCCESS
        failed = snapshot.status is Status.FAILURE
        image = f"{root}/mj/image/{task.id}" if snapshot.picture != "none" else ""
        if image and not done:
            image += f"?rand={time.time_ns()}"
        timeout = self.word("failures", "timeout")
        final = task.text or task.prompt
        return {
            "id": task.id,
            "action": task.action,
            "customId": "",
            "botType": "",
            "prompt": task.prompt,
            "promptEn": task.prompt if seen else "",
            "description": task.description,
            "state": task.state,
            "submitTime": task.submitted,
            "startTime": snapshot.started,
            "finishTime": snapshot.finished,
            "imageUrl": image,
            "status": snapshot.status.value,
            "progress": f"{snapshot.percent}%",
            "failReason": (timeout if snapshot.timed_out else task.fail_reason) if failed else "",
            "buttons": buttons(task) if done else None,
            "maskBase64": "",
            "properties": {"finalPrompt": final, "finalZhPrompt": ""}
            if seen and not failed
            else None,
        }

    def fetched(self, value: Json) -> Reply:
        """Return it as `application/json`, which new-api sets on fetches alone."""
        return json_reply(value, media_type=JSON)


def _bare(header: str) -> str:
    # A header that ends in a blank arrives without it, so an empty key looks like the word alone.
    return "" if header.strip() == "Bearer" else header.removeprefix("Bearer ").strip()


def _upstream(code: Json, text: str, result: Json, properties: JsonObject) -> Reply:
    body: JsonObject = {
        "code": code,
        "description": text,
        "result": result,
        "properties": properties,
    }
    return json_reply(body, media_type=TEXT)


def _openai_error(table: JsonObject, text: str, request_id: str) -> JsonObject:
    kind = str(table.get("type", "new_api_error"))
    error: JsonObject = {"message": text, "type": kind}
    if table.get("traced", True):
        error["message"] = f"{text} (request id: {request_id})"
    if "code" in table:
        error |= {"param": "", "code": table["code"]}
    return {"error": error}


def _has_type(value: Json, kind: str) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, list) and all(one is None or isinstance(one, str) for one in value)
