"""`pipes-projects kinds`: show the kinds of script, and how to use one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from re import fullmatch
from shutil import get_terminal_size
from typing import Any

import click

from pipes_projects.cli.project import contract_at
from pipes_projects.cli.streams import hand_over, show, tell
from pipes_projects.compiler.validate.words.other_tools import KIND_OF, plain
from pipes_projects.kinds import installed_contract, registered_kind
from pipes_projects.kinds.registry.installed import missing
from pipes_projects.layout import LayoutError, find_layout
from pipes_projects.manifest.contract import KIND_NAME, Contract, Kind
from pipes_projects.render.table import fitted, render_rows
from pipes_projects.schema.kinds import ONLY_CHECKED, example_of, options_of, ruled_out, summary_of
from pipes_projects.spelling import similar
from pipes_projects.text.plain import json_text, shown

EXAMPLE = """\b
Examples:
  $ pipes-projects kinds
  $ pipes-projects kinds subprocess
  $ pipes-projects kinds subprocess --json | jq -r '.kinds[].options[].name'
"""


@click.command("kinds", epilog=EXAMPLE)
@click.argument("name", required=False)
@click.argument("path", default=".", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def command(name: str | None, path: Path, as_json: bool) -> None:
    """Show the kinds of script: what each does, which files it runs, and whether all that it needs
    is installed here.

    With NAME, show the options of one, and a manifest to start from. PATH is the project's folder,
    or any folder inside it; kinds that its platform owner adds are shown too. Without a project,
    those of the installed packages are shown.

    Exit codes: 0 shown, 2 wrong usage.
    """
    if name and not fullmatch(KIND_NAME, name) and Path(name).is_dir():
        path, name = Path(name), None
    contract = _contract(path)
    kinds = [_chosen(contract, name)] if name is not None else [*contract.kinds.values()]
    facts = [_facts(kind, contract) for kind in kinds]
    if as_json:
        hand_over(json_text({"version": 1, "kinds": facts}) + "\n")
    elif name is not None:
        show("".join(_text(facts[0])))
    else:
        _show_table(facts)
        for why in contract.unusable_kinds.values():
            tell(why)


def _contract(path: Path) -> Contract:
    try:
        layout = find_layout(path)
    except LayoutError:
        return installed_contract()
    return contract_at(layout)


def _chosen(contract: Contract, name: str) -> Kind:
    if kind := contract.kinds.get(name):
        return kind
    why = contract.unusable_kinds.get(name) or _meant(contract, name)
    why = why or similar(name, contract.kinds, "a kind") or "`pipes-projects kinds` lists them"
    raise click.UsageError(f"no kind is called `{name}`: {why}")


def _meant(contract: Contract, name: str) -> str | None:
    """What a kind is called here that other tools call `name`, or that has other letters."""
    meant = KIND_OF.get(plain(name), name.lower())
    return f"`{meant}` may be meant" if meant in contract.kinds else None


def _facts(kind: Kind, contract: Contract) -> dict[str, Any]:
    by_owner = kind.name in contract.run_by_owner or registered_kind(kind.name) is None
    return {
        "name": kind.name,
        "summary": summary_of(kind),
        "endings": list(kind.endings or ()) if kind.takes_script else [],
        "takes_script": kind.takes_script,
        "run_by_owner": by_owner,
        "install": kind.install or None,
        "missing": [] if by_owner else list(missing(kind)),
        "options": [option._asdict() for option in options_of(kind)],
        "rules": list(ruled_out(kind)),
        "only_checked": kind.is_only_checked,
        "opening": kind.opening or None,
        "example": example_of(kind),
    }


_COLUMNS = ("KIND", "RUNS", "INSTALLED", "WHAT IT DOES")


def _show_table(facts: list[dict[str, Any]]) -> None:
    rows = [_COLUMNS, *(tuple(map(shown, _row(kind))) for kind in facts)]
    if sys.stdout is not None and sys.stdout.isatty():
        limit = get_terminal_size().columns
        rows = fitted(rows, limit, {"KIND"}, ("RUNS", "INSTALLED"))
    show(render_rows(rows))


def _row(kind: dict[str, Any]) -> Iterator[str]:
    yield kind["name"]
    yield (", ".join(kind["endings"]) or "any file") if kind["takes_script"] else "no file"
    yield _installed(kind)
    yield kind["summary"] or "-"


def _installed(kind: dict[str, Any]) -> str:
    if kind["run_by_owner"]:
        return "by the owner"
    if not kind["missing"]:
        return "yes"
    return f"no: pip install '{kind['install']}'" if kind["install"] else "no"


def _text(kind: dict[str, Any]) -> Iterator[str]:
    yield f"{shown(kind['name'])}: {shown(kind['summary'])}\n"
    runs, installed = [*_row(kind)][1:3]
    yield f"\n  runs       {shown(runs)}\n  installed  {shown(installed)}\n"
    yield from (f"  {shown(sentence)}\n" for sentence in kind["rules"])
    if kind["only_checked"]:
        yield f"  {ONLY_CHECKED}\n"
    if kind["options"]:
        yield f"\nOptions, in the block `{shown(kind['name'])}`:\n\n"
    for option in kind["options"]:
        needed = ", required" if option["required"] else ""
        yield f"  {shown(option['name'])} ({shown(option['form'])}{needed})\n"
        yield f"    {shown(option['description'])}\n"
    yield "\nA manifest to start from:\n\n"
    yield from (f"  {shown(line)}\n" for line in kind["example"].splitlines())
    if kind["opening"]:
        yield "\nIts scripts open Pipes like this:\n\n"
        yield from (f"  {shown(line)}\n" for line in kind["opening"].splitlines())
