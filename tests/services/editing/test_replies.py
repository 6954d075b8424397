import pytest

from writer.domain.errors import NotFound, ReplyInvalid, UserMistake
from writer.services.editing.asks import Ask, PassAsk, checked, checked_pass
from writer.services.editing.model import Preview
from writer.services.editing.replies import replacement_in

CORE = "The tide go up two times in each day of the year."
SAID = "The tide rises twice a day, all year."


def an_ask(text=CORE, action="rewrite", **more):
    return Ask("suggestion-1", "draft", action, text, **more)


@pytest.mark.parametrize(
    "reply",
    [
        SAID,
        f"\n\n{SAID}\n",
        f"“{SAID}”",
        f'"{SAID}"',
        f"```\n{SAID}\n```",
        f"```markdown\n{SAID}\n```",
        f"Here is the rewritten passage:\n\n{SAID}",
        f"Here's a clearer version of the text:\n{SAID}",
        f"Sure! Here is the revised text:\n\n“{SAID}”",
        f"Certainly!\n\n{SAID}",
        f"**Rewritten passage:**\n\n{SAID}",
        f"Revised version: “{SAID}”",
        f"{SAID}\n\nLet me know if you would like another version.",
        f"{SAID}\n\n---\nI hope this helps!",
        f"<passage-0123456789ab>\n{SAID}\n</passage-0123456789ab>",
    ],
)
def test_what_stands_round_a_reply_goes(reply):
    assert replacement_in(reply, an_ask()).text == SAID


@pytest.mark.parametrize(
    ("core", "reply"),
    [
        ("“Go,” he said.", "“Leave,” he said, and “now”."),
        ("He said it.", "“Yes” and “no”"),
        ("Here is the plan: go.", "Here is what we do: go."),
        ("The steps we take.", "Here are the steps:\n- go\n- stop"),
        ("```\ncode\n```", "```\nother code\n```"),
        ("Text: a word.", "Text: the word."),
        ("Note it.\n\nNote: it is late.", "Mark it.\n\nNote: it is late."),
        ("I'm sorry, he said.", "I'm sorry, she said."),
        ("He went.", "Sure of himself, he went."),
    ],
)
def test_what_belongs_to_the_text_stays(core, reply):
    assert replacement_in(reply, an_ask(core)).text == reply


@pytest.mark.parametrize("reply", ["", "  \n", "```\n```"])
def test_a_reply_without_text_is_none(reply):
    with pytest.raises(ReplyInvalid, match="nothing"):
        replacement_in(reply, an_ask())


@pytest.mark.parametrize(
    "reply", ["I'm sorry, but I can't help with that.", "As an AI language model, I do not.", "I cannot do this."]
)
def test_a_refusal_is_quoted_not_offered(reply):
    with pytest.raises(ReplyInvalid, match="declined"):
        replacement_in(reply, an_ask())


@pytest.mark.parametrize(
    ("before", "text", "reply", "whole"),
    [
        ("", "It rises.", "It falls.", "It rises. It falls."),
        ("", "It rises.\n\n", "It falls.", "It rises.\n\nIt falls."),
        ("", "It rises", ", then falls.", "It rises, then falls."),
        ("", "It rises.", "- one\n- two", "It rises.\n\n- one\n- two"),
        ("It rises. ", "", "It falls.", "It falls."),
        ("It rises.", "", "It falls.", " It falls."),
        (
            "",
            "It rises twice in a day, says the moon.",
            "twice in a day, says the moon. It falls.",
            "It rises twice in a day, says the moon. It falls.",
        ),
    ],
)
def test_what_goes_on_is_joined_as_a_person_would(before, text, reply, whole):
    assert replacement_in(reply, an_ask(text, "continue", before=before)).text == whole


def test_a_near_citation_is_put_into_form_and_a_token_is_never_cut():
    token = "[[S1.p1, S1.p2, S1.p3, S1.p4]]"
    ask = an_ask(f"It rises {token}. It falls [[S2.p1]]. Note [1].")

    found = replacement_in(f"It goes up {token}. It goes down (S2.p1). Note [1].", ask)

    assert found.text == f"It goes up {token}. It goes down [[S2.p1]]. Note [1]."
    assert found.notes == ()


class Seen:
    def __init__(self):
        self.text = ""

    def __call__(self, delta):
        self.text += delta

    def restart(self):
        self.text = ""


def shown(*deltas):
    """What the preview shows after each delta."""
    seen = Seen()
    preview = Preview(seen)
    steps = []
    for delta in deltas:
        preview(delta)
        steps.append(seen.text)
    return steps


def test_the_first_words_are_shown_at_once():
    assert shown("The tide", " rises.") == ["The tide", "The tide rises."]


def test_what_may_be_a_remark_waits_until_it_is_known():
    assert shown("Here is", " the text:", "\nThe tide")[:2] == ["", ""]


@pytest.mark.parametrize("pass_", ["nothing", "", "rewrite"])
def test_passes_that_are_none(pass_):
    with pytest.raises(NotFound):
        checked_pass(PassAsk("suggestion-1", "draft", pass_))


@pytest.mark.parametrize("id_", ["", "short", "x" * 65, "with space", "../../etc", "ünicode-id"])
def test_ids_that_are_none(id_):
    with pytest.raises(UserMistake):
        checked(Ask(id_, "draft", "tighten", "x"))
