"""What only notebooks have: cells, kernels, outputs, and a copy of each run."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from pipes_projects.analysis.code_version.parts import CodeReader
from pipes_projects.kinds.notebook.cells import NotANotebookError, code_of
from pipes_projects.kinds.notebook.preparing import Kernel, UnpreparedError, with_values
from tests.kinds.test_every_kind import SECRET, ran
from tests.support.folder import Folder
from tests.support.in_process import call
from tests.support.projects.notebooks import notebook_of

KIND = "kind: notebook\n"


def write(folder: Folder, name: str, manifest: str, *cells: str, **more: str) -> None:
    folder.write(f"defs/g/{name}.yaml", KIND + manifest)
    folder.write(f"defs/g/{name}.ipynb", notebook_of(*cells, **more))


def kept(folder: Folder, name: str) -> Any:
    """The executed notebook of the only run."""
    (path,) = (folder.root / ".pipes-projects/notebooks/g" / name).glob("*.ipynb")
    return nbformat.read(path, as_version=4)


def sources(notebook: Any) -> list[str]:
    return [cell.source for cell in notebook.cells]


def version(folder: Folder) -> dict[str, str]:
    """The files that the code version of `g/a` covers, each with its hash."""
    (script,) = folder.compile().project.scripts
    parts = CodeReader(folder.root).code(script).parts
    return {part.name: part.hash for part in parts}


def test_an_executed_notebook_is_kept_with_its_outputs_and_parameters_but_no_secrets(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", SECRET)
    cells = (
        "import os\nprint(n, partition_key)",
        "print('token', os.environ['TOKEN'])\nos.environ['TOKEN']",
        "assert 'PIPES_PROJECTS_MASKED' not in os.environ",
        "%%time\n!echo from a shell",
    )
    manifest = "params: {n: 3, words: [a, 'b\"c']}\nsecrets: [TOKEN]\npartitions_def: days\n"
    folder.write("definitions.py", OWNER)
    assert call("schema", cwd=folder.root).code == 0
    write(folder, "a", manifest, *cells, tagged="n = 10\npartition_key = 'by hand'")
    outcome = ran(folder, "--partition", "2026-01-03")
    assert outcome.code == 0, outcome.why
    made = outcome.assets["g/a"]["metadata"]["executed_notebook"]
    notebook = nbformat.read(made["value"], as_version=4)
    assert made["type"] == "notebook"
    assert Path(made["value"]).name.startswith("2026-01-03-")
    assert sources(notebook)[1] == (
        "# Parameters\nn = 3\nwords = ['a', 'b\"c']\npartition_key = '2026-01-03'"
    )
    assert "g/a 2026-01-03 | 3 2026-01-03" in outcome.err.splitlines()
    assert "g/a 2026-01-03 | from a shell" in outcome.err.splitlines()
    text = Path(made["value"]).read_text("utf-8")
    assert "token ********" in text
    assert SECRET not in text
    assert (folder.root / ".pipes-projects/.gitignore").read_text() == "*\n"


OWNER = """\
import dagster as dg
from pipes_projects import PipesProject

class Project(PipesProject):
    @classmethod
    def partitions_defs(cls):
        return {"days": dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-02-01")}

defs = Project.make_defs()
"""

PIPES = "from dagster_pipes import open_dagster_pipes\npipes = open_dagster_pipes()"


def test_what_is_printed_is_kept_in_one_piece_as_it_looks_in_the_end(folder: Folder) -> None:
    cells = (
        "import sys\nfor n in range(300):\n    print(n, end='\\r')\nprint('done')\n"
        "print('windows', end='\\r\\n')\nprint('oh', file=sys.stderr)\nprint('x' * 1_000_000)",
        "print('first')\ndisplay(1)\nprint('last')\nprint('a\\rb')\n1 / 0",
        "",
    )
    write(folder, "a", "", *cells)
    assert ran(folder).code == 1
    one, two, three = kept(folder, "a").cells[-3:]
    assert [(output.name, output.text) for output in one.outputs] == [
        ("stdout", f"done\nwindows\r\n{'x' * 1_000_000}\n"),
        ("stderr", "oh\n"),
    ]
    assert [output.get("text") for output in two.outputs] == ["first\nlast\nb\n", None, None]
    assert not three.get("outputs")


def test_pipes_is_spoken_across_cells_and_need_not_be_closed(folder: Folder) -> None:
    report = "pipes.report_asset_materialization(metadata={'n': n})"
    write(folder, "a", "params: {n: 3}\n", PIPES, report, "pipes.log.info('done')")
    outcome = ran(folder)
    assert outcome.code == 0, outcome.why
    assert outcome.metadata("g/a") == {"n": 3}
    assert outcome.assets["g/a"]["metadata"]["executed_notebook"]["type"] == "notebook"
    write(folder, "a", "", PIPES, "print('nothing is reported')")
    assert "the script did not report `g/a`" in ran(folder).why
    program = "from dagster_pipes import open_dagster_pipes as o; o().close()"
    first = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{program}'])"
    write(folder, "a", "params: {n: 3}\n", first, PIPES, report)
    assert ran(folder).code == 0


def test_the_line_that_failed_is_named_with_its_cell(folder: Folder) -> None:
    function = "\n\ndef share(part, whole):\n    return part / whole"
    write(folder, "a", "", "print('ü')", function, "share(1, 0)", "print('never')")
    why = ran(folder).why.splitlines()
    assert why[:4] == [
        "defs/g/a.ipynb: exit code 1",
        "defs/g/a.ipynb, code cell 2:4",
        "    return part / whole",
        "ZeroDivisionError: division by zero",
    ]
    path = why[4].removeprefix("the executed notebook is ")
    whole = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in whole.cells] == [1, 2, 3, None]
    assert whole.cells[2].outputs[-1].ename == "ZeroDivisionError"


@pytest.mark.parametrize(
    ("cell", "code", "why"),
    [
        ("import sys; sys.exit()", 0, None),
        ("import sys; sys.exit(7)", 1, "defs/g/a.ipynb: exit code 7"),
        (
            "raise SystemExit('no rows')",
            1,
            "defs/g/a.ipynb: exit code 1\nAn exception",
        ),
        ("def (:", 1, "defs/g/a.ipynb: exit code 1\ndefs/g/a.ipynb, code cell 1:1"),
        (
            "import os; os._exit(3)",
            1,
            "defs/g/a.ipynb: exit code 3\nthe kernel ended in code cell 1\nthe executed notebook",
        ),
    ],
)
def test_a_cell_may_end_the_notebook(folder: Folder, cell: str, code: int, why: str | None) -> None:
    write(folder, "a", "", cell, "print('never')")
    outcome = ran(folder)
    assert outcome.code == code
    assert (outcome.assets["g/a"]["why"] or "").startswith(why or "")
    assert "never" not in outcome.err


def test_a_kernel_that_is_not_there_is_one_sentence_unless_python_will_do(folder: Folder) -> None:
    write(folder, "a", "", "print('ran')", kernel="somebodys-venv")
    outcome = ran(folder)
    assert outcome.code == 0, outcome.why
    assert "g/a | there is no kernel `somebodys-venv` here, so Python runs this" in outcome.err
    write(folder, "a", "notebook: {kernel: ir}\n", "print('ran')")
    assert ran(folder).why.splitlines()[1] == (
        "defs/g/a.ipynb: there is no kernel `ir`: install it where scripts run, or name another one"
        " in `kernel`; there is `python3`"
    )


def test_a_file_that_is_no_notebook_and_a_folder_that_takes_none_are_one_sentence(
    folder: Folder,
) -> None:
    write(folder, "a", "", "print('ran')")
    folder.write("defs/g/a.ipynb", '{"cells": [\n<<<<<<< HEAD\n')
    assert ran(folder).why.splitlines()[1:] == [
        "defs/g/a.ipynb: line 2: it is not JSON: expecting value"
    ]
    folder.write("taken", "no folder")
    write(folder, "a", "notebook: {output: ../../taken}\n", "print('ran')")
    (why,) = ran(folder).why.splitlines()[1:]
    assert why.startswith(f"defs/g/a.ipynb: it cannot be kept in `{folder.root}/taken/g/a`: ")
    assert why.endswith("name another folder, as in `notebook: {output: /srv/notebooks}`")


def test_the_code_version_covers_cells_and_what_they_import_but_no_outputs(folder: Folder) -> None:
    folder.write("defs/g/_money.py", "RATE = 2\n")
    write(folder, "a", "", "%matplotlib inline\nimport _money", "!ls\nprint(_money.RATE)")
    before = version(folder)
    assert list(before) == ["defs/g/_money.py", "defs/g/a.ipynb"]
    path = folder.root / "defs/g/a.ipynb"
    data = json.loads(path.read_text("utf-8"))
    data["cells"][1] |= {"execution_count": 7, "metadata": {"collapsed": True}}
    data["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "2\n"}]
    data["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": "# Money"})
    path.write_text(json.dumps(data), "utf-8")
    assert version(folder) == before
    data["cells"][2]["source"] = "print(1)"
    path.write_text(json.dumps(data), "utf-8")
    assert version(folder)["defs/g/a.ipynb"] != before["defs/g/a.ipynb"]
    assert folder.check().startswith("no findings")


def test_cells_that_are_not_python_hide_no_others() -> None:
    cells = ("import a", "%%bash\nls", "%%time\nimport b", "x = = 3", "?len\nimport c")
    python = code_of(notebook_of(*cells)).python.split("\n")
    assert [line for line in python if line] == ["import a", "import b", "pass", "import c"]
    assert code_of(json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": ["1"]}]}]}))


@pytest.mark.parametrize("text", ["[]", "{}", '{"cells": {}}', '{"cells": [1]}', "", "[" * 100_000])
def test_text_that_is_no_notebook_is_refused(text: str) -> None:
    with pytest.raises(NotANotebookError):
        code_of(text)


def test_values_are_written_in_the_language_of_the_kernel() -> None:
    data = {"extras": {"n": 3, "words": ["a"], "not a name": 1, "upstream": {}}}
    notebook = nbformat.reads(notebook_of("n"), as_version=4)
    found = with_values(notebook, Kernel("ir", "R"), data)
    assert found.cells[0].source == '# Parameters\nn = 3\nwords = list("a")\n'
    with pytest.raises(UnpreparedError, match="`n`, `words` cannot be set for a kernel of `cobol`"):
        with_values(nbformat.reads(notebook_of("n"), as_version=4), Kernel("x", "cobol"), data)


def test_new_writes_a_notebook_that_runs_as_it_is(folder: Folder) -> None:
    answer = call("new", "g/a.ipynb", cwd=folder.root)
    assert answer.code == 0, answer.err
    assert folder.check() == "no findings (1 script, 1 asset)\n"
    nbformat.validate(nbformat.read(folder.root / "defs/g/a.ipynb", as_version=4))
    outcome = ran(folder)
    assert outcome.code == 0, outcome.why
    assert outcome.metadata("g/a") == {"greeting": "hello"}
