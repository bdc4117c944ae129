"""What docs/scale.md shows for Kubernetes, by the types of dagster-k8s and Kubernetes' client."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster._config import process_config
from dagster._core.instance.config import dagster_instance_config
from dagster._core.workspace.config_schema import process_workspace_config
from dagster_k8s import K8sRunLauncher
from dagster_k8s.job import (
    DagsterK8sJobConfig,
    UserDefinedDagsterK8sConfig,
    construct_dagster_k8s_job,
)
from dagster_k8s.models import k8s_model_from_dict, k8s_snake_case_dict
from kubernetes import client

from tests.support.dagster.running import load
from tests.support.folder import Folder
from tests.support.pages.scale_page import STORAGE, files, part

pytestmark = pytest.mark.slow

FILES = files(part("kubernetes"))
IMAGE = "registry.company/team:1.4.0"


def model(document: dict[str, Any]) -> Any:
    """A YAML document as Kubernetes' client has it; raises for keys and values that it has not."""
    of_kind = getattr(client, f"V1{document['kind']}")
    return k8s_model_from_dict(of_kind, k8s_snake_case_dict(of_kind, document))


def test_what_the_cluster_is_given_is_of_its_types() -> None:
    location, service, role = (model(text) for text in yaml.safe_load_all(FILES["team.yaml"]))
    (container,) = location.spec.template.spec.containers
    (port,) = service.spec.ports
    assert location.spec.template.metadata.labels == service.spec.selector
    assert container.ports[0].container_port == port.port
    assert container.command[-1] == str(port.port)
    told = {variable.name: variable.value for variable in container.env}
    assert told["DAGSTER_CURRENT_IMAGE"] == container.image == IMAGE
    assert [rule.resources[0] for rule in role.rules] == ["jobs", "pods"]


def test_a_wrong_key_or_type_would_be_found() -> None:
    for right, wrong in (("containerPort", "containersPort"), ("replicas: 1", "replicas: some")):
        first = next(yaml.safe_load_all(FILES["team.yaml"].replace(right, wrong)))
        with pytest.raises(Exception, match=r"Unexpected keys|invalid literal"):
            model(first)


def test_the_run_launcher_makes_a_job_of_what_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text(FILES["dagster.yaml"], "utf-8")
    settings, _ = dagster_instance_config(str(tmp_path))
    launcher = settings["run_launcher"]
    assert (launcher["module"], launcher["class"]) == ("dagster_k8s", "K8sRunLauncher")
    checked = process_config(K8sRunLauncher.config_type(), launcher["config"])
    assert checked.success, checked.errors
    job = made_job(checked.value)
    pod = job.spec.template.spec
    assert pod.termination_grace_period_seconds == 60
    assert pod.containers[0].resources.requests == {"cpu": "500m", "memory": "512Mi"}
    assert pod.containers[0].image == IMAGE
    secrets = [source.secret_ref.name for source in pod.containers[0].env_from if source.secret_ref]
    assert secrets == ["dagster-storage", "team-secrets"]


def made_job(config: Any) -> client.V1Job:
    """The job that dagster-k8s would have the cluster start for a run."""
    kept = ("dagster_home", "instance_config_map", "service_account_name", "env_secrets")
    return construct_dagster_k8s_job(
        DagsterK8sJobConfig(job_image=IMAGE, **{name: config[name] for name in kept}),
        args=["dagster", "api", "execute_run"],
        job_name="dagster-run",
        user_defined_k8s_config=UserDefinedDagsterK8sConfig.from_dict(config["run_k8s_config"]),
    )


def test_a_misspelt_setting_of_the_run_launcher_would_be_found() -> None:
    config = yaml.safe_load(FILES["dagster.yaml"])["run_launcher"]["config"]
    checked = process_config(K8sRunLauncher.config_type(), {**config, "env_secret": []})
    assert not checked.success


def test_the_definitions_give_each_step_a_pod(folder: Folder) -> None:
    path = folder.write("definitions.py", FILES["definitions.py"])
    folder.asset("sales/orders")
    job = load(path).resolve_implicit_global_asset_job_def()
    assert job.executor_def.name == "k8s"
    checked = job.executor_def.apply_config_mapping({"config": {}})
    assert checked.success, checked.errors
    assert checked.value["config"]["max_concurrent"] == 50


def test_workspaces_of_the_page_are_those_of_dagster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCATION_HOST", "127.0.0.1")
    monkeypatch.setenv("LOCATION_PORT", "4000")
    for text in (FILES["workspace.yaml"], files(STORAGE)["workspace.yaml"]):
        checked = process_workspace_config(yaml.safe_load(text))
        assert checked.success, checked.errors
