"""A hasher that counts its work: what is refused must be refused before it."""

from typing import Any

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    count = 0

    def encode(self, password: str, salt: Any) -> str:
        CountingHasher.count += 1
        return super().encode(password, salt)
