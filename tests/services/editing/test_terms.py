import pytest

from writer.services.editing.terms import AMERICAN, BRITISH, terms_of, variety_of


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("An e-mail, an e-mail, an email.", "An e-mail, an e-mail, an e-mail."),
        ("Email, email, e-mails. E-MAIL", "Email, email, emails. EMAIL"),
        ("A website, a website, a web site. Web site", "A website, a website, a website. Website"),
        ("GitHub, GitHub, Github, github", "GitHub, GitHub, GitHub, GitHub"),
        ("naïve, naïve, naive", "naïve, naïve, naïve"),
        ("The colour, the colour, the color; organizes", "The colour, the colour, the colour; organises"),
        ("One color and one colour", "One colour and one colour"),
        ("It was set up. A setup is a setup.", "It was set up. A setup is a setup."),
        ("He may be late, maybe.", "He may be late, maybe."),
        ("We re-cover it and recover.", "We re-cover it and recover."),
        ("Apple, apple, May, may", "Apple, apple, May, may"),
        (
            "An email, “an e-mail”, `e-mail`, [e](https://e-mail.org/e-mail)",
            "An email, “an e-mail”, `e-mail`, [e](https://e-mail.org/e-mail)",
        ),
        ("Only one color here", "Only one color here"),
    ],
)
def test_the_form_used_most_wins_and_quotations_and_code_stay(text, alike):
    assert terms_of(text).in_text(text) == alike
    assert terms_of(alike).in_text(alike) == alike


def test_a_variety_that_was_asked_for_wins_over_the_majority():
    text = "Colour, colours and Organise in the centre; analysed."

    assert terms_of(text, AMERICAN).in_text(text) == "Color, colors and Organize in the center; analyzed."
    assert terms_of(text, BRITISH).in_text(text) == text


@pytest.mark.parametrize(
    ("language", "variety"), [("en-US", AMERICAN), ("en-GB", BRITISH), ("en-AU", BRITISH), ("en", ""), ("de", "")]
)
def test_a_language_says_which_variety(language, variety):
    assert variety_of(language) == variety


def test_a_long_text_with_many_words_is_no_trouble():
    text = " ".join(f"w{n} x-{n} y{n % 50}" for n in range(15_000))

    assert terms_of(text).in_text(text) == text
