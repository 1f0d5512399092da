"""Rules of the URL map: URLs are built by them as by any, and nothing is compiled before."""

from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import BaseConverter, BuildError

from tracker.web import rules


class Heard(BaseConverter):
    """Tells what was compiled or built with it."""

    told: list[str] = []

    def to_url(self, value: Any) -> str:
        self.told.append(value)
        return super().to_url(value)


def served(app: Flask) -> Flask:
    app.url_map.converters["heard"] = Heard
    Heard.told.clear()
    app.add_url_rule("/tasks/<int:number>/files/<heard:name>", "file", lambda **_: "a file")
    app.add_url_rule("/pages/<heard:page>", "page", lambda page: page, defaults={"page": "1"})
    return app


@pytest.fixture
def app() -> Flask:
    app = Flask("rules", static_folder=None)
    rules.init_app(app)
    return app


def test_requests_are_matched_and_nothing_is_compiled_for_building(app: Flask) -> None:
    client = served(app).test_client()
    assert client.get("/tasks/7/files/a").text == "a file"
    assert client.get("/pages/1").text == "1"
    assert client.get("/tasks/x/files/a").status_code == 404
    assert Heard.told == []


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("file", {"number": 7, "name": "a"}),
        ("file", {"number": 7, "name": "ä b/c", "more": ["é", 1]}),
        ("page", {}),
        ("page", {"page": "1", "more": "x"}),
    ],
)
def test_urls_are_built_as_by_any_rule(app: Flask, endpoint: str, values: dict[str, Any]) -> None:
    urls = []
    for one in (served(app), served(Flask("plain", static_folder=None))):
        with one.test_request_context():
            urls.append(url_for(endpoint, **values))
    assert urls[0] == urls[1]
    assert urls[0].startswith("/")


def test_what_lacks_a_value_is_not_built(app: Flask) -> None:
    with served(app).test_request_context(), pytest.raises(BuildError):
        url_for("file", number=7)
