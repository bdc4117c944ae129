"""`pipes-projects new`: add a manifest, and a script unless it already exists."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.cli import FINDINGS
from pipes_projects.cli.project import contract_at, layout_at, refresh_keys
from pipes_projects.cli.streams import say, show, tell
from pipes_projects.codes import Code
from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.kinds.external import EXTERNAL
from pipes_projects.layout import Layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.project_folder import sources_of
from pipes_projects.render.findings.text import render_findings
from pipes_projects.scaffold.asset import AssetRequest, InvalidNameError, NewAsset, new_asset
from pipes_projects.scaffold.files import write_new
from pipes_projects.scaffold.pipes import LANGUAGES
from pipes_projects.scaffold.would_be import new_findings, with_added
from pipes_projects.source import SourceFile, Sources

EXAMPLE = """\b
Examples:
  $ pipes-projects new sales/orders --dep raw/orders
  $ pipes-projects new sales/report.sh
  $ pipes-projects new sales/forecast --language r
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
    help="Of a script that reports what it makes.",
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
    _refuse_findings(asset, sources, contract)
    _write(layout, asset)


def _refuse_findings(asset: NewAsset, sources: Sources, contract: Contract) -> None:
    scripts = {asset.script: asset.text} if asset.script and asset.text is not None else {}
    if asset.helper:
        scripts[asset.helper.path] = asset.helper.text
    before = compile_sources(sources, contract)
    after: Compilation = compile_sources(with_added(sources, asset.manifest, scripts), contract)
    refused = tuple(new_findings(before, after))
    if asset.doubt and any(finding.code is Code.MISSING_SCRIPT for finding in refused):
        raise click.UsageError(asset.doubt)
    if refused:
        show(render_findings(after, refused), err=True)
        tell("nothing was written, because of this")
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
