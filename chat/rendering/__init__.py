"""Makes safe HTML of markdown; the only place that knows the parser, sanitiser and highlighter.

document      what others call: `render`, `render_text`, `LiveDocument`
├── splitting, cuts    where blocks end, so that a growing text costs no more than a whole one
├── parsing            markdown to events (pyromark)
├── writing, pieces    events to HTML: links, highlighting (pygments), formulas (latex2mathml)
└── cleaning           the allow-list, always last (nh3)
"""

from .document import LiveDocument, render, render_text

__all__ = ["LiveDocument", "render", "render_text"]
