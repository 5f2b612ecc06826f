"""Who calls, as far as an address tells: what limits on guessing count by."""

from __future__ import annotations

import ipaddress

from starlette.requests import Request

# Whoever gets IPv6 gets a network of 2**64 addresses at least: RFC 6177.
_NETWORK_BITS = 64


def ip_address_of(request: Request) -> str:
    """Return the caller's IP address; empty when it is none, as through a socket file.

    Behind a proxy it is what the proxy says, if it is one of `trusted_proxies`.
    """
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def caller_of(request: Request) -> str:
    """Return what to count tries by: an IPv4 address, or the network of an IPv6 address."""
    text = ip_address_of(request)
    if ":" not in text:
        return text or "unknown"
    return str(ipaddress.ip_network((text.partition("%")[0], _NETWORK_BITS), strict=False))
