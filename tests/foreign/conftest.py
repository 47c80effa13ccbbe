"""The foreign servers, each on a loopback port, from the directory that FOREIGN names."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.prepared import environment
from tests.processes import can_connect
from tests.servers import free_port

from .recorder import Recorder

STARTS_WITHIN = 180.0
KEY = "sk-foreign-0123456789"
SAID = "The moon is far away, and it has no air."
BUSY = {"message": "slow down", "type": "rate_limit_error", "code": "rate_limit_exceeded"}
ARGUMENTS = '{"a": 1, "b": 2}'


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """They need packages that are not installed with ours: only `-m foreign` runs them."""
    if "foreign" in config.option.markexpr:
        return
    foreign = [item for item in items if item.get_closest_marker("foreign")]
    if foreign:
        config.hook.pytest_deselected(items=foreign)
        items[:] = [item for item in items if item not in foreign]


def installed(path: str) -> Path:
    found = Path(os.environ.get("FOREIGN", "")) / path
    if "FOREIGN" not in os.environ or not found.exists():
        pytest.fail(f"{path} is not installed: use `make test-foreign`.", pytrace=False)
    return found


@contextmanager
def serving(command: list[str], port: int, directory: Path, **variables: str) -> Iterator[None]:
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=directory, stdout=log, stderr=log, env=environment(**variables)
        )
    deadline = time.monotonic() + STARTS_WITHIN
    try:
        while not can_connect(port):
            late = process.poll() is not None or time.monotonic() > deadline
            assert not late, (directory / "log").read_text(errors="replace")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def told(result: str, response: object) -> dict[str, object]:
    """After the result of a tool, whatever was asked before."""
    match = {"toolCallId": "call_1", "toolResultContains": result}
    return {"match": match, "response": response}


def fixture(message: str, response: object, **more: object) -> dict[str, object]:
    return {"match": {"userMessage": message}, "response": response, **more}


@pytest.fixture(scope="session")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of `@copilotkit/aimock`."""
    directory, port = tmp_path_factory.mktemp("aimock"), free_port()
    call = {"id": "call_1", "name": "add", "arguments": ARGUMENTS}
    usage = {"prompt_tokens": 11, "completion_tokens": 12}
    fixtures = [
        told("3", {"content": SAID}),
        fixture("say", {"content": SAID, "usage": usage}),
        fixture("think", {"content": "Far.", "reasoning": "How far is it?"}),
        fixture("call", {"toolCalls": [call]}),
        fixture("busy", {"error": BUSY, "status": 429, "retryAfter": 45}),
        # With a pause between the pieces, or the cut comes before the first of them is sent.
        fixture("cut", {"content": SAID}, truncateAfterChunks=3, latency=100),
    ]
    (directory / "fixtures.json").write_text(json.dumps({"fixtures": fixtures}))
    program = installed("node_modules/@copilotkit/aimock/dist/cli.js")
    node = shutil.which("node") or pytest.fail("node is missing", pytrace=False)
    options = ["--port", str(port), "--fixtures", "fixtures.json", "--strict"]
    with serving([node, str(program), *options], port, directory):
        yield port


@pytest.fixture(scope="session")
def litellm(aimock: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of the proxy of `litellm`; it answers itself, or passes on to aimock."""
    directory, port = tmp_path_factory.mktemp("litellm"), free_port()
    own = {"model": "openai/gpt-4o", "api_key": "unused"}
    passed_on = {"model": "openai/m", "api_key": KEY, "api_base": f"http://127.0.0.1:{aimock}/v1"}
    models = {
        "said": {**own, "mock_response": SAID},
        "busy": {**own, "mock_response": "litellm.RateLimitError"},
        "passed-on": {**passed_on, "max_retries": 0},
    }
    config = {
        "model_list": [
            {"model_name": name, "litellm_params": values} for name, values in models.items()
        ],
        "general_settings": {"master_key": KEY},
        "litellm_settings": {"num_retries": 0, "telemetry": False},
        "router_settings": {"num_retries": 0, "disable_cooldowns": True},
    }
    # JSON is YAML too.
    (directory / "config.yaml").write_text(json.dumps(config))
    program = str(installed("python/bin/litellm"))
    options = ["--config", "config.yaml", "--host", "127.0.0.1", "--port", str(port)]
    variables = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "DO_NOT_TRACK": "1"}
    with serving([program, *options], port, directory, **variables):
        yield port


@pytest.fixture
def to_aimock(aimock: int) -> Iterator[Recorder]:
    with Recorder(aimock) as recorder:
        yield recorder


@pytest.fixture
def to_litellm(litellm: int) -> Iterator[Recorder]:
    with Recorder(litellm) as recorder:
        yield recorder
