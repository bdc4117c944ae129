"""Notebooks, as Jupyter saves them."""

import json
from typing import Any


def notebook_of(*cells: str, tagged: str = "", kernel: str = "python3") -> str:
    """A notebook with these cells of code; `tagged` is one more, before them, for parameters."""
    code = [_cell(tagged, ["parameters"])] if tagged else []
    code += [_cell(source, []) for source in cells]
    spec = {"name": kernel, "language": "python", "display_name": "Python"}
    whole = {
        "cells": [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(code)],
        "metadata": {"kernelspec": spec},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1) + "\n"


def _cell(source: str, tags: list[str]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": tags},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }
