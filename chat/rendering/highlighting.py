"""Colours finished code; the only place that imports pygments."""

import re
from functools import lru_cache
from html import escape
from itertools import groupby
from operator import itemgetter
from time import thread_time

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String, _TokenType

# The kinds of token that have a colour, under Pygments' short class names. All others stay without
# an element: that is two thirds of them.
_CLASSES: dict[_TokenType, str] = {
    Comment: "c",
    Comment.Preproc: "cp",
    Generic.Deleted: "gd",
    Generic.Heading: "gh",
    Generic.Inserted: "gi",
    Generic.Output: "go",
    Generic.Prompt: "gp",
    Generic.Subheading: "gu",
    Keyword: "k",
    Keyword.Constant: "kc",
    Keyword.Type: "kt",
    Name.Attribute: "na",
    Name.Builtin: "nb",
    Name.Class: "nc",
    Name.Decorator: "nd",
    Name.Exception: "ne",
    Name.Function: "nf",
    Name.Tag: "nt",
    Name.Variable: "nv",
    Number: "m",
    Operator.Word: "ow",
    String: "s",
    String.Escape: "se",
    String.Interpol: "si",
}
CLASSES = frozenset(_CLASSES.values())
MOST = 50_000
PATIENCE = 0.1
# Long lines and long gaps are where patterns take quadratic time.
_UNFIT = re.compile(r"[^\n]{1000}|\n{50}")

# Named one by one: Pygments knows 500 languages, and some of its patterns take hours on hostile
# input. Those here are tried in the tests.
LANGUAGES = {
    "bash", "bat", "c", "c#", "c++", "cfg", "clojure", "cmake", "cpp", "cs", "csharp", "css",
    "dart", "diff", "django", "docker", "dockerfile", "elixir", "erlang", "go", "golang", "graphql",
    "groovy", "haskell", "hcl", "html", "http", "ini", "java", "javascript", "jinja", "js", "json",
    "json5", "jsx", "julia", "kotlin", "latex", "less", "lua", "make", "makefile",
    "markdown", "matlab", "md", "nginx", "nix", "objective-c", "ocaml", "perl",
    "php", "postgres", "postgresql", "powershell", "ps1", "properties", "proto",
    "protobuf", "py", "py3", "pycon", "python", "python3", "r", "rb", "rs", "ruby", "rust",
    "sass", "scala", "scheme", "scss", "sh", "shell", "sql", "swift", "systemd",
    "terraform", "tex", "tf", "toml", "ts", "tsx", "typescript", "vb.net", "vim", "vue",
    "xml", "xslt", "yaml", "yml", "zig", "zsh",
}  # fmt: skip
_OTHER_NAMES = {
    "jsonc": "json",
    "kt": "kotlin",
    "node": "javascript",
    "patch": "diff",
    "plsql": "sql",
    "sqlite": "sql",
}


class Highlighter:
    """For one reply. Pygments' patterns can be made to crawl, so its wasted time is counted.

    Reckoned in processor time of the thread: a busy machine costs no colours.
    """

    def __init__(self) -> None:
        self._patience = PATIENCE

    def highlighted(self, code: str, language: str) -> str:
        """HTML of the code with short class names; plain when it is unknown, unfit or hopeless."""
        lexer = _lexer(language.lower())
        if lexer is None or len(code) > MOST or self._patience <= 0 or _UNFIT.search(code):
            return escape(code, quote=False)
        try:
            return _written(self._tokens(lexer, code))
        except Exception:  # noqa: BLE001 - a fault in one of 100 lexers must not cost the reply
            return escape(code, quote=False)

    def _tokens(self, lexer: Lexer, code: str) -> list[tuple[str, str]]:
        start = thread_time()
        tokens = []
        for kind, text in lexer.get_tokens(code):
            tokens.append((_class_of(kind), text))
            if thread_time() - start > PATIENCE:
                self._patience -= PATIENCE
                return [("", code)]
        return tokens


def _written(tokens: list[tuple[str, str]]) -> str:
    parts = []
    for name, group in groupby(tokens, key=itemgetter(0)):
        text = escape("".join(text for _, text in group), quote=False)
        parts.append(f'<span class="{name}">{text}</span>' if name else text)
    return "".join(parts)


@lru_cache(maxsize=1024)
def _class_of(kind: _TokenType) -> str:
    """Of the nearest kind above it that has a colour."""
    above: _TokenType | None = kind
    while above is not None:
        if above in _CLASSES:
            return _CLASSES[above]
        above = above.parent
    return ""


@lru_cache(maxsize=256)
def _lexer(language: str) -> Lexer | None:
    name = _OTHER_NAMES.get(language, language)
    if name not in LANGUAGES:
        return None
    # Without the last, PHP has no colours before a `<?php`.
    return get_lexer_by_name(name, stripnl=False, ensurenl=False, startinline=True)
