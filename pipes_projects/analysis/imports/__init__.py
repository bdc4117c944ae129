"""Which files of a project a Python script imports, without running it.

Text → what it imports (`statements`) → the files of the project that this is (`modules`) → all of
them, with what those import (`closure`). The standard library and installed packages do not count,
nothing outside the project is looked at, and what cannot be found is no error.
"""
