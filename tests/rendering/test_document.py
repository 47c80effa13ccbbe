"""What markdown becomes, whole values."""

import pytest

from chat.rendering import render, render_text

REL = 'target="_blank" rel="noopener noreferrer nofollow"'
CASES = [
    (
        "a **b** *c* ~~d~~ `e<`\nf  \ng\\\nh",
        [
            "<p>a <strong>b</strong> <em>c</em> <del>d</del> <code>e&lt;</code>\nf<br>g<br>h</p>",
        ],
    ),
    ("# A\n\n## B\n\n###### C", ["<h3>A</h3>", "<h4>B</h4>", "<h6>C</h6>"]),
    ("---", ["<hr>"]),
    (
        "- a\n- b\n  1. c\n  2. d\n",
        ["<ul><li>a</li><li>b<ol><li>c</li><li>d</li></ol></li></ul>"],
    ),
    ("7. x\n\n8. y", ['<ol start="7"><li><p>x</p></li><li><p>y</p></li></ol>']),
    (
        "- [x] a\n- [ ] b",
        [
            '<ul><li><span class="task">☑</span> a</li><li><span class="task">☐</span> b</li></ul>',
        ],
    ),
    (
        "> q\n\n> [!WARNING]\n> w",
        [
            "<blockquote><p>q</p></blockquote>",
            '<blockquote class="alert alert-warning"><p class="alert-title">Warning</p>'
            "<p>w</p></blockquote>",
        ],
    ),
    (
        "| a | b |\n|---|--:|\n| 1 | x<br>y |\n",
        [
            '<div class="table-scroll" tabindex="0" role="region" aria-label="Table"><table>'
            '<thead><tr><th scope="col">a</th><th scope="col" class="align-right">b</th></tr>'
            '</thead><tbody><tr><td>1</td><td class="align-right">x<br>y</td></tr></tbody>'
            "</table></div>",
        ],
    ),
    (
        "<div>\n**a**\n</div>\n\nx <b>y</b>",
        [
            '<p class="raw-html">&lt;div&gt;\n**a**\n&lt;/div&gt;</p>',
            "<p>x &lt;b&gt;y&lt;/b&gt;</p>",
        ],
    ),
    (
        "text[^n].\n\n[^n]: A *note*.\n",
        [
            '<p>text<sup class="footnote-mark">n</sup>.</p>',
            '<div class="footnote" role="note"><sup class="footnote-mark">n</sup>'
            "<p>A <em>note</em>.</p></div>",
        ],
    ),
    (
        "```js\nlet a = '<b>';\n```",
        [
            '<div class="code-block"><div class="code-head"><span class="code-language">js</span>'
            '<button type="button" class="copy-code" aria-label="Copy code">Copy</button></div>'
            '<pre tabindex="0" data-language="js"><code><span class="k">let</span> a = '
            "<span class=\"s\">'&lt;b&gt;'</span>;\n</code></pre></div>",
        ],
    ),
    (
        "    indented",
        [
            '<div class="code-block"><div class="code-head"><span class="code-language">Code</span>'
            '<button type="button" class="copy-code" aria-label="Copy code">Copy</button></div>'
            '<pre tabindex="0"><code>indented</code></pre></div>',
        ],
    ),
    (
        "![A cat](https://img.example/cat.png)",
        [
            f'<p><a href="https://img.example/cat.png" {REL}>A cat</a>'
            '<span class="link-host"> (img.example)</span></p>',
        ],
    ),
    (
        "[![b](https://i.example/b.svg)](https://a.example)",
        [
            f'<p><a href="https://a.example" {REL}>b</a>'
            '<span class="link-host"> (a.example)</span></p>',
        ],
    ),
    ("&copy; &lt;b&gt; \\*", ["<p>© &lt;b&gt; *</p>"]),
    ("", []),
    (" \n\n\t\n", []),
    ("[a]: https://a.example\n", []),
]


@pytest.mark.parametrize(("markdown", "blocks"), CASES)
def test_markdown_becomes_html(markdown: str, blocks: list[str]) -> None:
    assert render(markdown) == blocks


def test_what_a_person_typed_keeps_its_lines_and_signs() -> None:
    assert render_text("\n**a** <b>\n\n  see https://a.example/x, & *c*\r\n") == (
        '<p class="as-typed">**a** &lt;b&gt;\n\n  see '
        f'<a href="https://a.example/x" {REL}>https://a.example/x</a>, &amp; *c*</p>'
    )


@pytest.mark.parametrize("markdown", ["# {#a}\n", "[^a]\n\n[^a]: b\n", "[a]: b\n\n[a]\n"])
def test_nothing_carries_an_id_or_a_name(markdown: str) -> None:
    assert not any(" id=" in block or " name=" in block for block in render(markdown))
