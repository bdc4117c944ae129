"""What is imported only when it is used is what it always was, to whoever uses it."""

import subprocess
import sys

import pytest

from tests.support.folder import Folder

_START = "from pipes_projects.cli.postponed import postpone_metadata; postpone_metadata(); "


def output(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "use",
    [
        "import importlib.metadata; print(importlib.metadata.version('click'))",
        "from importlib.metadata import version; print(version('click'))",
        "from importlib import metadata; print(metadata.version('click'))",
        "from importlib.metadata import entry_points; print(len(entry_points(group='x')))",
        "import importlib.metadata as m; print(len(m.entry_points()))",
        "import importlib.metadata._itertools as i; print(i.__name__)",
        "from importlib.metadata import *; print(version('click'))",
        "import importlib.metadata as m; print(m.Distribution, m.__file__)",
    ],
)
def test_metadata_of_packages_is_read_as_ever(use: str) -> None:
    assert output(_START + use) == output(use)


def test_check_reads_no_metadata_of_packages(folder: Folder) -> None:
    folder.asset("a/one")
    code = (
        f"import sys; sys.argv = ['pipes-projects', 'check', {str(folder.root)!r}]\n"
        "from pipes_projects.__main__ import main\n"
        "try: main()\n"
        "finally: print('email' in sys.modules)"
    )
    assert output(code).splitlines()[-1] == "False"
