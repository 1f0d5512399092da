"""Lines of tasks as files, each a generator of bytes that holds one page: CSV (RFC 4180), JSON, and
a workbook of one sheet.

A workbook is a zip, and a zip can be written from front to end: XlsxWriter makes an empty one, and
the rows are put into its sheet as they come. Every text is a text cell, so none is a formula.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import count
from typing import Any
from xml.sax.saxutils import escape

from tracker.core.cells import guarded
from tracker.services.extracting import Line
from tracker.web.answers import dump

MOST_ROWS = 1_048_575  # what a sheet holds below its header
SHEET = "xl/worksheets/sheet1.xml"

Pages = Iterable[list[Line]]
Cell = str | int | None

# TaskHub's seven come first
COLUMNS: tuple[tuple[str, Callable[[Line], Any]], ...] = (
    ("ID", lambda line: line["id"]),
    ("Title", lambda line: line["title"]),
    ("Description", lambda line: line["description"]),
    ("Status", lambda line: line["status"]),
    ("Priority", lambda line: line["priority"]),
    ("Due Date", lambda line: line["due_date"]),
    ("Created At", lambda line: line["created_at"]),
    ("Number", lambda line: line["number"]),
    ("Path", lambda line: " / ".join(line["path"])),
    ("Depth", lambda line: line["depth"]),
    ("Parent ID", lambda line: line["parent_id"]),
    ("Root ID", lambda line: line["root_id"]),
    ("Start Date", lambda line: line["start_date"]),
    ("Completed At", lambda line: line["completed_at"]),
    ("Updated At", lambda line: line["updated_at"]),
    ("Assigned To", lambda line: line["assigned_to"]),
    ("Created By", lambda line: line["created_by"]),
    ("Tags", lambda line: ", ".join(line["tags"])),
    ("Category", lambda line: line["category"]),
    ("Pomodoros Planned", lambda line: line["pomodoros"]["planned"]),
    ("Pomodoros Done", lambda line: line["pomodoros"]["done"]),
    ("Subtasks", lambda line: line["progress"]["total"]),
    ("Subtasks Done", lambda line: line["progress"]["done"]),
)
HEADER = [name for name, _ in COLUMNS]

# what XML 1.0 cannot say, and what a spreadsheet would take for it (ECMA-376, 22.9.2.19)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9a-fA-F]{4}_)")
_WIDTHS = {"A": 38, "B": 40, "C": 40, "F": 26, "G": 26, "I": 60}


class _Pipe(io.RawIOBase):
    """Holds what was written until it is taken."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def take(self) -> bytes:
        taken, self._held = bytes(self._held), bytearray()
        return taken


def as_json(pages: Pages) -> Iterator[bytes]:
    """One list, its lines as they are."""
    yield b"["
    comma = b""
    for page in pages:
        if page:
            yield comma + b",".join(map(dump, page))
            comma = b","
    yield b"]"


def as_csv(pages: Pages) -> Iterator[bytes]:
    """A header, and a line each."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    yield text.getvalue().encode()
    for page in pages:
        text.seek(0)
        text.truncate()
        writer.writerows(_cells(line) for line in page)
        yield text.getvalue().encode()


def as_xlsx(pages: Pages) -> Iterator[bytes]:
    """A workbook whose sheet `Tasks` has a header, and a row each."""
    parts = _template()
    before, after = parts.pop(SHEET).split("</sheetData>")
    pipe, numbers = _Pipe(), count(2)
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as book:
        for name, content in parts.items():
            book.writestr(name, content)
        with book.open(SHEET, "w", force_zip64=False) as sheet:
            sheet.write(before.encode())
            yield pipe.take()
            for page in pages:
                for line in page:
                    sheet.write(_row(next(numbers), _cells(line)).encode())
                yield pipe.take()
            sheet.write(f"</sheetData>{after}".encode())
    yield pipe.take()


def _cells(line: Line) -> list[Cell]:
    return [_cell(value(line)) for _, value in COLUMNS]


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, int):
        return value
    return str(value) if isinstance(value, datetime) else guarded(value)


def _row(number: int, cells: list[Cell]) -> str:
    said = (
        _number(column, number, cell) if isinstance(cell, int) else _text(column, number, cell)
        for column, cell in zip(_LETTERS, cells, strict=True)
        if cell is not None
    )
    return f'<row r="{number}">{"".join(said)}</row>'


def _number(column: str, row: int, number: int) -> str:
    return f'<c r="{column}{row}"><v>{number}</v></c>'


def _text(column: str, row: int, text: str) -> str:
    said = escape(_CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
    return f'<c r="{column}{row}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


_LETTERS = [chr(ord("A") + index) for index in range(len(COLUMNS))]


def _template() -> dict[str, Any]:
    """The files of a workbook with the header alone; its sheet as text, without a word on its size,
    which nobody knows yet.
    """
    import xlsxwriter  # of no use to anybody who exports nothing

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    sheet, bold = book.add_worksheet("Tasks"), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for column, width in _WIDTHS.items():
        sheet.set_column(f"{column}:{column}", width)
    for index, name in enumerate(HEADER):
        sheet.write_string(0, index, name, bold)
    book.close()
    with zipfile.ZipFile(file) as made:
        parts: dict[str, Any] = {name: made.read(name) for name in made.namelist()}
    return parts | {SHEET: re.sub("<dimension [^>]*>", "", parts[SHEET].decode())}
