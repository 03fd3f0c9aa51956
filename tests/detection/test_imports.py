import subprocess
import sys

import pytest

import detection


@pytest.mark.parametrize("name", detection.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(detection, name) is not None


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="find_nothing"):
        _ = detection.find_nothing


def test_the_package_imports_neither_the_driver_nor_pandas() -> None:
    code = (
        "import sys, detection, detection.coverage, detection.violations;"
        "print({'psycopg', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
