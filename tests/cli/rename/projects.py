"""A project that has one of everything that can be renamed, and what a rename did to it."""

from pathlib import Path

from tests.support.command import run
from tests.support.folder import Folder


def filled(folder: Folder) -> Folder:
    """Single, several, external and keyed assets; defaults; a shared script; checks."""
    folder.asset(
        "raw/orders", "# the source\nowners: [team:raw]   # since May\n", 'a = "raw/orders"\n'
    )
    folder.write("defs/raw/events.yaml", "kind: external\n")
    folder.asset(
        "marts/daily",
        """\
        deps: [ raw/orders,   'raw/events' ]
        assets:
          total:   # all of them
            deps: [{asset: raw/orders}]
          parts: {deps: ["marts/total"]}
          keyed: {key: custom/key}
        checks:
          rows: {asset: total}
        """,
        'report("marts/total")\n',
    )
    folder.write("defs/_lib/shared.py", "b = 'raw/orders'  # \"raw/orders\"\n")
    folder.write("lib/load.py", "print('hello')\n")
    folder.write("defs/reports/week.yaml", "script: ../../lib/load.py\ndeps: [custom/key]\n")
    folder.write("defs/reports/month.yaml", "script: ../marts/daily.py\ndeps: [raw/orders]\n")
    assert folder.compile().diagnostics == ()
    return folder


def rename(folder: Folder, *arguments: str) -> str:
    """What `rename` prints where it succeeds, on both streams."""
    answer = run("rename", *arguments, cwd=folder.root)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout + answer.stderr


def refusal(folder: Folder, *arguments: str) -> str:
    """Why nothing is renamed; nothing is."""
    before = tree(folder.root)
    answer = run("rename", *arguments, cwd=folder.root)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert tree(folder.root) == before
    return answer.stderr.partition("Error: ")[2].strip()


def tree(root: Path) -> dict[str, bytes]:
    """Every file but git's own and what Python has cached."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not {".git", "__pycache__"} & set(path.parts)
    }


def text(folder: Folder, path: str) -> str:
    return (folder.root / path).read_text("utf-8")


def keys(folder: Folder) -> set[str]:
    """The assets of a project without findings."""
    compiled = folder.compile()
    assert compiled.diagnostics == ()
    return {asset.key for asset in compiled.project.assets()}
