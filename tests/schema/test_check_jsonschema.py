"""`check` and a validator that is not ours, check-jsonschema, agree about one document.

All cases are judged, in few processes: one for each schema that differs.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from pipes_projects.codes import Severity
from pipes_projects.layout import ASSET_KEYS, CONTRACT, DEFAULTS_SCHEMA, Layout
from pipes_projects.schema.asset_keys import MOST, render_keys
from pipes_projects.schema.contract.reading import read_contract
from pipes_projects.schema.documents import project_schemas, render
from pipes_projects.source import DEFAULTS_STEM, read_sources
from tests.schema.test_schema_agrees import EXCEPTIONS, found_in
from tests.support.case_folders import CASES, folders
from tests.support.dagster.running import ROOT

PAGE = ROOT / "docs/ci.md"
ALL = [*folders("ok"), *folders("errors")]

# What only `check` refuses, and by which name the docs tell of it.

BY_SCHEMA = {
    "errors/invalid-cron/defs/sales/revenue.yaml": "cron expressions",
    "errors/invalid-value--check-of-no-asset/defs/sales/reports.yaml": "what a check is about",
    "errors/invalid-value--command/defs/sales/costs.yaml": "words of a command",
    "errors/invalid-value--time-zone/defs/sales/orders.yaml": "names of time zones",
    "errors/invalid-value--time-zone/defs/sales/revenue.yaml": "names of time zones",
}
BY_YAML = {
    "errors/invalid-value--no-value-for-a-field/defs/sales/revenue.yaml": "keys without a value",
    "errors/yaml-syntax--merge-key/defs/sales/revenue.yaml": "merge keys",
    "errors/yaml-syntax--tag/defs/sales/revenue.yaml": "tags",
    "errors/yaml-syntax--key-is-a-list/defs/sales/revenue.yaml": "keys that are not text",
    "errors/yaml-syntax--quotes/defs/sales/null.yaml": "characters that are not text",
    "errors/yaml-syntax--depth/defs/sales/revenue.yaml": "size",
    "errors/yaml-syntax--repeated-aliases/defs/sales/revenue.yaml": "size",
}


def refused_by(schema: Path, documents: Iterable[Path]) -> set[str]:
    """Those of the documents that check-jsonschema refuses, by their paths below the cases."""
    command = [sys.executable, "-m", "check_jsonschema", "--output-format", "json"]
    done = subprocess.run(
        [*command, "--schemafile", schema, *documents], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    answer = json.loads(done.stdout)
    told = [*answer.get("errors", ()), *answer.get("parse_errors", ())]
    assert bool(told) == bool(done.returncode)
    return {Path(error["filename"]).relative_to(CASES).as_posix() for error in told}


def documents_of(case: Path) -> list[Path]:
    """The manifests and defaults that `check` reads, and those that it cannot."""
    sources = read_sources(case)
    return [case / manifest.path for manifest in (*sources.manifests, *sources.unreadable)]


def by_contract() -> Iterator[tuple[Path, list[Path]]]:
    """The cases that have one contract, with one of them."""
    found: dict[bytes, list[Path]] = {}
    for case in ALL:
        contract = Layout(case).contract
        found.setdefault(contract.read_bytes() if contract.exists() else b"", []).append(case)
    return ((cases[0], cases) for cases in found.values())


def write_schemas(case: Path, folder: Path) -> None:
    """As `schema` does; of asset keys any is taken, as where there are too many to list."""
    texts = project_schemas(read_contract(Layout(case).contract))
    texts = {path: render(schema) for path, schema in texts.items()}
    for path, text in {**texts, ASSET_KEYS: render_keys(map(str, range(MOST + 1)))}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The documents of all cases that check-jsonschema refuses."""
    found = set[str]()
    for case, cases in by_contract():
        folder = tmp_path_factory.mktemp("project")
        write_schemas(case, folder)
        documents = [document for case in cases for document in documents_of(case)]
        defaults = [path for path in documents if path.stem == DEFAULTS_STEM]
        found |= refused_by(folder / CONTRACT, set(documents) - set(defaults))
        found |= refused_by(folder / DEFAULTS_SCHEMA, defaults) if defaults else set()
    return found


def wrong_alone(case: Path) -> set[str]:
    """The documents of a case in which `check` finds an error that each shows by itself."""
    contract, sources = read_contract(Layout(case).contract), read_sources(case)
    found = [finding for source in sources.manifests for finding in found_in(source, contract)]
    wrong = {finding.location.path for finding in found if finding.severity is Severity.ERROR}
    return {_name(case / path) for path in wrong | {file.path for file in sources.unreadable}}


def _name(path: Path) -> str:
    return path.relative_to(CASES).as_posix()


@pytest.mark.parametrize("case", ALL, ids=_name)
def test_both_refuse_the_same_documents(case: Path, refused: set[str]) -> None:
    names = {_name(document) for document in documents_of(case)}
    differing = {*BY_SCHEMA, *BY_YAML} & names
    assert wrong_alone(case) >= differing
    assert wrong_alone(case) - differing == refused & names


def test_both_kinds_of_judgement_are_among_the_cases(refused: set[str]) -> None:
    documents = {_name(document) for case in ALL for document in documents_of(case)}
    assert len(refused) > 50
    assert len(documents - refused) > 50
    assert not any(name.startswith("ok/") for name in refused)
    assert any(Path(name).stem == DEFAULTS_STEM for name in refused)


def test_each_difference_is_one_that_the_docs_name() -> None:
    assert set(BY_SCHEMA.values()) <= set(EXCEPTIONS)
    rows = re.findall(r"^\| ([^|]+) \| ", _table(PAGE.read_text("utf-8")), re.MULTILINE)
    assert sorted(rows[1:]) == sorted({*BY_YAML.values()})


def _table(page: str) -> str:
    return page.partition("## Without this package")[2].partition("\n## ")[0]
