"""Kind `notebook`: a Jupyter notebook, run from its first cell to its last.

`kind` is what authors write, and `cells` reads the code in a file; everything else is imported by
the notebook's driver alone.
"""
