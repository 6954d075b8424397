"""What must not be quoted: captions, references, boilerplate, chatter, fragments, sentences that lean on another one.

Rules are English where they name words; a text in another language passes them and is judged by its shape alone.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

FEWEST_WORDS = 6
MOST_WORDS = 60
MOST_CHARACTERS = 450

_BACK_MATTER = re.compile(
    r"""^(?:\W|\d)*(?:(?:list\sof\s)?references?(?:\scited|\sand\snotes)?|bibliography|(?:works|literature)\scited|literature
    |(?:further|suggested|additional)\sreading|(?:external|related|useful|see\salso)\s?links?|see\salso|(?:foot|end)?notes
    |sources|citations?|acknowledge?ments?|(?:table\sof\s)?contents|index|glossary|about\s(?:us|the\sauthors?|this\s\w+)
    |contact(?:\sus)?|(?:photo|image|picture)?\s?credits?|copyright(?:\snotice)?|licen[cs]e|disclaimer|cookies?(?:\s\w+)?
    |privacy(?:\spolicy)?|terms(?:\sof\s(?:use|service))?|share\sthis|comments|subscribe|newsletter|navigation|menu
    |(?:list\sof\s)?(?:figures|tables)|revision\shistory|changelog|imprint|colophon)(?:\W|\d)*$""",
    re.IGNORECASE | re.VERBOSE,
)
_CAPTION = re.compile(
    r"""^\W*(?:(?:fig(?:ure)?|tables?|chart|graph|map|plate|exhibit|box|diagram|illustration|appendix|equation|listing)
    \.?\s*(?:\d|[IVX]+\b|[A-Z]?\d*[.:])
    |(?:photo(?:graph)?|image|picture|illustration|credit|source|caption|video|infographic)s?(?:\s\w+)?\s*[:©]
    |(?:above|below|left|right|pictured|clockwise|top|bottom)(?:\s\w+)?\s*[:,]|photo(?:graph)?\s(?:by|courtesy))""",
    re.IGNORECASE | re.VERBOSE,
)
_POINTS_ELSEWHERE = re.compile(
    r"""\((?:see|cf\.?|fig|figure|table|photo|image)\b|\bsee\s(?:also|below|above|fig|figure|table|section|chapter|page|the\snext)\b
    |\b(?:shown|listed|described|discussed|mentioned|outlined|noted|given|defined|explained|seen|summari[sz]ed)\s
       (?:\w+\s)?(?:above|below|earlier|previously|(?:in|by)\s(?:the\s)?(?:fig|figure|table|section|chapter|appendix|box))\b
    |\b(?:fig(?:ure)?s?|tables?)\s\d|\bthe\sfollowing\b|\bas\sfollows\b|\b(?:aforementioned|former|latter)\b
    |\b(?:above|below)-mentioned\b|\bthe\s\w+\s(?:above|below)\b(?!\s(?:the|a|an|ground|sea|zero|it|\d))|\b(?:this|next|previous|preceding)\s(?:section|chapter|article|page|document|guide|post|note|text|collection)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_BOILERPLATE = re.compile(
    r"""cookies?\b.*\b(?:accept|use|polic|prefer|browser|consent|setting|site)|(?:accept|use|polic|consent)\w*\b.*\bcookies?\b
    |privacy\s(?:policy|notice|statement)|all\srights\sreserved|©|\(c\)\s*\d{4}|\bcopyright\b|terms\s(?:of\s(?:use|service)|and\sconditions)
    |\b(?:subscribe|unsubscribe|newsletter|sign\sup|log\s?in|sign\sin|click|tap)\b.*(?:\b(?:here|now|today|us|our|your|for|to|below)\b|$)
    |\bread\smore\b|skip\sto\s(?:main\s)?content|back\sto\s(?:the\s)?top|follow\sus|share\s(?:this|on)\b|\bjavascript\b
    |powered\sby\b|last\s(?:updated|modified|reviewed)|print\sthis|table\sof\scontents|for\s(?:more|further)\sinformation
    |\bcontact\sus\b|please\s(?:contact|visit|note|see|cite|e-?mail|call)|\be-?mail\s(?:us|the)|opens\sin\sa\snew|reproduced\s(?:with|by)
    |(?:with|by)\s(?:kind\s)?permission\b|this\s(?:work|document|text)\sis\s(?:licen[cs]ed|distributed|in\sthe\spublic)|lorem\sipsum|^\W*advertisement""",
    re.IGNORECASE | re.VERBOSE,
)
_REFERENCE = re.compile(
    r"""\bdoi\b|\b10\.\d{4,9}/|\bisbn\b|\bissn\b|\barxiv\b|\bpmid\b|\bibid\b|\bop\.\scit\b|\bretrieved\s(?:on|from|\d)|\baccessed\s(?:on|\d)
    |\bvol(?:ume)?\.?\s?\d+.*\b(?:pp?|no)\.?\s?\d|\bpp\.\s?\d+\s?[-–]\s?\d+|\(eds?\.\)|\bin:\s[A-Z]
    |^\W*[A-Z][\w'’-]+,\s(?:[A-Z]\.\s?)+.*\(?(?:19|20)\d\d|^\W*\[?\d{1,3}[\].]\s*[A-Z][\w'’-]+,?\s[A-Z]\.""",
    re.IGNORECASE | re.VERBOSE,
)
_FIRST_PERSON = re.compile(
    r"(?<![\w.])(?:I(?!\.|\s?[A-Z\d]|V)|I['’](?:m|ve|d|ll)|[Ww]e|[Ww]e['’](?:re|ve|d|ll)|[Oo]urs?|[Mm]y|[Mm]e|[Mm]ine|us|"
    r"[Ll]et['’]s|[Oo]urselves|[Mm]yself)(?![\w'’])"
)
_PRONOUN_FIRST = re.compile(
    r"""^\W*(?:it|its|it['’]s|this|that|these|those|they|their|theirs|them|they['’]re|he|she|his|her|hers|him|such|both|neither
    |either|each|one|some|others?|another|all|most|many|few|several|none|here|the\s(?:former|latter|same|other|others|result
    |results|reason|second|third|last|above|two|three|idea|aim|answer|former)|same)\b(?!\s(?:in\s\w+\s\w+s|of\sthe\s\w+))""",
    re.IGNORECASE | re.VERBOSE,
)
_FREE_QUANTIFIER = re.compile(
    r"^\W*(?:each|some|all|most|many|few|several|one)\s(?:of\s(?:the\s)?)?(?:\d|[a-z]{4,})", re.IGNORECASE
)
_DEPENDENT_START = re.compile(
    r"""^\W*(?:however|but|and|or|so|yet|nor|also|moreover|furthermore|besides|therefore|thus|hence|consequently|accordingly
    |instead|nevertheless|nonetheless|otherwise|likewise|similarly|conversely|meanwhile|then|still|again|indeed|finally
    |next|second(?:ly)?|third(?:ly)?|first(?:ly)?,|lastly|additionally|alternatively|afterwards?|thereafter|there\sagain|too|even\sso|that\ssaid
    |because\sof\s(?:this|that|it)|as\s(?:a\s(?:result|consequence)|such|well)|in\s(?:addition|contrast|turn|fact|short|sum|other\swords
    |this|that|these|those|both|such|each\scase|response|particular|comparison|conclusion|summary)|by\s(?:contrast|comparison|then|that|this)
    |on\s(?:the\sother\shand|the\scontrary|top\sof)|at\s(?:the\ssame\stime|that|this|the\stime)|for\s(?:example|instance|this|that|these|those)
    |to\s(?:this|that|do\s(?:this|so|that))|with\s(?:this|that|these)|after\s(?:this|that|which)|from\s(?:this|that|then|there)|under\sthis
    |of\s(?:these|those|this|them)|among\s(?:these|those|them)|despite\s(?:this|that|these)|since\sthen|until\sthen|more\simportantly
    |not\sonly\sthat|rather|overall|which|who|whose|whom|where\sas|whereas|(?:a|the)\s(?:similar|further|second|third)\b|like\s(?:this|that|these))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_TALKS_TO_THE_PAGE = re.compile(
    r"^\W*(?:(?:click|tap|read|see|find|learn|download|watch|visit|join|follow|discover|check|listen|browse|sign|note|imagine|picture|think|"
    r"consider|recall|remember)\b(?!\w*ing)|welcome\b|thanks?\b|hello\b|dear\b|ok\b|well,|sure\b|yes\b|no,)",
    re.IGNORECASE,
)
_WEB_ADDRESS = re.compile(r"https?://|\bwww\.|\S+@\S+\.\w|(?<!\w)\+?\d[\d ()-]{8,}\d")
_MARK_UP = re.compile(r"[{}<>|\\^`]|\*\*|__|!\[|\]\(|\[\[|^\W*#|={2,}|-{3,}|\.{4,}")
_ENDS = re.compile(r"""[.!…]["'”’)\]]*(?:\[[\d,–\s-]+\])?$""")
_STARTS = re.compile(r"""^["'“‘(\[]*(?:[A-Z0-9À-ÞΑ-ΩЀ-Я€$£]|[^\x00-\u024f])""")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_WORD = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*")
_LETTER = re.compile(r"[^\W\d_]")


_OBJECT_PRONOUN_FIRST = re.compile(
    r"^\W*(?:(?:do\s|does\s|did\s)?not\s|don['’]t\s|never\s|always\s|to\s)?[a-z]+\s(?:it|them|this|these|those|they)\b",
    re.IGNORECASE,
)


def is_back_matter(heading_path: Sequence[str]) -> bool:
    """Reference lists, credits, contents, imprint: parts of a document that hold nothing to quote."""
    return any(_BACK_MATTER.match(heading) for heading in heading_path)


def leans_on_another(sentence: str) -> bool:
    """Opens with a pronoun or a connective whose other half stands in a sentence before it."""
    if _DEPENDENT_START.match(sentence) or _OBJECT_PRONOUN_FIRST.match(sentence):
        return True
    return bool(_PRONOUN_FIRST.match(sentence)) and not _FREE_QUANTIFIER.match(sentence)


def fault(sentence: str) -> str:
    """Why this sentence must not be quoted on any account, in a word or two; "" when nothing speaks against it."""
    for reason, found in _FAULTS:
        if found(sentence):
            return reason
    return ""


def spoil_their_paragraph(sentences: Sequence[str]) -> bool:
    """Where one is a reference, boilerplate or a caption, so is the rest of the paragraph, looks aside. References are
    looked for across sentences: their full stops cut them to pieces."""
    couples = (f"{first} {second}" for first, second in pairwise(sentences))
    return any(_REFERENCE.search(text) for text in couples) or any(
        _CAPTION.match(text) or _BOILERPLATE.search(text) or _REFERENCE.search(text) for text in sentences
    )


def _is_too_short_or_long(sentence: str) -> bool:
    count = len(_WORD.findall(sentence))
    spaceless = not sentence.isascii() and count < FEWEST_WORDS <= len(_LETTER.findall(sentence)) // 3
    return not (FEWEST_WORDS <= count <= MOST_WORDS or spaceless) or len(sentence) > MOST_CHARACTERS


def _is_a_fragment(sentence: str) -> bool:
    ends = _ENDS.search(sentence) or sentence[-1:] in "。！।؟"
    return not _STARTS.match(sentence) or not ends or _is_unbalanced(sentence)


def _is_unbalanced(sentence: str) -> bool:
    german = sentence.count("„")
    if german and german != sentence.count("“") + sentence.count("”"):
        return True
    pairs = (("(", ")"), ("[", "]"), *(() if german else (("“", "”"),)))
    return any(sentence.count(a) != sentence.count(b) for a, b in pairs) or sentence.count('"') % 2 == 1


def _is_debris(sentence: str) -> bool:
    """Tables, running heads and lists of names that lost their layout."""
    visible = [c for c in sentence if not c.isspace()]
    letters = [c for c in visible if c.isalpha()]
    found = _WORD.findall(sentence)
    titled = sum(word[0].isupper() for word in found[1:])
    return (
        len(letters) < 0.65 * len(visible)
        or sum(c.isupper() for c in letters) > 0.4 * len(letters)
        or titled > 0.6 * max(1, len(found) - 1)
        or sentence.count(",") + sentence.count(";") > len(found) / 3
    )


def _has_hidden_characters(sentence: str) -> bool:
    """Control and direction marks: what is seen would not be what is there."""
    return any(
        unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs"} and c not in "\u00ad\u200d\u200c\n\t" for c in sentence
    )


def _is_first_person(sentence: str) -> bool:
    return bool(_FIRST_PERSON.search(_QUOTED.sub(" ", sentence)))


_FAULTS = (
    ("hidden characters", _has_hidden_characters),
    ("length", _is_too_short_or_long),
    ("caption", lambda s: bool(_CAPTION.match(s))),
    ("mark-up", lambda s: bool(_MARK_UP.search(s))),
    ("fragment", _is_a_fragment),
    ("question", lambda s: s.rstrip("\"'”’)").endswith(("?", "？"))),
    ("reference", lambda s: bool(_REFERENCE.search(s))),
    ("boilerplate", lambda s: bool(_BOILERPLATE.search(s))),
    ("address", lambda s: bool(_WEB_ADDRESS.search(s))),
    ("chatter", lambda s: bool(_TALKS_TO_THE_PAGE.match(s))),
    ("first person", _is_first_person),
    ("points elsewhere", lambda s: bool(_POINTS_ELSEWHERE.search(s))),
    ("debris", _is_debris),
)
