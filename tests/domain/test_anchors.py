from hypothesis import given
from hypothesis import strategies as st

from writer.domain.anchors import Anchor, anchor_at, find

WORDS = st.lists(st.sampled_from(["sea", "moon", "tide", "grain", "brick", "harbour", "heat"]), max_size=30).map(
    " ".join
)


def test_of_equal_quotes_the_one_with_its_surroundings_is_meant():
    text = "The sea rises. The sea falls. The sea rests."
    anchor = anchor_at(text, 19, 22)

    found = find(f"Before it all, the sea was. {text}", anchor)

    assert found
    assert (found.exact, f"Before it all, the sea was. {text}"[found.end :]) == (True, " falls. The sea rests.")


def test_a_changed_quote_is_found_nearby_as_whole_words():
    text = "Wheat was weighed twice and stored in warehouses of brick. The sea rises."
    anchor = anchor_at(text, 0, 58)
    now = "Now: wheat was weighed thrice, and stored in warehouses of red brick. The sea rises."

    found = find(now, anchor)

    assert found
    assert not found.exact
    assert now[found.start : found.end].strip() == "wheat was weighed thrice, and stored in warehouses of red brick."


def test_what_was_taken_out_is_not_found():
    text = "Wheat was weighed twice and stored in warehouses of brick. The sea rises."

    assert find("The sea rises.", anchor_at(text, 0, 58)) is None
    assert find("", anchor_at(text, 0, 58)) is None
    assert find(text, Anchor("")) is None


@given(before=WORDS, quote=st.text(alphabet="xyzäé😀 ", min_size=1, max_size=40), after=WORDS, new=WORDS, rest=WORDS)
def test_a_quote_that_stands_once_is_found_whatever_is_written_round_it(before, quote, after, new, rest):
    text = f"{before}<{quote}>{after}"
    anchor = anchor_at(text, len(before), len(before) + len(quote) + 2)
    now = f"{new}{before}<{quote}>{rest}"

    found = find(now, anchor)

    assert found
    assert found.exact
    assert now[found.start : found.end] == f"<{quote}>"


@given(text=st.text(alphabet="ab ", max_size=60), quote=st.text(alphabet="ab c", max_size=20), start=st.integers(0, 99))
def test_a_place_is_always_inside_the_text_and_exact_only_where_the_quote_stands(text, quote, start):
    found = find(text, Anchor(quote, "a", "b", start))

    if found:
        assert 0 <= found.start < found.end <= len(text)
        assert found.exact == (text[found.start : found.end] == quote)
    else:
        assert not quote or quote not in text
