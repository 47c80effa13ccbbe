"""Whatever is done to a tree in whichever order: no orphans, a valid path, and nothing is lost."""

import uuid
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chat.domain import branches, deletions, history, replies
from chat.domain.replies import Started
from chat.models import Completion, Conversation, Deletion, LanguageModel, Message, User
from chat.models.completion import State
from chat.protocol import ContinueReply, EditMessage, RegenerateReply, SendMessage

ANY = st.integers(0, 2**16)


class Tree(RuleBasedStateMachine):
    """`parents`: what is visible; `texts`: everything that was ever written."""

    alice: User
    model: LanguageModel

    @initialize()
    def begin(self) -> None:
        self.conversation = Conversation.objects.create(owner=self.alice, language_model=self.model)
        self.parents: dict[int, int | None] = {}
        self.texts: dict[int, str] = {}
        self.deleted: dict[uuid.UUID, tuple[dict[int, int | None], int | None]] = {}
        self.count = 0

    def pick(self, number: int, role: str) -> Message:
        rows = Message.objects.filter(conversation=self.conversation, role=role).order_by("id")
        return rows[number % len(rows)]

    def has(self, role: str) -> bool:
        return Message.objects.filter(conversation=self.conversation, role=role).exists()

    def keep(self, started: Started) -> None:
        """The answer comes at once."""
        self.count += 1
        Completion.objects.filter(id=started.completion.id).update(state=State.COMPLETED)
        for reply in started.replies:
            Message.objects.filter(id=reply.id).update(
                content=f"{reply.content}answer {self.count} "
            )
        for message in (*started.messages, *started.replies):
            self.parents[message.id] = message.parent_id
            self.texts[message.id] = Message.objects.get(id=message.id).content
        assert Conversation.objects.get(id=self.conversation.id).leaf_id == started.reply.id

    @rule()
    def send(self) -> None:
        command = SendMessage(1, self.conversation.id, uuid.uuid4(), "question", self.model.id)
        self.keep(replies.send(self.alice, command, "node"))

    @precondition(lambda self: self.has("user"))
    @rule(number=ANY)
    def edit(self, number: int) -> None:
        message = self.pick(number, "user")
        command = EditMessage(1, self.conversation.id, uuid.uuid4(), message.id, "changed")
        self.keep(replies.edit(self.alice, command, "node"))

    @precondition(lambda self: self.has("assistant"))
    @rule(number=ANY)
    def regenerate(self, number: int) -> None:
        reply = self.pick(number, "assistant")
        command = RegenerateReply(1, self.conversation.id, uuid.uuid4(), reply.id, self.model.id)
        self.keep(replies.regenerate(self.alice, command, "node"))

    @precondition(lambda self: self.has("assistant"))
    @rule(number=ANY)
    def go_on(self, number: int) -> None:
        reply = self.pick(number, "assistant")
        command = ContinueReply(1, self.conversation.id, uuid.uuid4(), reply.id)
        self.keep(replies.continue_reply(self.alice, command, "node"))

    @precondition(lambda self: self.has("user"))
    @rule(number=ANY, role=st.sampled_from(["user", "assistant"]))
    def show_branch(self, number: int, role: str) -> None:
        message = self.pick(number, role if self.has(role) else "user")
        history.show_branch(self.conversation, message)
        self.conversation.refresh_from_db()
        assert message.id in history.path_ids(self.conversation, self.conversation.leaf_id)

    @precondition(lambda self: self.has("user"))
    @rule(number=ANY, role=st.sampled_from(["user", "assistant"]))
    def delete(self, number: int, role: str) -> None:
        message = self.pick(number, role if self.has(role) else "user")
        self.conversation.refresh_from_db()
        leaf = self.conversation.leaf_id
        deletion = deletions.delete(self.alice, self.conversation, message)
        gone = {message.id: self.parents.pop(message.id)}
        while below := {i: p for i, p in self.parents.items() if p in gone}:
            gone |= below
            self.parents = {i: p for i, p in self.parents.items() if i not in below}
        self.deleted[deletion.id] = (gone, leaf if leaf in gone else None)

    @precondition(lambda self: bool(self.deleted))
    @rule(number=ANY)
    def undo(self, number: int) -> None:
        deletion = sorted(self.deleted)[number % len(self.deleted)]
        gone, leaf = self.deleted[deletion]
        above = Deletion.objects.get(id=deletion).first.parent_id
        try:
            deletions.undo(self.alice, self.conversation, deletion)
        except deletions.NothingAbove:
            assert above not in self.parents
            return
        assert above is None or above in self.parents
        self.parents |= gone
        del self.deleted[deletion]
        self.conversation.refresh_from_db()
        if leaf is not None:
            assert self.conversation.leaf_id == leaf

    @precondition(lambda self: self.has("user"))
    @rule(number=ANY, role=st.sampled_from(["user", "assistant"]))
    def branch_off(self, number: int, role: str) -> None:
        message = self.pick(number, role if self.has(role) else "user")
        way = history.path(self.conversation, message.id)
        mine = branches.branch(self.alice, self.conversation, message)
        copied = history.path(mine, mine.leaf_id)
        assert [it[1:] for it in copied] == [it[1:] for it in way]
        assert Message.objects.filter(conversation=mine).count() == len(way)

    @invariant()
    def nothing_is_orphaned_or_lost(self) -> None:
        rows = Message.objects.filter(conversation=self.conversation)
        assert dict(rows.values_list("id", "parent_id")) == self.parents
        assert all(parent is None or parent in self.parents for parent in self.parents.values())
        everything = Message.with_deleted.filter(conversation=self.conversation)
        assert dict(everything.values_list("id", "content")) == self.texts

    @invariant()
    def the_shown_path_is_valid(self) -> None:
        leaf = Conversation.objects.get(id=self.conversation.id).leaf_id
        path = history.path_ids(self.conversation, leaf)
        assert bool(path) == bool(self.parents)
        assert path[-1:] == ([leaf] if leaf else [])
        assert [self.parents[one] for one in path] == [None, *path][:-1] if path else True


def test_any_sequence_of_operations_keeps_the_tree_whole(
    alice: User, model: LanguageModel, settings: Any
) -> None:
    settings.MAX_RUNNING_PER_USER = 10_000
    Tree.alice, Tree.model = alice, model
    run_state_machine_as_test(Tree, settings=BOUNDED)


BOUNDED = settings(
    max_examples=6,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
