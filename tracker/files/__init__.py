"""Where the bytes of files lie: a folder, MongoDB, or S3. Knows keys and bytes; no name, no owner,
no rule.

    blobs    what every storage promises, and bytes on their way out
    folder   files of this machine, for the embedded store
    grid     chunks in MongoDB, in GridFS's layout
    s3       objects of any service that speaks S3
"""

from typing import Any

from .blobs import Blobs as Blobs
from .folder import Folder
from .grid import Grid


def connect(config: Any, db: Any) -> Blobs:
    """The storage that the settings name; `db` is the database where MongoDB holds everything."""
    if config.aws_bucket:
        from .s3 import connect as connect_s3  # only here, for it brings 40 MB with it

        return connect_s3(config)
    return Folder(config.data / "files") if config.embedded else Grid(db)
