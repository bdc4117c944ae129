"""As much of a Databricks workspace as Dagster's clients ask: files, and jobs, which run here."""

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.kinds.services.servers.jobs import Jobs
from tests.kinds.services.servers.serving import Handler, serving

FILES = "/api/2.0/fs/files"
FOLDERS = "/api/2.0/fs/directories"
USUAL = 500_000
"""Bytes of a file of DBFS in one answer, unless more are asked for."""


class Workspace(Jobs):
    """What was asked for, and files: those of DBFS under `root`, others where they say."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.submitted: list[dict[str, Any]] = []
        self.cancelled: list[int] = []
        self.state: dict[str, str] = {}
        """What is said about a run that has ended, beside what follows from its script."""

    def submit(self, request: dict[str, Any]) -> dict[str, Any]:
        self.submitted.append(request)
        (task,) = request["tasks"]
        python = task["spark_python_task"]
        variables = task.get("new_cluster", {}).get("spark_env_vars", {})
        words = ["python", python["python_file"], *python.get("parameters", [])]
        self.start(words, {**variables, "DBFS": str(self.root)})
        return {"run_id": 7}

    def run(self) -> dict[str, Any]:
        job = self.all[-1]
        if self.cancelled:
            state = {"life_cycle_state": "TERMINATED", "result_state": "CANCELED"}
        elif job.code is None:
            state = {"life_cycle_state": "RUNNING"}
        else:
            result = "FAILED" if job.code else "SUCCESS"
            state = {"life_cycle_state": "TERMINATED", "result_state": result, **self.state}
        return {"run_id": 7, "run_page_url": "https://example.com/7", "state": state}

    def cancel(self, request: dict[str, Any]) -> dict[str, Any]:
        self.cancelled.append(request["run_id"])
        self.all[-1].kill()
        return {}

    def dbfs(self, action: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        path = self.root / asked["path"].lstrip("/")
        if action == "mkdirs":
            path.mkdir(parents=True)
        elif action == "put":
            path.write_bytes(base64.b64decode(asked["contents"]))
        elif action == "delete":
            shutil.rmtree(path)
        elif not path.exists():
            return None
        elif action == "read":
            at, most = int(asked.get("offset", 0)), int(asked.get("length", USUAL))
            data = path.read_bytes()[at : at + most]
            return {"data": base64.b64encode(data).decode(), "bytes_read": len(data)}
        return {"path": asked["path"]}


class _Api(Handler):
    workspace: Workspace

    def do_POST(self) -> None:  # noqa: N802
        action, request = self._action(), json.loads(self.body() or b"{}")
        if "/dbfs/" in self.path:
            self.json(self.workspace.dbfs(action, request))
        else:
            does = {"submit": self.workspace.submit, "cancel": self.workspace.cancel}
            self.json(does[action](request))

    def do_GET(self) -> None:  # noqa: N802
        url = urlsplit(self.path)
        if "/dbfs/" in url.path:
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            self.json(self.workspace.dbfs(self._action(), asked))
        elif url.path.startswith(FOLDERS):
            found = sorted(self._file(FOLDERS).iterdir())
            contents = [{"name": path.name, "is_directory": path.is_dir()} for path in found]
            self.json({"contents": contents})
        elif url.path.startswith(FILES):
            path = self._file(FILES)
            if path.exists():
                self.answer(path.read_bytes(), kind="application/octet-stream")
            else:
                self.json(None)
        elif url.path.endswith("/runs/get"):
            self.json(self.workspace.run())
        else:
            self.json(None)

    def do_PUT(self) -> None:  # noqa: N802
        if self.path.startswith(FOLDERS):
            self._file(FOLDERS).mkdir(parents=True)
        else:
            self._file(FILES).write_bytes(self.body())
        self.answer(b"", 204)

    def do_DELETE(self) -> None:  # noqa: N802
        if self.path.startswith(FOLDERS):
            self._file(FOLDERS).rmdir()
        else:
            self._file(FILES).unlink()
        self.answer(b"", 204)

    def _action(self) -> str:
        return urlsplit(self.path).path.rpartition("/")[2]

    def _file(self, kind: str) -> Path:
        return Path(unquote(urlsplit(self.path).path).removeprefix(kind))

    def json(self, data: dict[str, Any] | None) -> None:
        missing = {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such thing"}
        self.answer(
            json.dumps(data or (missing if data is None else {})).encode(),
            404 if data is None else 200,
        )


@contextmanager
def databricks(root: Path) -> Iterator[tuple[Workspace, str]]:
    """A workspace, and its URL."""
    found = Workspace(root)

    class Api(_Api):
        workspace = found

    with serving(Api) as url:
        yield found, url
