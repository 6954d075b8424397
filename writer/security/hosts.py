"""Which host names Writer answers to: one rule for pages and API."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

NOT_OUR_NAME = "This address is not one that Writer answers to. List its name in WRITER_ALLOWED_HOSTS if it should be."


def is_known(host: str, allowed: Sequence[str]) -> bool:
    """Whether a Host header names us. A page of another site cannot reach us through a name that it points here (DNS
    rebinding): localhost and plain addresses are fine, other names only when `allowed` lists them; “*” lists all."""
    name = name_of(host)
    if not name:
        return False
    if "*" in allowed or name == "localhost" or name.endswith(".localhost"):
        return True
    return _is_address(name) or is_listed(name, allowed)


def is_listed(name: str, allowed: Sequence[str]) -> bool:
    """By itself, or under an entry like “*.example.org”. “*” alone lists no name in particular."""
    entries = [entry.strip().lower().rstrip(".") for entry in allowed]
    return any(name == entry or (entry.startswith("*.") and name.endswith(entry[1:])) for entry in entries)


def name_of(host: str) -> str:
    """Without the port, in lower case; "" for what is no name."""
    try:
        return (urlsplit(f"//{host.strip()}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
