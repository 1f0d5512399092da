"""What other systems call our settings, so that their environments work here unchanged.

Our own name wins where both are set. What means nothing here is told at start, once each.
"""

from collections.abc import Mapping
from urllib.parse import quote

from config_kinds import BOOLEAN, HOST, MONGODB, REDIS, SettingError, parsed, whole

DB_PARTS = ("DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD")
POSTGRES_PARTS = (
    "FORMATTED_DATABASE_URL",
    "POSTGRES_DB",
    "POSTGRES_USER",
    "POSTGRES_PASSWORD",
)
MONGO_PARTS = ("MONGO_USER", "MONGO_PASSWORD", "MONGO_CLUSTER")
YANDEX = {"SMTP_HOST": "smtp.yandex.ru", "SMTP_PORT": "465"}
MAIL = (("SMTP_USER", "EMAIL_HOST_USER"), ("SMTP_PASSWORD", "EMAIL_HOST_PASSWORD"))


def translate(given: dict[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The names of other systems as ours, and a warning for each that means nothing here."""
    ours = {**_mongodb(given), **_redis(given), **_mail(given), **_auth(given)}
    return {**given, **ours}, tuple(_warnings(given))


def _warnings(given: Mapping[str, str]) -> list[str]:
    database = given.get("DATABASE_URL", "")
    told = []
    if any(part in given for part in DB_PARTS):
        told.append("DB_HOST and its kind: ignored; the database is named by MONGODB_URI")
    if database and not database.startswith("mongodb"):
        told.append("DATABASE_URL: ignored; the database is named by MONGODB_URI")
    elif any(part in given for part in POSTGRES_PARTS):
        told.append("POSTGRES_DB and its kind: ignored; the database is named by MONGODB_URI")
    return told


def _mongodb(given: Mapping[str, str]) -> dict[str, str]:
    """The address of a MongoDB: ours, else a `DATABASE_URL` of one, else made of its parts."""
    database = given.get("DATABASE_URL", "")
    if "MONGODB_URI" in given:
        return {}
    if database.startswith("mongodb"):
        return {"MONGODB_URI": parsed("DATABASE_URL", MONGODB, database)}
    if all(part in given for part in MONGO_PARTS):
        return {"MONGODB_URI": _mongodb_from_parts(given)}
    return {}


def _mongodb_from_parts(given: Mapping[str, str]) -> str:
    user, password = (quote(given[part], safe="") for part in MONGO_PARTS[:2])
    name = quote(given.get("MONGO_DB", ""), safe="")
    host = parsed("MONGO_CLUSTER", HOST, given["MONGO_CLUSTER"])
    return f"mongodb+srv://{user}:{password}@{host}/{name}"


def _redis(given: Mapping[str, str]) -> dict[str, str]:
    """The address of Redis: ours, with a password that stands beside it and is no part of another;
    else made of its parts; else the broker's.
    """
    if "REDIS_URL" in given:
        password = given.get("REDIS_PASSWORD", "") if "REDIS_HOST" not in given else ""
        return {"REDIS_URL": _with_password(given["REDIS_URL"], password)}
    if "REDIS_HOST" in given:
        return {"REDIS_URL": _redis_from_parts(given)}
    broker = given.get("CELERY_BROKER_URL", "")
    return {"REDIS_URL": parsed("CELERY_BROKER_URL", REDIS, broker)} if broker else {}


def _redis_from_parts(given: Mapping[str, str]) -> str:
    user = quote(given.get("REDIS_USER", ""), safe="")
    password = quote(given.get("REDIS_PASSWORD", ""), safe="")
    port = parsed("REDIS_PORT", whole(1, 65535), given.get("REDIS_PORT", "6379"))
    number = parsed("REDIS_DB", whole(0, 999), given.get("REDIS_DB", "0"))
    who = f"{user}:{password}@" if user or password else ""
    url: str = parsed("REDIS_HOST", REDIS, f"redis://{who}{given['REDIS_HOST']}:{port}/{number}")
    return url


def _with_password(url: str, password: str) -> str:
    """The address with a password, where it has none; one that cannot be read is left as it is."""
    if not password or "@" in url or "://" not in url:
        return url
    scheme, _, rest = url.partition("://")
    return f"{scheme}://:{quote(password, safe='')}@{rest}"


def _mail(given: Mapping[str, str]) -> dict[str, str]:
    """The mail account under MyTracker's names, and where no server is named, MyTracker's."""
    ours = {name: given[alias] for name, alias in MAIL if alias in given and name not in given}
    server = {name: given.get(name, theirs) for name, theirs in YANDEX.items()}
    is_theirs = "EMAIL_HOST_USER" in given and "SMTP_HOST" not in given
    return {**(server if is_theirs else {}), **ours}


def _auth(given: Mapping[str, str]) -> dict[str, str]:
    """Flask Task Tracker's README calls the switch otherwise than its program."""
    if "AUTH_ENABLE" not in given:
        return {}
    said = parsed("AUTH_ENABLE", BOOLEAN, given["AUTH_ENABLE"])
    other = given.get("AUTH_ENABLED", given["AUTH_ENABLE"])
    if parsed("AUTH_ENABLED", BOOLEAN, other) != said:
        raise SettingError("AUTH_ENABLE: disagrees with AUTH_ENABLED")
    return {"AUTH_ENABLED": other}
