"""Nothing a model, a provider or a person writes becomes more than text, links and formulas."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rendering import LiveDocument, render, render_text

from .harmless import assert_harmless
from .payloads import MARKUP, PAYLOADS

AROUND = [
    "{}",
    "text {} text",
    "- {}",
    "> {}",
    "**{}**",
    "| a |\n|---|\n| {} |\n",
    "[{}](https://a.b)",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_harmless_wherever_it_stands(payload: str) -> None:
    for around in AROUND:
        assert_harmless(render(around.format(payload)))
    assert_harmless([render_text(payload)])


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_harmless_at_every_moment_of_its_arrival(payload: str) -> None:
    document = LiveDocument()
    for character in payload:
        document.append(character)
        assert_harmless(document.blocks)
    document.settle()
    assert document.blocks == render(payload)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_cut_in_two_anywhere_reads_like_the_whole(payload: str) -> None:
    whole = render(payload)
    for place in range(len(payload) + 1):
        document = LiveDocument()
        document.append(payload[:place])
        document.append(payload[place:])
        document.settle()
        assert document.blocks == whole


@given(st.lists(st.sampled_from([*PAYLOADS, *"<>\"'`$|[]()!\\\n &;/"]), max_size=8).map("".join))
def test_payloads_run_together_are_harmless(text: str) -> None:
    assert_harmless(render(text))
    assert_harmless([render_text(text)])


@given(st.text(max_size=200))
def test_any_text_is_harmless(text: str) -> None:
    assert_harmless(render(text))
    assert_harmless([render_text(text)])


@pytest.mark.parametrize(
    "payload", [text for text in MARKUP if "\0" not in text and "://" not in text]
)
def test_markup_a_person_typed_is_shown_as_typed(payload: str) -> None:
    shown = payload.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert render_text(payload) == f'<p class="as-typed">{shown}</p>'


def test_threads_do_not_disturb_each_other() -> None:
    text = "\n\n".join(PAYLOADS)
    expected, results = render(text), list[list[str]]()
    threads = [threading.Thread(target=lambda: results.append(render(text))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4
