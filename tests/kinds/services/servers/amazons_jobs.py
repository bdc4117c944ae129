"""How Amazon's services start a script, say how it goes, and stop it."""

import shlex
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from tests.kinds.services.servers.amazon import Amazon

Request = dict[str, Any]
Answers = dict[str, Callable[[Request], Request]]
ROLE = "arn:aws:iam::123456789012:role/scripts"


class Service(ABC):
    """How a service answers, and where it puts what a script has to know."""

    kind = ""
    options: ClassVar[Mapping[str, Any]] = {}
    failure = ""
    """What is said of a job that has failed, as a pattern."""
    is_broken = False
    """Whether the session of whoever asks how the job goes has expired."""

    def __init__(self, account: Amazon) -> None:
        self.account = account
        account.answers = self.answers()

    def run(self, words: list[str], variables: Mapping[str, str]) -> None:
        self.account.run(["python", *words], **variables)

    def state(self, succeeded: str, failed: str) -> str:
        """Of the job, once it has ended."""
        job = self.account.all[-1]
        job.printed()
        return failed if job.code else succeeded

    def kill(self) -> None:
        """The job has to end."""
        self.account.all[-1].kill()

    def asked_how_it_goes(self, answer: Callable[[], Request]) -> Callable[[Request], Request]:
        expired = {"__type": "ExpiredTokenException", "message": "The token is expired"}
        return lambda _: dict(expired) if self.is_broken else answer()

    @abstractmethod
    def answers(self) -> Answers:
        """What it answers to each operation."""

    @abstractmethod
    def request(self) -> Request:
        """What the job was asked for, without what is for Pipes and Dagster."""


class Ecs(Service):
    kind = "ecs"
    options: ClassVar = {"task": "scripts:3", "container": "script"}
    failure = r"Some ECS containers finished with non-zero exit code: \['script-1'\]"
    log: ClassVar[Mapping[str, Any]] = {}
    """How the container logs, by its task definition."""

    def answers(self) -> Answers:
        return {
            "DescribeTaskDefinition": lambda _: {
                "taskDefinition": {"containerDefinitions": [{"name": "script", **self.log}]}
            },
            "RunTask": self.start,
            "DescribeTasks": self.asked_how_it_goes(self.described),
            "StopTask": self.stop,
        }

    def start(self, request: Request) -> Request:
        (override,) = request["overrides"]["containerOverrides"]
        variables = {pair["name"]: pair["value"] for pair in override["environment"]}
        self.account.run(override["command"], **variables)
        return {"tasks": [self.task("RUNNING")]}

    def task(self, status: str, **more: Any) -> Request:
        container = {"name": "script", "runtimeId": "script-1", **more}
        return {
            "taskArn": "a/t1",
            "clusterArn": "a/c1",
            "lastStatus": status,
            "containers": [container],
        }

    def described(self) -> Request:
        self.account.all[-1].printed()
        return {"tasks": [self.task("STOPPED", exitCode=self.account.all[-1].code)]}

    def stop(self, request: Request) -> Request:
        assert request["task"] == "a/t1"
        self.kill()
        return {"task": self.task("STOPPED")}

    def request(self) -> Request:
        (request,) = self.account.requests("RunTask")
        (override,) = request["overrides"]["containerOverrides"]
        names = [pair["name"] for pair in override["environment"]]
        assert names == ["M", "DAGSTER_PIPES_CONTEXT", "DAGSTER_PIPES_MESSAGES"]
        del override["environment"], request["tags"], request["clientToken"]
        return request


class Glue(Service):
    kind = "glue"
    options: ClassVar = {"job": "nightly"}
    failure = "Glue job nightly run jr_1 completed with status FAILED : None"

    def answers(self) -> Answers:
        return {
            "StartJobRun": self.start,
            "GetJobRun": self.asked_how_it_goes(self.job_run),
            "BatchStopJobRun": self.stop,
        }

    def start(self, request: Request) -> Request:
        arguments = dict(request["Arguments"])
        script = arguments.pop("--scriptLocation")
        self.run([script, *(word for pair in arguments.items() for word in pair)], {})
        return {"JobRunId": "jr_1"}

    def job_run(self) -> Request:
        """The first time, it is under way: who asks then has not begun to wait."""
        state = "RUNNING"
        if self.account.times("GetJobRun", since="StartJobRun") > 1:
            state = self.state("SUCCEEDED", "FAILED")
        return {"JobRun": {"Id": "jr_1", "JobName": "nightly", "JobRunState": state}}

    def stop(self, request: Request) -> Request:
        assert request == {"JobName": "nightly", "JobRunIds": ["jr_1"]}
        self.kill()
        stopped = {"JobName": "nightly", "JobRunId": "jr_1"}
        return {"SuccessfulSubmissions": [stopped], "Errors": []}

    def request(self) -> Request:
        (request,) = self.account.requests("StartJobRun")
        for what in ("context", "messages"):
            del request["Arguments"][f"--dagster-pipes-{what}"]
        return request


class Emr(Service):
    kind = "emr"
    options: ClassVar = {
        "release": "emr-7.5.0",
        "instances": {
            "InstanceGroups": [
                {"InstanceRole": "MASTER", "InstanceCount": 1, "InstanceType": "m5.xlarge"}
            ]
        },
    }
    failure = "Waiter ClusterTerminated failed: .*"
    is_quick = False
    """Whether nobody sees the cluster run, because it has soon come to its end."""

    def answers(self) -> Answers:
        return {
            "RunJobFlow": self.start,
            "DescribeCluster": self.asked_how_it_goes(self.described),
            "TerminateJobFlows": self.stop,
        }

    def start(self, request: Request) -> Request:
        by_name = {found["Classification"]: found for found in request["Configurations"]}
        words = request["Steps"][0]["HadoopJarStep"]["Args"]
        first = next(number for number, word in enumerate(words) if word.endswith(".py"))
        self.run(words[first:], by_name["spark-env"]["Configurations"][0]["Properties"])
        return {"JobFlowId": "j-1"}

    def described(self) -> Request:
        """Asked for its logs, then whether it runs, then whether it has ended."""
        state = "RUNNING"
        asked = self.account.times("DescribeCluster", since="RunJobFlow")
        if asked > (1 if self.is_quick else 2):
            state = self.state("TERMINATED", "TERMINATED_WITH_ERRORS")
        return {"Cluster": {"Id": "j-1", "Status": {"State": state}}}

    def stop(self, request: Request) -> Request:
        assert request == {"JobFlowIds": ["j-1"]}
        self.kill()
        return {}

    def request(self) -> Request:
        (request,) = self.account.requests("RunJobFlow")
        del request["Tags"], request["Configurations"]
        return request


class EmrServerless(Service):
    kind = "emr_serverless"
    options: ClassVar = {"application": "app1", "role": ROLE}
    failure = "EMR Serverless job failed"

    def answers(self) -> Answers:
        job = "/applications/app1/jobruns"
        return {
            f"POST {job}": self.start,
            f"GET {job}/job1": self.asked_how_it_goes(self.job_run),
            f"GET {job}/job1/dashboard": lambda _: {"url": "https://example.com"},
            f"DELETE {job}/job1": self.stop,
            "GET /applications/app1": lambda _: {"application": {"type": "Spark"}},
        }

    def start(self, request: Request) -> Request:
        job = request["jobDriver"]["sparkSubmit"]
        found = shlex.split(job["sparkSubmitParameters"])
        prefix = "spark.emr-serverless.driverEnv."
        pairs = (w.removeprefix(prefix).partition("=") for w in found if w.startswith(prefix))
        variables = {name: value for name, _, value in pairs}
        self.run([job["entryPoint"], *job.get("entryPointArguments", ())], variables)
        return {"applicationId": "app1", "jobRunId": "job1"}

    def job_run(self) -> Request:
        state = self.state("SUCCESS", "FAILED")
        return {"jobRun": {"applicationId": "app1", "jobRunId": "job1", "state": state}}

    def stop(self, _: Request) -> Request:
        self.kill()
        return {"applicationId": "app1", "jobRunId": "job1"}

    def request(self) -> Request:
        (request,) = self.account.requests("POST /applications/app1/jobruns")
        job = request["jobDriver"]["sparkSubmit"]
        own, _, _ = job["sparkSubmitParameters"].partition(" --conf spark.emr")
        job["sparkSubmitParameters"] = own
        del request["tags"], request["clientToken"]
        return request


class EmrContainers(Service):
    kind = "emr_containers"
    options: ClassVar = {
        "virtual_cluster": "vc1",
        "role": ROLE,
        "release": "emr-7.5.0-latest",
    }
    failure = "EMR Containers job run job1 failed with state FAILED.*"

    def answers(self) -> Answers:
        jobs = "/virtualclusters/vc1/jobruns"
        return {
            f"POST {jobs}": self.start,
            f"GET {jobs}/job1": self.asked_how_it_goes(self.job_run),
            f"DELETE {jobs}/job1": self.stop,
        }

    def start(self, request: Request) -> Request:
        job = request["jobDriver"]["sparkSubmitJobDriver"]
        found = request["configurationOverrides"]["applicationConfiguration"]
        by_name = {each["classification"]: each for each in found}
        variables = by_name["spark-env"]["configurations"][0]["properties"]
        self.run([job["entryPoint"], *job.get("entryPointArguments", ())], variables)
        return {"id": "job1", "virtualClusterId": "vc1"}

    def job_run(self) -> Request:
        state = self.state("COMPLETED", "FAILED")
        return {"jobRun": {"id": "job1", "virtualClusterId": "vc1", "state": state}}

    def stop(self, _: Request) -> Request:
        self.kill()
        return {"id": "job1", "virtualClusterId": "vc1"}

    def request(self) -> Request:
        (request,) = self.account.requests("POST /virtualclusters/vc1/jobruns")
        del request["tags"], request["clientToken"], request["configurationOverrides"]
        return request


SERVICES: dict[str, type[Service]] = {
    service.kind: service for service in (Ecs, Glue, Emr, EmrServerless, EmrContainers)
}
