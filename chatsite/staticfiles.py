"""Hashes static files, and rewrites what our own JavaScript modules import or load."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

_NAME = r"""['"](?P<url>\.\.?/.*?)["']"""


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Manifest storage in which the names in our modules become hashed ones.

    Rewritten are `import … from "./x.js";`, `import "./x.js";`, `import("./x.js")` and
    `new URL("../css/x.css", import.meta.url)`. The name must be written out, and a module that
    names others must not be named by them: a hash cannot contain itself.

    Django's own switch for this (support_js_module_import_aggregation) also reads bundled
    third-party files and fails on them.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "js/*.js",
            (
                (
                    rf"(?P<matched>import(?s:(?P<import>[\s\{{].*?))\s*from\s*{_NAME}\s*;)",
                    'import%(import)s from "%(url)s";',
                ),
                (rf"(?P<matched>import\s*{_NAME}\s*;)", 'import "%(url)s";'),
                (rf"(?P<matched>import\(\s*{_NAME}\s*\))", 'import("%(url)s")'),
                (
                    rf"(?P<matched>new URL\(\s*{_NAME}\s*,\s*import\.meta\.url\s*\))",
                    'new URL("%(url)s", import.meta.url)',
                ),
            ),
        ),
    )
