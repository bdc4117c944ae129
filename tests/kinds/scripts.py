"""What the scripts of the suite do, in Python; a kind of script in another language has its own."""

from dataclasses import dataclass

_TOLD = """
    import json, os, sys
    import helper
    from dagster_pipes import open_dagster_pipes
    with open_dagster_pipes() as pipes:
        window = pipes.partition_time_window
        pipes.report_asset_materialization(asset_key="g/one", metadata={
            "extra": pipes.get_extra("word"), "n": pipes.get_extra("n"),
            "partition": pipes.partition_key, "start": window["start"],
            "helper": helper.NAME, "data": open("data/words.txt").read(),
            "arguments": {"raw_value": ARGUMENTS, "type": "json"},
            "variable": os.environ.get("WORD", "none"),
            "checks": {"raw_value": pipes.get_extra("selected_checks"), "type": "json"},
        })
        pipes.report_asset_materialization(asset_key="g/two", data_version="7")
        pipes.report_asset_check("rows", True, asset_key="g/one", metadata={"rows": 1})
"""
_TREE = """
import signal, subprocess, sys, time
deaf = "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]; time.sleep(300)"
for is_deaf in (False, True):
    code = deaf if is_deaf else "import time; time.sleep(300)"
    subprocess.Popen([sys.executable, "-c", code], start_new_session=is_deaf)
from dagster_pipes import open_dagster_pipes
with open_dagster_pipes() as pipes:
    print("ready", flush=True)
    pipes.report_asset_materialization(metadata={"rows": 1})
    time.sleep(300)
"""
_FAILS_WITH_SECRET = """
    import os, sys, time
    from dagster_pipes import open_dagster_pipes
    token = os.environ["TOKEN"]
    assert len(token) == 20
    with open_dagster_pipes() as pipes:
        print("token", token)
        pipes.log.warning(token)
        pipes.report_asset_materialization(metadata={"token": token})
        sys.stdout.flush()
        time.sleep(0.5)
    sys.exit(f"no {token}")
"""
_AT_MOST_THREE = """
    from dagster_pipes import open_dagster_pipes
    with open_dagster_pipes() as pipes:
        n = pipes.get_extra("n")
        pipes.report_asset_materialization(asset_key="g/one", metadata={"n": n})
        if n > 3:
            raise ValueError("too many")
        pipes.report_asset_materialization(asset_key="g/two")
"""


@dataclass(frozen=True)
class Scripts:
    """Those that every kind has, whatever its language."""

    told: str = _TOLD
    """Makes `g/one` of all that it is told, and `g/two`; Python's arguments are `ARGUMENTS`."""
    endless: str = _TREE
    """Makes `g/a`, with all the processes that it can start, and goes on."""
    fails_with_secret: str = _FAILS_WITH_SECRET
    """Shows a secret wherever it can, and fails with `no `, and the secret."""
    at_most_three: str = _AT_MOST_THREE
    """Makes `g/one` with `n`, fails in line 7 if that is above 3, and makes `g/two`."""


IN_PYTHON = Scripts()
