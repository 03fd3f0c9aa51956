from __future__ import annotations

from dataclasses import replace

import pytest

from detection.rules import RULES
from prevention.decision import finding_of
from prevention.words import WORDS, issue, next_step
from tests.prevention.museum import MISSING, RENAMED, TABLE_MISSING, column_missing, uncovered


def test_every_rule_has_words_and_no_words_are_left_over() -> None:
    assert set(WORDS) == {rule.id for rule in RULES}


def test_the_issue_of_a_missing_column_is_the_books() -> None:
    expected = "Column 'primary_image' is defined in contract but missing from data catalog"
    assert issue(finding_of(MISSING)) == expected


@pytest.mark.parametrize(
    ("finding", "sentence", "step"),
    [
        (
            finding_of(RENAMED),
            "Column 'primary_image' is defined in contract but renamed to 'image' in data catalog",
            (
                "Rename 'image' back to 'primary_image', or agree with Data Engineering Team "
                "<data-eng@museum.org> on the new name: keep both columns until every "
                "reader has moved."
            ),
        ),
        (
            finding_of(TABLE_MISSING),
            "Table 'object_images_normalized' is under contract but missing from data catalog",
            (
                "Create the table (has every migration run? alembic upgrade head), or agree with "
                "Data Engineering Team <data-eng@museum.org> to retire the contract."
            ),
        ),
        (
            finding_of(replace(TABLE_MISSING, schema="reporting")),
            "Table 'object_images_normalized' is under contract but missing from data catalog",
            (
                "Make reporting.object_images_normalized again (has every migration of that "
                "schema run?), or agree with Data Engineering Team <data-eng@museum.org> to "
                "retire the contract."
            ),
        ),
        (
            finding_of(replace(TABLE_MISSING, found="object_pictures")),
            (
                "Table 'object_images_normalized' is under contract but renamed to "
                "'object_pictures' in data catalog"
            ),
            (
                "Rename 'object_pictures' back, or leave a view under the old name until every "
                "reader has moved; ask Data Engineering Team <data-eng@museum.org> first."
            ),
        ),
        (
            finding_of(
                replace(
                    MISSING,
                    rule="primary-key-missing",
                    parts=(MISSING, MISSING),
                    promised="PRIMARY KEY (object_id, tag)",
                    found="PRIMARY KEY (object_id)",
                )
            ),
            (
                "Table 'object_images' has 'PRIMARY KEY (object_id, tag)' in contract but "
                "'PRIMARY KEY (object_id)' in data catalog"
            ),
            (
                "Make the key 'PRIMARY KEY (object_id, tag)' again, or agree with Data Engineering "
                "Team <data-eng@museum.org> to promise 'PRIMARY KEY (object_id)'."
            ),
        ),
        (
            finding_of(column_missing("title", rule="type-differs", found="integer", owner=None)),
            "Column 'title' has data type 'text' in contract but 'integer' in data catalog",
            "Change it back to 'text', or agree with the contract's owner to promise 'integer'.",
        ),
        (
            finding_of(column_missing("title", rule="default-differs", promised="''", found=None)),
            "Column 'title' has default '''' in contract but nothing in data catalog",
            (
                "Change it back to '''', or agree with Data Engineering Team <data-eng@museum.org> "
                "to promise nothing."
            ),
        ),
        (
            finding_of(uncovered("guestbook")),
            "Table 'guestbook' is present in data catalog but under no contract",
            "Draft a contract for it: docent draft public.guestbook",
        ),
        (
            finding_of(column_missing("title", rule="a-rule-of-tomorrow", found="integer")),
            "'public.object_images.title' is 'text' in contract but 'integer' in data catalog",
            "Talk to Data Engineering Team <data-eng@museum.org> before you merge.",
        ),
    ],
)
def test_each_rule_says_what_is_the_matter_and_what_to_do(
    finding: object, sentence: str, step: str
) -> None:
    assert issue(finding) == sentence  # type: ignore[arg-type]
    assert next_step(finding) == step  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["{owner}", "{0}", "{", "}}", "%s", "{column.__class__}"])
def test_a_name_is_never_read_as_a_template(name: str) -> None:
    finding = finding_of(column_missing(name))
    assert issue(finding) == f"Column '{name}' is defined in contract but missing from data catalog"
