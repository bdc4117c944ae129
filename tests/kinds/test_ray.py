"""What of `kind: ray` needs no cluster: `make test-slow` starts one."""

import socket
from pathlib import Path

import pytest

from pipes_projects.kinds.connections import variable_of
from pipes_projects.kinds.drivers.errand import Received
from pipes_projects.kinds.ray import job


def test_a_cluster_that_never_answers_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    errand = Received("", "a.py", ("a.py",), 5.0, folder=tmp_path, own={}, mark="m")
    monkeypatch.setattr(job, "_ANSWERS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv(variable_of("cluster"), url)
        with pytest.raises(job.UnreachableClusterError) as refused:
            job.Cluster(errand, {"connection": "cluster"})
    assert str(refused.value) == (
        "the Ray cluster of connection `cluster` did not answer within 0.2 seconds; look at its"
        " dashboard's log, or restart it"
    )
