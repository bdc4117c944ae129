"""`pipes-projects new`: add a manifest, and a script unless it already exists."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import click

from pipes_projects.cli import FINDINGS
from pipes_projects.cli.progress import doing
from pipes_projects.cli.project import contract_at, layout_at, refresh_keys
from pipes_projects.cli.streams import say, show, tell
from pipes_projects.codes import Code
from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.kinds.external import EXTERNAL
from pipes_projects.layout import Layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.project_folder import sources_of
from pipes_projects.render.findings.text import render_findings
from pipes_projects.scaffold.asset import AssetRequest, InvalidNameError, NewAsset, new_asset
from pipes_projects.scaffold.files import write_new
from pipes_projects.scaffold.first_options import with_first_options, with_program
from pipes_projects.scaffold.pipes import LANGUAGES
from pipes_projects.scaffold.would_be import new_findings, with_added
from pipes_projects.source import SourceFile, Sources

EXAMPLE = """\b
Examples:
  $ pipes-projects new sales/orders --dep raw/orders
  $ pipes-projects new sales/report.sh
  $ pipes-projects new sales/forecast --language r
  $ pipes-projects new sales/forecast --kind docker
  $ pipes-projects new marts/delays --asset by_hour --asset by_carrier
  $ pipes-projects new lake/events --external
"""


@click.command("new", epilog=EXAMPLE)
@click.argument("name", metavar="GROUP/ASSET")
@click.option("--dep", "deps", multiple=True, metavar="KEY", help="An upstream asset; repeatable.")
@click.option(
    "--asset", "assets", multiple=True, metavar="NAME", help="One of several assets; repeatable."
)
@click.option("--external", is_flag=True, help="Something else makes the asset: no script.")
@click.option("--kind", metavar="KIND", help="What runs the script, if several kinds could.")
@click.option(
    "--language",
    type=click.Choice(["python", *LANGUAGES]),
    help="The language of a script that reports what it makes.",
)
def command(
    name: str,
    deps: tuple[str, ...],
    assets: tuple[str, ...],
    external: bool,
    kind: str | None,
    language: str | None,
) -> None:
    """Add an asset: a manifest, and a script to start from.

    GROUP/ASSET becomes defs/GROUP/ASSET.yaml and, unless you name another ending, ASSET.py. If
    the script is already there, it is left as it is, and only the manifest is written. The group
    is created if it is new.

    With --language, the script reports its assets and their metadata. Where that language has no
    library for it, a file that does it, such as _pipes.sh, is written beside the script.

    If the kind needs options that no _defaults.yaml has, the manifest starts with those that
    `pipes-projects kinds KIND` shows. For scripts that end with .ts, .go, .java or .cs it names
    a program that runs them as they are.

    With --asset, the script makes several assets, which are called GROUP/NAME.

    The project is compiled first, as it would be with the new files. If they would add a finding,
    such as a dependency that does not exist, it is shown and nothing is written. No existing file
    is changed, except for the keys that editors complete (schemas/asset-keys.json) in a project
    that has a contract.

    Exit codes: 0 written, 1 refused because of a finding, 2 wrong usage.
    """
    if external and kind not in (None, EXTERNAL.name):
        raise click.UsageError("--external is a kind: leave out --kind")
    if external and language:
        raise click.UsageError("--external has no script: leave out --language")
    layout = layout_at(Path())
    contract, sources = contract_at(layout), sources_of(layout)
    request = AssetRequest(name, assets, deps, EXTERNAL.name if external else kind, language)
    try:
        asset = new_asset(request, layout.defs, sources.files, contract)
    except InvalidNameError as error:
        raise click.UsageError(str(error)) from None
    with doing("checking what would be"):
        asset, tried = _best(asset, sources, contract)
    _refuse_findings(asset, tried)
    _write(layout, asset)
    if tried.findings:
        show(render_findings(tried.compilation, tried.findings), err=True)


class _Tried(NamedTuple):
    """The project as it would be, and the findings that it would have in addition."""

    compilation: Compilation
    findings: tuple[Diagnostic, ...]

    @property
    def is_faulty(self) -> bool:
        """Whether there is more than that a package is not installed, which may be where scripts
        run."""
        return any(finding.code is not Code.MISSING_PACKAGE for finding in self.findings)

    def has(self, code: Code) -> bool:
        return any(finding.code is code for finding in self.findings)


def _best(asset: NewAsset, sources: Sources, contract: Contract) -> tuple[NewAsset, _Tried]:
    """The asset, with first options if its kind needs some that no defaults have: a program, or
    those of its example."""
    before = compile_sources(sources, contract)
    bare = _try(asset, before, sources, contract)
    manifest = None
    if bare.has(Code.MISSING_KEY):
        manifest = with_first_options(asset.manifest, asset.kind, contract)
    elif bare.has(Code.MISSING_SCRIPT) and asset.script:
        manifest = with_program(asset.manifest, asset.kind, asset.script)
    if manifest is None:
        return asset, bare
    filled = asset._replace(manifest=manifest)
    tried = _try(filled, before, sources, contract)
    return (asset, bare) if tried.is_faulty else (filled, tried)


def _try(asset: NewAsset, before: Compilation, sources: Sources, contract: Contract) -> _Tried:
    scripts = {asset.script: asset.text} if asset.script and asset.text is not None else {}
    if asset.helper:
        scripts[asset.helper.path] = asset.helper.text
    after: Compilation = compile_sources(with_added(sources, asset.manifest, scripts), contract)
    return _Tried(after, tuple(new_findings(before, after)))


def _refuse_findings(asset: NewAsset, tried: _Tried) -> None:
    if asset.doubt and tried.has(Code.MISSING_SCRIPT):
        raise click.UsageError(asset.doubt)
    if tried.is_faulty:
        show(render_findings(tried.compilation, tried.findings), err=True)
        tell("nothing was written, because of this")
        if tried.has(Code.MISSING_KEY) and asset.kind.example:
            tell(f"`pipes-projects kinds {asset.kind.name}` shows a manifest to start from")
        raise click.exceptions.Exit(FINDINGS)


def _write(layout: Layout, asset: NewAsset) -> None:
    texts = {asset.manifest.path: asset.manifest.text}
    if asset.script and asset.text is not None:
        texts = {asset.script: asset.text, **texts}
    elif asset.script:
        say(f"kept  {asset.script}, which was there already")
    if asset.helper:
        _write_helper(layout, asset.helper)
    written = write_new(layout.root, texts)
    for path in written.fresh:
        say(f"wrote {path.relative_to(layout.root).as_posix()}")
    if asset.script and asset.text == "":
        tell(f"{asset.script} is empty: write what it does")
    for path in written.kept:
        raise click.UsageError(f"{path.relative_to(layout.root).as_posix()} already exists")
    if layout.contract.exists():
        refresh_keys(layout)


def _write_helper(layout: Layout, helper: SourceFile) -> None:
    """Scripts of a group share it."""
    written = write_new(layout.root, {helper.path: helper.text})
    say(
        f"wrote {helper.path}" if written.fresh else f"kept  {helper.path}, which was there already"
    )
