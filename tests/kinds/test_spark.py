"""The command of `kind: spark`; `tests/slow/test_spark.py` runs it on a real Spark."""

import subprocess
import sys
from pathlib import Path

from pipes_projects.kinds.spark import started
from pipes_projects.kinds.spark.kind import SPARK, SparkOptions
from tests.support.folder import Folder
from tests.support.in_process import call

START = str(Path(started.__file__))


def test_every_option_is_a_word_of_spark_submit() -> None:
    options = SparkOptions.model_validate(
        {
            "master": "local[2]",
            "conf": {"spark.sql.shuffle.partitions": "8", "spark.log.level": "INFO"},
            "packages": ["org.apache.spark:spark-avro_2.13:4.0.0", "a:b:1"],
            "py_files": ["defs/g/_helper.py", "/srv/lib.zip"],
            "args": ["--n=3", "a b"],
            "submit": "/opt/spark/bin/spark-submit",
            "env": {"WORD": "x"},
        }
    )
    assert SPARK.launch is not None
    made = SPARK.launch(Path("/p/defs/g/a.py"), options, Path("/p"))
    assert made.command == (
        *("/opt/spark/bin/spark-submit", "--name", "a", "--master", "local[2]"),
        *("--conf", "spark.log.level=INFO", "--conf", "spark.sql.shuffle.partitions=8"),
        *("--packages", "org.apache.spark:spark-avro_2.13:4.0.0,a:b:1"),
        *("--py-files", "/p/defs/g/_helper.py,/srv/lib.zip"),
        *(START, "/p/defs/g/a.py", "--n=3", "a b"),
    )
    assert made.cwd == "/p/defs/g"
    assert made.env["PYSPARK_PYTHON"] == sys.executable
    assert made.env["WORD"] == "x"


def test_a_package_has_three_parts(folder: Folder) -> None:
    folder.asset("g/a", "kind: spark\nspark: {packages: [spark-avro]}\n")
    answer = call("check", cwd=folder.root)
    assert answer.code == 1
    assert b"`spark-avro` is not a package of Maven" in answer.out
    assert b"write `group:artifact:version`, as Maven does" in answer.out


def test_what_spark_starts_becomes_the_script(tmp_path: Path) -> None:

    (tmp_path / "helper.py").write_text("NAME = 'beside it'\n")
    script = tmp_path / "a.py"
    script.write_text("import sys, helper\nprint(sys.argv, helper.NAME, __name__)\n1 / 0\n")
    done = subprocess.run(
        [sys.executable, START, str(script), "x"], capture_output=True, text=True, check=False
    )
    assert done.stdout == f"{[str(script), 'x']} beside it __main__\n"
    assert done.returncode == 1
