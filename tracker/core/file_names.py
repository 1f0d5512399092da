"""What a file may be called. A name is shown and handed back, and never becomes part of a path."""

import unicodedata

from tracker.errors import BadFile

LONGEST = 255  # bytes, of which file systems take no more

# by these a name reads other than it is: `gpj.exe` as `exe.jpg`
_TURNING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# control characters, halves of characters, line and paragraph separators
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}


def checked(name: str) -> str:
    """The name in composed form (NFC); raises BadFile for one that would do harm elsewhere."""
    if not name.strip(". "):
        raise BadFile("A file needs a name")
    if "/" in name or "\\" in name:
        raise BadFile("A file name takes no path")
    if any(c in _TURNING or unicodedata.category(c) in _UNPRINTABLE for c in name):
        raise BadFile("A file name takes no characters that cannot be seen")
    composed = unicodedata.normalize("NFC", name)
    if len(composed.encode()) > LONGEST:
        raise BadFile(f"A file name takes at most {LONGEST} bytes")
    return composed
