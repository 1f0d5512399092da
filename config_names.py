"""What other systems call our settings, so that their environments work here unchanged."""

from collections.abc import Mapping
from urllib.parse import quote

from config_kinds import REDIS, parsed, whole

POSTGRES_PARTS = ("DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD")


def translate(given: dict[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The names of other systems as ours, and a warning for each that means nothing here."""
    warnings = []
    if any(part in given for part in POSTGRES_PARTS):
        warnings.append("DB_HOST and its kind: ignored; the database is named by MONGODB_URI")
    database = given.get("DATABASE_URL", "")
    if database.startswith("mongodb"):
        given = {"MONGODB_URI": database, **given}
    elif database:
        warnings.append("DATABASE_URL: ignored; the database is named by MONGODB_URI")
    if "REDIS_HOST" in given:
        given = {"REDIS_URL": _redis_from_parts(given), **given}
    return given, tuple(warnings)


def _redis_from_parts(given: Mapping[str, str]) -> str:
    user = quote(given.get("REDIS_USER", ""), safe="")
    password = quote(given.get("REDIS_PASSWORD", ""), safe="")
    port = parsed("REDIS_PORT", whole(1, 65535), given.get("REDIS_PORT", "6379"))
    number = parsed("REDIS_DB", whole(0, 999), given.get("REDIS_DB", "0"))
    who = f"{user}:{password}@" if user or password else ""
    url: str = parsed("REDIS_HOST", REDIS, f"redis://{who}{given['REDIS_HOST']}:{port}/{number}")
    return url
