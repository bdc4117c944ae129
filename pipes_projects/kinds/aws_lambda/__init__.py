"""Kind `lambda`: a function on AWS Lambda makes the assets.

`kind` is what authors write; everything else is imported by the driver, the process that invokes
the function and waits for it, alone. Python would not import a folder called `lambda`.
"""
