"""`manage.py prepare`: a first start, and every later one."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf.global_settings import STATICFILES_FINDERS
from django.core.management import CommandError, call_command
from django.test import Client

import chatsite.settings
from chat import crypto
from chat.domain import demonstration, setup
from chat.models import ApiKey, LanguageModel, Provider, User

PORT = 8765


@pytest.fixture(autouse=True)
def own_place(settings: Any, tmp_path: Path, own_ring: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "chatsite.staticfiles.ModuleManifestStorage"},
    }
    # Of hundreds of static files, which would be collected for each test.
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "note.txt").write_text("one")
    settings.STATICFILES_DIRS = [tmp_path / "own"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.DEMO, settings.DEMO_PORT = False, PORT
    settings.FIRST_ADMIN_EMAIL, settings.FIRST_ADMIN_PASSWORD = "admin@localhost", ""


def run() -> str:
    out = StringIO()
    call_command("prepare", stdout=out)
    return out.getvalue()


def demo_rows() -> list[tuple[str, str, bool]]:
    rows = Provider.objects.filter(is_demo=True).order_by("name")
    return list(rows.values_list("name", "base_url", "enabled"))


def test_the_first_start_says_how_to_sign_in_and_the_second_is_silent(
    settings: Any, db: Any, client: Client
) -> None:
    settings.STATICFILES_DIRS = chatsite.settings.STATICFILES_DIRS
    settings.STATICFILES_FINDERS = STATICFILES_FINDERS
    said = run()
    password = next(line.split()[-1] for line in said.splitlines() if "password  " in line)
    assert "  email     admin@localhost\n" in said
    sign_in = {"login": "admin@localhost", "password": password}
    assert client.post("/accounts/login/", sign_in).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert run() == ""


def test_the_password_from_the_environment_is_used_and_not_shown(settings: Any, db: Any) -> None:
    settings.FIRST_ADMIN_EMAIL = "Boss@Example.org"
    settings.FIRST_ADMIN_PASSWORD = "from-the-environment"
    assert "from-the-environment" not in run()
    boss = User.objects.get(email="boss@example.org")
    assert boss.check_password("from-the-environment")
    assert (boss.is_staff, boss.is_superuser) == (True, True)


def test_nobody_is_made_beside_an_administrator(erin: User) -> None:
    assert setup.first_administrator() is None
    assert User.objects.get() == erin


def test_the_password_is_not_in_the_repr(db: Any) -> None:
    first = setup.first_administrator()
    assert first is not None
    assert first.password not in repr(first)


def test_an_address_that_is_none_is_refused_in_one_sentence(settings: Any, db: Any) -> None:
    settings.FIRST_ADMIN_EMAIL = "boss"
    with pytest.raises(CommandError, match="CHATSITE_ADMIN_EMAIL is 'boss'") as caught:
        run()
    assert caught.value.returncode == 78
    assert User.objects.count() == 0


def test_static_files_are_collected_only_when_something_changed(
    settings: Any, tmp_path: Path, db: Any
) -> None:
    own = tmp_path / "own"
    assert "Collected the static files." in run()
    assert "Collected the static files." not in run()
    (own / "note.txt").write_text("another")
    assert "Collected the static files." in run()
    (settings.STATIC_ROOT / "staticfiles.json").unlink()
    assert "Collected the static files." in run()


def test_it_makes_three_providers_that_say_what_they_are(settings: Any, db: Any) -> None:
    settings.DEMO = True
    run()
    assert demo_rows() == [
        ("Gray Swan (demonstration)", f"http://127.0.0.1:{PORT}/grayswan", True),
        ("OpenAI-compatible (demonstration)", f"http://127.0.0.1:{PORT}/openai/v1", True),
        ("Peak Privacy (demonstration)", f"http://127.0.0.1:{PORT}/peakprivacy", True),
    ]
    keys = ApiKey.objects.select_related("provider")
    assert [key.reveal().reveal() for key in keys] == ["demo-key"] * 3
    assert LanguageModel.objects.exclude(label="").count() == LanguageModel.objects.count() == 7
    run()
    assert Provider.objects.count() == 3
    assert ApiKey.objects.count() == 3


def test_the_address_and_the_key_follow_the_port(settings: Any, db: Any) -> None:
    settings.DEMO = True
    run()
    settings.DEMO_PORT = 9999
    run()
    assert {url.split("/")[2] for _, url, _ in demo_rows()} == {"127.0.0.1:9999"}
    usable = ApiKey.objects.usable().select_related("provider")
    assert [key.reveal().reveal() for key in usable] == ["demo-key"] * 3


def test_what_an_administrator_changed_stays(settings: Any, db: Any) -> None:
    settings.DEMO = True
    run()
    Provider.objects.filter(kind="grayswan").update(name="Swans", enabled=False)
    LanguageModel.objects.filter(model_name="gpt-4").delete()
    run()
    assert [(name, enabled) for name, _, enabled in demo_rows()] == [
        ("OpenAI-compatible (demonstration)", True),
        ("Peak Privacy (demonstration)", True),
        ("Swans", False),
    ]
    assert not LanguageModel.objects.filter(model_name="gpt-4").exists()


def test_without_the_demonstration_its_providers_are_off_and_come_back(
    settings: Any, provider: Provider
) -> None:
    demonstration.set_up(PORT)
    assert "Switched the demonstration providers off." in run()
    assert [enabled for _, _, enabled in demo_rows()] == [False] * 3
    provider.refresh_from_db()
    assert provider.enabled
    settings.DEMO = True
    run()
    assert [enabled for _, _, enabled in demo_rows()] == [True] * 3


def test_a_name_that_is_taken_is_not_in_the_way(settings: Any, db: Any) -> None:
    Provider.objects.create(
        name="Gray Swan (demonstration)", kind="grayswan", base_url="https://swan.example"
    )
    settings.DEMO = True
    run()
    assert "Gray Swan (demonstration) 2" in [name for name, _, _ in demo_rows()]


def test_a_wrong_key_ring_is_found_before_anything_is_sealed(settings: Any, db: Any) -> None:
    settings.DEMO = True
    run()
    before = list(ApiKey.objects.values_list("id", flat=True))
    settings.ENCRYPTION_KEYS = crypto.KeyRing.generate_key()
    with pytest.raises(CommandError, match="Put it back into ENCRYPTION_KEYS") as caught:
        run()
    assert caught.value.returncode == 78
    assert list(ApiKey.objects.values_list("id", flat=True)) == before
