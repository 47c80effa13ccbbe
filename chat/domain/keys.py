"""The organisation's keys to providers, and the key ring that seals them.

KeyProblem        has a sentence without any secret
├── RingNotOurs   the ring comes from the environment: the sentence says what to put there
└── StillNeeded   this encryption key cannot be taken out of the ring
"""

import os
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat import crypto
from chat.models import ApiKey, Provider, Tool, User
from chat.models.audit_event import Verb
from chat.models.sealing import key_ring
from chat.providers import InvalidSecret, Secret

from . import audit, sealed_files

# A tool's key is sealed in its own row.
Sealed = ApiKey | Tool


class KeyProblem(Exception):
    """The root of what can be refused here."""


class RingNotOurs(KeyProblem):
    pass


class StillNeeded(KeyProblem):
    pass


@dataclass(frozen=True, slots=True)
class Closed:
    """A key in use that does not open."""

    provider: str
    hint: str
    kid: str | None

    def __str__(self) -> str:
        if self.kid:
            return (
                f"{self.provider}: the key ending in {self.hint} was sealed with encryption key "
                f"{self.kid}, which is missing. Put it back, or enter the provider's key again."
            )
        return (
            f"{self.provider}: the key ending in {self.hint} does not open, because the provider's "
            "address or the row was changed. Enter it again in the administration."
        )


@dataclass(frozen=True, slots=True)
class ClosedFiles:
    """Attached files that do not open."""

    count: int
    kid: str | None

    def __str__(self) -> str:
        files = files_counted(self.count)
        if self.kid:
            return f"{files}: sealed with encryption key {self.kid}, which is missing. Put it back."
        return f"{files}: does not open, because the row was changed."


@dataclass(frozen=True, slots=True)
class Report:
    """`sealed` counts the keys in use by the encryption key that they need, newest first; `files`
    the files that are attached to messages.
    """

    sealed: dict[str, int]
    files: dict[str, int]
    closed: list[Closed | ClosedFiles]


def files_counted(count: int) -> str:
    return "1 attached file" if count == 1 else f"{count} attached files"


def enter_key(
    provider: Provider, secret: Secret, entered_by: User | None, *, keep_others: bool = False
) -> ApiKey:
    """Seals a key of the organisation. It is used first; the others are revoked or kept as spares.

    A spare is used when the first one is refused or used up.
    """
    with transaction.atomic():
        if not keep_others:
            provider.api_keys.usable().filter(owner=None).update(revoked_at=timezone.now())
        key = ApiKey(provider=provider, created_by=entered_by)
        key.seal(secret)
        key.save()
        audit.record(Verb.KEY_ENTERED, entered_by, provider, name=provider.name)
    return key


def opens(key: Sealed) -> bool:
    """Raises crypto.BadKeyRing."""
    try:
        key.reveal()
    except (crypto.SealError, InvalidSecret):
        return False
    return True


def report(*, open_files: bool = False) -> Report:
    """`open_files`: also tries every attached file, which takes long. Raises crypto.BadKeyRing."""
    kids = key_ring().kids
    sealed: Counter[str] = Counter(dict.fromkeys(kids, 0))
    closed: list[Closed | ClosedFiles] = []
    for key in _in_use():
        kid = _kid_of(key)
        sealed[kid or ""] += 1
        if not opens(key):
            missing = kid if kid not in kids else None
            closed.append(Closed(_holder(key), key.hint, missing))
    del sealed[""]
    for kid, count in sealed_files.closed().items() if open_files else ():
        closed.append(ClosedFiles(count, kid if kid not in kids else None))
    return Report(dict(sealed), dict(sealed_files.kids()), closed)


def check_keys() -> list[str]:
    """Why the server must not start, in sentences; empty: it may.

    A ring that opens nothing is the wrong ring. A ring that lost one of several keys is not:
    the rest works, and `report` names the keys that do not.
    """
    key_ring.cache_clear()
    try:
        kids = set(key_ring().kids)
    except crypto.BadKeyRing as problem:
        return [f"{problem} ({_source()})"]
    needed = {kid for key in _in_use() if (kid := _kid_of(key))} | set(sealed_files.kids())
    if not needed or needed & kids:
        return []
    names = ", ".join(sorted(needed))
    sentence = f"The stored provider keys need encryption key {names}, which is missing."
    return [f"{sentence} Put it back into {_source()}."]


def rotate() -> int:
    """Adds a new encryption key and seals every key and file with it; returns how many keys.

    Can be stopped and started again at any time: what an earlier run left is finished first.
    Raises RingNotOurs, or crypto.BadKeyRing.
    """
    if not _outdated() and not sealed_files.has_outdated(key_ring().primary_kid):
        if settings.ENCRYPTION_KEYS:
            raise RingNotOurs(
                "ENCRYPTION_KEYS is set in the environment. Put this new key in front of it, "
                f"followed by a comma, restart, and run this again: {crypto.KeyRing.generate_key()}"
            )
        _write_ring([crypto.KeyRing.generate_key(), *_lines()])
    outdated = _outdated()
    for key in outdated:
        key.reseal()
    sealed_files.reseal_outdated(key_ring().primary_kid)
    return len(outdated)


def retire(kid: str) -> None:
    """Takes an encryption key out of the ring for good.

    Raises StillNeeded, RingNotOurs or crypto.BadKeyRing.
    """
    ring = key_ring()
    if kid not in ring.kids:
        raise StillNeeded(f"There is no encryption key {kid} in {_source()}.")
    if kid == ring.primary_kid:
        raise StillNeeded(f"{kid} is the newest encryption key. Run “keys rotate” first.")
    names = sorted({_holder(key) for key in _in_use() if _kid_of(key) == kid})
    if names:
        raise StillNeeded(
            f"Keys of {', '.join(names)} are sealed with {kid}. Run “keys rotate” first; a key "
            "that does not open must be entered again or revoked."
        )
    if files := sealed_files.kids()[kid]:
        raise StillNeeded(f"{files_counted(files)}: sealed with {kid}. Run “keys rotate” first.")
    if settings.ENCRYPTION_KEYS:
        position = ring.kids.index(kid) + 1
        raise RingNotOurs(f"Nothing needs {kid}: take key {position} out of ENCRYPTION_KEYS.")
    _write_ring([line for line in _lines() if crypto.KeyRing.parse(line).primary_kid != kid])


def _source() -> str:
    return "ENCRYPTION_KEYS" if settings.ENCRYPTION_KEYS else str(settings.ENCRYPTION_KEYS_FILE)


def _in_use() -> Iterator[Sealed]:
    yield from ApiKey.objects.usable().select_related("provider").iterator()
    yield from Tool.objects.exclude(sealed=None).iterator()


def _holder(key: Sealed) -> str:
    return key.provider.name if isinstance(key, ApiKey) else key.name


def _kid_of(key: Sealed) -> str | None:
    try:
        return crypto.KeyRing.kid_of(key.sealed or b"")
    except crypto.SealBroken:
        return None


def _outdated() -> list[Sealed]:
    """Keys, revoked ones too, that open but were not sealed with the newest encryption key."""
    ring = key_ring()
    rows: list[Sealed] = [*ApiKey.objects.select_related("provider")]
    rows += Tool.objects.exclude(sealed=None)
    return [key for key in rows if _kid_of(key) not in {None, ring.primary_kid} and opens(key)]


def _lines() -> list[str]:
    text = crypto.load_or_create(settings.ENCRYPTION_KEYS_FILE)
    return [word.strip() for word in text.replace(",", "\n").splitlines() if word.strip()]


def _write_ring(lines: list[str]) -> None:
    """Replaces the file in one step: a crash leaves the old ring or the new one, never half."""
    path: Path = settings.ENCRYPTION_KEYS_FILE
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    key_ring.cache_clear()
