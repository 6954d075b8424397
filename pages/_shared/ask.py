"""The parts of the Ask page: what is asked of which sources, the answer, and what a person does with it."""

from collections.abc import Sequence

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.chips import Chips
from pages._shared.paper import marked_block, section_blocks, show_paper, text_block
from pages._shared.sources import AT_WORK, place_of, read_source
from pages._shared.text import counted, shortened
from writer.domain.drafting import BUILT_IN
from writer.domain.drafts import Section, SectionState
from writer.domain.jobs import Job, JobState
from writer.domain.questions import Answer, Question, Refusal
from writer.domain.scopes import EVERYTHING, Scope
from writer.domain.sources import Source, SourceState
from writer.security.render import as_markdown, plain
from writer.services.drafts import Reference
from writer.services.questions.checking import SECTION

SHOWN = "ask:question"
_NEW_DRAFT = ""
_POLL_S = 0.7


def current_question() -> str:
    """The question in the address, else the one that this page showed last in this session."""
    question_id = str(st.query_params.get("question") or st.session_state.get(SHOWN, ""))
    if question_id:
        show_question(question_id)
    return question_id


def show_question(question_id: str) -> None:
    st.session_state[SHOWN] = question_id
    if st.query_params.get("question") != question_id:
        st.query_params["question"] = question_id


def leave_question() -> None:
    st.session_state.pop(SHOWN, None)
    st.query_params.pop("question", None)


def pick_scope(sources: Sequence[Source]) -> Scope:
    """Nothing chosen stands for all sources, those that are added later included."""
    app, actor = get_app(), current_actor()
    ready = {source.id: plain(source.title, 80) for source in sources if source.state is SourceState.READY}
    collections = {one.id: plain(one.name) for one in app.collections.listing(actor)}
    tags = list(app.collections.tags(actor))
    scope = _scope_chosen(ready, collections, tags)
    with st.popover(scope_words(scope, len(ready)), icon=":material/filter_alt:", key="ask:scope"):
        if collections:
            st.multiselect(
                "Collections",
                list(collections),
                format_func=lambda id_: collections.get(id_, f"C{id_}"),
                key="ask:collections",
                persist_state="session",
            )
        if tags:
            st.multiselect("Tags", tags, key="ask:tags", persist_state="session")
        st.multiselect(
            "Sources to ask",
            list(ready),
            format_func=lambda id_: ready.get(id_, f"S{id_}"),
            key="ask:sources",
            placeholder=f"All {len(ready)} sources" if len(ready) > 1 else "The one source there is",
            persist_state="session",
        )
    return scope


def _scope_chosen(ready: dict[int, str], collections: dict[int, str], tags: Sequence[str]) -> Scope:
    """Without what is not there any more."""

    def chosen(key: str, known: Sequence[object]) -> tuple[object, ...]:
        return tuple(value for value in st.session_state.get(key) or () if value in known)

    ids = tuple(id_ for id_ in chosen("ask:sources", list(ready)) if isinstance(id_, int))
    groups = tuple(id_ for id_ in chosen("ask:collections", list(collections)) if isinstance(id_, int))
    return Scope(source_ids=ids, collections=groups, tags=tuple(map(str, chosen("ask:tags", tags))))


def scope_words(scope: Scope, ready: int) -> str:
    if scope == EVERYTHING:
        return f"All {counted(ready, 'source')}" if ready != 1 else "1 source"
    told = [counted(len(scope.source_ids), "source")] if scope.source_ids else []
    told += [counted(len(scope.collections), "collection")] if scope.collections else []
    told += [counted(len(scope.tags), "tag")] if scope.tags else []
    return ", ".join(told) or "Chosen sources"


def no_sources() -> None:
    with st.container(horizontal_alignment="center", key="ask:empty", gap="medium"):
        st.space("small")
        st.header("Ask what your documents know", anchor=False, text_alignment="center")
        st.markdown(
            "Every sentence of an answer leads to the passage it comes from. Where your sources are silent, "
            "you are told so. Add documents in Sources, or try it with five short samples.",
            text_alignment="center",
        )
        st.button(
            "Add sample documents",
            type="primary",
            icon=":material/auto_awesome:",
            key="ask:samples",
            on_click=_add_samples,
        )


def _add_samples() -> None:
    with banners():
        get_app().sources.add_samples(current_actor())


def wait_for_sources() -> None:
    st.fragment(_reading, run_every=_POLL_S)()


def _reading() -> None:
    with banners():
        sources = get_app().sources.listing(current_actor())
        waiting = sum(source.state in AT_WORK for source in sources)
        if any(source.state is SourceState.READY for source in sources) or not waiting:
            st.rerun()
        st.progress(1 - waiting / len(sources), text=f"Reading {counted(waiting, 'document')}")


def show_answer(question: Question, answer: Answer) -> None:
    if answer.refusal:
        _show_refusal(question, answer, answer.refusal)
        return
    app = get_app()
    references, passages = app.questions.references(question), app.questions.passages(question)
    chips = Chips(app.questions.claims(question), passages)
    section = Section(SECTION, "", answer.text, SectionState.DONE, flags=answer.flags)
    with st.container(border=True, key="ask:paper"):
        blocks = section_blocks([section], references, chips)
        show_paper(blocks, references, key="ask:answer", label=f"Answer to: {plain(question.text)}", chips=chips)
    _notes(answer)
    _cited_sources(references)


def show_partial(text: str) -> None:
    """What a stopped or broken answer had come to."""
    st.caption("What had come until then; it was not checked.")
    with st.container(border=True, key="ask:partial"):
        show_paper([text_block(text)], key="ask:partial_text", label="The unfinished answer")


def _notes(answer: Answer) -> None:
    told = [] if answer.refusal else ["Quoted word for word by the built-in drafter"]
    told = told if answer.route == BUILT_IN else [f"Answered by {answer.route}"]
    told += [] if answer.refusal else [f"{counted(answer.searched.sources, 'source')} searched"]
    if told or answer.notes:
        st.caption(as_markdown(" · ".join([*told, *answer.notes]), 600))


def _cited_sources(references: Sequence[Reference]) -> None:
    """Each source once, open where it is cited first."""
    first = {reference.source.id: reference for reference in reversed(references)}
    with st.container(horizontal=True, gap="small", key="ask:cited"):
        for reference in sorted(first.values(), key=lambda one: one.number):
            title = plain(shortened(reference.source.title, 44))
            if st.button(
                f"Read {as_markdown(title)}",
                icon=":material/menu_book:",
                type="tertiary",
                key=f"ask:read:{reference.source.id}",
            ):
                read_source(reference.source, reference.passage.id)


def _show_refusal(question: Question, answer: Answer, refusal: Refusal) -> None:
    searched = answer.searched
    with st.container(border=True, key="ask:refusal"):
        st.subheader(as_markdown(refusal.sentence), anchor=False)
        where = f"{counted(searched.sources, 'source')} with {counted(searched.passages, 'passage')}"
        st.caption(f"Searched {where}. Nothing was made up to fill the gap.")
        for missing in refusal.missing:
            st.markdown(f"- {as_markdown(missing, 300)}")
        if refusal.suggested:
            st.caption("Look for")
            with st.container(horizontal=True, gap="small", key="ask:suggested"):
                for number, words in enumerate(refusal.suggested):
                    _suggestion(words, number)
    _notes(answer)
    _nearest(question, refusal)


def _suggestion(words: str, number: int) -> None:
    if st.button(as_markdown(shortened(words, 60)), icon=":material/search:", key=f"ask:look:{number}"):
        st.session_state["sources:query"] = words
        place.go_to(place.SOURCES)


def _nearest(question: Question, refusal: Refusal) -> None:
    found = get_app().questions.passages(question)
    passages = [found[id_] for id_ in refusal.nearest if id_ in found]
    if not passages:
        return
    with st.expander("Nearest passages: they do not answer the question", icon=":material/near_me:"):
        for passage in passages:
            row = st.container(horizontal=True, vertical_alignment="center")
            row.markdown(f"**{as_markdown(passage.source_title, 100)}**", width="stretch")
            if row.button("Read here", icon=":material/menu_book:", type="tertiary", key=f"ask:near:{passage.id}"):
                read_source(get_app().sources.get(passage.source_id, current_actor()), passage.id, question.text)
            block = marked_block("", passage.text, question.text)
            show_paper([block], key=f"ask:near_text:{passage.id}", label=plain(place_of(passage)))


@st.dialog("Put into a draft")
def put_into_draft(question: Question) -> None:
    with banners():
        titles = {_NEW_DRAFT: "A new draft"}
        drafts = get_app().drafts.listing(current_actor(), limit=50)
        titles |= {draft.id: plain(shortened(draft.title, 80)) for draft in drafts}
        st.caption("The answer becomes a section of its own, with its citations. You can take it back in the versions.")
        chosen = st.selectbox("Draft", list(titles), format_func=lambda id_: titles.get(id_, id_), key="ask:draft")
        if st.button("Put it there", type="primary", icon=":material/post_add:", key="ask:put"):
            draft = get_app().questions.into_draft(question.id, current_actor(), chosen)
            place.go_to(place.EDITOR, draft.id)


@st.dialog("Delete this question?")
def confirm_delete(question: Question) -> None:
    st.markdown(as_markdown(question.text))
    st.caption("Its answer goes with it. Drafts that you put it into keep their text.")
    bar = st.container(horizontal=True)
    if bar.button("Delete", type="primary", icon=":material/delete:", key="ask:delete_now"):
        with banners():
            get_app().questions.delete(question.id, current_actor())
            leave_question()
            st.rerun()
    if bar.button("Keep it", key="ask:delete_not"):
        st.rerun()


def state_badges(question: Question, job: Job | None, outdated: bool) -> None:
    if job and not job.state.is_over:
        st.badge("Being answered", icon="spinner", color="blue")
    elif job and job.state is JobState.FAILED:
        st.badge("Failed", icon=":material/error:", color="red")
    elif question.answer is None:
        st.badge("Stopped", icon=":material/stop_circle:", color="gray")
    elif question.answer.refusal:
        st.badge("Not in your sources", icon=":material/search_off:", color="gray")
    if outdated:
        st.badge("Sources changed", icon=":material/sync_problem:", color="orange")
