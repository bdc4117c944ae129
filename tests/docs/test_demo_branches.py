"""`make demo-branches`: two branches at once, on a folder, on S3 and on an SFTP server."""

import re
import subprocess
import sys

from tests.support.dagster.running import ROOT

TAX = "{'apples': 2.5, 'pears': 3.75, 'plums': 6.25} makes 12.5"
PLUMS = "{'apples': 2.4, 'pears': 3.6, 'plums': 10.8} makes 16.8"


def test_each_branch_has_its_own_result_everywhere_and_one_is_collected() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "examples.demo_branches"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    before, _, after = done.stdout.partition("\nOne branch is deleted")
    for place in ("folder", "s3", "sftp"):
        assert re.search(rf"^{place} +feature/tax +{re.escape(TAX)}$", before, re.MULTILINE)
        assert re.search(rf"^{place} +feature/plums +{re.escape(PLUMS)}$", before, re.MULTILINE)
    assert after.count("because the branch `feature/tax` is gone") == 3
    assert re.findall(r"^(\w+) +feature/tax +\d+ +(\w+) ", after, re.MULTILINE) == [
        ("folder", "down"), ("s3", "down"), ("sftp", "down"),
    ]  # fmt: skip
    assert after.rstrip().endswith(PLUMS)
