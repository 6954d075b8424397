"""What happens without a model: the actions by rules, as functions from a text to a proposal."""

from collections.abc import Callable
from dataclasses import dataclass

from writer.services.editing import headings, lists, tightening
from writer.services.editing.asks import Ask
from writer.services.editing.terms import terms_of, variety_of
from writer.services.editing.typography import typeset


@dataclass(frozen=True, slots=True)
class ByRules:
    """`note` says why nothing, or not everything, could be done."""

    text: str
    note: str = ""


def by_rules(ask: Ask, language: str) -> ByRules:
    english = language.partition("-")[0] == "en"
    match ask.action:
        case "tighten" if english:
            return ByRules(tightening.tightened(ask.text))
        case "typography":
            return ByRules(typeset(ask.text, language))
        case "heading-case" if english and headings.has_headings(ask.text):
            case = ask.instruction if ask.instruction in headings.CASES else "sentence"
            return ByRules(headings.recased(ask.text, case, f"{ask.before}\n{ask.after}"))
        case "list-cleanup" if lists.has_lists(ask.text):
            return ByRules(lists.cleaned_lists(ask.text))
    return ByRules(ask.text, _why_not(ask.action, language, english=english))


def _why_not(action: str, language: str, *, english: bool) -> str:
    if action == "list-cleanup":
        return "There is no list in the selection."
    if english:
        return "There is no heading in the selection."
    return f"The rules for this know English only, and the language here is “{language}”."


def pass_over(name: str, whole: str, language: str) -> Callable[[str], str]:
    """From a part of a draft to what it should be; what is counted is counted over the whole, once."""
    english = language.partition("-")[0] == "en"
    if name == "term-consistency":
        return terms_of(whole).in_text
    if name == "brevity" and english:
        return tightening.tightened
    if name == "style-guide" and english:
        terms = terms_of(whole, variety_of(language))
        return lambda part: typeset(terms.in_text(part), language)
    if name in ("style-guide", "typography"):
        return lambda part: typeset(part, language)
    return lambda part: part
