"""A mail server for one's own machine: `python -m examples.sink FOLDER`.

Takes every letter over TLS, from who logs in, sends none on, and keeps each as a file in there.
Prints the settings by which the service finds it, and a line a letter.
"""

import os
import sys
import threading
from pathlib import Path
from typing import Any

from tests import post


class Sink(post.Server):
    """Keeps letters as files that are there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        target = self.folder / f"{len(self.taken):04}.eml"
        draft = target.with_suffix(".part")
        draft.write_bytes(envelope.content)
        os.replace(draft, target)
        print(f"letter {target}: {self.taken[-1]['Subject']}", flush=True)
        return answer


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    certificate = post.make_certificate(folder)
    with post.smtp_server(certificate, told=Sink(folder)) as sink:
        print(
            f"export SMTP_HOST=127.0.0.1 SMTP_PORT={sink.port} SMTP_USER={post.USER}"
            f" SMTP_PASSWORD='{post.PASSWORD}' SSL_CERT_FILE={folder / 'certificate.pem'}",
            flush=True,
        )
        threading.Event().wait()


if __name__ == "__main__":
    main()
