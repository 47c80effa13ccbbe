"""What each person gets at each address: a new address without a rule fails the tests."""

from tests.security.doors import PEOPLE, tried_by

# Alice owns, Frida is an editor, Bob a viewer, Gino has opened a link, Charlie is a stranger,
# Dana audits, Erin administers; the last two are signed out, or switched off.
OUT = (302, 302)
GETS = {
    "everybody": (200,) * 9,
    "signed in": (*[200] * 7, *OUT),
    "signed out": (*[302] * 7, 200, 200),
    "owner": (200, *[404] * 6, *OUT),
    "editors": (200, 200, *[404] * 5, *OUT),
    "readers": (*[200] * 4, *[404] * 3, *OUT),
    "readers but the owner": (404, *[200] * 3, *[404] * 3, *OUT),
    "readers, others asked": (*[302] * 4, *[200] * 3, *OUT),
    "staff": (*[403] * 5, 200, 200, *OUT),
    "staff, elsewhere": (*[403] * 5, 302, 302, *OUT),
    "staff, nothing there": (*[403] * 5, 404, 404, *OUT),
    "staff, only by POST": (*[403] * 5, 405, 405, *OUT),
    "administrator": (*[403] * 6, 200, *OUT),
    "administrator, elsewhere": (*[403] * 6, 302, *OUT),
    "administrator, others find nothing": (*[403] * 5, 404, 200, *OUT),
    "nobody in the administration": (*[403] * 7, *OUT),
    "only by POST": (405,) * 9,
    "only with a token": (401,) * 9,
    "nothing there": (*[404] * 7, *OUT),
    "not offered": (404,) * 9,
}

PAGES = {
    "": "signed in",
    "c/<uuid:conversation_id>/": "readers",
    "c/<uuid:conversation_id>/transcript/": "readers",
    "c/<uuid:conversation_id>/turns/": "readers",
    "c/<uuid:conversation_id>/branch/": "only by POST",
    "c/<uuid:conversation_id>/messages/<int:message_id>/source/": "readers",
    "c/<uuid:conversation_id>/messages/<int:message_id>/menu/": "readers",
    "c/<uuid:conversation_id>/messages/<int:message_id>/branch/": "only by POST",
    "c/<uuid:conversation_id>/messages/<int:message_id>/delete/": "only by POST",
    "c/<uuid:conversation_id>/messages/<int:message_id>/comments/": "readers",
    "c/<uuid:conversation_id>/messages/<int:message_id>/comments/<int:comment_id>/": "only by POST",
    "c/<uuid:conversation_id>/messages/<int:message_id>/comments/<int:comment_id>/remove/": (
        "only by POST"
    ),
    "c/<uuid:conversation_id>/people/": "readers",
    "notices/": "signed in",
    "notices/seen/": "only by POST",
    "c/<uuid:conversation_id>/deletions/<uuid:deletion_id>/": "editors",
    "c/<uuid:conversation_id>/rename/": "owner",
    "c/<uuid:conversation_id>/delete/": "owner",
    "c/<uuid:conversation_id>/menu/": "readers",
    "c/<uuid:conversation_id>/file/": "only by POST",
    "c/<uuid:conversation_id>/move/": "owner",
    "c/<uuid:conversation_id>/export/": "readers",
    "c/<uuid:conversation_id>/export/<str:form>/": "readers",
    "c/<uuid:conversation_id>/print/": "readers",
    "c/<uuid:conversation_id>/draft/": "editors",
    "draft/": "signed in",
    "c/<uuid:conversation_id>/share/": "editors",
    "c/<uuid:conversation_id>/audience/": "readers",
    "c/<uuid:conversation_id>/leave/": "readers but the owner",
    "c/<uuid:conversation_id>/copy/": "only by POST",
    "c/<uuid:conversation_id>/links/": "only by POST",
    "folders/<int:folder_id>/share/": "owner",
    "folders/<int:folder_id>/leave/": "nothing there",
    "shares/<int:share_id>/": "only by POST",
    "shares/<int:share_id>/revoke/": "only by POST",
    "share/hits/": "signed in",
    "links/<uuid:link_id>/": "owner",
    "links/<uuid:link_id>/revoke/": "only by POST",
    "s/<uuid:link_id>/": "readers, others asked",
    "deleted/": "signed in",
    "deleted/remove/": "nothing there",
    "conversations/": "signed in",
    "conversations/selected/": "only by POST",
    "conversations/selected/export/": "only by POST",
    "conversations/<str:name>/": "owner",
    "archived/": "signed in",
    "folders/new/": "signed in",
    "folders/<int:folder_id>/menu/": "owner",
    "folders/<int:folder_id>/rename/": "owner",
    "folders/<int:folder_id>/delete/": "owner",
    "models/<int:language_model_id>/options/": "signed in",
    "presets/<int:preset_id>/options/": "signed in",
    "attachments/": "only by POST",
    "attachments/ticket/": "signed in",
    "attachments/<uuid:attachment_id>/": "readers",
    "attachments/<uuid:attachment_id>/remove/": "only by POST",
    "attachments/<uuid:attachment_id>/file/": "readers",
    "prompts/": "signed in",
    "prompts/new/": "signed in",
    "prompts/choices/": "signed in",
    "prompts/<int:prompt_id>/": "owner",
    "prompts/<int:prompt_id>/delete/": "owner",
    "prompts/<int:prompt_id>/use/": "owner",
    "transfers/": "signed in",
    "transfers/export/": "only by POST",
    "transfers/import/": "only by POST",
    "transfers/<uuid:transfer_id>/file/": "owner",
    "transfers/<uuid:transfer_id>/forget/": "only by POST",
    "search/": "signed in",
    "usage/": "signed in",
    "usage/left/": "signed in",
    "preferences/": "signed in",
    "preferences/conversations/": "signed in",
    "preferences/account/": "signed in",
    "keys/": "signed in",
    "keys/<int:provider_id>/": "nothing there",
    "keys/<int:provider_id>/remove/": "only by POST",
    "api/v1/usage/sums/": "only with a token",
    "api/v1/usage/records/": "only with a token",
    "api/v1/schema.json": "everybody",
    "metrics": "only with a token",
    "healthz": "everybody",
    "readyz": "everybody",
}

ACCOUNTS = {
    "login/": "signed out",
    "logout/": "signed in",
    "inactive/": "everybody",
    "reauthenticate/": "signed in",
    "password/change/": "signed in",
    "password/reset/": "everybody",
    "password/reset/done/": "everybody",
    "password/reset/key/done/": "everybody",
    "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "everybody",
    "signup/": "not offered",
    "email/": "not offered",
    "confirm-email/": "not offered",
    "confirm-email/<str:key>/": "not offered",
    r"^confirm-email/(?P<key>[-:\w]+)/$": "not offered",
    "password/set/": "not offered",
    "login/code/confirm/": "not offered",
}

ADMIN = {
    "": "staff",
    "conversation/<uuid:conversation_id>/read/": "administrator, others find nothing",
    "chat/auditevent/export/": "administrator",
    "chat/auditevent/verify/": "administrator",
    "usage/": "staff",
    "usage/export/<str:kind>/": "staff",
    "usage/views/": "staff, only by POST",
    "usage/views/<int:view_id>/delete/": "staff, only by POST",
    "usage/report/": "staff",
    "usage/invoices/": "staff",
    "usage/invoices/enter/": "administrator, elsewhere",
    "usage/invoices/<int:invoice_id>/": "staff",
    "chat/usagerecord/export/<str:kind>/": "staff",
    "chat/usagerecord/<int:record_id>/correct/": "administrator",
    "health/": "administrator",
    "login/": "staff, elsewhere",
    "logout/": "staff, elsewhere",
    "password_change/": "staff, elsewhere",
    "password_change/done/": "staff",
    "autocomplete/": "nobody in the administration",
    "jsi18n/": "staff",
    "r/<path:content_type_id>/<path:object_id>/": "staff, nothing there",
    "^(?P<app_label>chat|auth)/$": "staff",
    "(?P<url>.*)$": "staff, nothing there",
    "chat/provider/<int:pk>/test/": "staff, only by POST",
    "chat/provider/<int:pk>/models/": "staff, only by POST",
    "chat/user/<id>/password/": "administrator",
}

# (list and form, adding, deleting) of each table in the administration.
ADMINISTRATOR, NEVER = "administrator", "nobody in the administration"
TABLES = {
    "chat/provider": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "chat/languagemodel": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "chat/price": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "chat/budget": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "chat/preset": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "chat/tool": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "chat/apikey": (ADMINISTRATOR, NEVER, NEVER),
    "chat/user": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "auth/group": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "chat/conversation": (ADMINISTRATOR, NEVER, NEVER),
    "chat/organisation": (ADMINISTRATOR, NEVER, NEVER),
    "chat/usagerecord": ("staff", NEVER, NEVER),
    "chat/retentionrule": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "chat/auditevent": (ADMINISTRATOR, NEVER, NEVER),
    "chat/apitoken": (ADMINISTRATOR, ADMINISTRATOR, NEVER),
}


def _of_table(name: str, look: str, add: str, delete: str) -> dict[str, str]:
    row = f"{name}/<path:object_id>"
    return {
        f"{name}/": look,
        f"{name}/add/": add,
        f"{row}/": "staff, elsewhere",
        f"{row}/history/": look,
        f"{row}/change/": look,
        f"{row}/delete/": delete,
    }


def rules() -> dict[str, dict[str, int]]:
    """By route: the status that each person gets for GET."""
    admin = dict(ADMIN)
    for name, (look, add, delete) in TABLES.items():
        admin |= _of_table(name, look, add, delete)
    named = PAGES | {f"accounts/{route}": rule for route, rule in ACCOUNTS.items()}
    named |= {f"admin/{route}": rule for route, rule in admin.items()}
    statuses = {rule: dict(zip(PEOPLE, row, strict=True)) for rule, row in GETS.items()}
    return {
        route: {name: statuses[rule][name] for name in tried_by(route)}
        for route, rule in named.items()
    }
