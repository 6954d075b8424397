"""The writer's own style guide: one for all of their drafts."""

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from writer.domain.errors import UserMistake
from writer.domain.style_guide import OXFORD, VARIETIES, Ignored, Preferred, StyleGuide

_ARROW = "->"
_SHOWN = 60


def style_guide_form() -> None:
    guide = get_app().style_guides.of(current_actor())
    st.caption(
        "Used for every draft: the checks go by it, the style guide pass applies it, and models are told of it when "
        "they write or change something."
    )
    with st.form("style", border=False):
        terms = st.text_area(
            "Terms",
            "\n".join(f"{pair.unwanted} {_ARROW} {pair.wanted}" for pair in guide.preferred),
            key="style:terms",
            placeholder="e-mail -> email",
            help="One on each line: what is not wanted, an arrow, what to write instead.",
        )
        banned = st.text_area(
            "Never use", "\n".join(guide.banned), key="style:banned", help="One word or phrase on each line."
        )
        left, right = st.columns(2)
        variety = left.selectbox(
            "English spelling",
            [*VARIETIES],
            [*VARIETIES].index(guide.variety),
            lambda name: VARIETIES[name],
            key="style:variety",
        )
        comma = right.selectbox(
            "Oxford comma",
            [*OXFORD],
            [*OXFORD].index(guide.oxford_comma),
            lambda name: OXFORD[name],
            key="style:comma",
            help="The comma before the last item of a list: red, white, and blue.",
        )
        ignored = _ignored(guide)
        if st.form_submit_button("Save style guide", type="primary", icon=":material/save:"):
            with banners():
                _save(terms or "", banned or "", variety or "", comma or "", ignored)


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


def _save(terms: str, banned: str, variety: str, comma: str, ignored: tuple[Ignored, ...]) -> None:
    never = tuple(line.strip() for line in banned.splitlines() if line.strip())
    pairs = tuple(_pair(line) for line in terms.splitlines() if line.strip())
    get_app().style_guides.save(StyleGuide(pairs, never, variety, comma, ignored), current_actor())
    st.toast("Saved.")
    st.rerun()


def _pair(line: str) -> Preferred:
    unwanted, arrow, wanted = line.replace("→", _ARROW).partition(_ARROW)
    if not (arrow and unwanted.strip() and wanted.strip()):
        raise UserMistake(f"“{line.strip()}” is no pair of terms: write it as “e-mail {_ARROW} email”.")
    return Preferred(unwanted.strip(), wanted.strip())
