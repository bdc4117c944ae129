"""What docs/deploy.md says: commands print what it shows, and what it names is there."""

import ast
import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

from pipes_projects.cli.deploy.command import _COMMANDS
from pipes_projects.deploy import DeployContext
from tests.support.dagster.running import ROOT
from tests.support.pages.deploy_page import PAGE, with_printed

_PACKAGE = "pipes_projects.cli.deploy"
TEXT = PAGE.read_text("utf-8")


def between(mark: str) -> str:
    return TEXT.partition(f"<!-- {mark} -->")[2].partition(f"<!-- /{mark} -->")[0]


def test_what_it_shows_of_commands_is_what_they_print() -> None:
    assert with_printed(TEXT) == TEXT, "run `make docs`"


def test_its_table_has_all_that_an_owners_function_is_told() -> None:
    public = {field.name for field in fields(DeployContext)} | {"scripts", "publish", "progress"}
    column = "".join(re.findall(r"^\| (.*?) \|", between("context"), re.MULTILINE))
    assert set(re.findall(r"`([a-z_]+)", column)) - {"context"} == public


def test_it_lists_every_option() -> None:
    commands = [import_module(f"{_PACKAGE}.{module}").command for module, _ in _COMMANDS.values()]
    options = {
        name
        for command in commands
        for of in command.params
        for name in of.opts
        if name[:2] == "--"
    }
    table = TEXT.partition("| option |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(--[a-z-]+)", table)) == options


def texts() -> set[str]:
    """All that the code of deployments may say; what it fills in is a gap."""
    code = ROOT / "pipes_projects"
    paths = [*(code / "deploy").rglob("*.py"), *(code / "cli/deploy").rglob("*.py")]
    paths.append(code / "disk/boundary.py")
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    whole = {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return whole | {
        "".join(map(_part, node.values)) for node in nodes if isinstance(node, ast.JoinedStr)
    }


def _part(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "\0"


def test_what_it_says_of_refusals_is_said() -> None:
    rows = re.findall(r"^\| (`.*?) \| ", between("refusals"), re.MULTILINE)
    assert len(rows) > 10
    known = texts()
    for row in rows:
        parts = [part.replace("deploy.py", "\0") for part in re.findall(r"`(.+?)`", row)]
        assert any(all(part in text for part in parts) for text in known), row


def test_a_branch_reads_what_production_has_until_it_has_its_own(tmp_path: Path) -> None:
    names: dict[str, Any] = {}
    exec(between("read").partition("```python\n")[2].partition("```")[0], names)
    deployment = {"slug": "feature-x"}
    for slug in ("main", "feature-x"):
        found = names["table"]("orders", deployment, tmp_path)
        assert found == tmp_path / "main/orders.csv"
        own = tmp_path / slug / "orders.csv"
        own.parent.mkdir()
        own.touch()
    assert names["table"]("orders", deployment, tmp_path) == own
