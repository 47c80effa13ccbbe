"""The names that our modules import, load or style themselves with become hashed ones."""

import re
from pathlib import Path

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.storage import FileSystemStorage

from chatsite.staticfiles import ModuleManifestStorage

SOURCE = Path(__file__).parents[1] / "static"
NAMES = re.compile(r"""(?:from|import|import\(|URL\()\s*"(\.\.?/[^"]+)\"""")
HASHED = re.compile(r"\.[0-9a-f]{12}\.(js|css)$")


def collected(source: Path, target: Path) -> Path:
    """As collectstatic leaves it."""
    found = {
        str(path.relative_to(source)): (FileSystemStorage(source), str(path.relative_to(source)))
        for path in source.rglob("*.*")
        if path.suffix in {".js", ".css"}
    }
    storage = ModuleManifestStorage(location=target, base_url="/static/")
    for name in found:
        StaticFilesStorage.save(storage, name, (source / name).open("rb"))
    for _name, _hashed, processed in storage.post_process(found):
        assert not isinstance(processed, Exception), processed
    return target


def test_every_way_of_naming_another_file_is_rewritten(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "js/features").mkdir(parents=True)
    (source / "css").mkdir()
    (source / "css/comments.css").write_text("p { margin: 0 }")
    (source / "js/page.js").write_text(
        'const FEATURES = { comments: () => import("./features/comments.js") };\n'
    )
    (source / "js/features/comments.js").write_text(
        'import {\n  on,\n} from "../words.js";\nimport "../words.js";\n'
        'addStyle(new URL("../../css/comments.css", import.meta.url));\n'
    )
    (source / "js/words.js").write_text("export const on = 1;\n")
    target = collected(source, tmp_path / "target")
    [page] = target.glob("js/page.*.js")
    [comments] = target.glob("js/features/comments.*.js")
    [words] = target.glob("js/words.*.js")
    [style] = target.glob("css/comments.*.css")
    assert page.read_text() == (
        f'const FEATURES = {{ comments: () => import("./features/{comments.name}") }};\n'
    )
    assert comments.read_text() == (
        f'import {{\n  on,\n}} from "../{words.name}";\nimport "../{words.name}";\n'
        f'addStyle(new URL("../../css/{style.name}", import.meta.url));\n'
    )


def test_no_module_of_ours_names_a_file_that_is_not_hashed(tmp_path: Path) -> None:
    target = collected(SOURCE, tmp_path)
    modules = [path for path in target.rglob("*.js") if HASHED.search(path.name)]
    named = {
        (module.parent / name).resolve()
        for module in modules
        for name in NAMES.findall(module.read_text())
    }
    assert len(modules) >= 10
    assert len(named) >= 7
    assert [path for path in named if not HASHED.search(path.name) or not path.exists()] == []
