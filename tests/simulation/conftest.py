"""What is asserted outside of the tests' own files says what it saw, too."""

import pytest

pytest.register_assert_rewrite("tests.simulation.audit")
