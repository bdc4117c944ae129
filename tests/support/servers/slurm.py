"""A Slurm of the tests' own: one controller and one node, which are this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.servers.storages import free_port

_CONFIG = """
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={control}
SlurmdPort={node}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SwitchType=switch/none
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1
SlurmdParameters=config_overrides
KillWait=5
MinJobAge=60
MessageTimeout=5
ReturnToService=2
TCPTimeout=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=8 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE OverSubscribe=FORCE:4 State=UP
PartitionName=brief Nodes={host} MaxTime=1 State=UP
"""


@contextmanager
def slurm(folder: Path) -> Iterator[Path]:
    """One that takes jobs; its configuration, for `SLURM_CONF`."""
    assert os.getuid() == 0, "the tests of Slurm start its daemons: run them as root"
    with ExitStack() as stack:
        config = _configured(folder)
        _serve(stack, folder, "munged", *_munge(folder))
        wait((folder / "munge").exists, folder / "munged.out", "munged does not listen")
        _serve(stack, folder, "slurmctld", "-D", "-i", "-f", str(config))
        _serve(stack, folder, "slurmd", "-D", "-f", str(config))
        environment = {**os.environ, "SLURM_CONF": str(config)}
        wait(lambda: _idle(environment), folder / "slurmctld.log", "no node is idle")
        yield config


def _configured(folder: Path) -> Path:
    host = os.uname().nodename.partition(".")[0]
    path = folder / "slurm.conf"
    text = _CONFIG.format(folder=folder, host=host, control=free_port(), node=free_port())
    path.write_text(text, "ascii")
    (folder / "munge.key").write_bytes(os.urandom(128))
    (folder / "munge.key").chmod(0o600)
    return path


def _munge(folder: Path) -> list[str]:
    files = {"key-file": "munge.key", "socket": "munge", "pid-file": "munged.pid",
             "log-file": "munged.log", "seed-file": "munged.seed"}  # fmt: skip
    return ["--foreground", "--force", *(f"--{name}={folder}/{of}" for name, of in files.items())]


def _serve(stack: ExitStack, folder: Path, name: str, *words: str) -> None:
    program = shutil.which(name, path=os.pathsep.join((os.environ["PATH"], "/usr/sbin")))
    assert program, f"{name} is missing: install slurmctld, slurmd, slurm-client and munge"
    with (folder / f"{name}.out").open("wb") as log:
        server = subprocess.Popen([program, *words], stdout=log, stderr=log, cwd=folder)
    stack.callback(server.wait, timeout=30)
    stack.callback(server.terminate)


def wait(is_so: Callable[[], bool], log: Path, what: str) -> None:
    """Until it is so; fails after half a minute."""
    until = time.monotonic() + 30
    while not is_so():
        told = log.read_text("utf-8", "replace")[-2000:] if log.exists() else ""
        assert time.monotonic() < until, f"{what}:\n{told}"
        time.sleep(0.05)


def _idle(environment: dict[str, str]) -> bool:
    words = ["sinfo", "--noheader", "--format=%T", "--partition=main"]
    told = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    return told.stdout.strip() == "idle"
