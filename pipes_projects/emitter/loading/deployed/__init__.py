"""With a deployment, a project's scripts are what its branch has shipped.

Imported only if there is one. The version is chosen like this:

- a code server takes the branch's newest; with `deploy_on_load` it ships the branch first;
- the processes of a run take the version that their code server had when it launched the run;
  Dagster passes that on, as does the process of a run to those of its steps (`pins`);
- anything else takes the newest.
"""
