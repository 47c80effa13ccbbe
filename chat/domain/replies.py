"""Starting replies: from a person's command to a completion that a node can run."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from chat.models import Completion, Conversation, LanguageModel, Message, Organisation, User
from chat.models.completion import Purpose, State
from chat.models.message import Role
from chat.protocol import ContinueReply, EditMessage, RegenerateReply, SendMessage, clean_text
from chat.providers import JSONValue

from . import access, attachments, budgets, circuits, library, prompts, tool_calls, tools
from .errors import ModelUnavailable, StillWriting, TextRefused, TooManyRunning
from .policies import parameters_to_send
from .runs import LEASE
from .titles import title_from

MAX_SYSTEM_PROMPT = 16_000


@dataclass(frozen=True, slots=True)
class Started:
    """What a command made. `again`: the same command came before and nothing new was made."""

    conversation: Conversation
    # What the page shows now; of several answers to one message that is the first.
    messages: tuple[Message, ...]
    replies: tuple[Message, ...]
    new_conversation: bool = False
    again: bool = False
    # The sibling that the new messages take the place of on the page.
    replaces: int | None = None
    # The message that they follow at once, whatever was written after it.
    after: int | None = None

    @property
    def reply(self) -> Message:
        return self.replies[0]

    @property
    def completion(self) -> Completion:
        assert self.reply.completion is not None
        return self.reply.completion


@transaction.atomic(savepoint=False)
def send(user: User, command: SendMessage, node: str) -> Started:
    """A prompt at the end of the shown path. Raises Refused or access.NotFound."""
    text = _checked(command.text)
    conversation, new = _conversation_for(user, command)
    if not new and (again := _sent_before(conversation, command.key)):
        return again
    model = _model_for(user, command.language_model)
    _check_running(user)
    tool_calls.close_leaf(conversation.leaf_id)
    conversation.language_model = model
    chosen = library.begin_with(user, conversation, command) if new else command.parameters
    conversation.parameters = parameters_to_send(model, chosen)
    conversation.system_prompt = clean_text(command.system_prompt)[:MAX_SYSTEM_PROMPT].strip()
    conversation.title = conversation.title or title_from(text)
    question = Message.objects.create(
        conversation=conversation,
        parent_id=conversation.leaf_id,
        role=Role.USER,
        author=user,
        content=text,
        key=command.key,
    )
    attachments.attach(user, question, command.attachments)
    replies = _replies(user, conversation, model, question.id, node)
    return Started(conversation, (question, replies[0]), replies, new)


@transaction.atomic(savepoint=False)
def edit(user: User, command: EditMessage, node: str) -> Started:
    """The same turn with another text: a sibling of the message, with a reply of its own."""
    text = _checked(command.text)
    conversation = access.conversation_write(user, command.conversation, lock=True)
    if again := _sent_before(conversation, command.key):
        return again
    original = access.message_in(conversation, command.message)
    if original.role != Role.USER:
        raise access.NotFound
    model = _model_for(user, conversation.language_model_id)
    _check_running(user)
    question = Message.objects.create(
        conversation=conversation,
        parent_id=original.parent_id,
        role=Role.USER,
        author=user,
        content=text,
        key=command.key,
    )
    attachments.copy_for({original.id: question})
    replies = _replies(user, conversation, model, question.id, node)
    return Started(conversation, (question, replies[0]), replies, replaces=original.id)


@transaction.atomic(savepoint=False)
def regenerate(user: User, command: RegenerateReply, node: str) -> Started:
    """Another reply to the same message, by the model that is chosen now."""
    conversation = access.conversation_write(user, command.conversation, lock=True)
    if again := _sent_before(conversation, command.key):
        return again
    original = _ended_reply(conversation, command.reply)
    model = _model_for(user, command.language_model or conversation.language_model_id)
    _check_running(user)
    if command.language_model:
        conversation.language_model = model
        conversation.parameters = parameters_to_send(model, command.parameters)
    replies = _replies(user, conversation, model, original.parent_id, node, key=command.key)
    return Started(conversation, replies[:1], replies, replaces=original.id)


@transaction.atomic(savepoint=False)
def continue_reply(user: User, command: ContinueReply, node: str) -> Started:
    """A sibling that begins with the text of a cut reply and goes on from there."""
    conversation = access.conversation_write(user, command.conversation, lock=True)
    if again := _sent_before(conversation, command.key):
        return again
    original = _ended_reply(conversation, command.reply)
    model = _model_for(user, conversation.language_model_id)
    _check_running(user)
    replies = _replies(
        user,
        conversation,
        model,
        original.parent_id,
        node,
        key=command.key,
        begun=original.content,
    )
    return Started(conversation, replies, replies, replaces=original.id)


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise TextRefused(_("Write something first."))
    if len(text) > settings.MAX_MESSAGE_CHARACTERS:
        most = settings.MAX_MESSAGE_CHARACTERS
        raise TextRefused(
            _("This text has {count} characters; {most} are allowed. Shorten it.").format(
                count=len(text), most=most
            )
        )
    return text


def _conversation_for(user: User, command: SendMessage) -> tuple[Conversation, bool]:
    """The browser chooses the id of a new conversation, so that sending twice makes one."""
    if Conversation.with_deleted.filter(id=command.conversation).exists():
        return access.conversation_write(user, command.conversation, lock=True), False
    temporary = bool(command.temporary) and Organisation.current().temporary_conversations
    made = Conversation.objects.create(id=command.conversation, owner=user, temporary=temporary)
    return made, True


def _sent_before(conversation: Conversation, key: UUID) -> Started | None:
    sent = Message.with_deleted.filter(conversation=conversation)
    message = sent.filter(key=key).first()
    if message is None:
        return None
    is_reply = message.role == Role.ASSISTANT
    reply = message if is_reply else sent.filter(parent=message).earliest("id")
    return Started(conversation, (), (reply,), again=True)


def _model_for(user: User, language_model_id: int | None) -> LanguageModel:
    try:
        model = access.language_model_use(user, language_model_id or 0)
    except access.NotFound:
        raise ModelUnavailable from None
    circuits.check(model.provider)
    return model


def _check_running(user: User) -> None:
    running = Completion.objects.open().filter(user=user, purpose=Purpose.ANSWER).count()
    if running >= settings.MAX_RUNNING_PER_USER:
        raise TooManyRunning


def _ended_reply(conversation: Conversation, reply_id: int) -> Message:
    reply = access.message_in(conversation, reply_id)
    if reply.role != Role.ASSISTANT:
        raise access.NotFound
    if reply.calls_open or (reply.completion is not None and reply.completion.is_open):
        raise StillWriting
    return reply


def _replies(
    user: User,
    conversation: Conversation,
    model: LanguageModel,
    parent_id: int | None,
    node: str,
    *,
    key: UUID | None = None,
    begun: str = "",
) -> tuple[Message, ...]:
    replies = new_replies(
        user,
        conversation,
        model,
        parent_id,
        node,
        chosen=conversation.parameters,
        key=key,
        begun=begun,
    )
    completion = replies[0].completion
    assert completion is not None
    budgets.reserve(
        user, completion, model, lambda: prompts.text_of(completion, conversation, replies[0])
    )
    conversation.leaf = replies[0]
    conversation.updated_at = replies[0].created_at
    # Whoever writes in it has taken it up again.
    conversation.archived_at = None
    conversation.save()
    return replies


def new_replies(
    user: User,
    conversation: Conversation,
    model: LanguageModel,
    parent_id: int | None,
    node: str,
    *,
    chosen: Mapping[str, JSONValue],
    key: UUID | None = None,
    begun: str = "",
) -> tuple[Message, ...]:
    """One call, and a message for each answer that it is asked for; the first one is shown."""
    parameters = parameters_to_send(model, chosen)
    if "n" in parameters and (begun or tools.offered(user, model, parameters)):
        # Going on, and answering the calls of tools, is for one answer only.
        del parameters["n"]
    completion = Completion.objects.create(
        conversation=conversation,
        user=user,
        provider=model.provider,
        language_model=model,
        model_name=model.model_name,
        parameters=parameters,
        state=State.QUEUED,
        node=node,
        lease_until=Now() + LEASE,
    )
    number = parameters.get("n")
    return tuple(
        Message.objects.create(
            conversation=conversation,
            parent_id=parent_id,
            role=Role.ASSISTANT,
            completion=completion,
            choice=choice,
            content=begun,
            key=None if choice else key,
        )
        for choice in range(number if isinstance(number, int) else 1)
    )
