"""What each kind of provider is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chat.providers import KINDS, Prompt, PromptMessage, UnknownKind, adapter_for
from tests.providers.support import KEY, endpoint_to, prompt_of


def body(kind: str, prompt: Prompt) -> dict[str, Any]:
    return dict(adapter_for(kind).body(prompt, endpoint_to("http://127.0.0.1", kind)))


def test_there_are_three_kinds() -> None:
    assert [kind for kind, _ in KINDS] == ["peakprivacy", "grayswan", "openai_compatible"]
    with pytest.raises(UnknownKind):
        adapter_for("nope")


def test_peak_privacy_anonymises_and_answers_in_one_piece_by_default() -> None:
    assert body("peakprivacy", prompt_of("Grüezi", stream=True)) == {
        "model": "m",
        "messages": [{"role": "user", "content": "Grüezi"}],
        "anonymize": True,
        "temperature": 0.7,
        "max_tokens": None,
        "top_p": 1,
        "random_seed": None,
        "safe_prompt": False,
        "stream": False,
    }


@pytest.mark.parametrize(
    ("anonymize", "stream", "sent"),
    [
        (True, True, (True, False)),
        (None, True, (True, False)),
        (False, True, (False, True)),
        (False, False, (False, False)),
    ],
)
def test_peak_privacy_streams_only_what_is_explicitly_not_anonymised(
    anonymize: bool | None, stream: bool, sent: tuple[bool, bool]
) -> None:
    found = body("peakprivacy", prompt_of(stream=stream, anonymize=anonymize))
    assert (found["anonymize"], found["stream"]) == sent


@pytest.mark.parametrize("kind", [kind for kind, _ in KINDS])
def test_a_stream_is_not_asked_for_where_the_person_wants_none(kind: str) -> None:
    for wanted in (True, False):
        prompt = replace(prompt_of(), parameters={"anonymize": False, "stream": wanted})
        assert body(kind, prompt)["stream"] is wanted


def test_peak_privacy_gets_no_field_it_does_not_document() -> None:
    found = body("peakprivacy", prompt_of(anonymize=False, n=2, user="x", seed=1, tools=[]))
    assert set(found) == {
        *("model", "messages", "temperature", "top_p", "max_tokens"),
        *("random_seed", "safe_prompt", "anonymize", "stream"),
    }


def test_peak_privacy_gets_plain_texts_from_three_roles() -> None:
    messages = tuple(
        PromptMessage(role, "x", name="n") for role in ("system", "user", "assistant", "tool")
    )
    assert body("peakprivacy", Prompt("m", messages))["messages"] == [
        {"role": "system", "content": "x"},
        {"role": "user", "content": "x"},
        {"role": "assistant", "content": "x"},
        {"role": "user", "content": "x"},
    ]


def test_peak_privacy_gets_the_documented_headers() -> None:
    headers = adapter_for("peakprivacy").headers(endpoint_to("http://127.0.0.1"))
    assert headers == {
        "Api-token": KEY,
        "X-Requested-With": "XMLHttpRequest",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "chatsite",
    }


def test_a_temperature_out_of_range_is_brought_into_it() -> None:
    assert body("peakprivacy", prompt_of(temperature=2))["temperature"] == 1
    assert body("grayswan", prompt_of(temperature=5))["temperature"] == 2


def test_gray_swan_gets_what_was_set_and_nothing_else() -> None:
    assert body("grayswan", prompt_of("x")) == {
        "model": "m",
        "messages": [{"role": "user", "content": "x"}],
        "stream": True,
    }
    assert body("grayswan", prompt_of("x", moderate_before=False, n=2))["moderate_before"] is False


def test_gray_swan_takes_its_key_as_a_bearer_or_in_a_header_of_its_own() -> None:
    adapter = adapter_for("grayswan")
    plain = adapter.headers(endpoint_to("http://127.0.0.1"))
    own = adapter.headers(endpoint_to("http://127.0.0.1", auth_header="grayswan-api-key"))
    assert plain["Authorization"] == f"Bearer {KEY}"
    assert (own["grayswan-api-key"], "Authorization" in own) == (KEY, False)


@pytest.mark.parametrize(
    ("kind", "asked"), [("peakprivacy", False), ("grayswan", False), ("openai_compatible", True)]
)
def test_only_those_that_report_usage_in_streams_are_asked_for_it(kind: str, asked: bool) -> None:
    adapter = adapter_for(kind)
    streaming = {"stream": True}
    assert bool(adapter.requested_usage(streaming, include_usage=True)) is asked
    assert adapter.requested_usage(streaming, include_usage=False) == {}
    assert adapter.requested_usage({"stream": False}, include_usage=True) == {}


@pytest.mark.parametrize("kind", [kind for kind, _ in KINDS])
def test_every_default_is_in_range(kind: str) -> None:
    for parameter in adapter_for(kind).parameters:
        assert parameter.clean(parameter.default) == parameter.default
