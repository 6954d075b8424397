from hypothesis import given
from hypothesis import strategies as st

from writer.storage.sections import in_order

OUTLINE = ["s1", "s2", "s3", "s4"]
ROLES = dict.fromkeys(OUTLINE, "body") | {"intro": "introduction", "end": "conclusion", "extra": "body"}


@given(st.permutations(["intro", *OUTLINE, "end"]))
def test_whatever_order_sections_are_finished_in_the_article_has_the_outlines_order(finished: list[str]):
    order: list[str] = []
    for key in finished:
        order = in_order(order, [key], ROLES, OUTLINE)

    assert order == ["intro", *OUTLINE, "end"]


def test_an_order_that_the_writer_chose_stays():
    order = in_order(["s3", "s1"], ["s2", "intro", "end"], ROLES, OUTLINE)

    assert order == ["intro", "s3", "s1", "s2", "end"]


def test_a_section_outside_the_outline_goes_before_the_conclusion():
    assert in_order(["intro", "s1", "end"], ["extra"], ROLES, OUTLINE) == ["intro", "s1", "extra", "end"]
