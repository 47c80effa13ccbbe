"""Tells Django about the app and its administration."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = "Chatsite"


class ChatAdminConfig(AdminConfig):
    default_site = "chat.admin.site.ChatAdminSite"
