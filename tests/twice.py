"""One command that comes several times at one instant, as after a double click."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

from django.db import connection

from chat.domain import replies
from chat.live import commands
from chat.live.viewer import Who
from chat.models import LanguageModel, Message, User
from chat.protocol import SendMessage

TIMES = 8


def sent_at_one_instant(person: User, model: LanguageModel, node: str) -> list[int]:
    """The first message of a conversation: how often it was new, and how many there are.

    In threads on PostgreSQL; SQLite has one writer, so there one comes after the other.
    """
    who = Who(person.id, "session", "fingerprint", "en", person.name)
    command = SendMessage(1, uuid4(), uuid4(), "Only once", model.id)
    in_threads = connection.vendor == "postgresql"
    start = Barrier(TIMES if in_threads else 1)

    def send(_number: int) -> bool:
        start.wait()
        try:
            return commands._started(who, replies.send, command, node)[0].again
        finally:
            if in_threads:
                connection.close()

    with ThreadPoolExecutor(TIMES) as threads:
        again = list((threads.map if in_threads else map)(send, range(TIMES)))
    return [again.count(False), Message.objects.filter(author=person).count()]
