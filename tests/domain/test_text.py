from hypothesis import given
from hypothesis import strategies as st

from writer.domain.drafts import count_words
from writer.domain.text import joined_surrogates, sentences, slug


def test_abbreviations_and_decimals_do_not_end_a_sentence():
    text = "Dr. Smith paid 3.5 million in the U.S. economy [[S1.p2]]. “Really?” Yes. [[S1.p2]] And more"
    assert sentences(text) == [
        "Dr. Smith paid 3.5 million in the U.S. economy [[S1.p2]].",
        "“Really?”",
        "Yes. [[S1.p2]]",
        "And more",
    ]


@given(st.text(max_size=200))
def test_no_character_of_a_text_is_lost_between_its_sentences(text):
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_an_emoji_split_over_two_chunks_is_joined_and_nul_is_dropped():
    assert joined_surrogates("a\ud83d\ude00b\x00c") == "a😀bc"


@given(st.text(alphabet=st.characters(), max_size=50))
def test_whatever_comes_can_be_stored(text):
    joined_surrogates(text + "\ud83d").encode()


def test_slugs_are_ascii_and_never_empty():
    assert slug("Über Gezeiten: 12 # Fakten") == "uber-gezeiten-12-fakten"
    assert slug("潮") == "untitled"


def test_citation_tokens_are_not_words():
    assert count_words("Tides don't wait [[S1.p2, S3.p4]].") == 3
