"""Rules about families: whether the contract that another one extends is there, and still is one.

Each states the fact; to whom it applies is worked out by ``detection.family``. That a child
promises less than its parent is a rule about change, ``child-weaker``.
"""

from __future__ import annotations

from collections.abc import Sequence

from contracts.model import Contract
from detection.comparison import Difference


def parent_missing(child: Contract) -> Difference:
    """Report a contract that extends one that there is none of.

    **Who is hurt.** Readers, who are promised what nobody can read.

    **Example.** `extends: enterprise-bass`, and there is only `enterprise-base`. A parent in
    another folder is found where that folder is named too, or is the project's.

    **What to do.** Correct the name, or name the folder in which the parent is.
    """
    return Difference(child.extends, None, ("extends",))


def parent_ambiguous(child: Contract, called: Sequence[Contract]) -> Difference:
    """Report a contract that extends a name which several contracts share.

    **Who is hurt.** Readers: nobody can say which promises they have inherited.

    **Example.** `extends: base`, and there are `loans/base` and `visitors/base`. The one within
    the child's own namespace comes first, so that it is fine there.

    **What to do.** Write the parent's whole identity, namespace and all.
    """
    names = " and ".join(sorted(each.identity for each in called))
    return Difference(child.extends, names, ("extends",))


def family_cycle(circle: Sequence[Contract]) -> Difference:
    """Report contracts that extend one another in a circle, or one that extends itself.

    **Who is hurt.** Readers: a promise that comes from nowhere is none.

    **Example.** `a` extends `b`, and `b` extends `a`. Two contracts with one parent are fine.

    **What to do.** Take `extends` away from the one that is the most general.
    """
    names = [each.identity for each in circle]
    return Difference(circle[0].extends, " → ".join([*names, names[0]]), ("extends",))


def parent_version_differs(child: Contract, parent: Contract) -> Difference:
    """Report a contract that names another version of its parent than the one that is there.

    The child is held to the parent that is there. Its own version is not raised by that.

    **Who is hurt.** Whoever reads the child and believes that somebody has looked at what its
    parent promises now.

    **Example.** `extends_version: 1.0.0`, and the parent is at 2.0.0. A child that names no
    version goes with its parent, and is fine.

    **What to do.** Read what changed in the parent, and name the version that is there.
    """
    return Difference(child.extends_version, parent.version, ("extends_version",))


def parent_ending(child: Contract, parent: Contract) -> Difference:
    """Report a contract whose parent is deprecated, or has reached its sunset.

    **Who is hurt.** Nobody yet. From the day on which the parent goes, the child promises only
    what it says itself.

    **Example.** The parent is `status: deprecated`, with a replacement. A deprecated child of an
    active parent is fine.

    **What to do.** Extend the replacement; or write what is inherited into the child itself.
    """
    return Difference(child.extends, parent.status, ("extends",))


def parent_retired(child: Contract, parent: Contract) -> Difference:
    """Report a contract whose parent is retired, and promises nothing any more.

    **Who is hurt.** Readers, who rely on what was inherited.

    **Example.** The parent is `status: retired`. One that is at its sunset still stands.

    **What to do.** Extend the replacement; or write what is inherited into the child itself.
    """
    return Difference(child.extends, parent.status, ("extends",))
