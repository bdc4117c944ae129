"""Slurm's commands: a job is submitted, asked about, signalled and cancelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from pipes_projects.kinds.slurm.submit_hosts import NOT_FOUND, TOO_LATE, Answer, SubmitHost

_WAITING: Final = frozenset({"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED"})
_OVER: Final = frozenset(
    {
        *("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL"),
        *("OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "SPECIAL_EXIT", "TIMEOUT"),
    }
)
_NEVER: Final = frozenset(
    {
        *("AccountNotAllowed", "BadConstraints", "DependencyNeverSatisfied", "InvalidAccount"),
        *("InvalidQOS", "PartitionTimeLimit", "QOSNotAllowed"),
    }
)
"""Reasons that do not go away by themselves."""
_FAILED: Final = "Batch job submission failed: "
_OPTIONS: Final = {
    **{name: name for name in ("partition", "account", "qos", "time", "nodes", "ntasks", "mem")},
    **{name: name for name in ("gres", "constraint")},
    "cpus": "cpus-per-task",
}


class State(NamedTuple):
    """What Slurm says of a job."""

    name: str
    """Such as `RUNNING`; empty if Slurm no longer knows the job."""
    reason: str = ""
    """Why it is pending, such as `Resources`."""

    @property
    def is_pending(self) -> bool:
        """Whether it has not started yet."""
        return self.name in _WAITING

    @property
    def is_hopeless(self) -> bool:
        """Whether it is pending, and will be for ever."""
        return self.is_pending and self.reason in _NEVER

    @property
    def is_over(self) -> bool:
        """Whether nothing of it runs any more."""
        return not self.name or self.name in _OVER


class RefusedError(Exception):
    """Why Slurm does not take a job, and what to do."""

    def __init__(self, message: str, may_run: bool = False) -> None:
        super().__init__(message)
        self.may_run = may_run
        """Whether Slurm may have taken it all the same, and only its answer is missing."""


class Queue:
    """The jobs of one name, of which there is only one."""

    def __init__(self, host: SubmitHost, name: str) -> None:
        self.host, self.name = host, name

    def submit(self, folder: str, words: list[str], options: Mapping[str, Any]) -> str:
        """Submit `job.sh` in a folder; returns the job's number. Raises `RefusedError`."""
        there = folder.replace("%", "%%")
        asked = [
            *("sbatch", "--parsable", "--export=ALL", "--no-requeue", "--open-mode=append"),
            *(f"--job-name={self.name}", f"--chdir={folder}"),
            *(f"--output={there}/out", f"--error={there}/err"),
            *_asked(options),
        ]
        answer = self.host.run([*asked, f"{folder}/job.sh", folder, *words])
        if answer.code != 0:
            may_run = answer.code == TOO_LATE or "timed out" in answer.err
            raise RefusedError(self._why_not(answer, options), may_run)
        return answer.out.splitlines()[-1].partition(";")[0]

    def _why_not(self, answer: Answer, options: Mapping[str, Any]) -> str:
        if answer.code == NOT_FOUND:
            help_ = "install Slurm's commands, or name a host that has them in `connection`"
            return f"there is no `sbatch` where jobs are submitted: {help_}"
        if "configuration source" in answer.err:
            help_ = "set SLURM_CONF, or name a host that knows it in `connection`"
            return f"Slurm's commands find no cluster where jobs are submitted: {help_}"
        why = _sentence(answer)
        if any(words in why.lower() for words in ("unable to contact", "not done", "timed out")):
            return f"the Slurm controller does not answer: {why}; try `scontrol ping` there"
        if "invalid partition" in why.lower():
            known = self.host.run(["sinfo", "--noheader", "--format=%R"]).out.split()
            listed = ", ".join(f"`{name}`" for name in dict.fromkeys(known))
            return f"Slurm has no partition `{options.get('partition', '')}`: it has {listed}"
        return f"Slurm does not take the job: {why}"

    def state(self, job: str) -> State | None:
        """How a job is doing; None if the controller does not say."""
        words = ["squeue", "--noheader", "--states=all", "--format=%T %r", f"--jobs={job}"]
        answer = self.host.run(words)
        if answer.code != 0:
            return State("") if "Invalid job id" in answer.err else None
        name, _, reason = answer.out.partition("\n")[0].partition(" ")
        return State(name, reason.strip("()"))

    def send(self, job: str, signal: str) -> None:
        """Send a signal to all processes of a job, if it runs."""
        self.host.run(["scancel", "--state=RUNNING", "--full", f"--signal={signal}", job])

    def cancel(self, job: str | None = None) -> None:
        """Have a job ended, however far it got; by its name if its number is not known."""
        self.host.run(["scancel", job or f"--name={self.name}"])


def _asked(options: Mapping[str, Any]) -> Iterator[str]:
    for name, asked in _OPTIONS.items():
        if name in options:
            yield f"--{asked}={options[name]}"
    yield from options.get("sbatch", ())


def _sentence(answer: Answer) -> str:
    """The last thing that a command says, without what every line begins with."""
    lines = [line for line in answer.err.splitlines() if line.strip()]
    errors = [line.rpartition("error: ")[2] for line in lines if "error: " in line]
    told = [*lines[:1], *errors[-1:]] or [f"exit code {answer.code}"]
    return told[-1].removeprefix("sbatch: ").removeprefix(_FAILED).rstrip(".")
