"""The documents say what is true: settings, targets, commands and paths exist, files stay small."""

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "chat/README.md")
# Written in parts, so that this file does not name them either.
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("npmjs", "org"), ("npmjs", "com"))]
HOSTS += [".".join(parts) for parts in (("pythonhosted", "org"), ("deb", "debian", "org"))]
MOST_LINES = 300


def tracked(*endings: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], check=True, capture_output=True, text=True, cwd=ROOT
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name.endswith(endings)]
    return [path for path in paths if path.is_file()]


def read_variables() -> set[str]:
    """The names that settings ask the environment for."""
    sources = (ROOT / "chatsite" / name for name in ("settings.py", "environment.py"))
    text = "".join(path.read_text() for path in sources)
    return set(re.findall(r'\benv_\w+\(\s*"([A-Z_]+)"', text))


def test_the_table_of_settings_is_complete_and_lists_nothing_else() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(read_variables())


def test_numbers_in_the_table_are_the_defaults() -> None:
    source = (ROOT / "chatsite/settings.py").read_text()
    coded = re.findall(r'env_int\("([A-Z_]+)", ([\d_]+),', source)
    readme = (ROOT / "README.md").read_text()
    shown = dict(re.findall(r"^\| `([A-Z_]+)` \| `(\d+)` \|", readme, re.MULTILINE))
    expected = {name: value.replace("_", "") for name, value in coded if value != "0"}
    assert {name: shown.get(name) for name in expected} == expected


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_target_of_make_that_is_named_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(
        re.findall(r"(?:^|`|=0 )make ([a-z]+)", (ROOT / document).read_text(), re.MULTILINE)
    )
    assert named <= targets
    assert named


def test_every_command_that_is_named_exists() -> None:
    text = (ROOT / "README.md").read_text()
    table = text[text.index("## Commands") : text.index("## Accessibility")]
    named = re.findall(r"^\| `([a-z_]+)", table, re.MULTILINE)
    named += re.findall(r"manage\.py ([a-z_]+)", text)
    assert set(named) <= set(get_commands())


def test_every_command_of_ours_is_described() -> None:
    text = (ROOT / "README.md").read_text()
    ours = {name for name, app in get_commands().items() if app == "chat"}
    assert {name for name in ours if f"| `{name}" not in text} == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_that_is_named_exists(document: str) -> None:
    text = (ROOT / document).read_text()
    named = re.findall(r"`((?:chat|chatsite|tests|static|templates)/[\w./]*)`", text)
    named += re.findall(r"\]\(([\w./]+)\)", text)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_module_of_the_inner_floors_is_described() -> None:
    text = (ROOT / "chat/README.md").read_text()
    modules = [*ROOT.glob("chat/domain/*.py"), *ROOT.glob("chat/live/*.py")]
    names = {str(path.relative_to(ROOT)) for path in modules if path.name != "__init__.py"}
    assert {name for name in names if name not in text} == set()


def test_no_file_is_longer_than_it_can_be_read() -> None:
    paths = tracked(".py", ".js", ".css", ".html")
    lengths = {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in paths}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_file_names_a_host_to_download_from() -> None:
    found = [
        (str(path.relative_to(ROOT)), host)
        for path in tracked("")
        for host in HOSTS
        if host.encode() in path.read_bytes()
    ]
    assert found == []
