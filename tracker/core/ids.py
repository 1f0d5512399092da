"""Ids that follow from what they name, so that whoever makes one again makes the same."""

import hashlib


def made_of(*parts: str) -> str:
    """An id in the form of a UUID (RFC 9562, version 8), the same for the same parts."""
    raw = bytearray(hashlib.blake2b("\n".join(parts).encode(), digest_size=16).digest())
    raw[6], raw[8] = raw[6] & 0x0F | 0x80, raw[8] & 0x3F | 0x80
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
