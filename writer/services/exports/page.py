"""One HTML file that needs no other, to read, to print and to send."""

from functools import cache
from pathlib import Path

from writer.domain.document_model import Article
from writer.security.render import article_html
from writer.services.exports.web import Web, escaped

_LOOK = Path(__file__).parent / "look"


@cache
def look(name: str) -> str:
    return (_LOOK / name).read_text("utf-8")


def page_of(article: Article) -> str:
    """The renderer's second wall stands here too: what got in by mistake ends there."""
    direction = ' dir="rtl"' if article.is_right_to_left else ""
    language = escaped(article.language)
    description = f'<meta name="description" content="{escaped(article.description)}">\n' if article.description else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"{direction}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(article.title)}</title>\n"
        f"{description}<style>\n{look('page.css')}</style>\n</head>\n<body>\n{body_of(article)}\n</body>\n</html>\n"
    )


def body_of(article: Article) -> str:
    web = Web()
    notes = f'<section class="notes"><hr />\n<ol>\n{web.notes(article)}\n</ol></section>' if article.notes else ""
    title = f'<h1 dir="auto">{escaped(article.title)}</h1>'
    return article_html(f"<article>\n{title}\n{web.blocks(article.blocks)}\n{notes}\n</article>")
