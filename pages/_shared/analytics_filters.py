"""The choices above the figures. The address holds them: each widget shows what stands there and writes it back."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from pages._shared import analytics_address as address
from pages._shared.analytics_address import Asked
from pages._shared.analytics_names import DIMENSIONS, STEPS, name_of
from writer.domain.analytics import LONGEST_BY_HOUR, Choices, Dimension
from writer.security.render import as_markdown

_PREFIX = "analytics:"


def draw_time(asked: Asked) -> None:
    _select("Time", "time", list(address.TIMES), asked.time, address.DEFAULT_TIME, address.TIMES.__getitem__, width=180)


def draw_days(asked: Asked) -> None:
    """The two days, where they are chosen by themselves; else nothing."""
    if asked.time == "dates":
        key = f"{_PREFIX}dates"
        st.session_state[key] = (asked.first, asked.last)
        st.date_input(
            "From and to",
            key=key,
            on_change=_days_chosen,
            args=(key,),
            width=260,
            min_value=address.FIRST_DAY,
            max_value=address.LAST_DAY,
        )


def draw_view(asked: Asked) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="measures"):
        _measure(asked)
        names = {name: DIMENSIONS[dimension] for name, dimension in address.BY.items()}
        _select("By", "by", list(names), asked.by, address.DEFAULT_BY, names.__getitem__, width=170)
        _step(asked)
        _select(
            "Compare with",
            "compare",
            list(address.COMPARE),
            asked.compare,
            address.DEFAULT_COMPARE,
            address.COMPARE.__getitem__,
            width=160,
            disabled=address.length_of(asked.wanted) is None,
        )
        if asked.compare == "date":
            key = f"{_PREFIX}compare_from"
            st.session_state[key] = asked.compare_from
            st.date_input(
                "From",
                key=key,
                on_change=_day_chosen,
                args=(key,),
                width=140,
                min_value=address.FIRST_DAY,
                max_value=address.LAST_DAY,
            )


def draw_filters(asked: Asked, choices: Choices) -> None:
    """Drawn for what there is: without drafts nothing asks for a draft."""
    label = f"Filters ({asked.narrowed})" if asked.narrowed else "Filters"
    with st.expander(label, expanded=bool(asked.narrowed), icon=":material/filter_list:", key=f"{_PREFIX}filters"):
        with st.grid(4, min_column_width=170):
            for name, field in address.FILTERS.items():
                _several(name, getattr(choices, field), [str(value) for value in getattr(asked.wanted, field)], choices)
            _from_cache(asked)
        if asked.narrowed:
            st.button("Take the filters away", key=f"{_PREFIX}unfilter", on_click=unfilter, type="tertiary")


def unfilter() -> None:
    for name in (*address.FILTERS, "cached"):
        address.write(name, "")


def say_ignored(asked: Asked) -> None:
    for sentence in asked.ignored:
        st.warning(as_markdown(sentence, 300), icon=":material/link_off:")


def _measure(asked: Asked) -> None:
    key = f"{_PREFIX}show"
    st.session_state[key] = asked.measure
    st.segmented_control(
        "Show",
        list(address.MEASURES),
        format_func=address.MEASURES.__getitem__,
        key=key,
        required=True,
        on_change=partial(_chosen, "show", key, address.DEFAULT_MEASURE),
    )


def _step(asked: Asked) -> None:
    length = address.length_of(asked.wanted)
    by_hour = length is not None and length <= LONGEST_BY_HOUR
    steps = {name: step for name, step in address.STEPS.items() if by_hour or name != "hour"}
    names = {name: f"Each {STEPS[step]}" for name, step in steps.items()}
    now = next(name for name, step in address.STEPS.items() if step is asked.step)
    _select("In steps of", "step", list(names), now, "", names.__getitem__, width=140)


def _select(
    label: str,
    name: str,
    options: Sequence[str],
    value: str,
    default: str,
    written: Callable[[str], str],
    *,
    width: int,
    disabled: bool = False,
) -> None:
    key = f"{_PREFIX}{name}"
    st.session_state[key] = value
    st.selectbox(
        label,
        options,
        format_func=written,
        key=key,
        width=width,
        disabled=disabled,
        label_visibility="collapsed" if name == "time" else "visible",
        on_change=partial(_chosen, name, key, default),
    )


def _several(name: str, options: Sequence[str], chosen: list[str], choices: Choices) -> None:
    if not options and not chosen:
        return
    key, dimension = f"{_PREFIX}in:{name}", address.BY[name]
    st.session_state[key] = chosen
    st.multiselect(
        DIMENSIONS[dimension],
        list(dict.fromkeys([*options, *chosen])),
        format_func=partial(_named, dimension, choices),
        key=key,
        placeholder="Any",
        on_change=partial(_chosen, name, key, ""),
    )


def _from_cache(asked: Asked) -> None:
    key = f"{_PREFIX}in:cached"
    st.session_state[key] = next((name for name, value in address.CACHED.items() if value is asked.wanted.cached), None)
    st.selectbox(
        DIMENSIONS[Dimension.CACHED],
        list(address.CACHED),
        index=None,
        format_func=str.capitalize,
        placeholder="Any",
        key=key,
        on_change=partial(_chosen, "cached", key, ""),
    )


def _named(dimension: Dimension, choices: Choices, key: str) -> str:
    return name_of(dimension, key, choices.labels.get(key, "") if dimension is Dimension.DRAFT else "")


def _chosen(name: str, key: str, default: str) -> None:
    """What is chosen by days stands in the address as days."""
    value = st.session_state[key]
    if name == "time":
        for day in ("from", "to"):
            address.write(day, "")
    if name == "compare":
        address.write("compare_from", "")
    address.write(name, value or "", default)


def _days_chosen(key: str) -> None:
    address.write("time", "dates")
    address.write_days("from", "to", st.session_state[key])


def _day_chosen(key: str) -> None:
    address.write("compare", "date")
    address.write_days("compare_from", "compare_from", [st.session_state[key]])
