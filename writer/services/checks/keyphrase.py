"""Where a keyphrase stands: word for word, in any case, with plural endings."""

import re
import unicodedata
from functools import lru_cache

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


@lru_cache(maxsize=256)
def pattern_of(keyphrase: str) -> re.Pattern[str]:
    """Nothing is matched where there is no word in the keyphrase."""
    words = re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", unicodedata.normalize("NFC", keyphrase))
    if not words:
        return re.compile(r"(?!)")
    if _CJK.search(keyphrase):
        return re.compile(re.escape("".join(keyphrase.split())), re.IGNORECASE)
    body = r"[\s\-‐‑]+".join(rf"{re.escape(word)}(?:s|es|['’]s)?" for word in words)
    return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)


def words_in(keyphrase: str) -> int:
    return len(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", keyphrase))
