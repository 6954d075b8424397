"""Which kinds of sites there are, and making a publisher of what its owner set."""

from dataclasses import dataclass

from writer.domain.ports.publishing import Publisher
from writer.domain.publishing import Site
from writer.publishing.calling import Calling, Fetch
from writer.publishing.ghost import Ghost
from writer.publishing.wordpress import WordPress


@dataclass(frozen=True, slots=True)
class SiteKind:
    """`needs_user`: the secret belongs to a user, who is named beside it."""

    name: str
    title: str
    needs_user: bool
    secret: str
    hint: str


KINDS = (
    SiteKind(
        "wordpress",
        "WordPress",
        True,
        "Application password",
        "In WordPress, under Users, Profile, Application Passwords: add one for Writer and paste it here.",
    ),
    SiteKind(
        "ghost",
        "Ghost",
        False,
        "Admin API key",
        "In Ghost, under Settings, Integrations: add a custom integration and paste its Admin API key here.",
    ),
)


def make_publisher(site: Site, secret: str, fetch: Fetch) -> Publisher | None:
    """None for a kind that is not known."""
    if site.kind == "wordpress":
        return WordPress(Calling(site.name, fetch), site.address, site.user, secret)
    return Ghost(Calling(site.name, fetch), site.address, secret) if site.kind == "ghost" else None
