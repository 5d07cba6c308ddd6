"""One job after the other, asked about every ten seconds: how scripts without OmniDSL often do it.

Written from the OmniAI guide's description: submit, fetch the task's state until it is SUCCESS with ten seconds between
two looks, then begin the next.
"""

import time
from collections.abc import Sequence

import httpx

PAUSE = 10.0
"""Seconds between two looks."""

_TAKEN = (1, 22)
"""Codes of a submission that was accepted, or queued."""


def run(base_url: str, key: str, prompts: Sequence[str]) -> float:
    """Make a picture of each prompt and return the seconds that it took; RuntimeError where a job fails."""
    began = time.perf_counter()
    with httpx.Client(base_url=f"{base_url}/mj-fast/mj", headers={"mj-api-secret": key}) as client:
        for prompt in prompts:
            _wait(client, _submit(client, prompt))
    return time.perf_counter() - began


def _submit(client: httpx.Client, prompt: str) -> str:
    body = {"base64Array": [], "prompt": prompt, "botType": "MID_JOURNEY"}
    answer = client.post("/submit/imagine", json=body).json()
    if answer["code"] not in _TAKEN:
        raise RuntimeError(f"not accepted: {answer['description']}")
    return str(answer["result"])


def _wait(client: httpx.Client, task: str) -> None:
    while True:
        state = client.get(f"/task/{task}/fetch").json()
        if state["status"] == "SUCCESS":
            return
        if state["status"] == "FAILURE":
            raise RuntimeError(f"failed: {state['failReason']}")
        time.sleep(PAUSE)
