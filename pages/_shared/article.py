"""A draft as something to read."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.brief_form import LANGUAGES
from pages._shared.chips import Chips
from pages._shared.paper import section_blocks, show_paper
from pages._shared.text import counted, day, lines, words_of
from writer.domain.briefs import Brief
from writer.domain.drafting import BUILT_IN
from writer.domain.drafts import Draft
from writer.security.render import as_markdown, plain
from writer.services.articles.content_types import content_types

WORDS_A_MINUTE = 238


def show_article(draft: Draft, *, key: str, chips: Chips | None = None) -> None:
    """With `chips`, what the check says of each sentence stands at its end."""
    references = get_app().drafts.references(draft)
    blocks = section_blocks(draft.sections, references, chips)
    lead = plain(draft.description, 400)
    show_paper(blocks, references, key=key, label=plain(draft.title), lead=lead, chips=chips)


def facts(draft: Draft) -> str:
    minutes = max(1, round(draft.word_count / WORDS_A_MINUTE))
    sources = {reference.source.id for reference in get_app().drafts.references(draft)}
    told = [kind_of(draft.brief), f"{draft.word_count:,} of {counted(draft.brief.words, 'word')}"]
    told += [counted(len(sources), "source") + " cited", f"about {minutes} min read", written_by(draft)]
    return as_markdown(" · ".join(filter(None, told)), 400)


def kind_of(brief: Brief) -> str:
    kind = content_types().get(brief.content_type)
    return kind.title if kind else words_of(brief.content_type)


def written_by(draft: Draft) -> str:
    """Every route that wrote a part: a fallback is not hidden."""
    routes = dict.fromkeys("Built-in drafter" if s.route == BUILT_IN else s.route for s in draft.sections if s.route)
    return "written by " + ", ".join(routes) if routes else ""


def brief_facts(brief: Brief) -> None:
    told = {
        "Topic": brief.topic,
        "Reader": brief.reader,
        "Goal": brief.goal,
        "Words": f"{brief.words:,}",
        "Due": day(brief.due) if brief.due else "",
        "Angle": brief.angle,
        "Tone": brief.tone,
        "Point of view": brief.point_of_view,
        "Reading level": brief.reading_level,
        "Language": LANGUAGES.get(brief.language, brief.language),
        "Must include": "; ".join(brief.must_include),
        "Questions": "; ".join(brief.questions),
        "Keyphrases": "; ".join(brief.keyphrases),
        "Avoid": "; ".join(brief.avoid),
        **_own_facts(brief),
        "Collections": ", ".join(_collections(brief)),
        "Sources": ", ".join(f"S{id_}" for id_ in brief.source_ids) or ("" if brief.collection_ids else "all"),
    }
    for name, value in told.items():
        if value:
            st.caption(name)
            st.markdown(as_markdown(value, 600))


def _collections(brief: Brief) -> list[str]:
    named = {one.id: one.name for one in get_app().collections.listing(current_actor())} if brief.collection_ids else {}
    return [named.get(id_, f"C{id_} (deleted)") for id_ in brief.collection_ids]


def _own_facts(brief: Brief) -> dict[str, str]:
    """What the kind of article asked for beside the rest; from the command line any name may come."""
    kind = content_types().get(brief.content_type)
    labels = {field.name: field.label for field in kind.fields} if kind else {}
    return {as_markdown(labels.get(name, words_of(name)), 60): "; ".join(lines(value)) for name, value in brief.extra}
