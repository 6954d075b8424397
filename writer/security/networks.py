"""Which IP addresses belong to the open internet."""

import ipaddress

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "64:ff9b:1::/48",
        "::/96",
        "2001::/32",
        "fec0::/10",
        "168.63.129.16/32",
        "192.88.99.0/24",
        "192.0.0.0/24",
    )
)
"""Not marked as private by the standard library, yet never somebody's web page: local NAT64, IPv4-compatible, Teredo,
site-local, two clouds' metadata services, 6to4 relays."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, after taking IPv4 out of its IPv6 wrappings."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (_low_32(ip) if ip in _NAT64 else None)
        if inner is not None:
            return is_public(str(inner))
        if ip.scope_id is not None:
            return False
    if any(ip.version == network.version and ip in network for network in _NEVER):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _low_32(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)


def is_ip(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False
