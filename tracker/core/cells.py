"""Text for the cells of tables that spreadsheets open: none of it is ever taken for a formula."""

# what programs read as the beginning of a formula, the full-width forms too, or skip before one
_RISKY = tuple("=+-@\t\r\n\0＝＋－＠")
GUARD = "'"


def guarded(text: str) -> str:
    """The text, behind a `'` where it could be a formula, or where it is one behind such marks: so
    that whoever takes one mark off a guarded text has it back.
    """
    return GUARD + text if text.lstrip(GUARD).startswith(_RISKY) else text
