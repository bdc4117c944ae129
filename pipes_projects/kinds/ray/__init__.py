"""Kind `ray`: the script runs as a job of a Ray cluster.

`kind` is what authors write; everything else is imported by the driver, the process that submits
the job and stays until it is over, alone. `run.py` runs on the cluster.
"""
