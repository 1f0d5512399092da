"""What other systems call our settings: each variable that one of them documents, and what it is
here.
"""

from dataclasses import replace

import pytest

from config import Config, SettingError, load
from tests.processes import KEY

CANARY = "c4n4ry"
MONGODB = "mongodb+srv://dummyuser:dummypassword@dummy-tracker-abcd.mongodb.net/task-tracker"

# system: its environment as its README has it, and what that sets here
SYSTEMS = {
    "TaskHub": (
        {
            "APP_NAME": "TaskHub", "APP_VERSION": "1.0.0", "DEBUG": "false", "ALGORITHM": "HS256",
            "ACCESS_TOKEN_EXPIRE_MINUTES": "1440", "DB_HOST": "localhost", "DB_PORT": "5432",
            "DB_NAME": "taskhub", "DB_USER": "postgres", "DB_PASSWORD": CANARY,
            "REDIS_HOST": "localhost", "REDIS_PORT": "6379", "REDIS_DB": "0", "REDIS_USER": "",
            "REDIS_PASSWORD": "", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "",
            "AWS_BUCKET": "", "AWS_REGION": "us-east-1", "CUSTOM_S3_ENDPOINT_URL": "",
            "CORS_ORIGINS": "http://localhost:5173", "SMTP_HOST": "smtp.gmail.com",
            "SMTP_PORT": "587", "SMTP_USER": "", "SMTP_PASSWORD": "",
            "EMAIL_FROM": "noreply@taskhub.com", "MAX_FILE_SIZE": "10485760",
            "ALLOWED_FILE_TYPES": "image/png,image/jpeg",
        },
        {
            "app_name": "TaskHub", "app_version": "1.0.0", "access_token_minutes": 1440,
            "redis_url": "redis://localhost:6379/0", "cors_origins": ("http://localhost:5173",),
            "smtp_host": "smtp.gmail.com", "email_from": "noreply@taskhub.com",
            "allowed_file_types": ("image/png", "image/jpeg"),
        },
    ),
    "MyTracker": (
        {
            "CELERY_WORKERS": "3", "TASK_SERVICE_QUEUE": "task_service",
            "CELERY_BROKER_URL": "redis://:word@redis:6379/1",
            "REDIS_URL": "redis://redis:6379/0", "REDIS_PASSWORD": "word",
            "TOKEN_EXPIRE_TIME": "3600", "URL_EXPIRE_TIME": "600", "TOKEN_SALT": "salt",
            "DATABASE_URL": f"postgresql+asyncpg://postgres:{CANARY}@db/tracker",
            "FORMATTED_DATABASE_URL": f"postgresql://postgres:{CANARY}@db/tracker",
            "POSTGRES_DB": "tracker", "POSTGRES_USER": "postgres", "POSTGRES_PASSWORD": CANARY,
            "TEST_DB_NAME": "test", "TEST_DATABASE_URL": f"postgresql+asyncpg://{CANARY}@db/test",
            "FORMATTED_TEST_DATABASE_URL": f"postgresql://{CANARY}@db/test",
            "EMAIL_HOST_USER": "ann@yandex.ru", "EMAIL_HOST_PASSWORD": "word",
        },
        {
            "celery_workers": 3, "task_queue": "task_service",
            "celery_broker_url": "redis://:word@redis:6379/1",
            "redis_url": "redis://:word@redis:6379/0", "token_seconds": 3600, "link_seconds": 600,
            "smtp_host": "smtp.yandex.ru", "smtp_port": 465, "smtp_user": "ann@yandex.ru",
            "smtp_password": "word",
        },
    ),
    "Flask Task Tracker": (
        {
            "MONGO_USER": "dummyuser", "MONGO_PASSWORD": "dummypassword",
            "MONGO_CLUSTER": "dummy-tracker-abcd.mongodb.net", "MONGO_DB": "task-tracker",
            "ALGORITHM": "HS256", "ACCESS_TOKEN_EXPIRE_MINUTES": "10", "AUTH_ENABLE": "True",
        },
        {"mongodb_uri": MONGODB, "access_token_minutes": 10},
    ),
    "Pomodoro FastAPI": (
        {
            "DATABASE_URL": f"postgresql://user:{CANARY}@localhost/dbname",
            "REDIS_URL": "redis://localhost:6379/0", "REFRESH_TOKEN_COOKIES_NAME": "refresh",
        },
        {"redis_url": "redis://localhost:6379/0", "refresh_cookie": "refresh"},
    ),
    "API диспетчера задач": (
        {
            "DATABASE_URL": f"postgresql+asyncpg://postgres:{CANARY}@db/tasks_db",
            "REDIS_URL": "redis://redis:6379/0", "ACCESS_TOKEN_EXPIRE_MINUTES": "30",
            "REFRESH_TOKEN_EXPIRE_MINUTES": "10080",
        },
        {
            "redis_url": "redis://redis:6379/0", "access_token_minutes": 30,
            "refresh_token_minutes": 10_080,
        },
    ),
}  # fmt: skip
OTHERS = [
    "DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD", "DATABASE_URL",
    "FORMATTED_DATABASE_URL", "POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD",
]  # fmt: skip
MEANINGLESS = ["TOKEN_SALT", "TEST_DB_NAME", "TEST_DATABASE_URL", "FORMATTED_TEST_DATABASE_URL"]


def of(**given: str) -> Config:
    return load({"SECRET_KEY": KEY, **given})


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_environment_of_a_system_works_as_it_is(system: str) -> None:
    given, ours = SYSTEMS[system]
    config = of(**given)
    assert replace(config, warnings=()) == Config(secret_key=KEY, **ours)  # type: ignore[arg-type]
    assert CANARY not in "".join(config.warnings)
    assert len(config.warnings) == (CANARY in str(given))


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_short_key_of_theirs_is_taken_nowhere(system: str) -> None:
    given, _ = SYSTEMS[system]
    for key in ("change-me", "alpha"):
        with pytest.raises(SettingError, match="^SECRET_KEY: takes 32 bytes or more$"):
            of(**given, SECRET_KEY=key)


@pytest.mark.parametrize("variable", OTHERS)
def test_another_database_is_ignored_with_one_warning(variable: str) -> None:
    config = of(**{variable: f"postgresql://{CANARY}"})
    assert replace(config, warnings=()) == Config(secret_key=KEY)
    (warning,) = config.warnings
    assert "MONGODB_URI" in warning
    assert CANARY not in warning


@pytest.mark.parametrize("variable", MEANINGLESS)
def test_what_means_nothing_here_changes_nothing(variable: str) -> None:
    assert of(**{variable: CANARY}) == Config(secret_key=KEY)


def test_database_url_of_mongodb_is_taken() -> None:
    for address in ("mongodb://host/x", "mongodb+srv://host/x"):
        config = of(DATABASE_URL=address)
        assert (config.mongodb_uri, config.warnings) == (address, ())


def test_mongodb_uri_goes_before_database_url() -> None:
    config = of(MONGODB_URI="mongodb://ours/x", DATABASE_URL="mongodb://theirs/x")
    assert config.mongodb_uri == "mongodb://ours/x"


def test_three_parts_make_the_address_of_mongodb() -> None:
    parts = {"MONGO_USER": "a b", "MONGO_PASSWORD": "p@s/s", "MONGO_CLUSTER": "c.example.net"}
    made = "mongodb+srv://a%20b:p%40s%2Fs@c.example.net/"
    assert of(**parts).mongodb_uri == made
    assert of(**parts, MONGO_DB="x").mongodb_uri == f"{made}x"
    assert of(**parts, MONGODB_URI="mongodb://ours/x").mongodb_uri == "mongodb://ours/x"
    for missing in parts:
        assert of(**{**parts, missing: ""}).embedded


def test_redis_parts_make_its_address() -> None:
    parts = {"REDIS_HOST": "host", "REDIS_DB": "3", "REDIS_USER": "a b", "REDIS_PASSWORD": "p@s/s"}
    assert of(**parts).redis_url == "redis://a%20b:p%40s%2Fs@host:6379/3"
    assert of(**parts, REDIS_PORT="1").redis_url == "redis://a%20b:p%40s%2Fs@host:1/3"
    assert of(**parts, REDIS_URL="redis://ours").redis_url == "redis://ours"
    assert of(**{**parts, "REDIS_HOST": ""}).redis_url == ""


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({"REDIS_URL": "redis://host/1", "REDIS_PASSWORD": "p@s"}, "redis://:p%40s@host/1"),
        ({"REDIS_URL": "redis://:own@host", "REDIS_PASSWORD": "x"}, "redis://:own@host"),
        ({"CELERY_BROKER_URL": "redis://broker/0"}, "redis://broker/0"),
        ({"REDIS_URL": "redis://ours", "CELERY_BROKER_URL": "redis://theirs"}, "redis://ours"),
        ({"REDIS_PASSWORD": "alone"}, ""),
    ],
)
def test_redis_is_found_under_other_names(given: dict[str, str], url: str) -> None:
    assert of(**given).redis_url == url


def test_a_mail_account_is_found_under_other_names() -> None:
    account = {"EMAIL_HOST_USER": "ann@yandex.ru", "EMAIL_HOST_PASSWORD": "secret"}
    config = of(**account)
    assert (config.smtp_host, config.smtp_port) == ("smtp.yandex.ru", 465)
    assert (config.smtp_user, config.smtp_password) == ("ann@yandex.ru", "secret")
    assert config.sender == "ann@yandex.ru"
    assert config.posts_by_smtp
    assert of(**account, EMAIL_FROM="bob@example.org").sender == "bob@example.org"


def test_our_own_names_of_a_mail_account_go_before_others() -> None:
    account = {"EMAIL_HOST_USER": "ann@yandex.ru", "EMAIL_HOST_PASSWORD": "theirs"}
    ours = of(**account, SMTP_HOST="mail.example", SMTP_USER="bob", SMTP_PASSWORD="ours")
    assert (ours.smtp_host, ours.smtp_port) == ("mail.example", 587)
    assert (ours.smtp_user, ours.smtp_password) == ("bob", "ours")


def test_each_name_of_a_mail_account_stands_for_itself() -> None:
    mixed = of(SMTP_HOST="mail.example", SMTP_USER="bob", EMAIL_HOST_PASSWORD="theirs")
    assert (mixed.smtp_host, mixed.smtp_user, mixed.smtp_password) == (
        "mail.example",
        "bob",
        "theirs",
    )
    assert of(EMAIL_HOST_PASSWORD="alone").smtp_host == ""


@pytest.mark.parametrize(
    ("given", "on"),
    [
        ({"AUTH_ENABLE": "True"}, True),
        ({"AUTH_ENABLE": "False"}, False),
        ({"AUTH_ENABLED": "False"}, False),
        ({"AUTH_ENABLE": "no", "AUTH_ENABLED": "off"}, False),
    ],
)
def test_the_switch_has_two_names(given: dict[str, str], on: bool) -> None:
    assert of(**given).auth_enabled is on


def test_two_names_that_disagree_stop_the_start() -> None:
    with pytest.raises(SettingError, match="^AUTH_ENABLE: disagrees with AUTH_ENABLED$"):
        of(AUTH_ENABLE="True", AUTH_ENABLED="False")


@pytest.mark.parametrize("variable", ["AUTH_ENABLE", "AUTH_ENABLED"])
def test_the_switch_cannot_be_off_in_production(variable: str) -> None:
    given = {"TRACKER_ENV": "production", "PUBLIC_URL": "https://tracker.example.org"}
    with pytest.raises(SettingError, match="^AUTH_ENABLED: cannot be off in production$"):
        of(**given, **{variable: "false"})


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("REDIS_PORT", CANARY),
        ("REDIS_DB", CANARY),
        ("REDIS_HOST", f"host/{CANARY}"),
        ("CELERY_BROKER_URL", f"amqp://{CANARY}"),
        ("DATABASE_URL", f"mongodb://user:{CANARY}@x@host/"),
        ("MONGO_CLUSTER", f"/{CANARY}"),
        ("AUTH_ENABLE", CANARY),
        ("TOKEN_EXPIRE_TIME", CANARY),
        ("URL_EXPIRE_TIME", CANARY),
        ("CELERY_WORKERS", CANARY),
        ("REFRESH_TOKEN_COOKIES_NAME", f"{CANARY} x"),
    ],
)
def test_a_bad_value_is_refused_under_the_name_that_was_given(variable: str, text: str) -> None:
    parts = {"MONGO_USER": "u", "MONGO_PASSWORD": "p"}
    parts |= {"REDIS_HOST": "host"} if variable.startswith("REDIS_") else {}
    with pytest.raises(SettingError, match=f"^{variable}: ") as refusal:
        of(**{**parts, variable: text})
    assert CANARY not in str(refusal.value)
