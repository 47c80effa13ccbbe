"""The text of PDF files, page by page."""

import io

import pypdf
from pypdf.errors import (
    DependencyError,
    FileNotDecryptedError,
    LimitReachedError,
    PyPdfError,
)

from .kinds import PDF
from .limits import Limits
from .results import Extracted, Problem, Unreadable

# Some programs write a few bytes of their own in front.
HEAD = 1024
# Letters that are drawn as one; the last two are what older fonts call theirs.
LIGATURES = str.maketrans(
    {
        "\ufb00": "ff",
        "\ufb01": "fi",
        "\ufb02": "fl",
        "\ufb03": "ffi",
        "\ufb04": "ffl",
        "\uf001": "fi",
        "\uf002": "fl",
    }
)


def read(data: bytes, limits: Limits) -> Extracted:
    if PDF not in data[:HEAD]:
        raise Unreadable(Problem.WRONG_KIND)
    try:
        return _read(pypdf.PdfReader(io.BytesIO(data)), limits)
    except LimitReachedError:
        raise Unreadable(Problem.TOO_COMPLEX) from None
    except (DependencyError, FileNotDecryptedError):
        raise Unreadable(Problem.ENCRYPTED) from None
    except PyPdfError:
        raise Unreadable(Problem.BROKEN) from None


def _read(reader: pypdf.PdfReader, limits: Limits) -> Extracted:
    # Many files are locked against printing only: those open without a password.
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable(Problem.ENCRYPTED)
    count = len(reader.pages)
    if count > limits.pages:
        raise Unreadable(Problem.TOO_MANY_PAGES, count)
    texts: list[str] = []
    size = 0
    for page in reader.pages:
        text = page.extract_text().translate(LIGATURES).strip()
        texts.append(text)
        size += len(text) + 2
        if size > limits.characters:
            return Extracted("\n\n".join(texts), cut=True, pages=count)
    return Extracted("\n\n".join(texts).strip(), pages=count)
