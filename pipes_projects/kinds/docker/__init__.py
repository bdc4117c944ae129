"""Kind `docker`: the script runs in a container.

`kind` is what authors write; everything else is imported by the driver, the process that takes the
script there, alone.
"""
