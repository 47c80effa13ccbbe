"""People who open the administration, signed in."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from chat.models import User

SignIn = Callable[[User], Client]


@pytest.fixture
def signed_in() -> SignIn:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def as_erin(erin: User, signed_in: SignIn) -> Client:
    return signed_in(erin)


@pytest.fixture
def as_dana(dana: User, signed_in: SignIn) -> Client:
    return signed_in(dana)


@pytest.fixture
def frank(bob: User) -> User:
    """Looks after providers and models, and nothing else."""
    bob.is_staff = True
    bob.save()
    names = ["provider", "languagemodel", "apikey"]
    for action in ("view", "add", "change"):
        codes = [f"{action}_{name}" for name in names]
        bob.user_permissions.add(*Permission.objects.filter(codename__in=codes))
    return bob
