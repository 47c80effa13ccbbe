"""What each person gets at each address: a new address without a rule fails the tests."""

from tests.security.doors import PEOPLE

# Alice owns, Charlie is a stranger, Dana audits, Erin administers, nobody is signed out.
GETS = {
    "everybody": (200, 200, 200, 200, 200, 200),
    "signed in": (200, 200, 200, 200, 302, 302),
    "signed out": (302, 302, 302, 302, 200, 200),
    "owner": (200, 404, 404, 404, 302, 302),
    "staff": (403, 403, 200, 200, 302, 302),
    "staff, elsewhere": (403, 403, 302, 302, 302, 302),
    "staff, nothing there": (403, 403, 404, 404, 302, 302),
    "staff, only by POST": (403, 403, 405, 405, 302, 302),
    "administrator": (403, 403, 403, 200, 302, 302),
    "nobody in the administration": (403, 403, 403, 403, 302, 302),
    "only by POST": (405, 405, 405, 405, 405, 405),
    "nothing there": (404, 404, 404, 404, 302, 302),
    "not offered": (404, 404, 404, 404, 404, 404),
}

PAGES = {
    "": "signed in",
    "c/<uuid:conversation_id>/": "owner",
    "c/<uuid:conversation_id>/transcript/": "owner",
    "c/<uuid:conversation_id>/turns/": "owner",
    "c/<uuid:conversation_id>/branch/": "only by POST",
    "c/<uuid:conversation_id>/messages/<int:message_id>/source/": "owner",
    "c/<uuid:conversation_id>/messages/<int:message_id>/menu/": "owner",
    "c/<uuid:conversation_id>/messages/<int:message_id>/branch/": "only by POST",
    "c/<uuid:conversation_id>/messages/<int:message_id>/delete/": "only by POST",
    "c/<uuid:conversation_id>/messages/<int:message_id>/comments/": "owner",
    "c/<uuid:conversation_id>/messages/<int:message_id>/comments/<int:comment_id>/": "only by POST",
    "c/<uuid:conversation_id>/messages/<int:message_id>/comments/<int:comment_id>/remove/": (
        "only by POST"
    ),
    "c/<uuid:conversation_id>/people/": "owner",
    "notices/": "signed in",
    "notices/seen/": "only by POST",
    "c/<uuid:conversation_id>/deletions/<uuid:deletion_id>/": "owner",
    "c/<uuid:conversation_id>/rename/": "owner",
    "c/<uuid:conversation_id>/delete/": "owner",
    "c/<uuid:conversation_id>/menu/": "owner",
    "c/<uuid:conversation_id>/file/": "only by POST",
    "c/<uuid:conversation_id>/move/": "owner",
    "c/<uuid:conversation_id>/draft/": "owner",
    "draft/": "signed in",
    "conversations/": "signed in",
    "conversations/selected/": "only by POST",
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
    "attachments/<uuid:attachment_id>/": "owner",
    "attachments/<uuid:attachment_id>/remove/": "only by POST",
    "attachments/<uuid:attachment_id>/file/": "owner",
    "prompts/": "signed in",
    "prompts/new/": "signed in",
    "prompts/choices/": "signed in",
    "prompts/<int:prompt_id>/": "owner",
    "prompts/<int:prompt_id>/delete/": "owner",
    "prompts/<int:prompt_id>/use/": "owner",
    "search/": "signed in",
    "usage/": "signed in",
    "preferences/": "signed in",
    "keys/": "signed in",
    "keys/<int:provider_id>/": "nothing there",
    "keys/<int:provider_id>/remove/": "only by POST",
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
    "usage/": "staff",
    "usage/export/": "staff",
    "usage/person/<int:user_id>/": "staff",
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
    "chat/preset": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "chat/tool": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "chat/apikey": (ADMINISTRATOR, NEVER, NEVER),
    "chat/user": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "auth/group": (ADMINISTRATOR, ADMINISTRATOR, ADMINISTRATOR),
    "chat/conversation": (ADMINISTRATOR, NEVER, NEVER),
    "chat/organisation": (ADMINISTRATOR, NEVER, NEVER),
    "chat/usagerecord": ("staff", NEVER, NEVER),
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
    return {route: dict(zip(PEOPLE, GETS[rule], strict=True)) for route, rule in named.items()}
