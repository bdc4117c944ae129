"""A workspace of Azure Machine Learning that runs commands here, and blobs: files of a folder.

Azure's client sends a command in dozens of requests: its `create_or_update` is replaced, and so are
what asks for the job and what reaches blobs.
"""

import json
import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import Request, urlopen

from azure.ai.ml import MLClient
from azure.ai.ml.entities import Command
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobServiceClient

from tests.kinds.services.servers.jobs import Jobs
from tests.kinds.services.servers.serving import Handler, serving

URL, BLOBS = "AZURE_URL", "AZURE_BLOBS"
"""The variables that name the workspace and the folder of blobs, in all processes."""
SENT: list[Command] = []
"""What this process has sent to it."""


class Azure(Jobs):
    """A workspace."""

    def __init__(self, blobs: Path) -> None:
        super().__init__()
        self.blobs = blobs
        self.url = ""
        self.cancelled: list[str] = []
        SENT.clear()

    @property
    def sent(self) -> list[Command]:
        """What this process has sent it."""
        return SENT

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in order to reach it."""
        return {URL: self.url, BLOBS: str(self.blobs)}

    def create(self, asked: dict[str, Any]) -> None:
        self.start(asked["words"], {**asked["variables"], BLOBS: str(self.blobs)})

    def status(self) -> str:
        code = self.all[-1].code
        ended = "Failed" if code else "Completed"
        return "Canceled" if self.cancelled else "Running" if code is None else ended

    def cancel(self, name: str) -> None:
        self.cancelled.append(name)
        self.all[-1].kill()


class _Api(Handler):
    workspace: Azure

    def do_POST(self) -> None:  # noqa: N802
        self.workspace.create(json.loads(self.body()))
        self.answer(b"{}")

    def do_GET(self) -> None:  # noqa: N802
        self.answer(json.dumps(self.workspace.status()).encode())

    def do_DELETE(self) -> None:  # noqa: N802
        self.workspace.cancel(self.path.strip("/"))
        self.answer(b"{}")


@contextmanager
def azure(folder: Path) -> Iterator[Azure]:
    """A workspace on this machine."""
    (blobs := folder / "blobs").mkdir()
    found = Azure(blobs)

    class Api(_Api):
        workspace = found

    with serving(Api) as found.url:
        yield found


class Blob:
    """A blob, as a file."""

    def __init__(self, name: str) -> None:
        self.path = Path(os.environ[BLOBS], name.replace("/", "_"))

    def __enter__(self) -> "Blob":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def exists(self) -> bool:
        return self.path.exists()

    def upload_blob(self, data: bytes) -> None:
        self.path.write_bytes(data)

    def delete_blob(self) -> None:
        self.path.unlink()

    def download_blob(self) -> "Blob":
        if not self.exists():
            raise ResourceNotFoundError
        return self

    def readall(self) -> bytes:
        return self.path.read_bytes()


def asked(method: str, path: str = "", data: object = None) -> Any:
    """What the workspace answers."""
    body = None if data is None else json.dumps(data).encode()
    with urlopen(Request(f"{os.environ[URL]}/{path}", body, method=method)) as answer:
        return json.load(answer)


def _create(_: object, command: Command) -> Any:
    command._validate(raise_error=True)
    assert command._to_job()._to_rest_object()
    SENT.append(command)
    words = shlex.split(command.command)
    asked("POST", data={"words": words, "variables": command.environment_variables})
    return SimpleNamespace(name="calm_sky")


class _JobsThere:
    """`MLClient.jobs`."""

    def get(self, _: str) -> Any:
        return SimpleNamespace(status=asked("GET"))

    def begin_cancel(self, name: str) -> None:
        asked("DELETE", name)


def reach_azure(set_: Callable[[Any, str, Any], object]) -> None:
    """Azure's clients reach the workspace that variables name."""
    set_(MLClient, "create_or_update", _create)
    set_(MLClient, "jobs", _JobsThere())
    set_(BlobServiceClient, "get_blob_client", lambda _, __, name: Blob(name))
