"""The tables, one (or one tight cluster) per file."""

from .api_key import ApiKey
from .completion import Completion, ReplyChunk
from .conversation import Conversation
from .language_model import LanguageModel
from .message import Message
from .provider import Provider
from .tool import Tool
from .tool_call import ToolCall
from .usage_record import UsageRecord
from .user import User

__all__ = [
    "ApiKey",
    "Completion",
    "Conversation",
    "LanguageModel",
    "Message",
    "Provider",
    "ReplyChunk",
    "Tool",
    "ToolCall",
    "UsageRecord",
    "User",
]
