"""`python started.py run …`: `modal run …`, which shows errors as Python does.

Modal's own box around them is cut to the width of a terminal, and has no line that names a place.
"""

from modal import __main__ as modal

if __name__ == "__main__":
    modal.setup_rich_traceback = lambda: None
    modal.main()
