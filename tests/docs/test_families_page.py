"""What the page on families shows is what Docent says of the files that it shows."""

from __future__ import annotations

import re
from pathlib import Path

from tests.prevention.running import REPOSITORY, docent

PAGE = (REPOSITORY / "docs" / "families.md").read_text()


def columns() -> dict[str, str]:
    """The three documents that stand side by side on the page, by their names."""
    sample = re.search(r"```yaml\n(# enterprise-base\.yaml.*?)```", PAGE, re.DOTALL)
    assert sample is not None
    lines = sample[1].splitlines()
    starts = [found.start() for found in re.finditer("# ", lines[0])]
    ends = [*starts[1:], None]
    texts = [
        "\n".join(line[start:end].rstrip() for line in lines)
        for start, end in zip(starts, ends, strict=True)
    ]
    return {text.partition("\n")[0].removeprefix("# "): f"{text}\n" for text in texts}


def test_a_child_that_promises_less_is_told_against_the_parent_on_the_page(tmp_path: Path) -> None:
    contracts = tmp_path / "contracts"
    contracts.mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.docent]\n")
    documents = columns()
    assert [*documents] == ["enterprise-base.yaml", "visitors-domain.yaml", "visitors.yaml"]
    for name, text in documents.items():
        (contracts / name).write_text(text.replace("< 4 hours", "< 48 hours"))
    ran = docent("check", "--documents", folder=tmp_path)
    shown = re.search(r"```\n(error  child-weaker.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    said = ran.out.splitlines()
    assert ran.code == 1
    assert [line for line in shown[1].splitlines() if line not in said] == []
