"""Rhetorical roles: what a heading asks of a sentence beyond being on the topic.

An embedding tells what a sentence is about, not what it does with it: "Risks" and "Benefits" of one thing look alike to
it. The words below are the tell-tales that it misses. English; other languages go without.
"""

import re
from functools import lru_cache

from writer.domain.text import words
from writer.services.extractive.language import STOP_WORDS

_ROLES: dict[str, tuple[str, str]] = {
    # role: (words in a heading that ask for it, words in a sentence that play it)
    "definition": (
        r"what\s(?:is|are)\b(?!.*\b(?:cost|price|risk|benefit|effect|next)s?)|definitions?|meaning|overview|basics|explained",
        r"\bis\san?\b|\bare\b.*\bthat\b|\brefers?\sto|\bis\s(?:called|known\sas|defined)|\bmeans\b|\bconsists?\sof|\bknown\sas\b|\bkinds?\sof\b",
    ),
    "history": (
        r"histor(?:y|ical)|origins?|background|beginnings?|how\s.*\b(?:began|begin|started?|came)|timeline|early|earlier|past|founding|story|before|decisions?",
        r"\b1[5-9]\d\d\b|\b20\d\d\b|\b(?:began|begun|founded|established|opened|launched|introduced|originally|invented|century|decades?|"
        r"first|until|formerly|earlier|since|once|started|emerged|dates?\sback|ago)\b",
    ),
    "mechanism": (
        r"how\s(?!to\b|much\b|many\b|often\b|long\b|old\b|far\b|.*\b(?:came|began|begin|started?|done|measured)\b)|mechanisms?|how\sit\sis\s(?:made|done|run)|inside|principles?|operation|"
        r"technology|physiology|process",
        r"\b(?:by|through|via|using|uses|converts?|transfers?|turns?|draws?|absorbs?|releases?|moves?|pumps?|flows?|works?|operates?|"
        r"compress\w*|heats?|cools?|regulates?|triggers?|causes?|drives?|binds?|when|because|acts?|signals?|stores?|feeds?|connects?)\b",
    ),
    "cost": (
        r"costs?|prices?|pric(?:ing|ey)|money|funding|financ\w+|budgets?|pay(?:s|ing)?|paid|afford\w*|economics?|expens\w+|subsid\w+|"
        r"grants?|fees?|spend\w*|value",
        r"[€$£¥]|\b(?:costs?|costing|pric\w+|paid|pays?|payments?|budgets?|euros?|dollars?|pounds|crowns|million|billion|fees?|grants?|"
        r"subsid\w+|loans?|funds?|funded|funding|financ\w+|cheap\w*|expensive|spend\w*|spent|saved?|savings?|tariffs?|invest\w+|income|"
        r"revenue|afford\w*|tax\w*|sales?|sold|worth|econom\w+|bills?)\b",
    ),
    "benefit": (
        r"benefits?|advantages?|pros\b|strengths?|gains?|why\s(?:it\s)?(?:matters|works)|improvements?|what\s.*\b(?:gained?|improved?)",
        r"\b(?:benefit\w*|advantage\w*|improv\w+|better|reduc\w+|cut|cuts|fell|fewer|lower\w*|sav\w+|gain\w*|increas\w+|rose|grew|higher|"
        r"help\w*|protect\w*|prevent\w*|support\w*|success\w*|effective\w*|efficien\w+|faster|cleaner|quieter|healthier|warmer|cheaper|"
        r"more|less|prefer\w*|satisf\w+)\b",
    ),
    "risk": (
        r"risks?|dangers?|harms?|side\seffects?|adverse|hazards?|threats?|safety|warnings?|drawbacks?|disadvantages?|cons\b|downsides?|"
        r"problems?|limit(?:s|ations?)|difficult\w+|challenges?|obstacles?|barriers?|complications?|weakness\w*|fail\w+|faults?|"
        r"went\swrong|go(?:es)?\swrong|mistakes?|setbacks?|trouble\w*|breaks?",
        r"\b(?:risk\w*|danger\w*|harm\w*|side\seffects?|adverse\w*|hazard\w*|threat\w*|unsafe|safety|warn\w*|drawback\w*|disadvantage\w*|"
        r"problem\w*|limit\w*|difficult\w*|challeng\w*|obstacle\w*|barrier\w*|complicat\w+|weak\w*|fail\w*|fault\w*|concern\w*|critic\w+|"
        r"complain\w*|object\w+|oppos\w+|controvers\w+|mistake\w*|delay\w*|broke\w*|break\w*|damag\w*|los[st]\w*|los[ei]\w*|injur\w*|death\w*|"
        r"died|ill(?:ness)?|infect\w*|toxic\w*|pollut\w*|leak\w*|noise|noisy|worse\w*|decline\w*|shortage\w*|lack\w*|insufficient|not|cannot|"
        r"never|too|unable|despite|although|doubt\w*|disput\w*|reject\w*|blam\w+|overrun\w*|outage\w*|cancel\w*|impair\w*|bleed\w*|pain\w*)\b",
    ),
    "criticism": (
        r"critic\w+|complaints?|objections?|oppos\w+|controvers\w+|debates?|concerns?|protests?|disputes?|doubts?|counter-?arguments?",
        r"\b(?:critic\w+|complain\w*|object\w+|oppos\w+|controvers\w+|disput\w*|doubt\w*|reject\w*|protest\w*|petition\w*|unfair\w*|"
        r"concern\w*|against|refus\w+|blam\w+|argu\w+|debat\w+|disagree\w*|fear\w*|worr\w+|not\severy\w+|ask(?:ed)?\swhy)\b",
    ),
    "result": (
        r"results?|outcomes?|impacts?|effects?\b|findings?|what\s(?:changed|happened)|achievements?|evidence|numbers|figures|statistics|"
        r"measured|performance|effectiveness",
        r"\d|\b(?:found|showed?|shows|measur\w+|result\w*|percent|per\scent|share|average|compared|increas\w+|decreas\w+|fell|rose|dropped|"
        r"grew|reduc\w+|survey\w*|stud(?:y|ies)|report\w*|chang\w+|doubled|halved)\b|%",
    ),
    "future": (
        r"future|next|outlook|plans?|planned|ahead|prospects?|roadmap|coming|tomorrow|what\snow|goals?|targets?",
        r"\b(?:will|plan\w*|by\s20[2-9]\d|future|next|intend\w*|expect\w*|aim\w*|goal\w*|target\w*|propos\w+|forecast\w*|upcoming|scheduled|"
        r"propose\w*|hope\w*|could|would|due|pending)\b",
    ),
    "people": (
        r"people|who\b|users?|residents?|staff|teams?|volunteers?|community|customers?|patients?|readers?|workers?|participants?",
        r"\b(?:people|residents?|staff|teams?|volunteers?|members?|famil\w+|households?|customers?|patients?|workers?|students?|women|men|"
        r"children|adults?|citizens?|users?|tenants?|owners?|readers?|engineers?|director|mayor|council\w*|said|says)\b",
    ),
    "advice": (
        r"how\s(?:to|can|should)|tips?|advice|steps?|guide|recommend\w+|lessons?|best\spractices?|getting\sstarted|checklist|instructions?|prevention",
        r"\b(?:should|must|need\w*|recommend\w*|advis\w+|lesson\w*|avoid\w*|ensure|choose|check|before|start|make\ssure|keep|never|always|"
        r"learn\w*|can|require\w*|first)\b",
    ),
    "comparison": (
        r"compar\w+|versus|vs\.?|differences?|alternatives?|options?|elsewhere|other\s\w+s",
        r"\b(?:than|compar\w+|versus|unlike|whereas|while|difference\w*|differ\w*|alternative\w*|both|similar\w*|instead|rather|elsewhere|more|less)\b",
    ),
    "law": (
        r"laws?|legal|regulations?|rules?|polic(?:y|ies)|rights?|permits?|licen[cs]\w+|governance|legislation",
        r"\b(?:laws?|legal\w*|regulat\w+|rules?|polic(?:y|ies)|acts?|permits?|permission|licen[cs]\w+|require\w*|must|court\w*|rights?|"
        r"council|ministry|government|decree|directive|standard\w*|vote\w*|approved?|ban(?:s|ned)?|allow\w*|oblig\w+|comply|statut\w+)\b",
    ),
    "method": (
        r"methods?|methodology|approach|study\sdesign|how\s(?:we|it\swas)\s(?:measured|studied|tested)|materials",
        r"\b(?:method\w*|sampl\w+|random\w+|survey\w*|interview\w*|trial\w*|measur\w+|collect\w+|analy[sz]\w+|recruit\w+|participants?|using|"
        r"data|cohort|assess\w+|test\w*|compared|questionnaire\w*|perform\w+|recorded|sensors?|logged)\b",
    ),
}  # fmt: skip
_BY_BUILD = frozenset({"mechanism", "history", "future"})
_VAGUE = frozenset({"people", "result", "advice", "comparison"})
_RIVALS = {"benefit": "risk", "risk": "benefit"}
ROLES = tuple(_ROLES)


@lru_cache(maxsize=4096)
def roles_of_heading(heading: str) -> frozenset[str]:
    return frozenset(role for role, (asks, _) in _COMPILED.items() if asks.search(heading))


@lru_cache(maxsize=65_536)
def roles_of_sentence(sentence: str) -> frozenset[str]:
    return frozenset(role for role, (_, plays) in _COMPILED.items() if plays.search(sentence))


def shared_role(first: str, second: str) -> bool:
    """The two headings ask for the same thing to be done, and for something definite."""
    return bool((roles_of_heading(first) & roles_of_heading(second)) - _VAGUE)


def share_of_role_words(heading: str) -> float:
    """How much of a heading is its role: all of "What went wrong?", a third of "Does it harm sea life?". Headings that
    ask how something works or came about say so with their build, not with words of their own."""
    if roles_of_heading(heading) & _BY_BUILD:
        return 1.0
    found = [word for word in words(heading) if word not in STOP_WORDS]
    return sum(bool(roles_of_heading(word)) for word in found) / len(found) if found else 1.0


def role_fit(heading: str, sentence: str) -> float:
    """1 when the sentence does what the heading asks, -1 when it does the opposite or nothing of it, 0 when the
    heading asks for nothing in particular."""
    asked = roles_of_heading(heading)
    if not asked:
        return 0.0
    played = roles_of_sentence(sentence)
    if any(_RIVALS[role] in played and role not in played for role in asked if role in _RIVALS):
        return -1.0
    return 1.0 if asked & played else -1.0


_COMPILED = {
    role: (re.compile(rf"\b(?:{asks})", re.IGNORECASE), re.compile(plays, re.IGNORECASE))
    for role, (asks, plays) in _ROLES.items()
}
