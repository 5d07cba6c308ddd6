"""The reference of operations: made of the declarations, whole in both languages."""

import re

import pytest

from docs.operations import DOCUMENTS, SERVICES, document
from omnidsl.plugins.index import load


@pytest.mark.parametrize("language", DOCUMENTS)
def test_it_has_every_operation_and_every_argument(language: str) -> None:
    text = document(language)
    catalogue = load()

    for name in SERVICES:
        for operation in catalogue.services[name].operations.values():
            part = text.split(f"### {operation.full_name} ")[1].split("\n### ")[0]
            assert all(f"| `{one}`" in part for one in operation.parameters), operation.full_name


def test_every_operation_and_argument_says_in_chinese_what_it_is() -> None:
    catalogue = load()
    told = {
        f"{operation.full_name} {name}": text
        for service in SERVICES
        for operation in catalogue.services[service].operations.values()
        for name, text in {
            "": operation.zh,
            **{one.name: one.zh for one in operation.parameters.values()},
        }.items()
    }

    assert [] == [name for name, text in told.items() if not re.search(r"[\u4e00-\u9fff]", text)]
