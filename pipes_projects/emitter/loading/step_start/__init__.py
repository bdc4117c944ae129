"""The start of a step's process: what its run needs is compiled and emitted, and nothing else.

Dagster's multiprocess executor starts a process for each step, which imports `definitions.py`
again. There, everything is compiled and emitted as everywhere else, unless all of this holds:

- the process is one that the multiprocess executor has started for a step, and the process of its
  run has left word of what it compiled, for the same project (`word`);
- the run selects assets or checks, each of which the word knows, and no ops; the step is that of a
  script that makes one of them; config is of known steps (`request`);
- Dagster takes its definitions from the file that calls `make_defs()`, by a name that is assigned
  nothing but the result of that call, and that is used for nothing else: no other definitions are
  merged with it or read from it; `make_defs()` is ours (`alone`);
- nothing was in quarantine, and the manifests that are needed compile without errors, to scripts
  whose steps, keys and upstream assets are those that the word tells of (`part`).

What the run needs are the scripts of the assets that it selects, those of the assets upstream of
these, which Dagster looks at to start a step, and the schedules of these scripts.
"""
