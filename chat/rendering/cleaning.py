"""The last step before HTML leaves: an allow-list; the only place that imports nh3.

The writer already escapes everything it is given, so this changes nothing on a good day.
"""

import nh3

from .highlighting import CLASSES

MATHML = {
    "math": {"display"},
    "menclose": {"notation"},
    "mfrac": {"linethickness", "displaystyle", "scriptlevel"},
    "mi": {"mathvariant"},
    "mn": {"mathvariant"},
    "mo": {
        "accent", "fence", "form", "largeop", "linebreak", "lspace", "mathvariant", "maxsize",
        "minsize", "movablelimits", "rspace", "separator", "stretchy", "symmetric",
    },
    "mover": {"accent"},
    "mpadded": {"depth", "height", "lspace", "voffset", "width"},
    "mphantom": set(),
    "mroot": set(),
    "mrow": set(),
    "ms": set(),
    "mspace": {"depth", "height", "linebreak", "width"},
    "msqrt": set(),
    "mstyle": {"displaystyle", "mathsize", "mathvariant", "scriptlevel"},
    "msub": set(),
    "msubsup": set(),
    "msup": set(),
    "mtable": {
        "columnalign", "columnlines", "columnspacing", "displaystyle", "frame", "rowlines",
        "rowspacing",
    },
    "mtd": {"columnalign", "columnspan"},
    "mtext": {"mathvariant"},
    "mtr": set(),
    "munder": {"accentunder"},
    "munderover": {"accent", "accentunder"},
}  # fmt: skip

_BARE = [
    "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "p", "strong",
    "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
]  # fmt: skip
HTML = {
    "a": {"href"},
    "button": {"aria-label"},
    "div": {"role", "aria-label"},
    "ol": {"start"},
    "pre": {"data-language"},
    "span": set(),
    **{tag: set[str]() for tag in _BARE},
}

ALIGNMENTS = {"align-left", "align-center", "align-right"}
ALLOWED_CLASSES = {
    "blockquote": {"alert", "alert-note", "alert-tip", "alert-important", "alert-warning",
                   "alert-caution"},
    "button": {"copy-code"},
    "code": {"formula"},
    "div": {"code-block", "code-continued", "code-head", "footnote", "table-scroll"},
    "p": {"alert-title", "as-typed", "plain", "raw-html"},
    "span": {"code-language", "link-host", "task", *CLASSES},
    "sup": {"footnote-mark"},
    "td": ALIGNMENTS,
    "th": ALIGNMENTS,
}  # fmt: skip

_CLEANER = nh3.Cleaner(
    tags={*HTML, *MATHML},
    attributes={**HTML, **MATHML},
    tag_attribute_values={
        "button": {"type": {"button"}},
        "div": {"tabindex": {"0"}},
        "pre": {"tabindex": {"0"}},
        "th": {"scope": {"col"}},
    },
    set_tag_attribute_values={"a": {"target": "_blank"}},
    allowed_classes=ALLOWED_CLASSES,
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
)


def clean(html: str) -> str:
    return _CLEANER.clean(html)
