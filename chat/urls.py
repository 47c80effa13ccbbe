"""Where everything is."""

from django.urls import path

from chat.views import conversations, health, options, own_keys, pages, preferences, usage
from chat.views.accounts import not_offered

urlpatterns = [
    path("", pages.home, name="home"),
    path("c/<uuid:conversation_id>/", pages.conversation, name="conversation"),
    path("c/<uuid:conversation_id>/transcript/", pages.transcript, name="transcript"),
    path("c/<uuid:conversation_id>/turns/", pages.turns, name="turns"),
    path("c/<uuid:conversation_id>/branch/", pages.branch, name="branch"),
    path(
        "c/<uuid:conversation_id>/messages/<int:message_id>/source/",
        pages.source,
        name="source",
    ),
    path("c/<uuid:conversation_id>/rename/", conversations.rename, name="rename"),
    path("c/<uuid:conversation_id>/delete/", conversations.delete, name="delete"),
    path("conversations/", conversations.conversations, name="conversations"),
    path("models/<int:language_model_id>/options/", options.model_options, name="model_options"),
    path("usage/", usage.usage, name="usage"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("keys/", own_keys.own_keys, name="own_keys"),
    path("keys/<int:provider_id>/", own_keys.enter_own_key, name="enter_own_key"),
    path("keys/<int:provider_id>/remove/", own_keys.remove_own_key, name="remove_own_key"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # In front of allauth's own pages of these addresses.
    path("accounts/signup/", not_offered),
    path("accounts/email/", not_offered),
    path("accounts/confirm-email/", not_offered),
    path("accounts/confirm-email/<str:key>/", not_offered),
    path("accounts/password/set/", not_offered),
    path("accounts/login/code/confirm/", not_offered),
]
