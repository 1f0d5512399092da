"""A real browser at the address of a file that looks like a page: it keeps it, and runs nothing."""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from config import Config
from tests.api.asking import TASKS, make
from tests.api.sending import Sent, attach
from tests.people import Client
from tests.swept import blobs_of
from tracker import create_app
from tracker.services.world import World
from tracker.store import Store

SCRIPT = b"<script>parent.document.body.dataset[window.name] = 'ran'</script>"
PAGE = b"<!DOCTYPE html><html><body>" + SCRIPT
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture
def store(embedded_store: Store) -> Store:
    return embedded_store


class Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None: ...


class Site:
    """The service as somebody sees it who is logged in, a page that frames what it is told to, and
    the same bytes as a page of nobody's.
    """

    def __init__(self, ann: Client) -> None:
        self.ann, self.framed, self.asked = ann, {"page": "/page"}, list[str]()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        if path in {"/", "/page"}:
            start_response("200 OK", [("Content-Type", "text/html")])
            return [self._frames() if path == "/" else PAGE]
        environ["HTTP_AUTHORIZATION"] = f"Bearer {self.ann.token}"
        answer: Iterable[bytes] = self.ann.app.wsgi_app(environ, start_response)
        return answer

    def _frames(self) -> bytes:
        frames = (f'<iframe name="{n}" src="{path}"></iframe>' for n, path in self.framed.items())
        return ("<!DOCTYPE html><body>" + "".join(frames)).encode()


@contextmanager
def served(site: Site) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def dumped(address: str, folder: Path) -> str:
    """What a page has become once all of it is loaded. Having told so the browser ends, but now and
    then it does not, so nobody waits for that.
    """
    command = f"{BROWSER} --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --dump-dom"
    words, quiet = [*command.split(), f"--user-data-dir={folder}", address], subprocess.DEVNULL
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=quiet, text=True, cwd=folder, start_new_session=True
    ) as browser:
        assert browser.stdout
        shown = ""
        while "</html>" not in shown and (line := browser.stdout.readline()):
            shown += line
        os.killpg(browser.pid, signal.SIGKILL)
    return shown


def test_a_browser_keeps_a_file_that_looks_like_a_page(
    world: World, config: Config, tmp_path: Path
) -> None:
    if BROWSER is None:
        pytest.skip("no chromium")
    types = (*config.allowed_file_types, "text/html")
    ann = Client(create_app(replace(config, allowed_file_types=types), world)).as_("ann")
    task, site = make(ann)["id"], Site(ann)
    sent = {"text": Sent(b"hello " + PAGE), "html": Sent(PAGE, "a.html", "text/html")}
    for name, (made, *_) in {name: attach(ann, task, one) for name, one in sent.items()}.items():
        site.framed[name] = f"{TASKS}/{task}/files/{made['id']}"
    with served(site) as address:
        shown = dumped(address, tmp_path)
    assert set(site.framed.values()) <= set(site.asked)
    assert 'data-page="ran"' in shown
    assert "data-text" not in shown
    assert "data-html" not in shown
    assert len(blobs_of(world)) == 2
