"""Kind `sql`: a query makes a table or a view, in a database that the platform owner publishes.

`kind` is what authors write; everything else is imported by the script's own process alone.
"""
