"""Sealed values open where they were sealed, and nowhere else."""

import base64
import hashlib
import json
import pickle
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.crypto import (
    BadKeyRing,
    KeyRing,
    SealBroken,
    SealError,
    UnknownKey,
    load_or_create,
    refuse_same_secret,
)

OLD = base64.b64encode(bytes(range(32))).decode()
NEW = base64.urlsafe_b64encode(bytes(range(200, 232))).decode()
ROW = {"provider": "7", "field": "key", "origin": "https://api.example.ch"}
CANARY = "sk-CANARY-0123456789"

contexts = st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=4)


def kid(key: str) -> str:
    raw = base64.b64decode(key.replace("-", "+").replace("_", "/"))
    return hashlib.sha256(raw).hexdigest()[:8]


@given(st.binary(max_size=300), contexts)
def test_it_opens_what_it_sealed(plain: bytes, context: dict[str, str]) -> None:
    ring = KeyRing.parse(NEW)
    assert ring.open(ring.seal(plain, context=context), context=context) == plain


def test_it_opens_a_database_driver_s_memoryview() -> None:
    ring = KeyRing.parse(NEW)
    sealed = memoryview(ring.seal(b"x", context=ROW))
    assert (ring.open(sealed, context=ROW), ring.kid_of(sealed)) == (b"x", kid(NEW))


def test_the_order_of_the_context_does_not_matter() -> None:
    ring = KeyRing.parse(NEW)
    turned = dict(reversed(ROW.items()))
    assert ring.open(ring.seal(b"x", context=ROW), context=turned) == b"x"


@given(contexts, contexts)
def test_another_context_opens_nothing(sealed_for: dict[str, str], asked: dict[str, str]) -> None:
    ring = KeyRing.parse(NEW)
    sealed = ring.seal(b"secret", context=sealed_for)
    if asked == sealed_for:
        assert ring.open(sealed, context=asked) == b"secret"
    else:
        with pytest.raises(SealBroken):
            ring.open(sealed, context=asked)


@pytest.mark.parametrize("name", ROW)
def test_a_value_moved_to_another_row_field_or_host_does_not_open(name: str) -> None:
    ring = KeyRing.parse(NEW)
    with pytest.raises(SealBroken):
        ring.open(ring.seal(b"secret", context=ROW), context={**ROW, name: "other"})


def test_every_flipped_bit_is_noticed() -> None:
    ring = KeyRing.parse(f"{NEW},{OLD}")
    sealed = ring.seal(b"secret", context=ROW)
    for position in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[position // 8] ^= 1 << position % 8
        with pytest.raises(SealError):
            ring.open(bytes(flipped), context=ROW)


def test_every_cut_is_noticed() -> None:
    ring = KeyRing.parse(NEW)
    sealed = ring.seal(b"secret", context=ROW)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            ring.open(sealed[:length], context=ROW)


@given(st.binary(max_size=200))
def test_noise_is_a_broken_seal_and_no_other_error(noise: bytes) -> None:
    with pytest.raises(SealBroken):
        KeyRing.parse(NEW).open(noise, context=ROW)


@pytest.mark.parametrize(
    "noise",
    [b"null", b"[]", b"7", b'"x"', b"{}", b'{"kid":1,"n":2,"c":3}', b"[" * 100_000, b" {}"],
)
def test_json_that_is_no_envelope_is_a_broken_seal(noise: bytes) -> None:
    with pytest.raises(SealBroken):
        KeyRing.parse(NEW).kid_of(noise)


def test_an_envelope_names_its_format_key_and_nonce() -> None:
    ring = KeyRing.parse(NEW)
    envelope = json.loads(ring.seal(b"secret", context=ROW))
    assert (list(envelope), envelope["v"], envelope["kid"]) == (["v", "kid", "n", "c"], 1, kid(NEW))


def test_no_two_seals_are_alike() -> None:
    ring = KeyRing.parse(NEW)
    assert len({ring.seal(b"secret", context=ROW) for _ in range(500)}) == 500


def test_a_rotated_ring_opens_the_old_and_seals_with_the_new() -> None:
    old, both = KeyRing.parse(OLD), KeyRing.parse(f"{NEW}\n{OLD}\n")
    sealed = old.seal(b"secret", context=ROW)
    assert both.open(sealed, context=ROW) == b"secret"
    assert both.kids == (kid(NEW), kid(OLD))
    assert both.primary_kid == kid(NEW)
    assert both.kid_of(sealed) == kid(OLD)
    assert both.kid_of(both.seal(b"secret", context=ROW)) == kid(NEW)


def test_a_retired_key_is_named() -> None:
    sealed = KeyRing.parse(OLD).seal(b"secret", context=ROW)
    with pytest.raises(UnknownKey) as caught:
        KeyRing.parse(NEW).open(sealed, context=ROW)
    assert caught.value.kid == kid(OLD)
    assert str(caught.value) == (
        f"This value was sealed with key {kid(OLD)}, which is not in the key ring."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The key ring is empty. It needs at least one encryption key."),
        (" ,\n, ", "The key ring is empty. It needs at least one encryption key."),
        ("not base64 at all!", "Encryption key 1 is not base64."),
        (f"{NEW},schlüssel", "Encryption key 2 is not base64."),
        (base64.b64encode(b"s" * 9 + b"t").decode(), "Encryption key 1 has 10 bytes; it needs 32."),
        (f"{NEW}\n{OLD}AAAA", "Encryption key 2 is not base64."),
        (
            base64.b64encode(bytes(32)).decode(),
            "Encryption key 1 repeats one byte; it protects nothing.",
        ),
        (
            base64.b64encode(b"\xff" * 32).decode(),
            "Encryption key 1 repeats one byte; it protects nothing.",
        ),
        (f"{NEW},{OLD},{NEW.rstrip('=')}", "Encryption key 3 is in the key ring twice."),
    ],
)
def test_a_bad_ring_is_refused_in_one_line(text: str, sentence: str) -> None:
    with pytest.raises(BadKeyRing) as caught:
        KeyRing.parse(text)
    assert str(caught.value) == sentence


def test_both_spellings_of_base64_are_the_same_key() -> None:
    raw = b"\xfb\xff\xfe" * 10 + b"ab"
    spellings = [base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()]
    assert len({KeyRing.parse(text).primary_kid for text in spellings}) == 1


def test_a_made_key_is_usable_and_new_each_time() -> None:
    keys = [KeyRing.generate_key() for _ in range(20)]
    assert len(KeyRing.parse(",".join(keys)).kids) == 20


def test_no_repr_pickle_or_error_shows_a_key() -> None:
    ring = KeyRing.parse(NEW)
    assert repr(ring) == f"<KeyRing {kid(NEW)}>"
    with pytest.raises(TypeError):
        pickle.dumps(ring)
    sealed = ring.seal(CANARY.encode(), context=ROW)
    with pytest.raises(SealBroken) as caught:
        ring.open(sealed, context={})
    assert str(caught.value) == "This sealed value was damaged, or belongs to something else."
    assert CANARY.encode() not in sealed


@pytest.mark.parametrize(
    "secret", [NEW, NEW.rstrip("="), f" {NEW}\n", "plain text of 32 characters!!!!!"]
)
def test_a_key_that_is_also_the_secret_key_is_refused(secret: str) -> None:
    ring = f"{OLD},{NEW},{base64.b64encode(b'plain text of 32 characters!!!!!').decode()}"
    with pytest.raises(BadKeyRing) as caught:
        refuse_same_secret(ring, secret)
    assert str(caught.value) == (
        "An encryption key is the same as SECRET_KEY. Make a key of its own."
    )


def test_a_secret_key_of_its_own_is_fine() -> None:
    assert refuse_same_secret(f"{NEW},{OLD}", "another-secret-" + "é" * 40) is None


def test_a_first_run_makes_a_file_only_its_owner_can_read(tmp_path: Path) -> None:
    path = tmp_path / "encryption_keys"
    text = load_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_create(path) == text == path.read_text()
    assert len(KeyRing.parse(text).kids) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    path, texts = tmp_path / "encryption_keys", set[str]()
    threads = [threading.Thread(target=lambda: texts.add(load_or_create(path))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == {path.read_text()}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "encryption_keys"
    path.write_text(NEW)
    path.chmod(mode)
    with pytest.raises(BadKeyRing) as caught:
        load_or_create(path)
    assert str(caught.value) == f"Other users may read {path}. Run: chmod 600 {path}"


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "encryption_keys"
    path.write_bytes(b"\xff\xfe\x00")
    path.chmod(0o600)
    with pytest.raises(BadKeyRing) as caught:
        load_or_create(path)
    assert str(caught.value) == f"{path} holds something other than encryption keys."
