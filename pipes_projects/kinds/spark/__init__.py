"""Kind `spark`: the script is the driver of a Spark application.

`kind` is what authors write; `started` runs first in the application, and imports nothing of ours.
"""
