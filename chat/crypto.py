"""Seals secrets with a ring of keys; the only place that imports cryptography.

A sealed value is a line of JSON, `{"v", "kid", "n", "c"}`: format, name of the key, nonce,
AES-256-GCM ciphertext. It opens only under the context it was sealed for (which row, which field,
which host), so that a value copied elsewhere is useless.

    CryptoError            has a sentence; never a key, never a plain text
    ├── BadKeyRing         the configured keys cannot be used: the process must not start
    └── SealError
        ├── UnknownKey     sealed with a key that is not in the ring
        └── SealBroken     changed, cut, moved to another row, or never a sealed value
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = 1


class CryptoError(Exception):
    """The root of what can go wrong here."""


class BadKeyRing(CryptoError):
    """The sentence names the problem and the position of the key."""


class SealError(CryptoError):
    """A sealed value that does not open."""


class UnknownKey(SealError):
    def __init__(self, kid: str) -> None:
        super().__init__(f"This value was sealed with key {kid}, which is not in the key ring.")
        self.kid = kid


class SealBroken(SealError):
    def __init__(self) -> None:
        super().__init__("This sealed value was damaged, or belongs to something else.")


@dataclass(frozen=True, slots=True)
class _Key:
    """The raw bytes are not kept, so no repr, traceback or pickle can show them."""

    kid: str
    cipher: AESGCM = field(repr=False)

    @classmethod
    def of(cls, raw: bytes) -> Self:
        return cls(hashlib.sha256(raw).hexdigest()[:8], AESGCM(raw))


@dataclass(frozen=True, slots=True)
class _Envelope:
    kid: str
    nonce: bytes
    ciphertext: bytes

    @classmethod
    def read(cls, sealed: bytes) -> Self:
        try:
            parts = json.loads(sealed)
            envelope = cls(parts["kid"], _unpack(parts["n"]), _unpack(parts["c"]))
            readable = re.fullmatch("[0-9a-f]{8}", envelope.kid) and len(envelope.nonce) == 12
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise SealBroken from None
        # One value has one spelling: whatever does not write back to the same bytes was touched.
        if not readable or envelope.write() != sealed:
            raise SealBroken
        return envelope

    def write(self) -> bytes:
        parts = {"v": FORMAT, "kid": self.kid, "n": _pack(self.nonce), "c": _pack(self.ciphertext)}
        return json.dumps(parts, separators=(",", ":")).encode()


class KeyRing:
    """The first key seals, every key opens."""

    def __init__(self, keys: list[_Key]) -> None:
        self._keys = {key.kid: key for key in keys}
        self._primary = keys[0]

    def __repr__(self) -> str:
        return f"<KeyRing {' '.join(self.kids)}>"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads base64 keys of 32 bytes, newest first, separated by commas or line breaks."""
        return cls([_Key.of(raw) for raw in _read_keys(text)])

    @staticmethod
    def generate_key() -> str:
        return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()

    @property
    def kids(self) -> tuple[str, ...]:
        return tuple(self._keys)

    @property
    def primary_kid(self) -> str:
        return self._primary.kid

    def seal(self, plain: bytes, *, context: Mapping[str, str]) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        ciphertext = self._primary.cipher.encrypt(nonce, plain, _associated(context))
        return _Envelope(self._primary.kid, nonce, ciphertext).write()

    def open(self, sealed: bytes | memoryview, *, context: Mapping[str, str]) -> bytes:
        envelope = _Envelope.read(bytes(sealed))
        key = self._keys.get(envelope.kid)
        if key is None:
            raise UnknownKey(envelope.kid)
        try:
            return key.cipher.decrypt(envelope.nonce, envelope.ciphertext, _associated(context))
        except InvalidTag:
            raise SealBroken from None

    @staticmethod
    def kid_of(sealed: bytes | memoryview) -> str:
        return _Envelope.read(bytes(sealed)).kid


def refuse_same_secret(ring_text: str, secret_key: str) -> None:
    """A ring that shares its key with SECRET_KEY would fall with the first forged cookie."""
    secret = secret_key.strip()
    forms = [secret.encode(), _decode(secret) or b""]
    for raw in _read_keys(ring_text):
        if any(hmac.compare_digest(raw, form) for form in forms):
            raise BadKeyRing("An encryption key is the same as SECRET_KEY. Make a key of its own.")


def load_or_create(path: Path) -> str:
    """Gives the key ring's text from its file; a first run makes the file, for its owner only."""
    if not path.exists():
        _create(path)
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise BadKeyRing(f"Other users may read {path}. Run: chmod 600 {path}")
        content = file.read()
    try:
        return content.decode("ascii")
    except UnicodeDecodeError:
        raise BadKeyRing(f"{path} holds something other than encryption keys.") from None


def _create(path: Path) -> None:
    """Links a finished file into place: a crash or a second process never meets half a key."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(KeyRing.generate_key() + "\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # Another process was first; its key counts.
    finally:
        draft.unlink()


def _read_keys(text: str) -> list[bytes]:
    words = [word.strip() for word in re.split(r"[,\r\n]", text) if word.strip()]
    if not words:
        raise BadKeyRing("The key ring is empty. It needs at least one encryption key.")
    keys: list[bytes] = []
    for position, word in enumerate(words, start=1):
        raw = _check(_decode(word), position)
        if raw in keys:
            raise BadKeyRing(f"Encryption key {position} is in the key ring twice.")
        keys.append(raw)
    return keys


def _check(raw: bytes | None, position: int) -> bytes:
    if raw is None:
        raise BadKeyRing(f"Encryption key {position} is not base64.")
    if len(raw) != KEY_BYTES:
        raise BadKeyRing(f"Encryption key {position} has {len(raw)} bytes; it needs {KEY_BYTES}.")
    if len(set(raw)) == 1:
        raise BadKeyRing(f"Encryption key {position} repeats one byte; it protects nothing.")
    return raw


def _decode(word: str) -> bytes | None:
    try:
        standard = word.encode("ascii").translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
        return base64.b64decode(standard + b"=" * (-len(standard) % 4), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None


def _associated(context: Mapping[str, str]) -> bytes:
    return json.dumps(dict(context), sort_keys=True, separators=(",", ":")).encode()


def _pack(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unpack(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
