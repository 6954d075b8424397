"""Any cut of any text into tokens gives the text again, and never half a character."""

from hypothesis import given, settings
from hypothesis import strategies as st

from writer.providers.local.speech import Speech


class Bytes:
    """A tokenizer whose tokens are single bytes: every character beyond ASCII is several."""

    def decode(self, ids: list[int], **_: object) -> str:
        return bytes(ids).decode(errors="replace")


def spoken(text: str, stops: tuple[str, ...] = ()) -> tuple[list[str], Speech]:
    speech = Speech(Bytes(), stops)
    pieces = []
    for token in text.encode():
        if speech.stopped:
            break
        pieces.append(speech.add(token))
    return [*pieces, speech.rest()], speech


@settings(max_examples=60)
@given(st.text(max_size=40).filter(lambda text: "\N{REPLACEMENT CHARACTER}" not in text))
def test_the_pieces_are_the_text(text: str):
    pieces, _ = spoken(text)

    assert "".join(pieces) == text
    assert not any("\N{REPLACEMENT CHARACTER}" in piece for piece in pieces)


def test_each_token_is_shown_as_soon_as_it_is_a_character():
    pieces, _ = spoken("aé😀")

    assert pieces == ["a", "", "é", "", "", "", "😀", ""]


def test_bytes_that_will_never_be_a_character_do_not_hold_back_the_rest():
    speech = Speech(Bytes())

    shown = "".join(speech.add(token) for token in [0xFF] * 9)

    assert shown


@settings(max_examples=40)
@given(st.text("ab\nQ:", max_size=20), st.text("ab\nQ:", max_size=10))
def test_nothing_is_shown_of_a_stop_and_after_it(before: str, after: str):
    stop = "\n\nQ:\n"
    text = before + stop + after
    pieces, speech = spoken(text, (stop,))

    assert "".join(pieces) == text[: text.index(stop)]
    assert speech.stopped


def test_the_beginning_of_a_stop_that_came_to_nothing_is_shown_at_the_end():
    pieces, speech = spoken("one\n\nQ", ("\n\nQ:\n",))

    assert "".join(pieces) == "one\n\nQ"
    assert not speech.stopped
