"""Whose address asks: what proxies say of it is believed for so many hops, and no further."""

import ipaddress

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

UNKNOWN = "unknown"
# what one customer of a provider is given, so that nobody counts as many
_OWN_BITS = 64


def init_app(app: Flask, *, hops: int) -> None:
    """Believe the last `hops` entries of X-Forwarded-For and -Proto: each proxy adds one.

    X-Forwarded-Host and the rest are never believed: links are built from settings.
    """
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


def address() -> str:
    """The address that asks, in its shortest form; `unknown` where there is none."""
    try:
        found = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return UNKNOWN
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)


def network() -> str:
    """What counts as one address: an IPv4 address, or the network of an IPv6 one."""
    found = address()
    if ":" not in found:
        return found
    plain = found.partition("%")[0]
    return str(ipaddress.ip_network(f"{plain}/{_OWN_BITS}", strict=False))
