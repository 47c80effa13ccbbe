"""The endings of files that can be read, and what such files begin with."""

KINDS = ("txt", "md", "csv", "pdf", "docx")
PLAIN = ("txt", "md", "csv")

PDF = b"%PDF-"
# Word writes zip archives; the old format, and archives with a password, are OLE files.
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(name: str) -> str | None:
    """The ending of a file's name, or None: such files are not read."""
    ending = name.rpartition(".")[2].lower()
    if ending in {"markdown", "text"}:
        return {"markdown": "md", "text": "txt"}[ending]
    return ending if "." in name and ending in KINDS else None
