"""What the environment says is taken to the letter, or refused with a sentence that helps."""

import stat
from pathlib import Path
from typing import Any

import pytest

from chatsite.environment import (
    BadSetting,
    data_directory,
    database,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_origins,
    env_proxy,
    env_text,
    env_time_zone,
    host_of,
    mail_server,
    need_driver,
    secret_key,
)

CONSOLE = {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda value: monkeypatch.setenv("X", value)


def test_text_is_stripped_and_an_empty_value_is_the_default(given: Any) -> None:
    given("  a b ")
    assert env_text("X", "other") == "a b"
    given("  ")
    assert env_text("X", "other") == "other"


@pytest.mark.parametrize(
    ("value", "meant"),
    [("1", True), ("Yes", True), ("on", True), ("TRUE", True), ("0", False), ("no", False)],
)
def test_a_switch_knows_these_words(given: Any, value: str, meant: bool) -> None:
    given(value)
    assert env_bool("X", default=not meant) is meant


def test_a_switch_does_not_take_a_typing_error_for_off(given: Any) -> None:
    given("ture")
    with pytest.raises(BadSetting, match=r"^X is 'ture'; write 1 or 0\.$"):
        env_bool("X", default=False)


@pytest.mark.parametrize("value", ["", "http://proxy:3128", "http://ann:s3cret@[::1]:3128/"])
def test_a_proxy_is_an_http_address_with_a_port(given: Any, value: str) -> None:
    given(value)
    assert env_proxy("X") == value


@pytest.mark.parametrize(
    "value",
    [
        "proxy:3128",
        "https://ann:s3cret@proxy:3128",
        "http://ann:s3cret@proxy",
        "http://ann:s3cret@proxy:port",
        "http://ann:s3cret@proxy:3128/path",
        "http://ann:s3cret@[proxy:3128",
    ],
)
def test_of_any_other_proxy_nothing_is_repeated(given: Any, value: str) -> None:
    given(value)
    with pytest.raises(BadSetting) as refused:
        env_proxy("X")
    said = "X cannot be read; write http://host:port, like http://proxy:3128."
    assert str(refused.value) == said


@pytest.mark.parametrize("value", ["-1", "1.5", "ten", "11", "²", "1_0", "0x1"])
def test_a_number_must_be_whole_and_within_its_bounds(given: Any, value: str) -> None:
    given(value)
    with pytest.raises(BadSetting, match=f"^X is '{value}'; write a whole number, 0 to 10.$"):
        env_int("X", 3, most=10)


def test_a_number_within_its_bounds_counts(given: Any) -> None:
    given("10")
    assert env_int("X", 3, most=10) == 10
    given("")
    assert env_int("X", 3, most=10) == 3


def test_a_driver_that_is_missing_is_named() -> None:
    with pytest.raises(
        BadSetting, match=r"^X needs nosuch, which is not installed\. Run: make run$"
    ):
        need_driver("X", "nosuch")


def test_a_list_is_separated_by_commas(given: Any) -> None:
    given(" a, b,,c ,")
    assert env_list("X") == ["a", "b", "c"]


def test_a_choice_names_the_other_choices(given: Any) -> None:
    given("rm")
    with pytest.raises(BadSetting, match=r"^X is 'rm'; write one of en, de\.$"):
        env_choice("X", "en", ("en", "de"))


@pytest.mark.parametrize("value", ["Mars", "../etc/passwd", "/etc/localtime"])
def test_a_time_zone_must_be_known(given: Any, value: str) -> None:
    given(value)
    with pytest.raises(BadSetting, match="write a name like Europe/Zurich"):
        env_time_zone("X", "UTC")


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("https://chat.example.org", ["https://chat.example.org"]),
        ("HTTPS://Chat.Example.org:443/", ["https://chat.example.org"]),
        ("http://a:80, http://[::1]:8000", ["http://a", "http://[::1]:8000"]),
    ],
)
def test_addresses_are_written_as_browsers_write_them(
    given: Any, value: str, origins: list[str]
) -> None:
    given(value)
    assert env_origins("X", []) == origins


@pytest.mark.parametrize(
    "value",
    [
        "chat.example.org",
        "ftp://a",
        "https://",
        "https://a/chat",
        "https://a?x=1",
        "https://a#x",
        "https://user:secret@a",
        "http://a:99999",
        "http://[::1",
    ],
)
def test_anything_but_an_address_is_refused(given: Any, value: str) -> None:
    given(value)
    with pytest.raises(BadSetting, match=r"write addresses like https://chat\.example\.org"):
        env_origins("X", [])


def test_addresses_with_and_without_encryption_do_not_mix(given: Any) -> None:
    given("https://a,http://b")
    with pytest.raises(BadSetting, match=r"^X mixes http and https; use https everywhere\.$"):
        env_origins("X", [])


def test_the_host_of_an_address_has_no_port() -> None:
    assert host_of("http://[::1]:8000") == "[::1]"
    assert host_of("https://chat.example.org:8443") == "chat.example.org"


def test_without_an_address_the_database_is_a_file(tmp_path: Path) -> None:
    engine = "django.db.backends.sqlite3"
    assert database("", tmp_path) == {"ENGINE": engine, "NAME": tmp_path / "db.sqlite3"}


def test_a_database_address_is_taken_apart(tmp_path: Path) -> None:
    found = database("postgres://anna:s%40crt@db.example.org:5433/chat", tmp_path)
    names = ("ENGINE", "USER", "PASSWORD", "HOST", "PORT", "NAME")
    assert [found[name] for name in names] == [
        "django.db.backends.postgresql",
        "anna",
        "s@crt",
        "db.example.org",
        5433,
        "chat",
    ]


@pytest.mark.parametrize("url", ["db.example.org", "mysql://a/b", "postgres://a:port/b"])
def test_a_database_address_that_cannot_be_used_is_refused_without_repeating_it(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        database(url, tmp_path)
    assert str(refused.value) == (
        "DATABASE_URL cannot be read; write postgres://user:password@host:5432/name."
    )


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls"),
    [
        ("smtp://bob:p%3Aw@mail.example.org:587", 587, False, True),
        ("smtps://bob:p%3Aw@mail.example.org", 465, True, False),
        ("smtp://bob:p%3Aw@mail.example.org", 25, False, False),
    ],
)
def test_a_mail_address_is_taken_apart(url: str, port: int, ssl: bool, tls: bool) -> None:
    assert mail_server(url) == {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "mail.example.org",
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": "bob",
        "EMAIL_HOST_PASSWORD": "p:w",
        "EMAIL_USE_SSL": ssl,
        "EMAIL_USE_TLS": tls,
        "EMAIL_TIMEOUT": 20,
    }


def test_without_a_mail_server_mails_are_printed() -> None:
    assert mail_server("") == CONSOLE


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail", "smtp://", "smtp://a:b:c"])
def test_a_mail_address_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(BadSetting, match=r"^EMAIL_URL cannot be read; write smtp://user"):
        mail_server(url)


def test_the_data_directory_is_made_for_its_owner_only(tmp_path: Path) -> None:
    made = data_directory(str(tmp_path / "a" / "b"))
    assert made == tmp_path / "a" / "b"
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSetting, match=r"CHATSITE_DATA_DIR .*/file/x cannot be made: Not a dir"):
        data_directory(str(tmp_path / "file" / "x"))


def test_a_secret_is_made_once_and_can_be_read_by_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = secret_key(tmp_path)
    assert len(first) >= 50
    assert secret_key(tmp_path) == first
    assert list(tmp_path.iterdir()) == [tmp_path / "secret_key"]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize("value", ["short", "a" * 60])
def test_a_weak_secret_is_refused_without_repeating_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SECRET_KEY", value)
    with pytest.raises(BadSetting) as refused:
        secret_key(tmp_path)
    assert str(refused.value) == "SECRET_KEY is too short; use at least 32 random characters."
