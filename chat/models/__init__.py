"""The tables, one (or one tight cluster) per file."""

from .api_key import ApiKey
from .attachment import Attachment
from .audit_event import AuditEvent
from .auditing import ApiToken, BreakGlass, Invoice, SavedView
from .budget import Budget, BudgetSpend, Reservation
from .chain_link import ChainLink
from .comment import Comment
from .completion import Completion, ReplyChunk
from .conversation import Conversation
from .deletion import Deletion
from .folder import Folder
from .language_model import LanguageModel
from .library import Preset, PromptTemplate
from .message import Message
from .notice import Notice
from .organisation import Organisation
from .price import Price
from .provider import Provider
from .retention import RetentionRule
from .role import RoleGroup
from .share import LinkView, Share, ShareLink
from .tool import Tool
from .tool_call import ToolCall
from .transfer import Transfer
from .usage_day import UsageDay, UsageMonth, UsageTotal
from .usage_record import UsageRecord
from .user import User
from .visit import Draft, Visit

__all__ = [
    "ApiKey",
    "ApiToken",
    "Attachment",
    "AuditEvent",
    "BreakGlass",
    "Budget",
    "BudgetSpend",
    "ChainLink",
    "Comment",
    "Completion",
    "Conversation",
    "Deletion",
    "Draft",
    "Folder",
    "Invoice",
    "LanguageModel",
    "LinkView",
    "Message",
    "Notice",
    "Organisation",
    "Preset",
    "Price",
    "PromptTemplate",
    "Provider",
    "ReplyChunk",
    "Reservation",
    "RetentionRule",
    "RoleGroup",
    "SavedView",
    "Share",
    "ShareLink",
    "Tool",
    "ToolCall",
    "Transfer",
    "UsageDay",
    "UsageMonth",
    "UsageRecord",
    "UsageTotal",
    "User",
    "Visit",
]
