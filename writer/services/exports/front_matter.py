"""What stands on top of a Markdown file, as the tools that read it want it."""

import re
from datetime import UTC, datetime
from typing import Any

from writer.domain.drafts import Draft
from writer.security.render import plain

DIALECTS = ("markdown", "hugo", "jekyll", "astro")
_SHORTCODE = re.compile(r"\{\{([<%])(.*?)([>%])\}\}", re.DOTALL)


def with_front_matter(body: str, draft: Draft, dialect: str) -> str:
    """YAML on top; text that a site's generator would run as a template is kept from running."""
    facts = {"markdown": _plain, "hugo": _hugo, "jekyll": _jekyll, "astro": _astro}[dialect](draft)
    text = _without_shortcodes(body) if dialect == "hugo" else body
    return f"{_yaml(facts)}\n\n{text}"


def _plain(draft: Draft) -> dict[str, Any]:
    facts: dict[str, Any] = {"title": draft.title, "date": draft.updated_at.date(), **_told(draft)}
    return {**facts, "lang": draft.brief.language, "draft": _is_draft(draft)}


def _hugo(draft: Draft) -> dict[str, Any]:
    facts = {"title": draft.title, "slug": draft.address, "date": _moment(draft.updated_at), **_told(draft)}
    return {**facts, "draft": _is_draft(draft)}


def _jekyll(draft: Draft) -> dict[str, Any]:
    facts = {"layout": "post", "title": draft.title, "date": f"{draft.updated_at:%Y-%m-%d %H:%M:%S} +0000"}
    return {
        **facts,
        **_told(draft),
        "lang": draft.brief.language,
        "published": not _is_draft(draft),
        "render_with_liquid": False,
    }


def _astro(draft: Draft) -> dict[str, Any]:
    """Its blog template asks for a description."""
    facts = {"title": draft.title, "description": plain(draft.description, 300), "pubDate": draft.updated_at.date()}
    chosen = {"slug": draft.slug} if draft.slug else {}
    return {**facts, **chosen, "tags": list(draft.tags), "draft": _is_draft(draft)}


def _told(draft: Draft) -> dict[str, Any]:
    facts: dict[str, Any] = {"description": draft.description} if draft.description else {}
    facts |= {"slug": draft.slug} if draft.slug else {}
    return facts | ({"tags": list(draft.tags)} if draft.tags else {})


def _is_draft(draft: Draft) -> bool:
    return draft.state.value != "published"


def _moment(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _yaml(facts: dict[str, Any]) -> str:
    import yaml

    dumped = yaml.safe_dump(facts, allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=False)
    return f"---\n{dumped}---"


def _without_shortcodes(text: str) -> str:
    """Hugo looks for them in code, too. A comment inside makes it show one as it is; one that never ends would stop
    the whole site."""
    shown = _SHORTCODE.sub(r"{{\1/*\2*/\3}}", text)
    return re.sub(r"\{\{(?=[<%](?!/\*))", "{\u200b{", shown)
