"""The OpenAPI documents of this application beside its own: each door that has one says so here."""

from typing import NamedTuple, cast

from flask import Flask


class Document(NamedTuple):
    """A document of a door: what it is called, where it lies, and the blueprints it tells of."""

    title: str
    url: str
    blueprints: tuple[str, ...]


def init_app(app: Flask) -> None:
    """Give the application its list of documents, empty yet."""
    app.extensions["documents"] = []


def add(app: Flask, document: Document) -> None:
    """Have a document listed."""
    others(app).append(document)


def others(app: Flask) -> list[Document]:
    """The documents of all doors that have one of their own."""
    return cast(list[Document], app.extensions["documents"])
