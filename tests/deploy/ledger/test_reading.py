"""Ledgers are read as they were written, or refused in one sentence; nothing is changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.document import Ledger, Shipped
from pipes_projects.deploy.ledger.reading import current, history, ledgers, slugs, version
from pipes_projects.deploy.storage.storage import Storage
from tests.support.servers.storages import Where

SLUG, BRANCH = "feature-x", "feature/x"


@pytest.fixture
def storage(folder: Path) -> Storage:
    return Where(str(folder)).open()


def ledger(number: int, **changed: Any) -> Ledger:
    values = {
        "number": number,
        "deployment": "dev",
        "branch": BRANCH,
        "slug": SLUG,
        "by": "ann on host",
        "at": "2026-11-28T10:00:00+00:00",
        "tool": "0.1.0",
        "ships": {"defs/orders.py": Shipped(hash="0" * 64, location="/code/orders.py")},
    }
    return Ledger(**values | changed)


def put(storage: Storage, *versions: Ledger) -> None:
    for each in versions:
        ledgers(storage, SLUG).add(
            lambda _, version=each: version.model_dump_json(indent=2).encode()
        )  # type: ignore[misc]


def edited(storage: Storage, text: str) -> None:
    storage.create(f"deployments/{SLUG}/000001.json", text.encode())


def test_a_ledger_is_read_as_it_was_written(storage: Storage) -> None:
    assert current(storage, SLUG, BRANCH) is None
    versions = [ledger(1), ledger(2, state="down", ships={}), ledger(3, rolled_back_to=1)]
    put(storage, *versions)
    assert history(storage, SLUG) == versions
    assert current(storage, SLUG, BRANCH) == versions[2]
    assert version(storage, SLUG, 2) == versions[1]
    assert version(storage, SLUG, 4) is None
    assert slugs(storage) == [SLUG]


def test_another_branch_of_the_same_slug_is_refused(storage: Storage) -> None:
    put(storage, ledger(1))
    with pytest.raises(DeployError, match="of the branch `feature/x`, not of `Feature-X`") as told:
        current(storage, SLUG, "Feature-X")
    assert "rename the branch" in str(told.value.help)


NEWER = json.dumps({**ledger(1).model_dump(), "format": 2, "news": []})
WRONG = {
    "": "it is not JSON",
    "{": "it is not JSON",
    "[" * 100_000: "it is not JSON",
    "[]": "Input should be",
    ledger(1).model_dump_json().replace('"feature-x"', "7"): "slug: Input should be a valid string",
    ledger(1).model_dump_json().replace('"by"', '"from"'): "by: Field required",
    ledger(2).model_dump_json(): "it says that it is number 2",
    ledger(1, slug="other").model_dump_json(): "it says that it is of `other`",
}


@pytest.mark.parametrize(("text", "told"), WRONG.items(), ids=range(len(WRONG)))
def test_an_edit_that_makes_no_sense_is_refused(storage: Storage, text: str, told: str) -> None:
    edited(storage, text)
    with pytest.raises(DeployError, match="is not a valid ledger: ") as refused:
        current(storage, SLUG, BRANCH)
    assert told in str(refused.value)
    assert len(str(refused.value)) < 500
    assert "remove that file" in str(refused.value.help)
    assert storage.read(f"deployments/{SLUG}/000001.json") == text.encode()


def test_a_ledger_of_a_newer_version_is_refused(storage: Storage) -> None:
    edited(storage, NEWER)
    with pytest.raises(DeployError, match=r"000001\.json` in .* by a newer version") as refused:
        current(storage, SLUG, BRANCH)
    assert refused.value.help == "upgrade pipes-projects here"


def test_bytes_that_are_no_text_are_refused(storage: Storage) -> None:
    storage.create(f"deployments/{SLUG}/000001.json", b"\xff\xfe\x00")
    with pytest.raises(DeployError, match="it is not JSON"):
        current(storage, SLUG, BRANCH)
