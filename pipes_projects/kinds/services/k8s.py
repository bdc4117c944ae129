"""Kind `k8s`: the script runs in a pod of a Kubernetes cluster."""

from __future__ import annotations

from typing import Any, Final

from pipes_projects.kinds.services.kind import ServiceOptions, program_of, service_kind
from pipes_projects.kinds.subprocess import INTERPRETERS, Command
from pipes_projects.manifest.model import ConnectionName, SomeText, SomeWord, Word
from pipes_projects.manifest.values.environment import VariableName


class K8sOptions(ServiceOptions):
    """The pod that a script runs in."""

    connection: ConnectionName | None = None
    """The cluster: a mapping with some of `kubeconfig_file`, `kube_context`,
    `load_incluster_config`, `namespace` and `poll_interval`. By default the cluster that Dagster
    runs in, or that of `kubectl`."""

    image: SomeWord | None = None
    """The image, such as `registry.example.com/team/scripts:{deployment.slug}`; needed unless `pod`
    has one."""

    command: Command | None = None
    """The program in the image, and its arguments; the script's location follows, if it is known.
    By default whatever fits the script's ending, or without a location what the image starts."""

    args: list[Word] | None = None
    """Arguments after the script's location."""

    env: dict[VariableName, Word | None] | None = None
    """Environment variables of the container."""

    namespace: SomeWord | None = None
    """The namespace of the pod; by default the connection's, or the current one."""

    service_account: SomeText | None = None
    """The service account of the pod."""

    requests: dict[str, Word] | None = None
    """What the container gets at least, such as `cpu: 500m` and `memory: 1Gi`."""

    limits: dict[str, Word] | None = None
    """What the container gets at most."""

    pod_labels: dict[str, Word] | None = None
    """Labels of the pod, in addition to Dagster's own."""

    pod: dict[str, Any] | None = None
    """Anything else that a pod's `spec` has: volumes, tolerations, more containers. The script runs
    in the first one."""

    keep: bool | None = None
    """Whether the pod is left in the cluster when it has ended."""


def command_of(options: K8sOptions, place: str | None, ending: str) -> list[str] | None:
    """What the container runs; None for what its image starts."""
    program = options.command or (program_of(ending) if place else [])
    return [*program, *((place,) if place else ()), *(options.args or ())] or None


def pod_of(options: K8sOptions, command: list[str] | None) -> dict[str, Any]:
    """The `spec` of the pod, whose first container is that of the script."""
    spec = dict(options.pod or {})
    first, *rest = spec.get("containers") or [{}]
    sizes = {"requests": options.requests, "limits": options.limits}
    resources = {name: size for name, size in sizes.items() if size} or None
    own = {"image": options.image, "command": command, "resources": resources}
    given = {name: value for name, value in own.items() if value is not None}
    account = {"service_account_name": options.service_account} if options.service_account else {}
    return {**spec, **account, "containers": [{**first, **given}, *rest]}


K8S: Final = service_kind(
    "k8s",
    "Runs the script in a pod of a Kubernetes cluster.",
    K8sOptions,
    needs=("dagster_k8s",),
    extra="k8s",
    endings=tuple(INTERPRETERS),
    any_ending_with="command",
    example="""\
kind: k8s
k8s:
  connection: cluster  # published by the platform owner
  image: registry.example.com/team/scripts:1.4
  location: /app/  # the script's path in the project follows
  requests: {cpu: 500m, memory: 1Gi}
""",
)
