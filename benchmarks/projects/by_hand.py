"""Writes the company as the Python that a Dagster expert would write by hand.

One module per group, each asset a decorated function, and nothing that only costs time: variants
with a resource, or without the annotation, took the same time.
"""

import hashlib
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from benchmarks.projects.company import CHECK, KIND, OWNER, Asset

RUN = """\
import sys

import dagster as dg

DEFS = {defs!r}


def run_script(context, script):
    command = [sys.executable, f"{{DEFS}}/{{script}}"]
    return dg.PipesSubprocessClient().run(context=context, command=command).get_results()


def sources(path):
    return dg.CodeReferencesMetadataValue(
        code_references=[
            dg.LocalFileCodeReference(file_path=f"{{DEFS}}/{{path}}.py"),
            dg.LocalFileCodeReference(file_path=f"{{DEFS}}/{{path}}.yaml", line_number=1),
        ]
    )
"""

GROUP = """\
import dagster as dg

from company.run import run_script, sources

"""

ASSET = """
@dg.multi_asset(
    name={op!r},
    specs=[
        dg.AssetSpec(
            key=dg.AssetKey({key!r}),
            deps=[{deps}],
            description={description!r},
            group_name={group!r},
            code_version={code_version!r},
            owners=[{owner!r}],
            tags={tags!r},
            kinds={{{kind!r}}},
            metadata={{**{metadata!r}, "dagster/code_references": sources({path!r})}},
        )
    ],
    check_specs=[
        dg.AssetCheckSpec(
            {check!r}, asset=dg.AssetKey({key!r}), description={promise!r}, blocking=True
        )
    ],
)
def {op}(context: dg.AssetExecutionContext):
    return run_script(context, {script!r})
"""


def write_by_hand(assets: Iterable[Asset], folder: Path, defs: Path) -> Path:
    """Definitions for the scripts under `defs`."""
    package = folder / "company"
    package.mkdir(parents=True)
    groups: dict[str, list[Asset]] = defaultdict(list)
    for asset in assets:
        groups[asset.group].append(asset)
    for group, members in groups.items():
        (package / f"{group}.py").write_text(_group(members), encoding="utf-8")
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "run.py").write_text(RUN.format(defs=str(defs)), encoding="utf-8")
    (folder / "definitions.py").write_text(_definitions(groups), encoding="utf-8")
    # This keeps Python's compiler, and its memory, out of the comparison.
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(folder)], check=True)
    return folder


def _definitions(groups: Iterable[str]) -> str:
    names = ", ".join(groups)
    lists = ", ".join(f"*{group}.ASSETS" for group in groups)
    return (
        f"import dagster as dg\nfrom company import {names}\n\n"
        f"defs = dg.Definitions(assets=[{lists}])\n"
    )


def _group(assets: Iterable[Asset]) -> str:
    names = ", ".join(_op(asset) for asset in assets)
    return "".join([GROUP, *map(_function, assets), f"\n\nASSETS = [{names}]\n"])


def _function(asset: Asset) -> str:
    return ASSET.format(
        op=_op(asset),
        key=[asset.group, asset.name],
        deps=", ".join(f"dg.AssetKey({dep.split('/')!r})" for dep in asset.deps),
        description=f"{asset.description}\n\n```python\n{asset.script}```",
        group=asset.group,
        code_version=hashlib.sha256(asset.script.encode()).hexdigest(),
        owner=OWNER,
        kind=KIND,
        check=CHECK,
        promise=asset.promise,
        tags=asset.tags,
        metadata=asset.metadata,
        path=asset.key,
        script=f"{asset.key}.py",
    )


def _op(asset: Asset) -> str:
    return f"{asset.group}__{asset.name}"
