"""Settings: what each variable takes, what stops the start, and that no value is ever shown."""

import fcntl
import os
import stat
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import Config, SettingError, load, settings, table
from tests.processes import KEY

CANARY = "c4n4ry"


def production(**given: str) -> dict[str, str]:
    safe = {"SECRET_KEY": KEY, "PUBLIC_URL": "https://tracker.example.org"}
    return {"TRACKER_ENV": "production", **safe, **given}


def test_nothing_set_gives_the_defaults(tmp_path: Path) -> None:
    config = load({"DATA": str(tmp_path)})
    expected = {s.name: s.default for s in settings() if s.name not in {"data", "secret_key"}}
    assert {name: getattr(config, name) for name in expected} == expected
    assert config.embedded
    assert config.in_process
    assert config.warnings == ()


def test_blanks_count_as_unset() -> None:
    assert load({"SECRET_KEY": KEY, "PORT": "  ", "CORS_ORIGINS": ""}) == Config(secret_key=KEY)


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("PORT", " 8123 ", "port", 8123),
        ("HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("HOST", "localhost", "host", "localhost"),
        ("HOST", "::1", "host", "::1"),
        ("DATA", "/some/folder", "data", Path("/some/folder")),
        ("OPEN_WORKSPACE", "Yes", "open_workspace", True),
        ("OPEN_WORKSPACE", "0", "open_workspace", False),
        ("ALGORITHM", "hs256", "algorithm", "HS256"),
        ("LOG_LEVEL", "DEBUG", "log_level", "debug"),
        (
            "CORS_ORIGINS",
            "https://A.example/, http://[::1]:5173",
            "cors_origins",
            ("https://a.example", "http://[::1]:5173"),
        ),
        (
            "MONGODB_URI",
            "mongodb://a,b:27018/x?w=majority",
            "mongodb_uri",
            "mongodb://a,b:27018/x?w=majority",
        ),
        ("MONGODB_URI", "mongodb+srv://a.example/x", "mongodb_uri", "mongodb+srv://a.example/x"),
        ("REDIS_URL", "rediss://:p%40ss@host:6380/2", "redis_url", "rediss://:p%40ss@host:6380/2"),
        ("PUBLIC_URL", "https://Tracker.example/", "public_url", "https://tracker.example"),
        ("SMTP_HOST", "smtp.example.org", "smtp_host", "smtp.example.org"),
        ("EMAIL_FROM", "no-reply@example.org", "email_from", "no-reply@example.org"),
        ("REQUIRE_CONFIRMATION", "true", "require_confirmation", True),
        ("MAX_FILE_SIZE", "26214400", "max_file_size", 26_214_400),
        ("FILE_QUOTA", "0", "file_quota", 0),
        (
            "ALLOWED_FILE_TYPES",
            "image/PNG, text/csv,",
            "allowed_file_types",
            ("image/png", "text/csv"),
        ),
        ("AWS_BUCKET", "tracker.files-1", "aws_bucket", "tracker.files-1"),
        (
            "CUSTOM_S3_ENDPOINT_URL",
            "https://s3.example:9000/",
            "s3_endpoint",
            "https://s3.example:9000",
        ),
    ],
)
def test_a_value_is_read(variable: str, text: str, name: str, value: object) -> None:
    assert getattr(load({"SECRET_KEY": KEY, variable: text}), name) == value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("TRACKER_ENV", CANARY),
        ("PORT", CANARY),
        ("PORT", "65536"),
        ("PORT", "--80"),
        ("PORT", "8²"),
        ("PORT", "80.0"),
        ("HOST", f"{CANARY}.example"),
        ("WEB_CONCURRENCY", "-1"),
        ("WEB_THREADS", "0"),
        ("DATA", f"~{CANARY}/x"),
        ("MONGODB_URI", f"postgres://{CANARY}"),
        ("MONGODB_URI", "mongodb://"),
        ("MONGODB_URI", f"mongodb://user:{CANARY}@x@host/"),
        ("MONGODB_URI", f"mongodb://host:{CANARY}/"),
        ("MONGODB_URI", f"mongodb://host/?{CANARY}=1"),
        ("MONGODB_DATABASE", f"{CANARY}.x"),
        ("MONGODB_POOL", "0"),
        ("REDIS_URL", f"http://{CANARY}"),
        ("REDIS_URL", f"redis://host:{CANARY}"),
        ("REDIS_URL", f"redis://host/{CANARY}"),
        ("TASK_SERVICE_QUEUE", f"{CANARY} x"),
        ("SWEEP_SECONDS", "0"),
        ("LIVE_SOCKETS", "-1"),
        ("REALTIME_PORT", CANARY),
        ("SECRET_KEY", CANARY),
        ("SECRET_KEY_PREVIOUS", CANARY),
        ("METRICS_TOKEN", CANARY),
        ("REFRESH_TOKEN_EXPIRE_MINUTES", "0"),
        ("ALGORITHM", "RS256"),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", "1440m"),
        ("PASSWORD_COST", CANARY),
        ("OPEN_WORKSPACE", CANARY),
        ("CORS_ORIGINS", "*,https://a.example"),
        ("CORS_ORIGINS", f"https://*.{CANARY}.example"),
        ("CORS_ORIGINS", f"https://a.example/{CANARY}"),
        ("CORS_ORIGINS", f"https://user:{CANARY}@a.example"),
        ("COMMON_PASSWORDS", CANARY),
        ("REQUIRE_CONFIRMATION", CANARY),
        ("PUBLIC_URL", f"https://a.example/{CANARY}"),
        ("PUBLIC_URL", f"https://a.example,https://{CANARY}.example"),
        ("PUBLIC_URL", f"ftp://{CANARY}.example"),
        ("SMTP_HOST", f"smtp://{CANARY}"),
        ("SMTP_PORT", "0"),
        ("EMAIL_FROM", f"{CANARY}"),
        ("EMAIL_FROM", f"a@b.example\r\nBcc: {CANARY}@c.example"),
        ("EMAIL_FROM", f"{CANARY} <a@b.example>"),
        ("MAX_FILE_SIZE", "0"),
        ("MAX_FILE_SIZE", "10MB"),
        ("FILE_QUOTA", "-1"),
        ("FILE_QUOTA", "1" * 17),
        ("ALLOWED_FILE_TYPES", "*"),
        ("ALLOWED_FILE_TYPES", ","),
        ("ALLOWED_FILE_TYPES", f"image/*,{CANARY}"),
        ("AWS_BUCKET", f"{CANARY}/x"),
        ("AWS_REGION", f"{CANARY} x"),
        ("CUSTOM_S3_ENDPOINT_URL", f"https://s3.example/{CANARY}"),
        ("CUSTOM_S3_ENDPOINT_URL", f"s3://{CANARY}"),
        ("LOG_LEVEL", CANARY),
        ("DEBUG", "2"),
    ],
)
def test_a_bad_value_is_refused_by_name_and_not_shown(variable: str, text: str) -> None:
    with pytest.raises(SettingError) as refusal:
        load({"SECRET_KEY": KEY, variable: text})
    told = str(refusal.value)
    assert told.startswith(f"{variable}: ")
    assert CANARY not in "".join(traceback.format_exception(refusal.value))


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"MONGODB_URI": "mongodb://user:word@host/x"},
        {"MONGODB_URI": "mongodb+srv://user:word@host.example/x?w=majority"},
        {"MONGODB_URI": "mongodb://host/x?authMechanism=MONGODB-X509&tls=true"},
        {"CORS_ORIGINS": "https://app.example.org"},
    ],
)
def test_production_takes_what_is_safe(given: dict[str, str]) -> None:
    assert load(production(**given)).production


def test_common_passwords_are_refused_in_production_unless_allowed() -> None:
    for given, refused in (({}, True), ({"COMMON_PASSWORDS": "allow"}, False)):
        assert load(production(**given)).refuses_common_passwords == refused
    for given, refused in (({}, False), ({"COMMON_PASSWORDS": "refuse"}, True)):
        assert load({"SECRET_KEY": KEY, **given}).refuses_common_passwords == refused


@pytest.mark.parametrize(
    ("given", "begins"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"HOST": "0.0.0.0", "PORT": "8123"}, "http://127.0.0.1:8123"),
        ({"HOST": "::1"}, "http://[::1]:8000"),
        ({"PUBLIC_URL": "https://tracker.example.org"}, "https://tracker.example.org"),
    ],
)
def test_links_begin_with_where_people_reach_the_service(
    given: dict[str, str], begins: str
) -> None:
    assert load({"SECRET_KEY": KEY, **given}).public_address == begins


@pytest.mark.parametrize("url", ["", "http://tracker.example.org"])
def test_production_needs_a_public_url_that_is_safe(url: str) -> None:
    with pytest.raises(SettingError, match="^PUBLIC_URL: "):
        load(production(PUBLIC_URL=url))


SMTP = {"SMTP_HOST": "smtp.example.org", "SMTP_USER": "us@example.org", "SMTP_PASSWORD": CANARY}


def test_letters_go_by_smtp_where_server_user_and_password_are_named() -> None:
    assert load(production(**SMTP)).posts_by_smtp
    assert load(production(**SMTP)).warnings == ()
    for missing in SMTP:
        config = load(production(**{**SMTP, missing: ""}))
        assert not config.posts_by_smtp
        (warning,) = config.warnings
        assert warning.startswith("SMTP_HOST")
        assert CANARY not in warning


def test_letters_come_from_our_own_domain() -> None:
    assert load(production(**SMTP)).sender == "us@example.org"
    assert load(production(**SMTP, EMAIL_FROM="me@example.org")).sender == "me@example.org"
    named = {**SMTP, "SMTP_USER": "apikey"}
    assert load(production(**named)).sender == "noreply@tracker.example.org"


def test_development_makes_one_key_and_keeps_it_private(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    first = load({"DATA": str(folder)})
    assert len(first.secret_key.encode()) >= 32
    assert load({"DATA": str(folder)}) == first
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    assert [stat.S_IMODE(os.stat(file).st_mode) for file in folder.iterdir()] == [0o600]


def test_of_two_that_start_together_the_second_takes_the_key_of_the_first(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool, open(tmp_path / "secret", "w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second = pool.submit(load, {"DATA": str(tmp_path)})
        with pytest.raises(TimeoutError):
            second.result(timeout=0.2)
        first.write(KEY)
        first.flush()
        fcntl.flock(first, fcntl.LOCK_UN)
        assert second.result(timeout=10).secret_key == KEY


def test_a_folder_that_cannot_be_written_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match="^DATA: takes a folder that can be written$"):
        load({"DATA": str(tmp_path / "file")})


@pytest.mark.parametrize("name", ["token", "tracker_refresh"])
def test_the_refresh_cookie_has_a_name_of_its_own(name: str) -> None:
    with pytest.raises(SettingError, match="^REFRESH_TOKEN_COOKIES_NAME: "):
        load({"SECRET_KEY": KEY, "REFRESH_TOKEN_COOKIES_NAME": name})


def test_production_is_warned_of_a_bucket_that_is_not_behind_tls() -> None:
    smtp = {**SMTP, "AWS_BUCKET": "files"}
    for scheme, count in (("http", 1), ("https", 0)):
        config = load(production(**smtp, CUSTOM_S3_ENDPOINT_URL=f"{scheme}://s3.example"))
        assert len(config.warnings) == count
        assert all("CUSTOM_S3_ENDPOINT_URL" in warning for warning in config.warnings)


def test_secrets_do_not_show_when_the_settings_are_printed() -> None:
    given = {"MONGODB_URI": f"mongodb://u:{CANARY}@host/", "REDIS_URL": f"redis://:{CANARY}@host"}
    given["AWS_SECRET_ACCESS_KEY"] = CANARY
    shown = repr(load({"SECRET_KEY": KEY, **given}))
    assert "port=8000" in shown
    assert CANARY not in shown
    assert KEY not in shown


def test_the_table_has_one_row_for_each_setting() -> None:
    rows = table().splitlines()
    assert len(rows) == 2 + len(settings())
    assert "| `SECRET_KEY` | – | " in rows[2 + [s.name for s in settings()].index("secret_key")]
    assert "| `OPEN_WORKSPACE` | `false` | " in table()
