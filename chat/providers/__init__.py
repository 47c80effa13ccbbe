"""Language model providers: events from bytes, adapters that declare, and one guarded client."""

from chat.providers.adapter import Adapter, BadEndpoint, check_header_name
from chat.providers.addresses import check_base_url, check_path
from chat.providers.calling import EndpointProblem, Target, call_endpoint
from chat.providers.client import Client
from chat.providers.completion import STREAM_OPTIONS_REFUSED, complete
from chat.providers.estimate import estimate_tokens
from chat.providers.events import (
    Cancelled,
    ChoiceFinished,
    Completed,
    ErrorCategory,
    Event,
    FinishReason,
    ProviderError,
    ReasoningDelta,
    RefusalDelta,
    StreamStarted,
    Terminal,
    TextDelta,
    ToolCallDelta,
    Usage,
    UsageReported,
)
from chat.providers.field_names import known_fields
from chat.providers.kinds import KINDS, UnknownKind, adapter_for
from chat.providers.listing import list_models
from chat.providers.parameters import InvalidParameter, Parameter
from chat.providers.secret import InvalidSecret, Secret
from chat.providers.tool_schema import BadToolSchema, check_tool_schema, fault_in_arguments
from chat.providers.values import (
    Endpoint,
    JSONValue,
    ListedModel,
    ModelList,
    OfferedTool,
    Prompt,
    PromptMessage,
    Timeouts,
    ToolCall,
)
from chat.providers.wording import LONGEST_COUNTDOWN, notice_for, words_for

__all__ = [
    "KINDS",
    "LONGEST_COUNTDOWN",
    "STREAM_OPTIONS_REFUSED",
    "Adapter",
    "BadEndpoint",
    "BadToolSchema",
    "Cancelled",
    "ChoiceFinished",
    "Client",
    "Completed",
    "Endpoint",
    "EndpointProblem",
    "ErrorCategory",
    "Event",
    "FinishReason",
    "InvalidParameter",
    "InvalidSecret",
    "JSONValue",
    "ListedModel",
    "ModelList",
    "OfferedTool",
    "Parameter",
    "Prompt",
    "PromptMessage",
    "ProviderError",
    "ReasoningDelta",
    "RefusalDelta",
    "Secret",
    "StreamStarted",
    "Target",
    "Terminal",
    "TextDelta",
    "Timeouts",
    "ToolCall",
    "ToolCallDelta",
    "UnknownKind",
    "Usage",
    "UsageReported",
    "adapter_for",
    "call_endpoint",
    "check_base_url",
    "check_header_name",
    "check_path",
    "check_tool_schema",
    "complete",
    "estimate_tokens",
    "fault_in_arguments",
    "known_fields",
    "list_models",
    "notice_for",
    "words_for",
]
