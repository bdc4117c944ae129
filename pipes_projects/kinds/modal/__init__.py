"""Kind `modal`: the script's functions run at Modal.

`modal run` is a process, as it is for the client of `dagster_modal`; our own runner starts it, so
that it keeps what every process keeps: messages, time limits, secrets.
"""
