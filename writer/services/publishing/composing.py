"""From a draft to what a site is given: the exports' HTML, without the title, which sites have apart."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from writer.domain.document_model import Article
from writer.domain.drafts import Draft
from writer.domain.publishing import Post, Stage
from writer.security.render import article_html, plain
from writer.services.drafts import Reference
from writer.services.exports.markdown import body_of
from writer.services.exports.parsing import parse
from writer.services.exports.web import Web

_ELSEWHERE = re.compile(r"!\[[^\[\]\n]*\]\(\s*<?(?!data:)([^\s<>()]+)")


def html_of(draft: Draft, references: Sequence[Reference]) -> str:
    """Citations are footnotes; pictures are data."""
    parsed = parse(body_of(draft, references, "footnotes"))
    web = Web()
    article = Article(draft.title, parsed.blocks, parsed.notes, draft.brief.language, draft.updated_at)
    notes = f"<hr />\n<ol>\n{web.notes(article)}\n</ol>" if article.notes else ""
    return article_html(f"{web.blocks(article.blocks)}\n{notes}").strip()


def left_out(draft: Draft) -> list[str]:
    """Addresses of pictures that are elsewhere: the article links to them instead of showing them."""
    found = (address for section in draft.sections for address in _ELSEWHERE.findall(section.text))
    return list(dict.fromkeys(plain(address, 200) for address in found))


def post_json(post: Post) -> dict[str, Any]:
    return {
        "title": post.title,
        "slug": post.slug,
        "html": post.html,
        "excerpt": post.excerpt,
        "tags": list(post.tags),
        "stage": post.stage.value,
        "at": post.at.isoformat() if post.at else None,
    }


def post_from(value: Mapping[str, Any]) -> Post:
    at = datetime.fromisoformat(value["at"]) if value["at"] else None
    return Post(
        value["title"], value["slug"], value["html"], value["excerpt"], tuple(value["tags"]), Stage(value["stage"]), at
    )
