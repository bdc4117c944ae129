"""Under a deployment, a project's scripts are what its branch has shipped.

Imported only where there is one. Which version that is:

- a code server takes the newest of the branch; with `deploy_on_load` it ships the branch before;
- the processes of a run take the version that their code server had when it launched the run;
  Dagster passes that on, as does the process of a run to those of its steps (`pins`);
- anything else takes the newest.
"""
