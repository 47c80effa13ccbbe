"""For load balancers."""

import asyncio

import pytest
from django.test import Client

from chat.live import node


def test_it_is_well(client: Client) -> None:
    answers = [client.get(address) for address in ("/healthz", "/readyz")]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"ok\n")] * 2


def test_a_draining_node_is_alive_but_takes_nothing_new(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def draining() -> node.Node:
        made = node.Node()
        made.draining = True
        return made

    monkeypatch.setattr(node, "_node", asyncio.run(draining()))
    answers = [client.get(address) for address in ("/healthz", "/readyz")]
    assert [(answer.status_code, answer.content) for answer in answers] == [
        (200, b"ok\n"),
        (503, b"draining\n"),
    ]
