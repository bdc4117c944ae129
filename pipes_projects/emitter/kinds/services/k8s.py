"""Kind `k8s`: `dagster_k8s.PipesK8sClient`."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from dagster import PipesEnvContextInjector
from dagster._core.pipes.utils import extract_message_or_forward_to_stdout
from dagster_k8s import PipesK8sClient
from dagster_k8s.pipes import PipesK8sPodLogsMessageReader

from pipes_projects.emitter.kinds.services.asked import Asked, CannotAskError, Invocation, Settings
from pipes_projects.emitter.kinds.services.interrupting import INTERRUPTS
from pipes_projects.emitter.kinds.services.messages import Heard, Whole
from pipes_projects.kinds.services.k8s import K8sOptions, command_of, pod_of


class Cluster(Settings):
    """A Kubernetes cluster."""

    kubeconfig_file: str | None = None
    kube_context: str | None = None
    load_incluster_config: bool | None = None
    namespace: str | None = None
    poll_interval: float = 10.0


class PodLog(Whole, PipesK8sPodLogsMessageReader):
    """The log of a pod, from which messages come."""

    def consume_pod_logs(self, context: Any, core_api: Any, pod_name: str, namespace: str) -> None:
        """Dagster's hook: reads the log to its end."""
        watched, handler = _Watched(core_api, self.heard), self._handler
        try:
            super().consume_pod_logs(context, watched, pod_name, namespace)
        except INTERRUPTS:  # Dagster keeps a line until the next one comes
            extract_message_or_forward_to_stdout(handler, watched.line)
            raise


class _Watched:
    """Kubernetes' API, with a look at each line of a log: Dagster prints what it cannot read."""

    def __init__(self, core_api: Any, heard: Heard) -> None:
        self._core_api, self._heard = core_api, heard
        self.line = ""
        """The last line, without its time."""
        self._last = ""
        """The time of the last line: after a lost connection, some lines come again."""

    def read_namespaced_pod_log(self, *names: str, **options: Any) -> Iterator[bytes]:
        """The log, as it comes."""
        before, rest = self._last, b""
        for piece in self._core_api.read_namespaced_pod_log(*names, **options):
            yield piece
            sys.stdout.flush()  # a file or a pipe would keep what the script prints for later
            *lines, rest = (rest + piece).split(b"\n")
            self._heed(lines, before)
        self._heed([rest], before)  # a log may end within a line

    def _heed(self, lines: Sequence[bytes], before: str) -> None:
        for line in lines:
            time, _, text = line.decode("utf-8", "replace").partition(" ")
            if time > before:
                self.line, self._last = text, max(self._last, time)
                self._heard.heed([text], is_log=True)


class _Client(PipesK8sClient):
    """Dagster's own client, which never reads the log of a pod that failed before it was seen to
    run."""

    @contextmanager
    def consume_pod_logs(
        self, context: Any, client: Any, namespace: str, pod_name: str, **options: Any
    ) -> Iterator[None]:
        """Dagster's hook: waits for the pod, and reads its log."""
        reading = super().consume_pod_logs(context, client, namespace, pod_name, **options)
        with ExitStack() as stack:
            try:
                stack.enter_context(reading)
            except Exception:
                if _has_run(client.core_api, namespace, pod_name):
                    self.message_reader.consume_pod_logs(
                        context, client.core_api, pod_name, namespace
                    )
                raise
            yield


def _has_run(core_api: Any, namespace: str, pod_name: str) -> bool:
    answer = core_api.list_namespaced_pod(namespace, field_selector=f"metadata.name={pod_name}")
    statuses = [status for pod in answer.items for status in pod.status.container_statuses or ()]
    return any(status.state.terminated for status in statuses)


def prepare(asked: Asked) -> Invocation:
    """The client, and the pod that it is asked for."""
    options: K8sOptions = asked.options
    cluster = asked.settings(Cluster)
    spec = pod_of(options, command_of(options, asked.place, asked.ending))
    if "image" not in spec["containers"][0]:
        raise CannotAskError("nothing says which image to run: write `image` in `k8s`")
    client = _Client(
        context_injector=asked.injector(PipesEnvContextInjector()),
        message_reader=PodLog().into(asked.heard),
        load_incluster_config=cluster.load_incluster_config,
        kubeconfig_file=cluster.kubeconfig_file,
        kube_context=cluster.kube_context,
        poll_interval=cluster.poll_interval,
    )
    return Invocation(client, _parameters(options, spec, cluster))


def _parameters(options: K8sOptions, spec: dict[str, Any], cluster: Cluster) -> dict[str, Any]:
    return {
        "namespace": options.namespace or cluster.namespace,
        "env": {name: value for name, value in (options.env or {}).items() if value is not None},
        "base_pod_meta": {"labels": dict(options.pod_labels)} if options.pod_labels else None,
        "base_pod_spec": spec,
        "pod_wait_timeout": 0,  # its own is a day: a manifest's `timeout` decides
        "delete_pod_on_completion": not options.keep,
    }
