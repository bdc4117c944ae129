"""Comments, and text that only looks like one."""

from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.compiler.parse.comments import comments

TEXT = """\
# top
a: 1 # beside
b: |
  # text
  more
  # text, too
# after
c: "x # y
  # z"
d: x#y
---
# second
- [1, # inside
   2]
"""


def test_only_comments_are_found_with_their_places() -> None:
    assert [tuple(comment) for comment in comments(TEXT)] == [
        (0, 0, "# top", True),
        (0, 1, "# beside", False),
        (0, 6, "# after", True),
        (1, 11, "# second", True),
        (1, 12, "# inside", False),
    ]


def test_a_mark_at_the_top_begins_the_first_document() -> None:
    text = "# a\n---\nx: 1 # b\r\n---\r\ny: 2 # c\n"
    assert [(c.document, c.line, c.text) for c in comments(text)] == [
        (0, 0, "# a"),
        (0, 2, "# b"),
        (1, 4, "# c"),
    ]


@given(st.text("a#: \n\"'|-[]{}\t&*!%", max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    for comment in comments(text):
        assert comment.text.startswith("#")
        assert comment.text in text.splitlines()[comment.line]
