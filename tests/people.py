"""`python -m tests.people DEMO_PORT`: fills an empty data directory with people who are signed in.

Prints {"people": [[id, email, session key], …], "models": {kind: id}} as JSON.
"""

import json
import os
import sys

import django

NUMBER = 60


def main(demo_port: int) -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "chatsite.settings"}
    os.environ |= {"CHATSITE_DEMO": "1", "CHATSITE_DEMO_PORT": str(demo_port)}
    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from chat.models import LanguageModel

    call_command("prepare", stdout=sys.stderr)
    rows = LanguageModel.objects.order_by("-id").values_list("provider__kind", "id")
    with transaction.atomic():
        people = [_signed_in(f"person{number}@example.org") for number in range(NUMBER)]
    json.dump({"people": people, "models": dict(rows)}, sys.stdout)


def _signed_in(email: str) -> tuple[int, str, str]:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from chat.models import User

    user = User.objects.create_user(email)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return user.id, user.email, str(session.session_key)


if __name__ == "__main__":
    main(int(sys.argv[1]))
