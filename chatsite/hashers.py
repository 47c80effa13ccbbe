"""Password hashing that a flood of sign-ins cannot turn against the machine."""

import threading
from typing import TYPE_CHECKING, Any

from django.contrib.auth import hashers

if TYPE_CHECKING:
    Scrypt = hashers.BasePasswordHasher
else:
    # The stubs do not know it yet.
    Scrypt = hashers.ScryptPasswordHasher

AT_ONCE = 4
_places = threading.BoundedSemaphore(AT_ONCE)


class FewAtOnceHasher(Scrypt):
    """Each hash takes 16 MB and a core for a moment: the others wait their turn."""

    def encode(self, *args: Any, **kwargs: Any) -> str:
        with _places:
            return super().encode(*args, **kwargs)
