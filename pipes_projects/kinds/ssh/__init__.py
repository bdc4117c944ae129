"""Kind `ssh`: the script runs on another host.

`kind` is what authors write; everything else is imported by the driver, the process that takes the
script there, alone.
"""
