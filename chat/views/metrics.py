"""Metrics for Prometheus: what the tables say for all nodes, and what this one is doing."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from chat.domain import metrics as domain
from chat.domain.api_tokens import Scope
from chat.live import node

from .api import with_token

HELP = {
    "calls": "Calls to providers, from the ledger.",
    "unreported_calls": "Calls for which the provider reported no usage.",
    "tokens": "Tokens, reported or estimated.",
    "cost": "Cost at the price of the day.",
    "chain_links": "Rows bound by the chain of the ledger or the audit log.",
    "replies": "Replies that wait or are being written, on all nodes.",
    "provider_up": "0 while a provider is left alone because it kept failing.",
    "sockets": "Open sockets of this node.",
    "node_replies": "Replies that this node is writing.",
}
COUNTERS = {"calls", "unreported_calls", "tokens", "cost", "chain_links"}


class ChatsiteCollector(Collector):
    def collect(self) -> Iterator[Metric]:
        by_name: dict[str, list[domain.Sample]] = {}
        for sample in (*domain.samples(), *_of_this_node()):
            by_name.setdefault(sample.name, []).append(sample)
        for name, samples in by_name.items():
            yield _family(name, samples)


def _of_this_node() -> Iterator[domain.Sample]:
    here = node.running()
    if here is not None:
        yield domain.Sample("sockets", (), len(here.hub.everyone))
        yield domain.Sample("node_replies", (), len(here.relay.running))


def _family(name: str, samples: list[domain.Sample]) -> Metric:
    kind = CounterMetricFamily if name in COUNTERS else GaugeMetricFamily
    labels = [label for label, _value in samples[0].labels]
    family = kind(f"chatsite_{name}", HELP[name], labels=labels)
    for sample in samples:
        family.add_metric([value for _label, value in sample.labels], sample.value)
    return family


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(ChatsiteCollector())
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry


@with_token(Scope.METRICS)
def metrics(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)
