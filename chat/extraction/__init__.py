"""Text out of files that strangers made: read in a limited child process, never in this one.

    from chat.extraction import Extractor, Unreadable

Knows nothing of Django or tables; pypdf is imported here only.
"""

from .kinds import KINDS, kind_of
from .limits import Limits
from .process import Extractor
from .results import Extracted, Problem, Unreadable

__all__ = ["KINDS", "Extracted", "Extractor", "Limits", "Problem", "Unreadable", "kind_of"]
