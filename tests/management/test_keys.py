"""`manage.py keys`: what opens, renewing the ring, taking a key out of it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from chat import crypto, providers
from chat.domain import keys
from chat.models import ApiKey, Provider, Tool
from chat.models.sealing import key_ring

from .conftest import keys_command as run

pytestmark = pytest.mark.usefixtures("own_ring")

SECRET = "sk-test-0123456789"


def opened() -> list[str]:
    return [key.reveal().reveal() for key in ApiKey.objects.select_related("provider")]


def test_check_counts_what_each_encryption_key_seals(provider: Provider) -> None:
    kid = key_ring().primary_kid
    assert run("check") == f"{kid}  seals 1 provider key\nEvery provider key opens.\n"


def test_check_names_the_provider_whose_host_was_changed(provider: Provider) -> None:
    Provider.objects.update(base_url="https://elsewhere.example/v1")
    with pytest.raises(CommandError, match="House models: the key ending in 6789 does not open"):
        run("check")


def test_check_finds_a_key_that_was_copied_to_another_row(provider: Provider) -> None:
    other = Provider.objects.create(name="Other", kind="grayswan", base_url=provider.base_url)
    ApiKey.objects.create(provider=other, sealed=ApiKey.objects.get().sealed, hint="6789")
    with pytest.raises(CommandError, match=r"^Other: "):
        run("check")


def test_rotate_seals_everything_with_a_new_key_and_keeps_the_file_private(
    provider: Provider, own_ring: Path
) -> None:
    old = key_ring().primary_kid
    assert run("rotate") == "Sealed 1 provider key with the newest encryption key.\n"
    new = key_ring().primary_kid
    assert key_ring().kids == (new, old)
    assert new != old
    assert crypto.KeyRing.kid_of(ApiKey.objects.get().sealed) == new
    assert opened() == [SECRET]
    assert own_ring.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in own_ring.parent.iterdir()] == ["encryption_keys"]


def test_rotate_seals_the_keys_of_tools_too(own_ring: Path, db: None) -> None:
    old = key_ring().primary_kid
    tool = Tool(name="weather", url="https://tools.example.org/", parameters={"type": "object"})
    tool.seal(providers.Secret(SECRET))
    tool.save()
    run("rotate")
    sealed = Tool.objects.get()
    assert crypto.KeyRing.kid_of(bytes(sealed.sealed or b"")) == key_ring().primary_kid != old
    assert sealed.reveal() == providers.Secret(SECRET)


def test_rotate_finishes_what_an_earlier_run_left(provider: Provider, own_ring: Path) -> None:
    run("rotate")
    ring = key_ring().kids
    second = ApiKey(provider=provider)
    second.seal(providers.Secret(SECRET))
    oldest = crypto.KeyRing.parse(own_ring.read_text().splitlines()[1])
    second.sealed = oldest.seal(SECRET.encode(), context=second.context)
    second.save()
    run("rotate")
    assert key_ring().kids == ring
    assert {crypto.KeyRing.kid_of(key.sealed) for key in ApiKey.objects.all()} == {ring[0]}


def test_a_running_server_opens_what_another_process_sealed_anew(
    provider: Provider, own_ring: Path
) -> None:
    stale = key_ring()
    own_ring.write_text(crypto.KeyRing.generate_key() + "\n" + own_ring.read_text())
    key = ApiKey.objects.get()
    newest = crypto.KeyRing.parse(own_ring.read_text())
    ApiKey.objects.update(sealed=newest.seal(SECRET.encode(), context=key.context))
    assert key_ring() is stale
    assert opened() == [SECRET]


def test_a_running_server_seals_with_the_newest_key(provider: Provider, own_ring: Path) -> None:
    key_ring()
    own_ring.write_text(crypto.KeyRing.generate_key() + "\n" + own_ring.read_text())
    newest = crypto.KeyRing.parse(own_ring.read_text()).primary_kid
    key = keys.enter_key(provider, providers.Secret(SECRET), None)
    assert crypto.KeyRing.kid_of(key.sealed) == newest


def test_rotate_says_what_to_put_into_the_environment(provider: Provider, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = crypto.KeyRing.generate_key()
    key_ring.cache_clear()
    ApiKey.objects.all().delete()
    with pytest.raises(CommandError, match="in front of it") as caught:
        run("rotate")
    offered = str(caught.value).rpartition(" ")[2]
    assert len(crypto.KeyRing.parse(f"{offered},{settings.ENCRYPTION_KEYS}").kids) == 2


def test_retire_refuses_the_newest_key_an_unknown_one_and_one_in_use(provider: Provider) -> None:
    old = key_ring().primary_kid
    with pytest.raises(CommandError, match="is the newest encryption key"):
        run("retire", old)
    with pytest.raises(CommandError, match="There is no encryption key 00000000"):
        run("retire", "00000000")
    sealed = ApiKey.objects.get().sealed
    run("rotate")
    ApiKey.objects.update(sealed=sealed)
    with pytest.raises(CommandError, match=f"Keys of House models are sealed with {old}"):
        run("retire", old)
    assert old in key_ring().kids


def test_a_retired_key_opens_nothing_any_more(provider: Provider) -> None:
    old, stolen = key_ring().primary_kid, bytes(ApiKey.objects.get().sealed)
    run("rotate")
    run("retire", old)
    assert old not in key_ring().kids
    assert opened() == [SECRET]
    ApiKey.objects.update(sealed=stolen)
    with pytest.raises(crypto.UnknownKey):
        opened()


def test_the_key_is_in_no_file_but_sealed(provider: Provider, own_ring: Path) -> None:
    assert SECRET.encode() not in bytes(ApiKey.objects.get().sealed)
    assert SECRET not in own_ring.read_text()


@pytest.mark.parametrize(
    ("ring", "words"),
    [
        ("not base64!", "Encryption key 1 is not base64"),
        ("YWJj", "Encryption key 1 has 3 bytes"),
        ("A" * 43 + "=", "repeats one byte"),
        (",", "The key ring is empty"),
    ],
)
def test_a_malformed_ring_stops_the_start_without_showing_it(
    provider: Provider, settings: Any, ring: str, words: str
) -> None:
    settings.ENCRYPTION_KEYS = ring
    (problem,) = keys.check_keys()
    assert words in problem
    assert "ENCRYPTION_KEYS" in problem
    assert ring == "," or ring not in problem


def test_a_ring_that_opens_nothing_stops_the_start(provider: Provider, settings: Any) -> None:
    kid = key_ring().primary_kid
    settings.ENCRYPTION_KEYS = crypto.KeyRing.generate_key()
    assert keys.check_keys() == [
        f"The stored provider keys need encryption key {kid}, which is missing. "
        "Put it back into ENCRYPTION_KEYS."
    ]


def test_a_lost_key_file_stops_the_start(provider: Provider, own_ring: Path) -> None:
    own_ring.unlink()
    (problem,) = keys.check_keys()
    assert str(own_ring) in problem


def test_a_key_ring_others_may_read_stops_the_start(provider: Provider, own_ring: Path) -> None:
    own_ring.chmod(0o644)
    (problem,) = keys.check_keys()
    assert "chmod 600" in problem


def test_the_secret_key_cannot_be_an_encryption_key(provider: Provider, settings: Any) -> None:
    settings.SECRET_KEY = settings.ENCRYPTION_KEYS = crypto.KeyRing.generate_key()
    (problem,) = keys.check_keys()
    assert "same as SECRET_KEY" in problem


def test_losing_one_of_several_keys_is_reported_and_the_rest_works(
    provider: Provider, own_ring: Path
) -> None:
    lost = key_ring().primary_kid
    own_ring.write_text(crypto.KeyRing.generate_key())
    key_ring.cache_clear()
    other = Provider.objects.create(name="Other", kind="grayswan", base_url=provider.base_url)
    keys.enter_key(other, providers.Secret(SECRET), None)
    assert keys.check_keys() == []
    assert [(row.provider, row.kid) for row in keys.report().closed] == [("House models", lost)]
