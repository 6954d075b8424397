"""The writer's own style guides: the first for all drafts that choose no other."""

from dataclasses import replace

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from writer.domain.drafts import Draft
from writer.domain.errors import UserMistake
from writer.domain.style_guide import OXFORD, VARIETIES, Ignored, Preferred, StyleGuide
from writer.security.render import as_markdown, plain

_ARROW = "->"
_SHOWN = 60


def style_guide_form() -> None:
    st.caption(
        "The checks go by it, the style guide pass applies it, and models are told of it when they write or change "
        "something. A draft that chooses no other guide goes by the first."
    )
    names = names_of_guides()
    chosen = st.selectbox("Guide", list(names), format_func=names.__getitem__, key="style:guide")
    _draw_guide(chosen)
    if chosen:
        _draw_name(chosen, names[chosen])
    with st.expander("Add a style guide", icon=":material/add:"):
        _draw_adding()


def names_of_guides() -> dict[str, str]:
    """By id, the first one first."""
    return {one.id: plain(one.name, 80) for one in get_app().style_guides.listing(current_actor())}


def draw_guide_of(draft: Draft) -> None:
    """Which guide a draft goes by, where there is a choice."""
    names = names_of_guides()
    if len(names) == 1:
        return
    now = draft.brief.style_guide if draft.brief.style_guide in names else ""
    key = f"guide:{draft.id}:{draft.revision}"
    chosen = st.selectbox("Style guide of this draft", list(names), list(names).index(now), names.__getitem__, key=key)
    if chosen != now:
        get_app().style_guides.use(draft.id, chosen, current_actor())
        st.rerun()


def _draw_name(guide_id: str, name: str) -> None:
    guides, actor = get_app().style_guides, current_actor()
    with st.container(horizontal=True, vertical_alignment="bottom", key="style_name"):
        typed = st.text_input("Name of the guide", name, max_chars=80, key=f"style:name:{guide_id}")
        if st.button("Rename guide", icon=":material/check:", key=f"style:rename:{guide_id}"):
            with banners():
                guides.rename(guide_id, typed, actor)
                st.rerun()
        if st.button("Delete guide", icon=":material/delete:", type="tertiary", key=f"style:delete:{guide_id}"):
            with banners():
                guides.delete(guide_id, actor)
                st.rerun()


def _draw_adding() -> None:
    with st.form("style:add", border=False, clear_on_submit=True):
        name = st.text_input("Name of the new guide", key="style:new", max_chars=80, placeholder="House style")
        asked = st.form_submit_button("Add guide", icon=":material/add:")
    if asked:
        with banners():
            made = get_app().style_guides.add(name, current_actor())
            st.toast(f"“{as_markdown(made.name, 80)}” is empty so far. Choose it above to fill it in.")
            st.rerun()


def _draw_guide(guide_id: str) -> None:
    guide = get_app().style_guides.of(current_actor(), guide_id)
    own = f":{guide_id}" if guide_id else ""
    with st.form(f"style{own}", border=False):
        terms = st.text_area(
            "Terms",
            "\n".join(f"{pair.unwanted} {_ARROW} {pair.wanted}" for pair in guide.preferred),
            key=f"style:terms{own}",
            placeholder="e-mail -> email",
            help="One on each line: what is not wanted, an arrow, what to write instead.",
        )
        banned = st.text_area(
            "Never use", "\n".join(guide.banned), key=f"style:banned{own}", help="One word or phrase on each line."
        )
        left, right = st.columns(2)
        variety = left.selectbox(
            "English spelling",
            [*VARIETIES],
            [*VARIETIES].index(guide.variety),
            lambda name: VARIETIES[name],
            key=f"style:variety{own}",
        )
        comma = right.selectbox(
            "Oxford comma",
            [*OXFORD],
            [*OXFORD].index(guide.oxford_comma),
            lambda name: OXFORD[name],
            key=f"style:comma{own}",
            help="The comma before the last item of a list: red, white, and blue.",
        )
        ignored = _ignored(guide)
        if st.form_submit_button("Save style guide", type="primary", icon=":material/save:"):
            with banners():
                _save(guide_id, terms or "", banned or "", StyleGuide((), (), variety or "", comma or "", ignored))


def _ignored(guide: StyleGuide) -> tuple[Ignored, ...]:
    if not guide.ignored:
        return ()
    kept = st.multiselect(
        "Ignored findings",
        range(len(guide.ignored)),
        list(range(len(guide.ignored))),
        lambda n: _label(guide.ignored[n]),
        key=f"style:ignored:{len(guide.ignored)}",
        help="Take one out, and the checks show it again.",
    )
    return tuple(guide.ignored[n] for n in kept)


def _label(ignored: Ignored) -> str:
    return f"{ignored.check}: {ignored.text[:_SHOWN]}"


def _save(guide_id: str, terms: str, banned: str, rest: StyleGuide) -> None:
    never = tuple(line.strip() for line in banned.splitlines() if line.strip())
    pairs = tuple(_pair(line) for line in terms.splitlines() if line.strip())
    get_app().style_guides.save(replace(rest, preferred=pairs, banned=never), current_actor(), guide_id)
    st.toast("Saved.")
    st.rerun()


def _pair(line: str) -> Preferred:
    unwanted, arrow, wanted = line.replace("→", _ARROW).partition(_ARROW)
    if not (arrow and unwanted.strip() and wanted.strip()):
        raise UserMistake(f"“{line.strip()}” is no pair of terms: write it as “e-mail {_ARROW} email”.")
    return Preferred(unwanted.strip(), wanted.strip())
