"""`spark-submit … started.py SCRIPT …`: runs the script, with a stderr of its own.

Spark's Java process merges what Python writes into its own stdout; here stderr is again where that
of Java is, so that an error can be told from output.
"""

from __future__ import annotations

import os
import runpy
import sys


def main() -> None:
    """Become the script."""
    try:
        stderr = os.open(f"/proc/{os.getppid()}/fd/2", os.O_WRONLY | os.O_APPEND)
        os.dup2(stderr, 2)
    except OSError:  # not on Linux: it stays in stdout
        pass
    script = sys.argv[1]
    sys.argv[:] = sys.argv[1:]
    sys.path[0] = os.path.dirname(script)
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
