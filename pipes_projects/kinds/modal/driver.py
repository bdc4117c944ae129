"""`python -m pipes_projects.kinds.modal.driver JSON`: becomes `modal run`, with a token."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pipes_projects.kinds.connections import connection

_VARIABLES: Final = {"token_id": "MODAL_TOKEN_ID", "token_secret": "MODAL_TOKEN_SECRET"}


def variables_of(name: str, value: Any) -> dict[str, str]:
    """What `modal` reads its token from; raises SystemExit if the connection has something else."""
    if not isinstance(value, Mapping) or value.keys() != _VARIABLES.keys():
        raise SystemExit(f"connection `{name}` is a mapping with `token_id` and `token_secret`")
    return {variable: str(value[field]) for field, variable in _VARIABLES.items()}


def main() -> None:
    """Never returns."""
    told = json.loads(sys.argv[1])
    if (name := told["connection"]) is not None:
        os.environ.update(variables_of(name, connection(name)))
    start = str(Path(__file__).with_name("started.py"))
    words = [sys.executable, "-P", "-u", start, *told["words"]]
    os.execv(sys.executable, words)


if __name__ == "__main__":
    main()
