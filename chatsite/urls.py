"""The site's addresses: the app, the sign-in, the administration."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("chat.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]

handler500 = "chat.views.errors.server_error"
