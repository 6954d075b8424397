"""The measure that was chosen: over time, and by whom or for what."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from pages._shared import charts
from pages._shared.analytics_address import BY, Asked
from pages._shared.analytics_answers import Answers, end_of, narrowed, of_step
from pages._shared.analytics_calls import Look, look_at
from pages._shared.analytics_names import (
    DIMENSIONS,
    MEASURES,
    STEPS,
    change,
    cost,
    moment,
    name_of,
    per_word,
    span,
    words,
)
from pages._shared.charts import Series
from pages._shared.text import counted
from writer.domain.analytics import Dimension, Figures, Filter, Group, Point, Step
from writer.security.render import as_markdown

MOST_SERIES, MOST_BARS, MOST_ROWS = 5, 12, 50
_OTHERS = "Others"
Pick = Look | None


def draw_over_time(answers: Answers, asked: Asked) -> None:
    measure, step, divided = MEASURES[asked.measure], asked.step, asked.divided
    title = f"{measure.title} by {STEPS[step]}" + (f", by {DIMENSIONS[divided].lower()}" if divided else "")
    series = _divided(answers, asked, divided) if divided else [_whole(answers, asked)]
    if all(value is None for one in series for value in one.values):
        st.markdown(f"**{title}**")
        st.caption(_unknown(asked))
        return
    charts.over_time(
        title,
        [],
        [*series, *_before(answers, asked)],
        key=f"time:{asked.measure}",
        step=step,
        unit=measure.unit,
        words=_told(title, answers, asked),
        span=(asked.wanted.since, asked.wanted.until),
        on_pick=look_at,
    )
    st.caption(_hint(answers.totals(asked.wanted), asked))


def _whole(answers: Answers, asked: Asked) -> Series[Pick]:
    return _bars(answers.series(asked.wanted, asked.step), asked, ("",), MEASURES[asked.measure].title)


def _divided(answers: Answers, asked: Asked, by: Dimension) -> list[Series[Pick]]:
    keys, names = [group.key for group in _ranked(answers, asked)], _names(answers, asked)
    if by is Dimension.DRAFT and len(keys) > MOST_SERIES + 1:
        return _most_drafts(answers, asked, [key for key in keys if key][:MOST_SERIES], names)
    points = answers.series(asked.wanted, asked.step, by)
    shown, rest = (keys, []) if len(keys) <= MOST_SERIES + 1 else (keys[:MOST_SERIES], keys[MOST_SERIES:])
    series = [_bars(points, asked, (key,), names[key]) for key in shown]
    return [*series, _bars(points, asked, tuple(rest), _OTHERS)] if rest else series


def _most_drafts(answers: Answers, asked: Asked, keys: list[str], names: dict[str, str]) -> list[Series[Pick]]:
    """There may be thousands of drafts: the others are what is left of the whole, and cannot be clicked on."""
    only = narrowed(asked.wanted, Dimension.DRAFT, tuple(keys)) or asked.wanted
    points = answers.series(only, asked.step, Dimension.DRAFT)
    whole, shown = _whole(answers, asked), _bars(points, asked, tuple(keys), _OTHERS)
    taken = dict(zip(shown.moments or (), shown.values, strict=True))
    rest = [
        None if value is None else max(0.0, value - (taken.get(at) or 0))
        for at, value in zip(whole.moments or (), whole.values, strict=True)
    ]
    series = [_bars(points, asked, (key,), names[key]) for key in keys]
    return [*series, Series(_OTHERS, rest, [None] * len(rest), moments=whole.moments)]


def _bars(points: Sequence[Point], asked: Asked, keys: tuple[str, ...], name: str) -> Series[Pick]:
    """One series of the keys together."""
    measure = MEASURES[asked.measure]
    found: dict[datetime, float | None] = {}
    for point in points:
        if point.key in keys:
            value, so_far = measure.value(point.figures), found.get(point.at)
            found[point.at] = value if so_far is None else so_far + (value or 0)
    picks = [_look(asked, keys, name, of_step(asked.wanted, at, asked.step), moment(at, asked.step)) for at in found]
    return Series(name, list(found.values()), picks, moments=list(found))


def _look(asked: Asked, keys: tuple[str, ...], name: str, wanted: Filter, when: str) -> Pick:
    if asked.divided is None:
        return Look(wanted, when)
    only = narrowed(wanted, asked.divided, keys)
    return Look(only, f"{name}, {when}") if only else None


def _before(answers: Answers, asked: Asked) -> list[Series[Pick]]:
    """The other time's sums, laid over this one's. Months are not alike, so theirs cannot be."""
    wanted, other, measure = asked.wanted, asked.other, MEASURES[asked.measure]
    if not (other and other.since and other.until and wanted.since) or asked.step is Step.MONTH:
        return []
    found = {point.at: measure.value(point.figures) for point in answers.series(other, asked.step)}
    if not found:
        return []
    moments, at = [], other.since.replace(minute=0)
    while at < other.until:
        moments.append(at)
        at = end_of(at, asked.step)
    shifted = [at + (wanted.since - other.since) for at in moments]
    name = "The time before" if asked.compare == "before" else "The other time"
    return [Series(name, [found.get(at, 0) for at in moments], kind="dotted", moments=shifted)]


def draw_breakdown(answers: Answers, asked: Asked) -> None:
    """By the day nothing more is drawn: that is the chart above."""
    by, measure = asked.dimension, MEASURES[asked.measure]
    groups = _ranked(answers, asked) if asked.divided else answers.groups(asked.wanted, by)
    names = _names(answers, asked)
    looks = [_look_of(asked, group.key, names[group.key]) for group in groups]
    if any(measure.value(group.figures) is not None for group in groups):
        if by is not Dimension.DAY:
            _chart(asked, groups, [names[group.key] for group in groups], looks)
    else:
        st.markdown(f"**{measure.title} by {DIMENSIONS[by].lower()}**")
        st.caption(_unknown(asked))
    _table(answers, asked, groups, names)
    _look_into([look for look in looks if look])


def _chart(asked: Asked, groups: Sequence[Group], names: Sequence[str], looks: Sequence[Pick]) -> None:
    measure = MEASURES[asked.measure]
    title = f"{measure.title} by {DIMENSIONS[asked.dimension].lower()}"
    key = f"by:{asked.by}:{asked.measure}"
    values = [measure.value(group.figures) for group in groups]
    told = [f"{name}: {measure.written(group.figures)}" for name, group in zip(names, groups, strict=True)]
    if asked.dimension is Dimension.HOUR:
        hours: list[Series[Pick]] = [Series(measure.title, values)]
        charts.in_order(title, names, hours, key=key, unit=measure.unit, words=". ".join([title, *told]))
        return
    charts.ranked(
        title,
        names[:MOST_BARS],
        [Series(measure.title, values[:MOST_BARS], looks[:MOST_BARS])],
        key=key,
        unit=measure.unit,
        words=". ".join([title, *told[:MOST_BARS]]),
        on_pick=look_at,
    )


def _table(answers: Answers, asked: Asked, groups: Sequence[Group], names: dict[str, str]) -> None:
    then = {group.key: group.figures for group in answers.groups(asked.other, asked.dimension)} if asked.other else {}
    rows = [
        {
            DIMENSIONS[asked.dimension]: as_markdown(names[group.key], 60),
            **{title: as_markdown(text, 40) for title, text in cells(group.figures).items()},
            **(_differences(asked, group.figures, then.get(group.key, Figures())) if asked.other else {}),
        }
        for group in groups[:MOST_ROWS]
    ]
    st.table(rows, border="horizontal", hide_index=True, alt=f"Figures by {DIMENSIONS[asked.dimension].lower()}")
    if len(groups) > MOST_ROWS:
        st.caption(f"The first {MOST_ROWS} of {len(groups)}. The CSV file has all of them.")


def cells(figures: Figures) -> dict[str, str]:
    return {
        "Calls": f"{figures.calls:,}",
        "Failed": f"{figures.failed:,}",
        "Tokens read": f"{figures.input_tokens:,}",
        "Tokens written": f"{figures.output_tokens:,}",
        "Cost": cost(figures).replace("≥ ", "≥"),  # so that no line ends between them
        "Words kept": words(figures),
        "Cost of a kept word": per_word(figures),
    }


def _differences(asked: Asked, now: Figures, then: Figures) -> dict[str, str]:
    measure = MEASURES[asked.measure]
    difference = change(measure.value(now), measure.value(then)) or ("new" if not then.calls else "n/a")
    return {
        f"{measure.title} {'before' if asked.compare == 'before' else 'then'}": as_markdown(measure.written(then), 40),
        "Change": as_markdown(difference, 20),
    }


def _look_into(looks: Sequence[Look]) -> None:
    """What a click on a bar does, for whoever uses no mouse."""
    if not looks:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="look_into"):
        place = st.selectbox(
            "Calls of", range(len(looks)), format_func=lambda n: looks[n].of, key="analytics:look_into", width=320
        )
        if st.button("Show the calls", key="analytics:show_calls"):
            look_at(looks[place])


def _look_of(asked: Asked, key: str, name: str) -> Pick:
    only = narrowed(asked.wanted, asked.dimension, (key,))
    return Look(only, name) if only else None


def _ranked(answers: Answers, asked: Asked) -> list[Group]:
    """Most first, by the measure that is shown."""
    measure = MEASURES[asked.measure]
    groups = answers.groups(asked.wanted, BY[asked.by])
    return sorted(groups, key=lambda group: -(measure.value(group.figures) or 0))


def _names(answers: Answers, asked: Asked) -> dict[str, str]:
    """Names that are alike (two drafts with one title) get a number: a chart would take them for one."""
    names: dict[str, str] = {}
    for group in answers.groups(asked.wanted, asked.dimension):
        name = name_of(asked.dimension, group.key, group.label)
        taken = set(names.values())
        names[group.key] = next(n for n in (name, *(f"{name} ({i})" for i in range(2, 600))) if n not in taken)
    return names


def _unknown(asked: Asked) -> str:
    if asked.measure == "cost":
        return "No call in this time has a known price: the cost is n/a."
    if asked.step is Step.HOUR or asked.time == "24h":
        return "Words kept are known by the day. Choose whole days, in steps of days or months."
    return f"{MEASURES[asked.measure].title} cannot be told apart by {DIMENSIONS[asked.dimension].lower()}."


def _hint(total: Figures, asked: Asked) -> str:
    said = "Times are UTC. Click on a bar to see its calls."
    if asked.measure == "cost" and total.unpriced:
        said += f" {counted(total.unpriced, 'call')} without a known price are missing."
    return said


def _told(title: str, answers: Answers, asked: Asked) -> str:
    measure, total = MEASURES[asked.measure], answers.totals(asked.wanted)
    names = _names(answers, asked) if asked.divided else {}
    said = [f"{title}, {span(asked.wanted.since, asked.wanted.until)} UTC", f"In all {measure.written(total)}"]
    if asked.divided:
        top = _ranked(answers, asked)[:MOST_SERIES]
        said += [f"{names[group.key]}: {measure.written(group.figures)}" for group in top]
    steps = answers.series(asked.wanted, asked.step)
    most = max(steps, key=lambda point: measure.value(point.figures) or 0, default=None)
    if most:
        said.append(f"Highest: {measure.written(most.figures)}, {moment(most.at, asked.step)}")
    return ". ".join(said) + "."
