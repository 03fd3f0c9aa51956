import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from prevention.change_words import GATE_WORDS
from prevention.words import WORDS
from tests.conftest import REPOSITORY


def load_generator() -> ModuleType:
    specification = importlib.util.spec_from_file_location(
        "generate", REPOSITORY / "docs" / "generate.py"
    )
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


GENERATOR = load_generator()


@pytest.mark.parametrize("name", sorted(GENERATOR.pages()))
def test_a_generated_page_is_what_the_code_says_today(name: str) -> None:
    written = Path(REPOSITORY / "docs" / name).read_text(encoding="utf-8")
    assert written == GENERATOR.pages()[name], f"docs/{name} is stale: run `make docs`"


def test_every_rule_that_a_report_can_name_has_a_page() -> None:
    text = Path(REPOSITORY / "docs" / "rules.md").read_text(encoding="utf-8")
    pages = set(re.findall(r"^## (\S+)$", text, re.MULTILINE))
    assert {*WORDS, *GATE_WORDS} - pages == set()
