"""Colours finished code; the only place that imports pygments."""

from functools import lru_cache
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

CLASSES = frozenset(filter(None, STANDARD_TYPES.values()))
MOST = 50_000

# Named one by one: Pygments knows 500 languages, and some of its patterns take hours on hostile
# input. Those here are tried in the tests.
LANGUAGES = {
    "bash", "bat", "c", "c#", "c++", "cfg", "clojure", "cmake", "cpp", "cs", "csharp", "css", "csv",
    "dart", "diff", "django", "docker", "dockerfile", "elixir", "erlang", "go", "golang", "graphql",
    "groovy", "haskell", "hcl", "html", "http", "ini", "java", "javascript", "jinja", "js", "json",
    "json5", "jsonc", "jsx", "julia", "kotlin", "kt", "latex", "less", "lua", "make", "makefile",
    "markdown", "matlab", "md", "nginx", "nix", "node", "objective-c", "ocaml", "patch", "perl",
    "php", "plsql", "postgres", "postgresql", "powershell", "ps1", "properties", "proto",
    "protobuf", "py", "py3", "pycon", "python", "python3", "r", "rb", "regex", "rs", "ruby", "rust",
    "sass", "scala", "scheme", "scss", "sh", "shell", "sql", "sqlite", "swift", "systemd",
    "terraform", "tex", "tf", "toml", "ts", "tsx", "typescript", "vb", "vb.net", "vim", "vue",
    "xml", "xslt", "yaml", "yml", "zig", "zsh",
}  # fmt: skip
_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


def highlighted(code: str, language: str) -> str:
    """HTML of the code with Pygments' short class names; plain for what it does not know."""
    lexer = _lexer(language.lower())
    if lexer is None or len(code) > MOST:
        return escape(code, quote=False)
    return highlight(code, lexer, _FORMATTER)


@lru_cache(maxsize=256)
def _lexer(language: str) -> Lexer | None:
    if language not in LANGUAGES:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
