"""Kind `spark`: `spark-submit` runs the script, as the driver of a Spark application."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final

from pipes_projects.kinds.launch import Launch
from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.manifest.model import (
    Model,
    RelativeFolder,
    RelativePath,
    SchemaPattern,
    SomeText,
    Text,
    Word,
    matching,
)
from pipes_projects.manifest.model.shapes import ModelShape
from pipes_projects.manifest.values.environment import VariableName

_USUAL: Final = "local[*]"
_QUIET: Final = {"spark.log.level": "WARN"}
_PROGRAM: Final = "spark-submit"
_PACKAGE = r"[^:\s,]+:[^:\s,]+:[^:\s,]+"
_PACKAGE_HELP = "write `group:artifact:version`, as Maven does"
MavenPackage = Annotated[
    str,
    matching(_PACKAGE, "invalid-value", "`VALUE` is not a package of Maven", _PACKAGE_HELP),
    SchemaPattern(_PACKAGE, _PACKAGE_HELP),
]


class SparkOptions(Model):
    """Where a Spark application runs, and with what."""

    master: SomeText | None = None
    """Where Spark runs it: `local[2]`, `spark://host:7077`, `yarn`; by default `local[*]`, which is
    this machine with all its processors. The script itself runs on the machine of the step."""

    conf: dict[Text, Word] | None = None
    """Settings of Spark, such as `spark.sql.shuffle.partitions: 8`."""

    packages: list[MavenPackage] | None = None
    """Packages for Spark, as `group:artifact:version`, which it downloads."""

    py_files: list[RelativePath] | None = None
    """Files `.py`, `.zip` or `.egg` that executors import, relative to this file."""

    args: list[Word] | None = None
    """Arguments after the script's path."""

    submit: SomeText | None = None
    """The program that starts it, such as `/opt/spark/bin/spark-submit`; by default that of
    the package `pyspark`."""

    env: dict[VariableName, Word | None] | None = None
    """Environment variables, in addition to those that the script inherits."""

    cwd: RelativeFolder | None = None
    """The folder to run in, relative to this file; by default the script's own."""


def launch(script: Path, options: SparkOptions, root: Path) -> Launch:
    """`spark-submit` with its options, the script and its arguments."""
    start = str(Path(__file__).with_name("started.py"))
    words = (*_words(script, options, root), start, str(script))
    command = (options.submit or _submit(), *words)
    cwd = str(root / options.cwd if options.cwd else script.parent)
    python = {"PYSPARK_PYTHON": sys.executable, "PYTHONUNBUFFERED": "1"}
    env = {name: value for name, value in (options.env or {}).items() if value is not None}
    return Launch((*command, *(options.args or ())), cwd, {**python, **env})


def _submit() -> str:
    spec = find_spec("pyspark")
    own = Path(spec.origin).parent / "bin" / _PROGRAM if spec and spec.origin else None
    return str(own) if own and own.exists() else _PROGRAM


def _words(script: Path, options: SparkOptions, root: Path) -> Iterator[str]:
    yield from ("--name", script.stem)
    yield from ("--master", options.master or _USUAL)
    for name, value in {**_QUIET, **(options.conf or {})}.items():
        yield from ("--conf", f"{name}={value}")
    if options.packages:
        yield from ("--packages", ",".join(options.packages))
    if options.py_files:
        yield from ("--py-files", ",".join(str(root / path) for path in options.py_files))


SPARK: Final = RegisteredKind(
    "spark",
    "Runs the script as a Spark application, with `spark-submit`.",
    options=ModelShape(SparkOptions),
    endings=(".py",),
    launch=launch,
    needs=("pyspark",),
    install="pipes-projects[spark]",
    example="""\
kind: spark
spark:
  master: local[2]
  conf: {spark.sql.shuffle.partitions: 8}
""",
)
