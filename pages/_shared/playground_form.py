"""What is compared: the prompt, its variables, and who answers."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from pages._shared import place
from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.playground_place import show_comparison
from writer.domain.playground import FEWEST, MOST, Comparison, Contender
from writer.domain.prompt_library import (
    MAX_OUTPUT_TOKENS,
    MAX_TEMPERATURE,
    MAX_TEXT,
    MAX_VARIABLES,
    PromptText,
    SavedPrompt,
    variables_in,
)
from writer.security.render import plain

PROMPT, SYSTEM, KEPT, COUNT = "playground:prompt", "playground:system", "playground:kept", "playground:count"
_TEMPERATURES = (0.7, 1.2, 0.2, 1.6)
_WRITTEN_HERE = ""


def routes_known() -> list[str]:
    """Those in use first, then every model that the accounts name."""
    app, actor = get_app(), current_actor()
    offered = [f"{account.name}:{model}" for account in app.providers.accounts(actor) for model in account.models]
    return list(dict.fromkeys([*app.providers.routes(actor), *offered]))


def no_routes() -> None:
    with st.container(horizontal_alignment="center", key="playground:empty", gap="medium"):
        st.space("small")
        st.header("Compare what models make of the same prompt", anchor=False, text_alignment="center")
        st.markdown(
            "This needs a model: the built-in drafter quotes sources and cannot answer prompts. Add a provider in "
            "Settings, such as a server on your own machine. With one model, compare it at two temperatures.",
            text_alignment="center",
        )
        if st.button("Add a provider", type="primary", icon=":material/settings:", key="playground:settings"):
            place.go_to(place.SETTINGS)


def draw_form(routes: Sequence[str], keep: Callable[[], None]) -> None:
    """`keep` is for a prompt that worked."""
    _pick_kept()
    st.text_area(
        "Prompt",
        key=PROMPT,
        height=130,
        max_chars=MAX_TEXT,
        placeholder="Explain {{subject}} to a neighbour in three sentences.",
        persist_state="session",
    )
    with st.expander("System text", expanded=bool(st.session_state.get(SYSTEM)), icon=":material/tune:"):
        st.text_area("What holds for every reply", key=SYSTEM, height=90, max_chars=MAX_TEXT, persist_state="session")
    values = _variables()
    count = min(MOST, max(FEWEST, int(st.session_state.get(COUNT, FEWEST))))
    contenders = [_contender(number, routes) for number in range(count)]
    with st.container(horizontal=True, vertical_alignment="center", key="playground:actions"):
        asked = st.button("Compare", type="primary", icon=":material/compare_arrows:", key="playground:compare")
        st.button(
            "Add a route",
            icon=":material/add:",
            disabled=count == MOST,
            key="playground:more",
            on_click=_more,
            args=(1,),
        )
        if count > FEWEST:
            st.button("Remove the last", icon=":material/remove:", key="playground:fewer", on_click=_more, args=(-1,))
        blind = st.toggle(
            "Hide names and vote",
            key="playground:blind",
            persist_state="session",
            help="Who wrote which reply is told once you have voted. Only such votes make ratings.",
        )
        st.space("stretch")
        kept = st.button("Keep this prompt", icon=":material/bookmark:", type="tertiary", key="playground:keep")
    if kept:
        with banners():
            keep()
    if asked:
        with banners():
            prompt = prompt_written(contenders[0])
            mark = _mark_of(prompt)
            made = get_app().playground.compare(
                prompt, contenders, current_actor(), values=values, blind=blind, prompt_mark=mark
            )
            show_comparison(made.id)
            st.rerun()


def prompt_written(first: Contender | None = None) -> PromptText:
    """What stands in the form, with the parameters of the first column."""
    first = first or _chosen(0)
    user, system = (str(st.session_state.get(key) or "") for key in (PROMPT, SYSTEM))
    return PromptText(user, system, first.temperature, first.max_output_tokens)


def fill_form(prompt: PromptText, kept: str = _WRITTEN_HERE) -> None:
    """Called before the form is drawn, or by a callback."""
    st.session_state[PROMPT], st.session_state[SYSTEM], st.session_state[KEPT] = prompt.user, prompt.system, kept
    st.session_state["playground:temperature:0"] = prompt.temperature
    st.session_state["playground:length:0"] = prompt.max_output_tokens


def fill_from(comparison: Comparison) -> None:
    """All of it, to change something and compare again."""
    fill_form(comparison.prompt)
    st.session_state[COUNT] = len(comparison.contenders)
    st.session_state["playground:blind"] = comparison.blind
    for name, value in comparison.values.items():
        st.session_state[f"playground:value:{name}"] = value
    for number, one in enumerate(sorted(comparison.contenders, key=lambda one: (one.route, one.temperature))):
        st.session_state[f"playground:route:{number}"] = one.route
        st.session_state[f"playground:temperature:{number}"] = one.temperature
        st.session_state[f"playground:length:{number}"] = one.max_output_tokens


def _pick_kept() -> None:
    kept = {one.id: one for one in get_app().prompts.search(current_actor())}
    if not kept:
        return
    if st.session_state.get(KEPT) not in kept:
        st.session_state[KEPT] = _WRITTEN_HERE
    st.selectbox(
        "Saved prompt",
        [_WRITTEN_HERE, *kept],
        format_func=lambda id_: path_of(kept[id_]) if id_ in kept else "Written here",
        key=KEPT,
        on_change=_take_kept,
        persist_state="session",
    )


def _take_kept() -> None:
    with banners():
        if id_ := st.session_state.get(KEPT):
            fill_form(get_app().prompts.get(id_, current_actor()).latest.text, id_)


def path_of(prompt: SavedPrompt) -> str:
    folder = f"{prompt.place.folder}/" if prompt.place.folder else ""
    return plain(f"{folder}{prompt.place.name}", 100)


def _mark_of(prompt: PromptText) -> str:
    """Only where the kept prompt's words were not changed here."""
    id_ = st.session_state.get(KEPT)
    if not id_:
        return ""
    kept = get_app().prompts.get(id_, current_actor())
    same = (kept.latest.text.user, kept.latest.text.system) == (prompt.user, prompt.system)
    return kept.mark if same else ""


def _variables() -> Mapping[str, str]:
    """Without those that were left empty: the service says which are missing."""
    names = variables_in(*(str(st.session_state.get(key) or "") for key in (SYSTEM, PROMPT)))
    values: dict[str, str] = {}
    with st.container(horizontal=True, key="playground:variables"):
        for name in names[:MAX_VARIABLES]:
            key = f"playground:value:{name}"
            values[name] = st.text_area(name, key=key, height=68, persist_state="session", width=280)
    return {name: value for name, value in values.items() if value}


def _contender(number: int, routes: Sequence[str]) -> Contender:
    default = routes[number % len(routes)]
    chosen = st.session_state.get(f"playground:route:{number}")
    options = list(dict.fromkeys([*routes, *([chosen] if chosen else [])]))
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"playground:contender:{number}"):
        st.selectbox(
            f"Route {number + 1}",
            options,
            index=options.index(default),
            key=f"playground:route:{number}",
            accept_new_options=True,
            persist_state="session",
        )
        st.number_input(
            f"Temperature {number + 1}",
            0.0,
            MAX_TEMPERATURE,
            _TEMPERATURES[number] if len(routes) <= number else _TEMPERATURES[0],
            0.1,
            key=f"playground:temperature:{number}",
            width=140,
            persist_state="session",
        )
        st.number_input(
            f"Longest reply {number + 1}",
            1,
            MAX_OUTPUT_TOKENS,
            1024,
            256,
            key=f"playground:length:{number}",
            width=150,
            help="In tokens: three quarters of a word each, about.",
            persist_state="session",
        )
    return _chosen(number)


def _chosen(number: int) -> Contender:
    values = st.session_state
    return Contender(
        str(values.get(f"playground:route:{number}") or ""),
        float(values.get(f"playground:temperature:{number}", _TEMPERATURES[0])),
        int(values.get(f"playground:length:{number}", 1024)),
    )


def _more(by: int) -> None:
    st.session_state[COUNT] = min(MOST, max(FEWEST, int(st.session_state.get(COUNT, FEWEST)) + by))
