"""`python -m pipes_projects.kinds.notebook.driver NOTEBOOK OPTIONS`: runs a notebook in a kernel.

The kernel writes its Pipes messages to a file of its own, from which they are passed on.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dagster_pipes import (
    DAGSTER_PIPES_CONTEXT_ENV_VAR,
    DAGSTER_PIPES_MESSAGES_ENV_VAR,
    decode_param,
    encode_param,
    open_dagster_pipes,
)

from pipes_projects.kinds.drivers.ending import end_like, write
from pipes_projects.kinds.drivers.masked import secrets
from pipes_projects.kinds.notebook.executing import Execution
from pipes_projects.kinds.notebook.failures import told, told_of_death
from pipes_projects.kinds.notebook.keeping import KeptNotebook, kept_at
from pipes_projects.kinds.notebook.preparing import UnpreparedError, kernel_of, read, with_values
from pipes_projects.kinds.notebook.relay import LINK, Relay


def main() -> None:
    """Run the notebook; end as it ended."""
    script, options = Path(sys.argv[1]), json.loads(sys.argv[2])
    context = Path(decode_param(os.environ[DAGSTER_PIPES_CONTEXT_ENV_VAR])["path"])
    data = json.loads(context.read_text("utf-8"))
    os.environ["JUPYTER_RUNTIME_DIR"] = str(context.parent)
    try:
        _Run(script, options, data, context.parent).carry_out()
    except UnpreparedError as error:
        sys.exit(f"{options['shown']}: {error}")


class _Run:
    def __init__(
        self, script: Path, options: Mapping[str, Any], data: Mapping[str, Any], folder: Path
    ) -> None:
        self.script, self.options, self.data, self.folder = script, options, data, folder
        self.kept = KeptNotebook(kept_at(Path(options["output"]), script, data), secrets())
        self.link = {"raw_value": str(self.kept.path), "type": "notebook"}

    def carry_out(self) -> None:
        """Run it, keep it, and end as it ended."""
        notebook = read(self.script)
        kernel = kernel_of(notebook, self.options["kernel"])
        notebook = with_values(notebook, kernel, self.data)
        self._keep(notebook)
        arguments = kernel.arguments_to_import_from(self.script.parent)
        execution = Execution(notebook, kernel.name, arguments, lambda: self.kept.save(notebook))
        code = self._code(execution)
        self._explain(execution, code)
        end_like(code)

    def _code(self, execution: Execution) -> int:
        """Run it; returns how a script would have ended."""
        messages = self.folder / "notebook-messages"
        theirs = {"path": str(messages), "include_stdio_in_messages": False}
        env = {**os.environ, DAGSTER_PIPES_MESSAGES_ENV_VAR: encode_param(theirs)}
        ours = decode_param(os.environ[DAGSTER_PIPES_MESSAGES_ENV_VAR])["path"]
        relay, code = Relay(messages, ours, self.link), 1
        try:
            execution.run(env=env, cwd=os.getcwd())
            code = execution.code
        finally:
            relay.finish(code == 0)
        if code == 0 and not (relay.has_opened or relay.has_lost):
            self._report()
        return code

    def _keep(self, notebook: Any) -> None:
        try:
            self.kept.prepare()
            self.kept.save(notebook)
        except OSError as error:
            where, why = self.kept.path.parent, (error.strerror or str(error)).lower()
            help_ = "name another folder, as in `notebook: {output: /srv/notebooks}`"
            raise UnpreparedError(f"it cannot be kept in `{where}`: {why}; {help_}") from None

    def _report(self) -> None:
        """A notebook that does not use Pipes has made everything."""
        with open_dagster_pipes() as pipes:
            for key in self.data["asset_keys"] or ():
                pipes.report_asset_materialization({LINK: self.link}, asset_key=key)

    def _explain(self, execution: Execution, code: int) -> None:
        if code == 0:
            return
        error, lines = execution.error, [f"the executed notebook is {self.kept.path}"]
        if error and error.name != "SystemExit":
            lines.insert(0, told(error, execution.notebook, str(self.script)))
        elif execution.died_at is not None and not execution.asked:
            lines.insert(0, told_of_death(execution.died_at, execution.notebook))
        write(2, "".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
