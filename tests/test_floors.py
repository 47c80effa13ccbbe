"""Imports go down the floors, and each third-party library has one door."""

import ast
import re
import subprocess
import sys
from pathlib import Path

# Django's async calls all run in one thread, and do not recover from a restart of the database.
ASYNC_ORM = re.compile(
    r"a(aggregate|bulk_(create|update)|count|create|delete|earliest|exists|first|full_clean|get"
    r"|(get|update)_or_create|in_bulk|iterator|last|latest|refresh_from_db|save|update)"
)
ROOT = Path(__file__).resolve().parent.parent


def test_every_contract_on_imports_is_kept() -> None:
    """In a process of its own: it reads the imports of modules, and Twisted would be in its way."""
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command, "--no-logo", "--no-cache"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_async_code_reaches_the_database_through_one_door_only() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.attr}"
        for path in [*ROOT.glob("chat/**/*.py"), *ROOT.glob("chatsite/*.py")]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and ASYNC_ORM.fullmatch(node.attr)
    ]
    assert found == []
