"""A new asset: what `new` writes."""

from __future__ import annotations

import json
import re

from pipes_projects.layout import Layout

_NAME = re.compile(r"(?P<group>[A-Za-z0-9][A-Za-z0-9_]*)/(?P<name>[A-Za-z0-9_.-]+)")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")


class InvalidNameError(ValueError):
    """The name cannot be that of an asset."""


SCRIPT = '''\
"""Makes {key}."""

from dagster_pipes import open_dagster_pipes


def main() -> None:
    with open_dagster_pipes() as pipes:
        pipes.log.info("Hello from {key}.")
        pipes.report_asset_materialization(metadata={{"greeting": "hello"}})


if __name__ == "__main__":
    main()
'''

MANIFEST = """\
kind: subprocess
{deps}description: What this asset is, in a sentence.
"""


def asset_files(name: str, layout: Layout, deps: tuple[str, ...] = ()) -> dict[str, str]:
    """The script and the manifest of `group/asset`, by path."""
    match = _NAME.fullmatch(name)
    if not match or match["name"].startswith(("_", ".")) or match["name"] in ("defs", "component"):
        raise InvalidNameError(
            f"`{name}` is not `group/asset`: a group has letters, digits and `_`,"
            " an asset's name `-` and `.` too"
        )
    stem = f"{layout.defs}/{name}"
    keys = [dep if _PLAIN.fullmatch(dep) else json.dumps(dep) for dep in dict.fromkeys(deps)]
    listed = f"deps: [{', '.join(keys)}]\n" if keys else ""
    return {f"{stem}.py": SCRIPT.format(key=name), f"{stem}.yaml": MANIFEST.format(deps=listed)}
