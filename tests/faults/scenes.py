"""Several replies of different age at the moment when something happens to the server."""

import asyncio
import contextlib
import random
import uuid
from dataclasses import dataclass, field

from tests.faults.viewer import Event, Viewer
from tests.processes import Site

OLDEST = 1.2


@dataclass
class Moment:
    """A reply, and the three who look at it; it is `age` seconds old when the scene is set."""

    age: float
    sender: Viewer
    others: list[Viewer]
    prompt: str
    conversation: str = field(default_factory=lambda: str(uuid.uuid4()))

    async def begin(self, longest: float) -> None:
        """A server may die by itself before it has answered."""
        await asyncio.sleep(longest - self.age)
        with contextlib.suppress(ConnectionError):
            await self.sender.send(self.prompt, conversation=self.conversation)
        for other in self.others:
            with contextlib.suppress(ConnectionError):
                await other.watch(self.conversation)

    @property
    def sent(self) -> Event:
        """As its answer names it; found in the database, because the answer may be missing."""
        query = "SELECT id FROM chat_message WHERE conversation_id = ? AND role = 'assistant'"
        (reply,), *_ = self.sender.site.rows(query, self.conversation.replace("-", ""))
        return {"conversation": self.conversation, "reply": reply}

    @property
    def reply(self) -> int:
        return int(self.sent["reply"])

    @property
    def all(self) -> list[Viewer]:
        return [self.sender, *self.others]


async def moments(
    site: Site, dice: random.Random, count: int, prompt: str = "/demo steady 60 20"
) -> list[Moment]:
    """Returns when the last of them is as old as it should be."""
    made = []
    for person in site.people[:count]:
        three = [Viewer(site, person) for _ in range(3)]
        await asyncio.gather(*(viewer.connect() for viewer in three))
        made.append(Moment(dice.uniform(0, OLDEST), three[0], three[1:], prompt))
    longest = max(moment.age for moment in made)
    await asyncio.gather(*(moment.begin(longest) for moment in made))
    return made
