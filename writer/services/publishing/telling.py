"""What is told of publishing, to API and commands alike. What a site says of itself stays text."""

from dataclasses import asdict
from typing import Any

from writer.domain.publishing import Publication, Site
from writer.services.publishing.composing import post_json
from writer.services.publishing.service import Preview


def site_json(site: Site) -> dict[str, Any]:
    return asdict(site)


def publication_json(publication: Publication) -> dict[str, Any]:
    """`post_id` is the site's, "" until it is known."""
    return {
        "id": publication.id,
        "draft_id": publication.draft_id,
        "site": publication.site_id,
        "job_id": publication.job_id,
        "post_id": publication.remote_id,
        "url": publication.url,
        "slug": publication.slug,
        "stage": publication.stage.value,
        "sent_at": publication.sent_at.isoformat() if publication.sent_at else None,
    }


def preview_json(preview: Preview) -> dict[str, Any]:
    there = preview.there
    return {
        "site": site_json(preview.site),
        "draft_id": preview.draft.id,
        "revision": preview.draft.revision,
        "new": preview.is_new,
        "post": post_json(preview.post),
        "pictures": [picture.name for picture in preview.pictures],
        "linked_pictures": list(preview.linked),
        "there": {"title": there.title, "url": there.url, "stage": there.stage.value} if there else None,
        "changes": [asdict(change) for change in preview.changes],
        "overwrite": preview.overwrite,
    }
