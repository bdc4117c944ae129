"""Starts a step's process: only what its run needs is compiled and emitted.

Dagster's multiprocess executor starts a process for each step, which imports `definitions.py`
again. There, everything is compiled and emitted as usual, unless all of this holds:

- the multiprocess executor started the process for a step, and the process of its run has left
  word of what it compiled, for the same project (`word`);
- the run selects assets or checks that are all in the word, and no ops; the step belongs to a
  script that makes one of them; config is for known steps (`request`);
- Dagster takes its definitions from the file that calls `make_defs()`, by a name that is assigned
  only the result of that call and used for nothing else: no other definitions are merged with it
  or read from it; `make_defs()` is ours (`alone`);
- nothing was in quarantine, and the manifests that are needed compile without errors, to scripts
  whose steps, keys and upstream assets are the ones in the word (`part`).

The run needs the scripts of the assets that it selects, those of the assets directly upstream,
which Dagster looks at to start a step, and the schedules of these scripts.
"""
