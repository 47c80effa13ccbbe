"""Which tables have a page in the administration. What is not here has none.

Imported by the app's configuration once the tables and the site exist.
"""

from django.contrib import admin
from django.contrib.auth.models import Group

from chat.models import (
    ApiKey,
    ApiToken,
    AuditEvent,
    Budget,
    Conversation,
    LanguageModel,
    Organisation,
    Preset,
    Price,
    Provider,
    RetentionRule,
    Tool,
    UsageRecord,
    User,
)

from .api_keys import ApiKeyAdmin
from .api_tokens import ApiTokenAdmin
from .audit_log import AuditEventAdmin
from .budgets import BudgetAdmin
from .conversations import ConversationAdmin
from .language_models import LanguageModelAdmin
from .organisation import OrganisationAdmin
from .people import GroupAdmin, UserAdmin
from .presets import PresetAdmin
from .prices import PriceAdmin
from .providers import ProviderAdmin
from .retention import RetentionRuleAdmin
from .tools import ToolAdmin
from .usage_records import UsageRecordAdmin

admin.site.register(Provider, ProviderAdmin)
admin.site.register(LanguageModel, LanguageModelAdmin)
admin.site.register(Price, PriceAdmin)
admin.site.register(Budget, BudgetAdmin)
admin.site.register(Preset, PresetAdmin)
admin.site.register(Tool, ToolAdmin)
admin.site.register(ApiKey, ApiKeyAdmin)
admin.site.register(User, UserAdmin)
admin.site.register(Group, GroupAdmin)
admin.site.register(Conversation, ConversationAdmin)
admin.site.register(Organisation, OrganisationAdmin)
admin.site.register(UsageRecord, UsageRecordAdmin)
admin.site.register(AuditEvent, AuditEventAdmin)
admin.site.register(ApiToken, ApiTokenAdmin)
admin.site.register(RetentionRule, RetentionRuleAdmin)
