"""docs/seeing.md shows what its commands print."""

from tests.support.pages.seeing_page import PAGE, with_shown


def test_the_page_shows_what_the_commands_print() -> None:
    page = PAGE.read_text("utf-8")
    assert "pipes-projects graph" in page
    assert with_shown(page) == page, "run `make docs`"
