"""In plain words, what happens to a text."""

import pytest

from chat.domain.policies import choices_for
from chat.forms.privacy import PrivacyLine, privacy_lines
from chat.models import LanguageModel, Provider


def model_of(kind: str) -> LanguageModel:
    provider = Provider(name="Somebody", kind=kind, base_url="https://api.example.org")
    return LanguageModel(provider=provider, model_name="m")


def lines(kind: str, **chosen: bool) -> list[PrivacyLine]:
    model = model_of(kind)
    return privacy_lines(model, choices_for(model, chosen))


AS_WRITTEN = "Not anonymised: Somebody receives your text as you write it."


def test_a_provider_without_switches_gets_the_text_as_written() -> None:
    assert lines("openai_compatible") == [PrivacyLine("", True, AS_WRITTEN, "")]


@pytest.mark.parametrize("chosen", [True, False])
def test_anonymising_says_both_cases(chosen: bool) -> None:
    (line, *_rest) = lines("peakprivacy", anonymize=chosen)
    whole = "Anonymised: personal details are replaced; the answer arrives in one piece."
    assert line == PrivacyLine("anonymize", chosen, whole, AS_WRITTEN)


@pytest.mark.parametrize("chosen", [True, False])
def test_moderation_is_said_when_it_is_asked_for(chosen: bool) -> None:
    said = lines("grayswan", moderate_before=chosen)[-1]
    asked = "Moderation is asked for: a text may be refused."
    assert said == PrivacyLine("moderate_before", chosen, asked, "")
