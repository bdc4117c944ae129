"""Kinds of Amazon's services: what their clients ask for, and what only they have.

What all kinds keep is in `test_promises.py`.
"""

import os
import signal
from collections.abc import Callable, Iterator
from json import dumps
from typing import Any, ClassVar

import pytest
from dagster._core.errors import DagsterExecutionInterruptedError

from pipes_projects.emitter.kinds.services.aws.started import Started
from tests.kinds.services.backends import KEYS, OPENINGS
from tests.kinds.services.conftest import Make, first
from tests.kinds.services.servers.amazon import PAGE, Amazon, amazon
from tests.kinds.services.servers.amazons_jobs import ROLE, SERVICES, Ecs, Emr, Request, Service
from tests.kinds.services.servers.jobs import PLACE
from tests.support.folder import Folder
from tests.support.servers.storages import free_port

Run = Callable[..., Any]
REPORTS = """
    import sys
    from opening import open_dagster_pipes
    with open_dagster_pipes() as pipes:
        rows = {"table": pipes.get_extra("table"), "args": sys.argv[1:2]}
        pipes.report_asset_materialization(metadata=rows)
"""
SPARK_OPTIONS = 'args: ["{params.day}"], spark: [--conf, a.b=4]'
OPTIONS = {
    "ecs": 'cluster: ours, args: ["{params.day}"], env: {M: x}',
    "glue": 'arguments: {--day: "{params.day}"}, request: {WorkerType: G.1X}',
    "emr": SPARK_OPTIONS,
    "emr_serverless": SPARK_OPTIONS.replace("=4", "=4 5"),
    "emr_containers": SPARK_OPTIONS,
}
"""What a manifest has beside what each service needs."""
SPARK = {"entryPoint": "SCRIPT", "entryPointArguments": ["monday"]}
ASKED: dict[str, Request] = {
    "ecs": {
        "cluster": "ours",
        "taskDefinition": "scripts:3",
        "overrides": {
            "containerOverrides": [
                {"name": "script", "command": ["python", "-u", "SCRIPT", "monday"]}
            ]
        },
    },
    "glue": {
        "JobName": "nightly",
        "WorkerType": "G.1X",
        "Arguments": {"--day": "monday", "--scriptLocation": "SCRIPT"},
    },
    "emr": {
        "Name": "defs/g/a.py",
        "ReleaseLabel": "emr-7.5.0",
        "Applications": [{"Name": "Spark"}],
        "ServiceRole": "EMR_DefaultRole",
        "JobFlowRole": "EMR_EC2_DefaultRole",
        "Instances": {
            "InstanceGroups": [
                {"InstanceRole": "MASTER", "InstanceCount": 1, "InstanceType": "m5.xlarge"}
            ]
        },
        "Steps": [
            {
                "Name": "defs/g/a.py",
                "ActionOnFailure": "TERMINATE_CLUSTER",
                "HadoopJarStep": {
                    "Jar": "command-runner.jar",
                    "Args": [
                        *("spark-submit", "--deploy-mode", "cluster", "--conf", "a.b=4"),
                        *("SCRIPT", "monday"),
                    ],
                },
            }
        ],
    },
    "emr_serverless": {
        "name": "defs/g/a.py",
        "executionRoleArn": ROLE,
        "jobDriver": {"sparkSubmit": {**SPARK, "sparkSubmitParameters": "--conf 'a.b=4 5'"}},
    },
    "emr_containers": {
        "name": "defs/g/a.py",
        "executionRoleArn": ROLE,
        "releaseLabel": "emr-7.5.0-latest",
        "jobDriver": {"sparkSubmitJobDriver": {**SPARK, "sparkSubmitParameters": "--conf a.b=4"}},
    },
}
"""What each service is asked, where SCRIPT is the place of the script."""


@pytest.fixture
def account() -> Iterator[Amazon]:
    with amazon() as found:
        yield found
        assert found.running() == []


@pytest.fixture
def run(account: Amazon, make: Make, folder: Folder) -> Run:
    """Makes the script `g/a` of a service's kind."""

    def ran(
        service: Service,
        text: str,
        options: str = "",
        manifest: str = "extras: {table: orders}\nparams: {day: monday}\n",
        **settings: Any,
    ) -> Any:
        account.root, account.shared = folder.root, str(folder.root)
        folder.write("opening.py", OPENINGS[service.kind])
        found = {"bucket": "pipes", "region_name": "eu-west-1", "endpoint_url": account.url}
        reached = {**found, **KEYS, **settings}
        given = {name: value for name, value in reached.items() if value is not None}
        own = dumps({"connection": "amazon", "location": PLACE, **service.options})[1:-1]
        block = f"{service.kind}: {{{own}{options and ', '}{options}}}\n"
        return make(service.kind, {"amazon": given}, f"{manifest}{block}", text)

    return ran


def placed(value: Any, script: str) -> Any:
    """With the place of the script."""
    if isinstance(value, dict):
        return {name: placed(part, script) for name, part in value.items()}
    if isinstance(value, list):
        return [placed(part, script) for part in value]
    return script if value == "SCRIPT" else value


@pytest.mark.parametrize("kind", SERVICES)
def test_the_job_is_what_the_manifest_says(kind: str, account: Amazon, run: Run) -> None:
    service = SERVICES[kind](account)
    made = run(service, REPORTS, OPTIONS[kind])
    assert made.failures == {}
    assert made.metadata["g/a"]["table"] == "orders"
    if kind == "glue":
        assert made.metadata["g/a"]["AWS Glue Job Run URL"].endswith("/job/nightly/run/jr_1")
    else:
        assert made.metadata["g/a"]["args"] == ["monday"]
    assert service.request() == placed(ASKED[kind], f"{PLACE}defs/g/a.py")


@pytest.mark.parametrize("kind", SERVICES)
def test_what_a_service_does_not_take_is_never_sent(kind: str, account: Amazon, run: Run) -> None:
    why = 'Parameter validation failed: Unknown parameter in input: "mood", must be one of: '
    made = run(SERVICES[kind](account), "", "request: {mood: good}")
    assert first(made).startswith(f"defs/g/a.py: {why}")
    assert account.all == []


def test_what_would_hide_the_context_is_refused(account: Amazon, run: Run) -> None:
    more = "request: {Configurations: [{Classification: spark-env, Properties: {A: b}}]}"
    assert first(run(Emr(account), "", more)) == (
        "defs/g/a.py: `request` configures `spark-env`, through which the script gets its Pipes"
        " context: write it as arguments of `spark-submit`, in `spark`"
    )


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (
            {"bucket": None},
            "its connection has no `bucket`, through which the job gets its context and sends its"
            " messages: the platform owner must add it",
        ),
        (
            {"buket": "pipes"},
            "connection `amazon`: `buket` is not one of its fields, which are `bucket`,"
            " `region_name`, `profile_name`, `endpoint_url`, `aws_access_key_id`,"
            " `aws_secret_access_key`, `aws_session_token`",
        ),
    ],
)
def test_a_connection_that_lacks_something_is_one_sentence(
    account: Amazon, run: Run, settings: dict[str, Any], why: str
) -> None:
    made = run(SERVICES["glue"](account), "", **settings)
    assert first(made) == f"defs/g/a.py: {why}"
    assert KEYS["aws_secret_access_key"] not in str(made.failures)
    assert account.all == []


@pytest.mark.parametrize("kind", SERVICES)
def test_an_account_that_does_not_answer_is_one_sentence(
    kind: str, account: Amazon, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    there = f"http://127.0.0.1:{free_port()}"
    made = run(SERVICES[kind](account), "", endpoint_url=there)
    assert made.failures["g__a"].partition("\ndagster.")[0] == (
        f"defs/g/a.py: nothing answers at `{there}`: check the connection, and whether this"
        " machine's network leads there"
    )


def test_files_that_nobody_may_read_fail_the_run(account: Amazon, run: Run) -> None:
    account.is_closed = True
    made = run(Emr(account), "print('done')\n")
    assert made.made == set()
    assert first(made) == (
        "defs/g/a.py: its messages could not be read: An error occurred (AccessDenied) when calling"
        " the GetObject operation: Access Denied"
    )


def test_a_line_of_a_file_that_is_no_message_fails_the_run(account: Amazon, run: Run) -> None:
    made = run(Ecs(account), "import opening\nopening.write('[1]')\n")
    assert first(made) == "defs/g/a.py: line 1 of its Pipes messages is not a message: [1]"


@pytest.mark.parametrize("kind", SERVICES)
def test_a_job_that_nobody_can_ask_about_any_more_is_stopped(
    kind: str, account: Amazon, run: Run
) -> None:
    service = SERVICES[kind](account)
    service.is_broken = True
    made = run(service, "import time\ntime.sleep(300)\n")
    assert "The token is expired" in first(made) or "ExpiredTokenException" in first(made)
    assert len(account.all) == 1


def test_a_cluster_may_end_before_anybody_sees_it_run(account: Amazon, run: Run) -> None:
    service = Emr(account)
    service.is_quick = True
    account.answers["DescribeCluster"] = lambda _: service.described()
    assert run(service, REPORTS).failures == {}


class Logged(Ecs):
    """A task whose container logs where the client reads it."""

    log: ClassVar[dict[str, Any]] = {
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": "/ours", "awslogs-stream-prefix": "jobs"},
        }
    }


def logged(run: Run, account: Amazon, text: str, stream: str = "jobs/script/t1") -> Any:
    """A script whose messages come through the container's log."""
    service, account.log = Logged(account), stream
    return run(service, text.replace("from opening", "from dagster_pipes"), bucket=None)


def test_messages_in_a_log_are_all_heard(account: Amazon, run: Run) -> None:
    lines = 3 * PAGE
    made = logged(run, account, f"{REPORTS}    for _ in range({lines}): print('more')\n")
    assert made.failures == {}
    assert made.metadata["g/a"]["table"] == "orders"


def test_a_message_that_is_too_long_for_a_log_fails_the_run(account: Amazon, run: Run) -> None:
    text = REPORTS.replace("sys.argv[1:2]", "'x' * 20_000")
    assert first(logged(run, account, text)).startswith(
        "defs/g/a.py: line 2 of its Pipes messages was cut, as logs do with long lines: report less"
        ' at once: {"__dagster_pipes_version"'
    )


@pytest.mark.parametrize(
    "options", [("awslogs-group",), ("awslogs-group", "awslogs-stream-prefix")]
)
def test_a_log_that_never_comes_is_one_sentence(
    account: Amazon, run: Run, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    known = {name: Logged.log["logConfiguration"]["options"][name] for name in options}
    log = {"logConfiguration": {"logDriver": "awslogs", "options": known}}
    monkeypatch.setattr(Logged, "log", log)
    made = logged(run, account, REPORTS, stream="")
    assert made.made == set()
    assert first(made).startswith(
        "defs/g/a.py: its log never came, so nothing is known of what it reported: in its task"
        " definition, give the container the log driver `awslogs`"
    )


def test_a_job_that_is_cancelled_while_it_is_asked_for_is_stopped() -> None:
    class Client:
        stopped: list[Request] = []  # noqa: RUF012

        def start(self, **_: Any) -> Request:
            os.kill(os.getpid(), signal.SIGINT)
            return {"id": "job1"}

        def stop(self, **asked: Any) -> Request:
            self.stopped.append(asked)
            return {}

    client = Client()
    started = Started(client, "start", "stop", lambda answer: {"job": answer["id"]})
    with pytest.raises(DagsterExecutionInterruptedError):
        client.start()
    started.stop()
    started.stop()
    assert client.stopped == [{"job": "job1"}]
