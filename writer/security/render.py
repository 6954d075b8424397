"""The one renderer: Markdown, titles and file names from people, documents and models become safe text here.

HTML in the text is shown as text, apart from a few harmless tags; images are shown only when they are part of the text
itself (`data:`), since an address alone would tell its host what was read. A half-streamed text takes the same way as
a finished one.
"""

import html
import re
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from writer.domain.citations import TOKEN, ids_of


@dataclass(frozen=True, slots=True)
class CitationView:
    """What a reader sees of a citation, from our tables only. `title` is the tooltip (title, date, quote); `href` leads
    to the passage inside the app, "" shows the number without a link."""

    number: int
    title: str
    href: str = ""


CitationLookup = Callable[[str], CitationView | None]

_HARMLESS = "br|sub|sup|b|i|em|strong|u|s|del|ins|mark|kbd|small"
_HARMLESS_TAG = re.compile(rf"<(?:/?(?:{_HARMLESS})|br\s*/)>", re.IGNORECASE)
_IMAGE_TAG = re.compile(r"<img\b[^<>]{0,4000}>", re.IGNORECASE)
_IMAGE_ADDRESS = re.compile(r"""\bsrc(?:set)?\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE)
_HALF_A_TOKEN = re.compile(r"\[\[\s*S[\dSp.,;\s]*\]?$")
_RASTER = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
_MOST_BRACKETS = 2000
_LINK_SCHEMES = {"http", "https", "mailto"}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:^=&\"'/@])")

_TAGS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "hr",
    "a",
    "img",
    "span",
}
_TAGS |= {"table", "thead", "tbody", "tr", "th", "td", *_HARMLESS.split("|")}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt"}, "sup": {"title"}, "ol": {"start"}}
_SIDES = {"left", "right", "center"}
_CLASSES = {"sup": {"citation", "unknown"}, "span": {"blocked-image"}}


def render_markdown(markdown: str, *, citation: CitationLookup | None = None) -> str:
    """Safe HTML. Without `citation` each citation shows its passage id; an id that it does not know shows a “?”."""
    text = _HALF_A_TOKEN.sub("", markdown.replace("\x00", ""))
    return _cleaned(_parser().render(_without_bracket_storms(text), {"citation": citation}))


def plain(text: str, limit: int = 300) -> str:
    """One line of visible characters, for places that show text as it is: table cells, options, file names.

    It is not escaped: use `as_html` or `as_markdown` where markup is understood."""
    line = " ".join(_CONTROLS.sub(" ", text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def as_html(text: str, limit: int = 300) -> str:
    """`plain`, for use inside HTML and inside a quoted attribute."""
    return html.escape(plain(text, limit), quote=True)


def as_markdown(text: str, limit: int = 300) -> str:
    """`plain`, for use inside Markdown: headings, labels, buttons, captions."""
    return _PUNCTUATION.sub(r"\\\1", plain(text, limit))


def article_html(made: str) -> str:
    """HTML that Writer made of an article, for a file: what got into it by mistake ends here."""
    return nh3.clean(
        made,
        tags=_TAGS | {"article", "section"},
        attributes={**_ATTRIBUTES, "*": {"dir", "id"}},
        allowed_classes={"section": {"notes"}, "th": _SIDES, "td": _SIDES},
        attribute_filter=_kept,
        url_schemes=_LINK_SCHEMES | {"data"},
        url_relative=lambda address: address if address.startswith("#") else None,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def without_remote_images(markdown: str) -> str:
    """The same Markdown for use elsewhere: images become links, since opening the file would tell their hosts;
    HTML that we would not render becomes text."""
    careful = outside_code(markdown, _disarmed)
    return _disarmed(careful) if _loads_or_runs(careful) else careful


def _without_bracket_storms(text: str) -> str:
    """The parser looks for a partner of each bracket: a paragraph of nothing else would hold the page for minutes."""
    if text.count("[") <= _MOST_BRACKETS:
        return text
    paragraphs = re.split(r"(\n[ \t]*\n)", text)
    return "".join(p.replace("[", "&#91;") if p.count("[") > _MOST_BRACKETS else p for p in paragraphs)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False})
    parser.inline.ruler.before("link", "citation", _citation_rule)
    parser.inline.ruler.before("autolink", "harmless_html", _html_rule)
    parser.add_render_rule("citation", _render_citation)
    parser.add_render_rule("image", _render_image)
    parser.add_render_rule("image_tag", _render_image_tag)
    return parser


def _citation_rule(state: StateInline, silent: bool) -> bool:
    """Before the rule for links, so that a reference definition in the text cannot turn a citation into a link."""
    found = TOKEN.match(state.src, state.pos)
    if found is None or found.end() > state.posMax:
        return False
    if not silent:
        state.push("citation", "sup", 0).content = found.group(1)
    state.pos = found.end()
    return True


def _html_rule(state: StateInline, silent: bool) -> bool:
    for kind, pattern in (("html_inline", _HARMLESS_TAG), ("image_tag", _IMAGE_TAG)):
        found = pattern.match(state.src, state.pos, state.posMax)
        if found:
            if not silent:
                state.push(kind, "", 0).content = found.group(0)
            state.pos = found.end()
            return True
    return False


def _render_citation(
    renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    lookup: CitationLookup | None = env.get("citation")
    return "".join(_citation_html(id_, lookup) for id_ in ids_of(tokens[index].content))


def _citation_html(passage_id: str, lookup: CitationLookup | None) -> str:
    if lookup is None:
        return f'<sup class="citation">{passage_id}</sup>'
    view = lookup(passage_id)
    if view is None:
        return f'<sup class="citation unknown" title="There is no passage {passage_id}.">?</sup>'
    title = as_html(view.title, 500)
    if not view.href:
        return f'<sup class="citation" title="{title}">{view.number}</sup>'
    return f'<sup class="citation"><a href="{html.escape(view.href)}" title="{title}">{view.number}</a></sup>'


def _render_image(
    renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    token = tokens[index]
    alt = "".join(child.content for child in token.children or [])
    return _image_html(str(token.attrs.get("src", "")), alt)


def _render_image_tag(
    renderer: RendererProtocol, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    tag = tokens[index].content
    found = _IMAGE_ADDRESS.search(tag)
    return _image_html(next(filter(None, found.groups()), "") if found else tag, "")


def _image_html(address: str, alt: str) -> str:
    if _RASTER.fullmatch(address):
        return f'<img src="{html.escape(address)}" alt="{as_html(alt)}">'
    described = f" “{as_html(alt)}”" if alt.strip() else ""
    return f'<span class="blocked-image">Image not loaded:{described} {as_html(address, 500) or "no address"}</span>'


def _kept(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        return value if _RASTER.fullmatch(value) else None
    if attribute == "href" and value.lstrip().lower().startswith("data:"):
        return None
    return value


def _own_link(address: str) -> str | None:
    """Of relative addresses only those inside the app are kept: never //another.host."""
    return address if re.match(r"(?:#|\?|/(?![/\\]))[^\\]*$", address) else None


def _cleaned(rendered: str) -> str:
    """The second wall: what the parser's rules let through by mistake ends here."""
    return nh3.clean(
        rendered,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        attribute_filter=_kept,
        url_schemes=_LINK_SCHEMES | {"data"},
        url_relative=_own_link,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ARMED_HTML = re.compile(rf"<(?=[A-Za-z/!?])(?!/?(?:{_HARMLESS})\s*/?>)(?!(?:https?|mailto):[^\s<>]*>)", re.IGNORECASE)


def outside_code(text: str, change: Callable[[str], str], code: Callable[[str], str] = str) -> str:
    """Markdown changed everywhere but in its code, for which there is `code`."""
    pieces: list[str] = []
    start = 0
    for code_start, code_end in _code_spans(text):
        pieces += [change(text[start:code_start]), code(text[code_start:code_end])]
        start = code_end
    return "".join([*pieces, change(text[start:])])


def _code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Fenced blocks that are closed, and code inside one line. In one pass: an expression with a back-reference takes
    minutes over a page of backticks."""
    fence, began, at = "", 0, 0
    for line in text.splitlines(keepends=True):
        marker = _FENCE.match(line)
        if fence and marker and marker.group(1).startswith(fence) and not line[marker.end() :].strip():
            yield began, at + len(line)
            fence = ""
        elif not fence and marker:
            fence, began = marker.group(1), at
        elif not fence:
            yield from ((at + start, at + end) for start, end in _inline_code(line))
        at += len(line)


def _inline_code(line: str) -> Iterator[tuple[int, int]]:
    """A run of backticks reaches to the next run of the same length."""
    runs = [found.span() for found in re.finditer("`+", line)]
    following: dict[int, int] = {}
    ends: list[int] = []
    for start, end in reversed(runs):
        ends.append(following.get(end - start, 0))
        following[end - start] = end
    reached = 0
    for (start, _), end in zip(runs, reversed(ends), strict=True):
        if end and start >= reached:
            yield start, end
            reached = end


def _disarmed(text: str) -> str:
    text = re.sub(r"!\[\]\(\s*<?([^\s<>()]*)>?[^()]*\)", r"Image: <\1>", text)
    return _ARMED_HTML.sub("&lt;", re.sub(r"!(?=\[)", "Image: ", text))


@cache
def _foreign_parser() -> MarkdownIt:
    """As a stranger's viewer would read it: with HTML."""
    return MarkdownIt("js-default", {"html": True})


def _loads_or_runs(markdown: str) -> bool:
    if _without_bracket_storms(markdown) != markdown:
        return True  # not worth reading: everything in it is disarmed
    tokens = [t for block in _foreign_parser().parse(markdown) for t in (block, *(block.children or []))]
    return any(
        token.type == "image" or (token.type.startswith("html_") and not _HARMLESS_TAG.fullmatch(token.content.strip()))
        for token in tokens
    )
