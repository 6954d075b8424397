"""What the finished body is told to mend: repetitions, figures given twice, and, while at it, spellings."""

from collections.abc import Mapping, Sequence

from writer.services.articles.consistency import repeated_figures, term_variants
from writer.services.articles.overlap import overlaps

_SHOWN = 220


def faults_by_section(texts: Sequence[tuple[str, str]], headings: Mapping[str, str]) -> dict[str, list[str]]:
    """(key, text) in reading order → sentences for the later section of each pair, by its key, in reading order."""
    found: dict[str, list[str]] = {key: [] for key, _ in texts}
    for shared in overlaps(texts):
        found[shared.later].append(
            f"“{shared.words[:_SHOWN]}” stands almost word for word in the section “{headings[shared.earlier]}”."
        )
    for twice in repeated_figures(texts):
        found[twice.later].append(
            f"The figure {twice.what} is given in the section “{headings[twice.earlier]}”; do not give it again."
        )
    mending = {key: faults for key, faults in found.items() if faults}
    for variant in term_variants(texts):
        # A spelling alone is no reason to pay for a rewriting.
        if variant.later in mending:
            mending[variant.later].append(f"Spell it one way: {variant.what}.")
    return mending
