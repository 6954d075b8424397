"""The search model: which one serves, choosing and trying another, and how far re-indexing has come."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.text import counted
from writer.domain.errors import UserMistake
from writer.domain.jobs import JobState
from writer.security.render import as_markdown
from writer.services.knowledge.search_model import SearchModelStatus, is_remote

POLL_S = 1.0
OTHER = "A provider's model"
SENDS = "The texts of all sources, and of every search, are sent to that service. It may charge for them."


def draw_search_model() -> None:
    app, actor = get_app(), current_actor()
    status = app.search_model.status(actor)
    st.caption(
        "The search model turns each passage into numbers that say what it means: search then finds it by meaning as "
        "well as by its words."
    )
    st.markdown(f"**Serving now** {as_markdown(title_of(status.serving)) or 'no model: search finds words only'}")
    if status.failure:
        st.warning(f"Search finds words only for now. {as_markdown(status.failure, 400)}", icon=":material/cloud_off:")
    _progress(status)
    _choice(status)
    if status.unused_bytes:
        megabytes = max(1, round(status.unused_bytes / 1e6))
        if st.button(f"Free {megabytes:,} MB", icon=":material/delete_sweep:", key="search_model:free"):
            app.search_model.free(actor)
            st.rerun()
        st.caption("Vectors of models that are not used any longer. To go back to one, re-index.")


def title_of(model: str) -> str:
    titles = {built_in.model: built_in.title for built_in in get_app().search_model.choices()}
    return titles.get(model, model)


def _progress(status: SearchModelStatus) -> None:
    """Asks again only while a job is at work."""
    if status.doing:
        st.session_state["search_model:at_work"] = True
    st.fragment(_standing, run_every=POLL_S if status.doing else None)()


def _standing() -> None:
    app, actor = get_app(), current_actor()
    status = app.search_model.status(actor)
    if st.session_state.get("search_model:at_work") and not status.doing:
        st.session_state["search_model:at_work"] = False
        st.rerun()
    if status.doing and status.job is not None:
        share = status.ready / status.passages if status.passages else 1.0
        st.progress(min(share, 1.0), f"Re-indexing: {as_markdown(status.doing)}")
        if st.button("Stop", icon=":material/stop:", key="search_model:stop"):
            app.jobs.stop(status.job.id, actor)
            st.rerun()
        return
    if status.job is not None and status.job.state is JobState.FAILED and not status.is_complete:
        st.error(as_markdown(status.job.error, 400), icon=":material/error:")
    if not status.passages:
        st.caption("There are no passages yet.")
    elif status.is_complete:
        st.caption(f"{counted(status.passages, 'passage')}, all with a vector of this model.")
    else:
        _offer(status)


def _offer(status: SearchModelStatus) -> None:
    st.info(f"{_lacking(status)} {_meanwhile(status)}", icon=":material/sync_problem:")
    _reindex_button("search_model:reindex")


def _lacking(status: SearchModelStatus) -> str:
    verb = "has" if status.passages - status.ready == 1 else "have"
    missing = counted(status.passages - status.ready, "passage")
    return f"{missing} of {status.passages:,} {verb} no vector of **{as_markdown(title_of(status.chosen))}** yet."


def _meanwhile(status: SearchModelStatus) -> str:
    if status.serving == status.chosen:
        return "Until then they are found by their words only."
    return f"Until all have one, search goes on with **{as_markdown(title_of(status.serving)) or 'words alone'}**."


def _reindex_button(key: str) -> None:
    if st.button("Re-index", type="primary", icon=":material/sync:", key=key):
        with banners():
            get_app().search_model.reindex(current_actor())
            st.rerun()


def _choice(status: SearchModelStatus) -> None:
    app, actor = get_app(), current_actor()
    notes = {built_in.model: built_in.note for built_in in app.search_model.choices()}
    options = [*notes, OTHER]
    picked = st.radio(
        "Search model",
        options,
        index=options.index(status.chosen) if status.chosen in notes else len(notes),
        format_func=title_of,
        captions=[*notes.values(), "Many languages. A service, or a server of your own."],
        key="search_model:pick",
    )
    model, agreed = (picked, True) if picked != OTHER else _named(status)
    with st.container(horizontal=True):
        tried = st.button("Test", icon=":material/bolt:", key="search_model:test", disabled=not model)
        used = model != status.chosen and st.button(
            "Use this model", type="primary", key="search_model:use", disabled=not model
        )
    with banners():
        if tried:
            report = app.search_model.test(model, actor)
            (st.success if report.ok else st.error)(as_markdown(report.sentence, 400))
        if used:
            if not agreed:
                raise UserMistake("Tick the box above first: this model is a service that gets all texts.")
            app.search_model.choose(model, actor, may_send_texts=is_remote(model))
            st.rerun()


def _named(status: SearchModelStatus) -> tuple[str, bool]:
    """The model as typed, and whether the person said that texts may be sent there."""
    accounts = [account.name for account in get_app().providers.accounts(current_actor())]
    if not accounts:
        st.caption("Add a provider first, under Providers.")
        return "", False
    account, _, name = status.chosen.partition(":") if status.is_remote else (accounts[0], "", "")
    left, right = st.columns(2)
    whose = left.selectbox(
        "Provider", accounts, index=accounts.index(account) if account in accounts else 0, key="search_model:account"
    )
    typed = right.text_input("Model", name, key="search_model:name", placeholder="text-embedding-3-small")
    agreed = st.checkbox(SENDS, key="search_model:agreed")
    return (f"{whose}:{typed.strip()}" if typed.strip() else ""), agreed


def draw_search_model_notice(*, at_work: bool) -> None:
    """For other pages: only where passages lack vectors, or the service gives none. While sources are `at_work`, their
    new passages have none yet: that mends itself."""
    status = get_app().search_model.status(current_actor())
    if status.failure:
        st.warning(f"Search finds words only for now. {as_markdown(status.failure, 400)}", icon=":material/cloud_off:")
    if status.doing:
        st.caption(f":material/sync: Re-indexing: {as_markdown(status.doing)}. Search goes on meanwhile.")
    elif status.passages and not status.is_complete and status.chosen and not at_work:
        st.info(f"{_lacking(status)} {_meanwhile(status)}", icon=":material/sync_problem:")
        _reindex_button("notice:reindex")
