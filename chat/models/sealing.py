"""Sealing what a row keeps secret, with the ring of keys that all processes share."""

from collections.abc import Mapping
from functools import cache

from django.conf import settings

from chat import crypto


@cache
def key_ring() -> crypto.KeyRing:
    """The ring of ENCRYPTION_KEYS, else of the file in the data directory.

    Raises crypto.BadKeyRing with a sentence.
    """
    text = settings.ENCRYPTION_KEYS or crypto.load_or_create(settings.ENCRYPTION_KEYS_FILE)
    crypto.refuse_same_secret(text, settings.SECRET_KEY)
    return crypto.KeyRing.parse(text)


def seal(plain: bytes, context: Mapping[str, str]) -> bytes:
    """`context` is what the seal is bound to: elsewhere it does not open."""
    # Another process may have rotated the ring: an old key must not seal anything new.
    key_ring.cache_clear()
    return key_ring().seal(plain, context=context)


def unseal(sealed: bytes | memoryview, context: Mapping[str, str]) -> bytes:
    """Raises crypto.SealBroken or crypto.UnknownKey."""
    try:
        return key_ring().open(sealed, context=context)
    except crypto.UnknownKey:
        # Sealed by another process with a key that is newer than the ring read here.
        key_ring.cache_clear()
        return key_ring().open(sealed, context=context)
