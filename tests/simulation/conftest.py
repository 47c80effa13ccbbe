"""Sites to run servers on; what is asserted beside the tests' own files says what it saw."""

import pytest

from tests.faults.conftest import site, template

__all__ = ["site", "template"]

pytest.register_assert_rewrite("tests.simulation.audit", "tests.simulation.judge")
