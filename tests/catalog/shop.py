"""A project of a shop, with everything that a catalog shows: history, commit, schedule, errors."""

import json
from pathlib import Path

from tests.support.command import run
from tests.support.folder import Folder
from tests.support.repositories import commit, git, init

DESCRIPTION = """\
deps: [raw/orders, raw/customers]
schedule: {cron_schedule: 0 5 * * 1, execution_timezone: Europe/Berlin}
description: |
  What each **customer** bought, from [the shop](https://shop.example/x) and the till.

  <img src=x onerror="alert(1)"> <b>raw</b> & K&ouml;ln, [trap](javascript:alert(2)).

  ![a chart](https://shop.example/chart.png)

  - one
  - two
columns:
  - {name: customer_id, type: bigint, description: Who bought}
  - {name: umsatz_in_köln, type: double, tags: {unit: euro}}
checks:
  has_rows: {description: There are `some` rows., blocking: true}
tags: {tier: gold}
secrets: [WAREHOUSE_PASSWORD]
params:
  min_rows: {default: 8, minimum: 1, description: Fewer are an error.}
"""
SCRIPT = '''\
"""Adds up what was sold."""

VERY_SPECIAL = "needle"  # nobody else has this
'''
REMOTE = "https://me:hunter2@github.com/acme/shop.git"
BROKEN = "ownrs: [team:sales]\n"


def a_shop(root: Path) -> Folder:
    """Committed, with a remote whose address has a password, and with three runs."""
    folder = Folder(root)
    folder.write("defs/_defaults.yaml", "owners: [team:data]\nkinds: [python]\n")
    folder.asset("raw/orders", "description: As they came in.\n")
    folder.asset("raw/customers", "owners: [team:sales, ann@example.com]\n")
    folder.write("defs/raw/till.yaml", "kind: external\ndescription: The till.\n")
    folder.asset("sales/by_customer", DESCRIPTION, SCRIPT)
    folder.asset("sales/report", "deps: [sales/by_customer, raw/till]\ntags: {tier: gold}\n")
    folder.asset("sales/archive", "deps: [sales/report]\n")
    folder.asset("sales/broken", f"deps: [sales/archive]\n{BROKEN}")
    _ran(folder, "sales/by_customer")
    init(root)
    commit(root, "the shop")
    git(root, "remote", "add", "origin", REMOTE)
    return folder


def _ran(folder: Folder, key: str) -> None:
    """Twice it was made, and then it failed."""
    results = [("made", 120, True), ("made", 150, True), ("failed", None, False)]
    lines = [
        {
            "time": f"2026-11-{20 + day}T05:00:00Z", "run": f"r{day}", "asset": key,
            "result": result, "made": passed, "seconds": 1.5 + day,
            "metadata": {"dagster/row_count": {"type": "int", "value": rows}} if rows else {},
            "checks": {"has_rows": {"passed": passed, "severity": "ERROR"}},
            "why": "" if passed else "exit code 3",
        }
        for day, (result, rows, passed) in enumerate(results)
    ]  # fmt: skip
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    folder.write(".pipes-projects/history.jsonl", text)
    folder.write(".pipes-projects/.gitignore", "*\n")


def catalog(folder: Folder, *options: str, **env: str) -> Path:
    """The page that the command writes."""
    page = folder.root.parent / f"{folder.root.name}.html"
    done = run("catalog", "", folder.root, "--output", page, *options, **env)
    assert done.returncode in (0, 1), done.stderr
    return page
