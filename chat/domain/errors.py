"""What can be refused in plain words.

Refused               the person's request cannot be done now; nothing was changed
├── TextRefused       the text is empty or too long
├── TooManyRunning    this person has enough answers being written
├── StillWriting      the reply has not ended yet
├── TooOften          something was tried or begun too many times in a while
├── ModelUnavailable  the model is gone, switched off, or not for this person
├── OverBudget        nothing is left of a hard budget (chat.domain.budget_words)
├── ProviderFailing   the provider has not been answering (chat.domain.circuits)
└── Draining          the server is being restarted
"""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """`words` are shown to the person; `code` is for the browser's modules."""

    code: ClassVar[str] = "refused"
    words: str | Promise = _("That cannot be done now.")


class TextRefused(Refused):
    code = "text"

    def __init__(self, words: str | Promise) -> None:
        super().__init__(words)
        self.words = words


class TooManyRunning(Refused):
    code = "too_many_running"
    words = _("Several of your answers are still being written. Wait for one to end, or stop one.")


class StillWriting(Refused):
    code = "still_writing"
    words = _("This answer is still being written. Stop it first.")


class TooOften(Refused):
    code = "too_often"
    words = _("That was too often. Wait a minute, then try again.")


class ModelUnavailable(Refused):
    code = "model_unavailable"
    words = _("This model is not available to you any more. Choose another one.")


class Draining(Refused):
    code = "draining"
    words = _("The server is being restarted. Your text is kept; send it again in a moment.")
