import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writer.domain.errors import UserMistake
from writer.domain.prompt_library import Place, PromptText, filled, variables_in

# What template engines would run, and string formatting would look into.
ATTACKS = (
    "{{7*7}}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for x in (1,2) %}{{x}}{% endfor %}",
    "{0.__class__}",
    "{self.__init__.__globals__}",
    "%s %(name)s %n",
    "${7*7} #{7*7} <%= 7*7 %>",
    "\\1 \\g<0> $1",
    "{{{{x}}}}",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_value_is_put_in_as_it_is_and_never_read_again(attack: str) -> None:
    assert filled("Say {{name}}!", {"name": attack, "x": "never", "7": "never"}) == f"Say {attack}!"


@pytest.mark.parametrize("attack", [one for one in ATTACKS if "{{x}}" not in one])
def test_what_is_no_variable_stays_in_a_prompt_word_for_word(attack: str) -> None:
    assert filled(attack, {}) == attack


def test_variables_are_found_once_each_in_order_with_blanks_round_them() -> None:
    assert variables_in("{{b}} {{ a }} {{b}} {{größe_2}} {{2x}} {{a b}} {{ }} {a}", "{{c}}") == (
        "b",
        "a",
        "größe_2",
        "c",
    )
    assert filled("{{ a }}{{a}}", {"a": "{{a}}"}) == "{{a}}{{a}}"


def test_a_variable_without_a_value_is_named_and_an_empty_value_is_one() -> None:
    with pytest.raises(UserMistake, match=r"no value for \{\{b\}\}\. Fill in"):
        filled("{{a}} {{b}}", {"a": ""})
    with pytest.raises(UserMistake, match=r"\{\{s\}\}, \{\{u\}\}"):
        PromptText("{{u}}", "{{s}}").filled({})

    assert filled("[{{a}}]", {"a": ""}) == "[]"


@settings(max_examples=150)
@given(
    st.lists(st.text(max_size=12).filter(lambda text: "{" not in text and "}" not in text), min_size=1, max_size=4),
    st.text(max_size=30),
)
def test_filling_in_is_joining_whatever_the_value_is(pieces: list[str], value: str) -> None:
    assert filled("{{it}}".join(pieces), {"it": value}) == value.join(pieces)


@pytest.mark.parametrize(
    "made",
    [
        lambda: PromptText("  "),
        lambda: PromptText("x" * 100_001),
        lambda: PromptText("".join(f"{{{{v{n}}}}}" for n in range(101))),
        lambda: PromptText("x", temperature=-0.1),
        lambda: PromptText("x", temperature=math.nan),
        lambda: PromptText("x", max_output_tokens=0),
        lambda: Place(" "),
        lambda: Place("x" * 121),
        lambda: Place("x", "y" * 200),
        lambda: Place("x", tags=tuple(map(str, range(21)))),
    ],
)
def test_what_cannot_be_a_prompt_is_refused_with_a_sentence(made) -> None:  # type: ignore[no-untyped-def]  # a lambda
    with pytest.raises(UserMistake) as refused:
        made()

    assert str(refused.value).endswith(".")


def test_a_folder_is_a_path_without_empty_parts() -> None:
    assert Place(" A  b ", " /Mail// Cold /", (" x ", "x", "")) == Place("A b", "Mail/Cold", ("x",))


def test_a_long_value_in_thousands_of_places_is_refused_before_it_fills_the_memory() -> None:
    prompt = PromptText("{{x}}" * 20_000)

    with pytest.raises(UserMistake, match="1,000,000 characters"):
        prompt.filled({"x": "y" * 100_000})
    assert len(prompt.filled({"x": "y" * 40})[1]) == 800_000
