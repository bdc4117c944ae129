"""As much of Kubernetes' API as `PipesK8sClient` asks: pods, which run here, and their logs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.kinds.services.servers.jobs import Jobs
from tests.kinds.services.servers.serving import Handler, serving


class Kubernetes(Jobs):
    """A cluster: the pods that it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.pods: list[dict[str, Any]] = []
        self.deleted: list[str] = []
        self.cut: int | None = None
        """The length at which its logs cut lines, as some clusters do."""
        self.refuses: dict[str, Any] | None = None
        """What it answers whoever wants to read a log."""
        self.is_seen_late = False
        """Whether nobody sees a pod before it has ended."""

    def create(self, pod: dict[str, Any]) -> dict[str, Any]:
        self.pods.append(pod)
        first = pod["spec"]["containers"][0]
        variables = {pair["name"]: pair["value"] for pair in first["env"]}
        job = self.start(first["command"], variables)
        if self.is_seen_late:
            job.process.wait()
        return pod

    def status(self) -> dict[str, Any]:
        container, job = self.pods[-1]["spec"]["containers"][0], self.all[-1]
        code = job.code
        state = {"running": {}} if code is None else {"terminated": {"exitCode": code}}
        status = {"name": container["name"], "image": "", "imageID": "", "restartCount": 0}
        return {"containerStatuses": [{**status, "ready": code is None, "state": state}]}

    def log(self) -> Iterator[bytes]:
        """With times, as the client asks; the last line ends as it was printed."""
        number, rest = 0, b""
        for piece in self.all[-1].printing():
            *lines, rest = (rest + piece).split(b"\n")
            for part in (part for line in lines for part in self._parts(line)):
                yield _time(number) + part + b"\n"
                number += 1
        if rest:
            yield _time(number) + rest

    def _parts(self, line: bytes) -> list[bytes]:
        size = self.cut or len(line) or 1
        return [line[start : start + size] for start in range(0, len(line), size)] or [b""]


def _time(number: int) -> bytes:
    minute, second, rest = number // 60000, number // 1000 % 60, number % 1000
    return f"2026-11-29T09:{minute:02}:{second:02}.{rest:06}Z ".encode()


@contextmanager
def kubernetes(folder: Path) -> Iterator[tuple[Kubernetes, Path]]:
    """A cluster, and the file that says where it is."""
    cluster = Kubernetes()

    class Api(Handler):
        def do_POST(self) -> None:  # noqa: N802
            self.answer(json.dumps(cluster.create(json.loads(self.body()))).encode(), 201)

        def do_GET(self) -> None:  # noqa: N802
            if "/log" in self.path and cluster.refuses is not None:
                self.answer(json.dumps(cluster.refuses).encode(), cluster.refuses["code"])
                return
            if "/log" in self.path:
                self.stream(cluster.log())
                return
            pods = [{**pod, "status": cluster.status()} for pod in cluster.pods[-1:]]
            self.answer(json.dumps({"kind": "PodList", "items": pods}).encode())

        def do_DELETE(self) -> None:  # noqa: N802
            cluster.deleted.append(self.path.rpartition("/")[2])
            for job in cluster.running():
                job.kill()
            self.answer(b"{}")

    with serving(Api) as url:
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "here",
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "us"}}],
            "clusters": [{"name": "here", "cluster": {"server": url}}],
            "users": [{"name": "us", "user": {}}],
        }
        path = folder / "kubeconfig"
        path.write_text(json.dumps(config), "utf-8")
        yield cluster, path
