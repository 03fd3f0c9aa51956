"""Rules about functions and procedures under contract: that they are there, and how to call them.

Each states the fact; which functions it applies to is worked out by ``function_violations``.
"""

from __future__ import annotations

from contracts.model import Function
from detection.comparison import Difference
from detection.functions import described


def function_missing(promised: Function) -> Difference:
    """Report a function or procedure under contract that is not in the database.

    **Who is hurt.** Whoever calls it: the call fails. It is a promise to writers as much as a
    table is one to readers.

    **Example.** `assign_gallery(integer, text)` is under contract, and
    `drop function assign_gallery` was run. One whose arguments have other names is the same.

    **What to do.** Run the migrations that are still to be run; else bring it back until every
    caller has moved.
    """
    return Difference(described(promised), None)


def function_differs(promised: Function, found: Function) -> Difference:
    """Report a function that takes or returns something else than was promised.

    Names of arguments do not matter here, nor how a type is spelt. The body is not looked at: that
    it changed is told by `docent diff` and `docent gate`.

    **Who is hurt.** Whoever calls it as it was promised: the call fails, or its answer has
    another type.

    **Example.** `open_works(gallery integer)` is promised, and the database has
    `open_works(gallery text)` alone. With both of them there, the promise is kept.

    **What to do.** Put a function with the promised signature beside the new one, until every
    caller has moved.
    """
    return Difference(described(promised), described(found))
