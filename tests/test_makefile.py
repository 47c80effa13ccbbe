"""The two commands name plainly what they miss."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# What stands in for Python answers these questions as an old or a stripped one would.
OLD = "#!/bin/sh\ncase $1 in --version) echo Python 3.9.2;; *) exit 1;; esac\n"
STRIPPED = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\n'


def make(target: str, *variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", target, *variables],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )


def stand_in(directory: Path, text: str) -> Path:
    script = directory / "python"
    script.write_text(text)
    script.chmod(0o755)
    return script


@pytest.mark.parametrize("target", ["run", "test"])
def test_a_missing_python_is_named(tmp_path: Path, target: str) -> None:
    done = make(target, "PYTHON=python9", f"VENV={tmp_path}/venv")
    assert (done.returncode, done.stdout) == (
        2,
        "python9 is missing. Install Python 3.11 or newer, or name it: make PYTHON=…\n",
    )


def test_an_old_python_is_named(tmp_path: Path) -> None:
    done = make("run", f"PYTHON={stand_in(tmp_path, OLD)}", f"VENV={tmp_path}/venv")
    assert (done.returncode, done.stdout) == (
        2,
        "Python 3.9.2 is too old: Chatsite needs 3.11. Name a newer one: make PYTHON=…\n",
    )


def test_a_python_without_venv_is_named(tmp_path: Path) -> None:
    done = make("run", f"PYTHON={stand_in(tmp_path, STRIPPED)}", f"VENV={tmp_path}/venv")
    assert (done.returncode, done.stdout) == (
        2,
        "Python's venv and pip are missing. On Debian: apt-get install python3-venv\n",
    )


@pytest.mark.parametrize(
    ("variables", "lock"),
    [
        ((), "requirements.txt"),
        (("DATABASE_URL=postgres://db/chat",), "requirements-scale.txt"),
        (("REDIS_URL=redis://cache",), "requirements-scale.txt"),
    ],
)
def test_drivers_are_installed_for_the_databases_that_are_set(
    tmp_path: Path, variables: tuple[str, ...], lock: str
) -> None:
    done = make("run", "--dry-run", f"VENV={tmp_path}", *variables)
    assert re.findall(r"--requirement (\S+)", done.stdout) == [lock]


def test_help_lists_every_target() -> None:
    phony = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    listed = re.findall(r"^make ([\w-]+) ", make("help").stdout, re.MULTILINE)
    assert sorted(listed) == sorted(phony[0].split())


def test_the_lock_files_agree() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==[^\s;\\]+", (ROOT / name).read_text(), re.MULTILINE))

    base, scale, dev = map(
        pins, ("requirements.txt", "requirements-scale.txt", "requirements-dev.txt")
    )
    assert base < scale < dev


def test_the_lock_files_name_no_address_to_download_from() -> None:
    for path in ROOT.glob("requirements*.txt"):
        assert "://" not in path.read_text()
