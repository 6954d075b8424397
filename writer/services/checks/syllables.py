"""How many syllables an English word has, by its spelling.

A rule of thumb: groups of vowels, less what is silent, plus what is two sounds, with the commonest words that break the
rules listed. Dictionaries of pronunciation would be better by a few words in a hundred; those that exist may not be
shipped, or have to be downloaded.
"""

import re
from functools import cache, lru_cache

from writer.services.checks.wording import wording

_PLURAL = re.compile(r"[^cszx]es$|[^es]s$")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(
    r"[^aeiouyl]e$|[aeiouy]le$"  # "made", "while"; not "table"
    r"|(?<![^aeiouyl]l)(?<![aeiouytd])ed$|[gq]ue$"  # "asked", "league"; not "wanted", "settled"
    r"|(?<![scgxzh])(?<![aeiouy])(?<![^aeiouy]l)es$|thes$"  # "makes"; not "boxes", "tables"
)
_SILENT_INSIDE = re.compile(r"[aeiouy][^aeiouy]+e(?=(?:ly|less|ness|ful|ment|some|ty)s?$)")  # "lonely", "safety"
_TWO = re.compile(
    r"(?<![ctsg])ia[nl]|ia(?![nlg])|(?<![tcgx])iou|(?<![tcgsx])(?<!ll)(?<!n)io(?!u)|(?<=[ts])io$|iu|ii"
    r"|(?<![ctgs])ien[ct]|sci(?=e)|iet|[^c]ier$|[^c]iest$"  # "audience", "science", "quiet", "easier"
    r"|(?<![qg])ua|(?<![q])uou|(?<![qg])uen[ct]|(?<![qg])uel|ui(?:ty|ng|st)"  # "actual", "continuous", "influence"
    r"|(?<!g)eous|eo$|^geo(?!rge)|crea(?!m|k|se|tur)|^rea(?:ct|li|ff)|oyee|[eou]ing|(?<![aeiou])ying"
    r"|(?<=[aeiou])y(?=[aeiou])(?!e[ds]$)|poe[mt]|chao|[st]h?m$(?<!tm)|[ds]n't$"
)


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """At least one. Digits and acronyms are read as one word."""
    bare = word.casefold().replace("’", "'").removesuffix("'s").removesuffix("'")
    if listed := _listed().get(bare) or (_listed().get(bare[:-1], 0) if _PLURAL.search(bare) else 0):
        return listed
    count = len(_VOWELS.findall(bare)) - bool(_SILENT.search(bare)) - bool(_SILENT_INSIDE.search(bare))
    return max(1, count + len(_TWO.findall(bare)))


@cache
def _listed() -> dict[str, int]:
    return {word: count for count, words in wording("syllables-en").items() for word in words.split()}
