"""Hashes static files, and rewrites the imports between our own JavaScript modules."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Manifest storage in which `import … from "./x.js"` of our modules gets the hashed name.

    Django's own switch for this (support_js_module_import_aggregation) also reads bundled
    third-party files and fails on them.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "js/*.js",
            (
                (
                    r"""(?P<matched>import(?s:(?P<import>[\s\{].*?))\s*from\s*['"](?P<url>\./.*?)["']\s*;)""",
                    'import%(import)s from "%(url)s";',
                ),
                (
                    r"""(?P<matched>import\s*['"](?P<url>\./.*?)["']\s*;)""",
                    'import "%(url)s";',
                ),
            ),
        ),
    )
