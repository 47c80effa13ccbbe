"""Several answers to one message: side by side until a person keeps one of them."""

from chat.models import Completion, Message
from chat.models.completion import OPEN


def beside(message: Message) -> list[int]:
    """All answers of the call that made this one, in order. Empty: nothing is to be chosen.

    One query where several were asked for, none otherwise. Needs `completion`.
    """
    if not is_undecided(message.completion):
        return []
    rows = Message.objects.filter(completion=message.completion_id).order_by("choice")
    found = list(rows.values_list("id", "content"))
    written = [message_id for message_id, content in found if content]
    assert message.completion is not None
    enough = len(found) > 1 and (message.completion.state in OPEN or len(written) > 1)
    return [message_id for message_id, _ in found] if enough else []


def is_undecided(completion: Completion | None) -> bool:
    """Whether several answers were asked for and none was kept."""
    if completion is None or completion.kept_choice is not None:
        return False
    number = completion.parameters.get("n")
    return isinstance(number, int) and number > 1


def keep(message: Message) -> None:
    Completion.objects.filter(replies=message).update(kept_choice=message.choice)
