"""Scripts to start from, by their ending: each runs as it is, and makes its assets."""

from __future__ import annotations

from collections.abc import Sequence

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
}


def starter(ending: str, keys: Sequence[str]) -> str:
    """A script that makes assets with these keys; empty for an unknown language."""
    named = " and ".join((", ".join(keys[:-1]), keys[-1])) if len(keys) > 1 else keys[0]
    if ending == ".py":
        listed = ", ".join(f'"{key}"' for key in keys)
        body = (_SEVERAL if len(keys) > 1 else _ONE).format(key=keys[0], listed=listed)
        return _PYTHON.format(keys=named, body=body)
    return _OTHERS.get(ending, "").format(keys=named, note=_NOTE.format(keys=named))
