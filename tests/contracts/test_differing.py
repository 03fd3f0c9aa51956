"""Two trees of documents: which of them are read, and which need not be."""

from __future__ import annotations

import pytest

from contracts.differing import Tree, read_differing
from contracts.problems import DocumentError
from tests.prevention.histories import book


def models(name: str, **facts: str) -> bytes:
    """A contract with a version and perhaps a parent."""
    lines = [f"name: {name}", "owner: Visitor Experience", "version: 1.0.0"]
    lines += [f"{key}: {value}" for key, value in facts.items()]
    lines += ["models:", "  visitors:", "    elements:", "      email: {type: string}"]
    return ("\n".join(lines) + "\n").encode()


def tree(root: str = "new/", **files: bytes) -> Tree:
    return Tree(root, {f"{path}.yaml": content for path, content in files.items()})


def read(old: Tree, new: Tree) -> tuple[list[str], list[str], int]:
    found = read_differing(old, new)
    return [each.name for each in found.old], [each.name for each in found.new], found.same


ONE, TWO, OTHER = models("one"), models("two"), models("one", purpose="To be read.")
CHILD = models("child", extends="parent")
PARENT, STRONGER = models("parent"), models("parent", purpose="To be kept.")


def test_what_is_the_same_is_not_read() -> None:
    broken = b"this: is [no contract"
    sides = tree("old/", a=ONE, b=broken), tree(a=ONE, b=broken)
    assert read(*sides) == ([], [], 2)
    with pytest.raises(DocumentError):
        read_differing(*sides, whole=True)


def test_what_differs_is_read_on_both_sides() -> None:
    assert read(tree("old/", a=ONE, b=TWO), tree(a=OTHER, b=TWO)) == (["one"], ["one"], 1)
    assert read(tree("old/"), tree(a=ONE)) == ([], ["one"], 0)
    assert read(tree("old/", a=ONE), tree()) == (["one"], [], 0)


def test_what_only_moved_is_read_where_it_is_now() -> None:
    found = read_differing(tree("old/", a=ONE), tree(b=ONE))
    assert (found.old, found.same) == (found.new, 0)
    assert [each.file for each in (*found.old, *found.new)] == ["old/a.yaml", "new/b.yaml"]


def test_a_child_is_read_when_its_parent_changed() -> None:
    sides = tree("old/", a=PARENT, b=CHILD, c=TWO), tree(a=STRONGER, b=CHILD, c=TWO)
    assert read(*sides) == (["parent", "child"], ["parent", "child"], 2)


def test_a_parent_is_read_when_its_child_changed_and_so_is_its_own_parent() -> None:
    middle = models("parent", extends="grandparent")
    sides = [
        tree(root, a=child, b=middle, c=models("grandparent"))
        for root, child in (("old/", CHILD), ("new/", models("child", extends="parent", id="7")))
    ]
    assert sorted(read(sides[0], sides[1])[1]) == ["child", "grandparent", "parent"]


def test_a_second_document_of_one_name_is_found_among_those_that_are_the_same() -> None:
    with pytest.raises(DocumentError, match=r"is stated in .*already"):
        read_differing(tree("old/", a=ONE), tree(a=ONE, b=OTHER))


def test_a_name_of_several_words_is_found_too() -> None:
    first, second = models('"Visitor Book"'), models('"Visitor Book"', purpose="x")
    with pytest.raises(DocumentError, match="Visitor Book"):
        read_differing(tree("old/", a=first), tree(a=first, b=second))


def test_a_view_that_may_keep_the_name_of_a_table_is_read() -> None:
    old = {"a.json": book("object_images").encode(), "b.json": book("object").encode()}
    renamed = book("object_pictures", name="object-images-contract-spec").encode()
    new = {**old, "a.json": renamed}
    found = read_differing(Tree("old/", old), Tree("new/", new))
    assert [each.name for each in found.new] == ["object-images-contract-spec"]
    speaks = book("object", doc="Read object_images beside it.").encode()
    with_view = {**old, "b.json": speaks}
    found = read_differing(Tree("old/", with_view), Tree("new/", {**new, "b.json": speaks}))
    assert len(found.new) == 2


def test_all_that_is_wrong_on_both_sides_is_told_at_once() -> None:
    with pytest.raises(DocumentError) as caught:
        read_differing(tree("old/", a=b"x: 1"), tree(a=b"y: 2", b=b"["))
    assert {problem.location.file for problem in caught.value.problems} == {
        "old/a.yaml", "new/a.yaml", "new/b.yaml",
    }  # fmt: skip
