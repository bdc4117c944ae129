"""Scripts to start from, by their ending: each runs as it is, and makes its assets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

_PYTHON = '''\
"""Makes {keys}."""

from dagster_pipes import open_dagster_pipes


def main() -> None:
    with open_dagster_pipes() as pipes:
{body}

if __name__ == "__main__":
    main()
'''
_ONE = """\
        pipes.log.info("Hello from {key}.")
        pipes.report_asset_materialization(metadata={{"greeting": "hello"}})
"""
_SEVERAL = """\
        for key in ({listed}):
            pipes.log.info(f"Hello from {{key}}.")
            pipes.report_asset_materialization(asset_key=key, metadata={{"greeting": "hello"}})
"""
_OPEN = """\
from dagster_pipes import open_dagster_pipes

pipes = open_dagster_pipes()"""
_REPORT = """\
pipes.log.info("Hello from {key}.")
pipes.report_asset_materialization(asset_key="{key}", metadata={{"greeting": "hello"}})"""
_NOTE = "Makes {keys}: a script that exits with 0 has made its assets."
_OTHERS = {
    ".sh": '#!/usr/bin/env bash\n# {note}\nset -euo pipefail\n\necho "Hello from {keys}."\n',
    ".r": '# {note}\n\ncat("Hello from {keys}.\\n")\n',
    ".R": '# {note}\n\ncat("Hello from {keys}.\\n")\n',
    ".js": '// {note}\n\nconsole.log("Hello from {keys}.");\n',
    ".mjs": '// {note}\n\nconsole.log("Hello from {keys}.");\n',
    ".rb": '# {note}\n\nputs "Hello from {keys}."\n',
    ".pl": '# {note}\nuse strict;\nuse warnings;\n\nprint "Hello from {keys}.\\n";\n',
    ".sql": "-- Makes {keys}: what the query selects.\n\nselect 'hello' as greeting\n",
    ".jl": '# {note}\n\nprintln("Hello from {keys}.")\n',
    ".ts": '// {note}\n\nconsole.log("Hello from {keys}.");\n',
    ".go": '// {note}\npackage main\n\nimport "fmt"\n\nfunc main() {{\n'
    '\tfmt.Println("Hello from {keys}.")\n}}\n',
    ".java": "// {note}\n\nclass Main {{\n    public static void main(String[] arguments) {{\n"
    '        System.out.println("Hello from {keys}.");\n    }}\n}}\n',
    ".cs": '// {note}\n\nConsole.WriteLine("Hello from {keys}.");\n',
}
PROGRAMS: Final[Mapping[str, str]] = {
    ".ts": "node  # with types 22.18 or newer; or `npx tsx`, or `deno run -A`",
    ".go": "go run",
    ".java": "java  # 11 or newer, without compiling it first",
    ".cs": "dotnet run  # .NET 10 or newer",
}
"""What runs a script as it is where there is no usual program: the manifest names one, as YAML."""


def _notebook(title: str, cells: Sequence[str]) -> str:
    """A notebook, as Jupyter saves it."""
    empty: dict[str, Any] = {"execution_count": None, "metadata": {}, "outputs": []}
    code = [{"cell_type": "code", **empty, "source": cell.splitlines(True)} for cell in cells]
    title_cell = {"cell_type": "markdown", "metadata": {}, "source": [title]}
    whole = {
        "cells": [
            {"id": f"cell-{number}", **cell} for number, cell in enumerate((title_cell, *code), 1)
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def starter(ending: str, keys: Sequence[str]) -> str:
    """A script that makes assets with these keys; empty for an unknown language."""
    named = " and ".join((", ".join(keys[:-1]), keys[-1])) if len(keys) > 1 else keys[0]
    if ending == ".py":
        listed = ", ".join(f'"{key}"' for key in keys)
        body = (_SEVERAL if len(keys) > 1 else _ONE).format(key=keys[0], listed=listed)
        return _PYTHON.format(keys=named, body=body)
    if ending == ".ipynb":
        return _notebook(f"Makes {named}.", [_OPEN, *(_REPORT.format(key=key) for key in keys)])
    return _OTHERS.get(ending, "").format(keys=named, note=_NOTE.format(keys=named))
