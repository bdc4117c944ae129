"""Kind `k8s`: pods that `PipesK8sClient` asks for, built and checked by Kubernetes' own models."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes.config import kube_config

from tests.kinds.services.conftest import Make, first
from tests.kinds.services.servers.kubernetes import Kubernetes, kubernetes
from tests.support.folder import Folder
from tests.support.servers.storages import free_port

REPORTS = """
    from dagster_pipes import open_dagster_pipes
    with open_dagster_pipes() as pipes:
        pipes.log.info("under way")
        told = {name: pipes.get_extra(name) for name in ("day", "table", "partition_keys")}
        told["partition"] = pipes.partition_key
        told["rows"] = {"raw_value": "100", "type": "text"}
        pipes.report_asset_materialization(metadata=told)
"""
OPTIONS = """
    partitions_def: days
    extras: {table: orders}
    params: {day: monday}
    k8s:
      connection: cluster
      image: "registry.example.com/scripts:{params.day}"
      location: LOCATION
      args: [--day, "{params.day}"]
      env: {MODE: full}
      service_account: runner
      pod_labels: {team: sales}
      requests: {cpu: 500m}
      limits: {memory: 1Gi}
      pod: {tolerations: [{key: batch, operator: Exists}], nodeSelector: {disk: ssd}}
"""


class Cluster:
    def __init__(self, cluster: Kubernetes, config: Path, folder: Folder, make: Make) -> None:
        self.cluster, self.config, self.folder, self.make = cluster, config, folder, make

    def run(self, text: str, options: str = "image: x\n", **asked: Any) -> Any:
        """A script of kind `k8s`; some options, or a whole manifest."""
        where = f"{self.folder.root}/"
        if "k8s:" not in options:
            block = f"connection: cluster\nlocation: {where}\n{options}"
            options = "k8s:\n" + "".join(f"  {line}\n" for line in block.splitlines())
        settings = {"kubeconfig_file": str(self.config), "poll_interval": 0.1, "namespace": "work"}
        manifest = options.replace("LOCATION", where)
        return self.make("k8s", {"cluster": settings}, manifest, text, **asked)


@pytest.fixture
def cluster(folder: Folder, make: Make, tmp_path: Path) -> Iterator[Cluster]:
    with kubernetes(tmp_path) as (found, config):
        yield Cluster(found, config, folder, make)
        assert found.running() == []


def test_the_pod_is_what_the_manifest_says_and_what_it_reports_counts(cluster: Cluster) -> None:
    made = cluster.run(REPORTS, OPTIONS, partition="2026-01-02")
    assert made.failures == {}
    assert made.metadata["g/a"] == {
        "day": "monday",
        "table": "orders",
        "partition": "2026-01-02",
        "partition_keys": ["2026-01-02"],
        "rows": "100",
    }
    assert made.partitions == {"g/a": {"2026-01-02"}}
    pod = cluster.cluster.pods[0]
    container = pod["spec"]["containers"][0]
    variables = {pair["name"]: pair["value"] for pair in container.pop("env")}
    assert variables["MODE"] == "full"
    assert container == {
        "name": "dagster-pipes-execution",
        "image": "registry.example.com/scripts:monday",
        "command": ["python", "-u", f"{cluster.folder.root}/defs/g/a.py", "--day", "monday"],
        "resources": {"requests": {"cpu": "500m"}, "limits": {"memory": "1Gi"}},
    }
    del pod["spec"]["containers"]
    assert pod["spec"] == {
        "restartPolicy": "Never",
        "serviceAccountName": "runner",
        "tolerations": [{"key": "batch", "operator": "Exists"}],
        "nodeSelector": {"disk": "ssd"},
    }
    assert pod["metadata"]["labels"]["team"] == "sales"
    assert cluster.cluster.deleted == [pod["metadata"]["name"]]


def test_a_message_that_the_log_cuts_fails_the_run(cluster: Cluster) -> None:
    cluster.cluster.cut = 16384
    text = """
        from dagster_pipes import open_dagster_pipes
        with open_dagster_pipes() as pipes:
            pipes.report_asset_materialization(metadata={"page": "x" * 20_000})
    """
    made = cluster.run(text)
    assert made.made == set()
    assert first(made).startswith(
        "defs/g/a.py: line 2 of its Pipes messages was cut, as logs do with long lines: report less"
        ' at once: {"__dagster_pipes_version"'
    )


def test_messages_among_other_output_are_all_heard(cluster: Cluster) -> None:
    text = """
        from dagster_pipes import open_dagster_pipes
        with open_dagster_pipes() as pipes:
            print("12", '{"method": "none"}', "[1]", sep="\\n")
            pipes.report_asset_materialization(metadata={"page": "x" * 300_000})
    """
    made = cluster.run(text)
    assert made.failures == {}
    assert len(made.metadata["g/a"]["page"]) == 300_000


def test_a_job_that_never_opens_pipes_has_made_all_with_a_warning(
    cluster: Cluster, capfd: pytest.CaptureFixture[str]
) -> None:
    made = cluster.run("print('done')\n")
    assert made.made == {"g/a"}
    assert (
        "the job has not opened Pipes, so all that was asked of it counts as made; if its script"
        " does open Pipes, its messages went elsewhere: see `pipes-projects kinds k8s`"
    ) in capfd.readouterr().err


def test_a_message_that_ends_with_the_log_is_not_whole(cluster: Cluster) -> None:
    text = """
        import sys
        from dagster_pipes import open_dagster_pipes
        with open_dagster_pipes():
            pass
        sys.stderr.write('{"__dagster_pipes_version": "0.1", "method": "report_asset_mat')
    """
    assert "line 3 of its Pipes messages was cut" in first(cluster.run(text))


def test_a_report_before_a_long_silence_is_kept(cluster: Cluster) -> None:
    text = """
        import time
        from dagster_pipes import open_dagster_pipes
        with open_dagster_pipes() as pipes:
            pipes.report_asset_materialization(metadata={"rows": 1})
            time.sleep(300)
    """
    manifest = "timeout: 10s\nk8s: {connection: cluster, image: x, location: LOCATION}\n"
    made = cluster.run(text, manifest)
    assert first(made) == "defs/g/a.py: timed out after 10s"
    assert made.metadata["g/a"] == {"rows": 1}


def test_a_log_that_nobody_may_read_is_one_sentence(cluster: Cluster) -> None:
    message = 'pods "x" is forbidden: User "us" cannot get resource "pods/log"'
    cluster.cluster.refuses = {"code": 403, "message": message}
    assert first(cluster.run("import time\ntime.sleep(300)\n")) == (
        f"defs/g/a.py: the cluster answered 403: {message}; give its user that right, or let the"
        " connection name another"
    )


def test_more_containers_are_the_pods(cluster: Cluster) -> None:
    options = "image: x\npod: {containers: [{name: a}, {name: b, image: y}]}\n"
    assert cluster.run("print('here')\n", options).made == {"g/a"}
    one, other = cluster.cluster.pods[0]["spec"]["containers"]
    assert (one["name"], one["image"]) == ("a", "x")
    assert one["command"][0] == "python"
    assert (other["name"], other["image"]) == ("b", "y")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ("command: [python]\n", "nothing says which image to run: write `image` in `k8s`"),
        (
            "image: x\npod: {nodeSelektor: {disk: ssd}}\n",
            "Unexpected keys in model class V1PodSpec: {'nodeSelektor'}",
        ),
        (
            "image: x\npod: {restartPolicy: Always}\n",
            "A restart policy of Always is not allowed, computations are expected to complete.",
        ),
    ],
)
def test_a_pod_that_cannot_be_is_one_sentence(cluster: Cluster, options: str, why: str) -> None:
    made = cluster.run("print('never')\n", options)
    assert first(made) == f"defs/g/a.py: {why}"
    assert cluster.cluster.all == []


def test_a_cluster_that_nothing_names_is_one_sentence(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "none"))
    options = "k8s: {connection: cluster, image: x, location: /app/}\n"
    made = make("k8s", {"cluster": {}}, options, "print('never')\n")
    assert first(made) == (
        "defs/g/a.py: Invalid kube-config file. No configuration found; let the connection's"
        " `kubeconfig_file`, or KUBECONFIG, name a file"
    )


def test_a_cluster_that_does_not_answer_is_one_sentence(make: Make, tmp_path: Path) -> None:
    there, config = f"http://127.0.0.1:{free_port()}", tmp_path / "config"
    config.write_text(f"""
apiVersion: v1
kind: Config
current-context: here
contexts: [{{name: here, context: {{cluster: here, user: here}}}}]
clusters: [{{name: here, cluster: {{server: "{there}"}}}}]
users: [{{name: here, user: {{}}}}]
""")
    settings = {"cluster": {"kubeconfig_file": str(config)}}
    options = "k8s: {connection: cluster, image: x, location: /app/}\n"
    made = make("k8s", settings, options, "print('never')\n")
    assert first(made) == (
        f"defs/g/a.py: nothing answers at `{there}`: check the connection, and whether this"
        " machine's network leads there"
    )


def test_what_a_pod_says_that_fails_before_it_is_seen_to_run_is_kept(cluster: Cluster) -> None:
    cluster.cluster.is_seen_late = True
    made = cluster.run(
        f"{REPORTS}        raise ValueError('too early')\n", OPTIONS, partition="2026-01-02"
    )
    assert made.metadata["g/a"]["table"] == "orders"
    assert "ValueError: too early" in made.failures["g__a"]
