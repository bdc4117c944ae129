"""Which files of a project a Python script imports, without running it.

Text → what it imports (`statements`) → the files of the project that this means (`modules`) → these
with what they import in turn (`closure`). The standard library and installed packages do not
count, nothing outside the project is read, and what cannot be found is not an error.
"""
