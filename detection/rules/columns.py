"""Rules about what is promised of a column besides its type. Only what is stated is compared."""

from __future__ import annotations

from contracts.model import Table
from detection.comparison import Comparison, Difference
from detection.expressions import same_expression


def nullability_differs(pair: Comparison) -> Difference | None:
    """Report a column that may be null though promised NOT NULL, or the other way round.

    A NOT NULL that old rows need not obey (`NOT VALID`, from Postgres 18 on) is none. Of a
    view's column Postgres cannot say, so the contract's word stands.

    **Who is hurt.** Readers, when NOT NULL is dropped: nulls reach them, and `not in (…)`
    over the column finds nothing at all. Writers, when it is added: their inserts fail.

    **Example.** `created_at` is promised NOT NULL, and
    `alter table object_images alter column created_at drop not null` was run. That every row
    still happens to have a value is no comfort: the next one need not.

    **What to do.** Set or drop NOT NULL again, or agree with the owner on what is promised.
    """
    promised, found = pair.promised.nullable, pair.found.nullable
    if promised is None or found is None or promised is found:
        return None
    words = {True: "NULL", False: "NOT NULL"}
    return Difference(words[promised], words[found], ("constraints.is_nullable",))


def primary_key_missing(pair: Comparison) -> Difference | None:
    """Report a column that is promised as part of the primary key and is not.

    A composite key that is dropped or moved is one finding, with a part for each column.
    A view has no key that Postgres knows, so there the contract's word stands.

    **Who is hurt.** Readers who join on the key, and now meet a row twice; replication and
    change capture, which tell rows apart by it; writers who upsert.

    **Example.** `object_id` is promised as the primary key, and
    `alter table object_images drop constraint object_images_pkey` was run. A UNIQUE constraint
    on top of the key breaks nothing.

    **What to do.** Put the key back (look for double rows first), or agree with the owner.
    """
    if not promised_in_key(pair) or pair.found.primary_key in (None, True):
        return None
    return Difference(
        key_text(promised_key(pair.among)), found_key(pair), ("constraints.primaryKey",)
    )


def primary_key_unpromised(pair: Comparison) -> Difference | None:
    """Report a column that is promised not to be part of the primary key and is.

    **Who is hurt.** Readers who take the other columns for the whole key: what was one row is
    now several. Writers, who may no longer leave the column out.

    **Example.** `primary_image` is promised with `primaryKey: false`, and the key became
    `(object_id, primary_image)`. A contract that says nothing of keys is kept either way.

    **What to do.** Take the column out of the key, or agree with the owner on the new key.
    """
    if promised_in_key(pair) is not False or not pair.found.primary_key:
        return None
    return Difference(
        key_text(promised_key(pair.among)), found_key(pair), ("constraints.primaryKey",)
    )


def unique_missing(pair: Comparison) -> Difference | None:
    """Report a column that is promised to be unique and has nothing that keeps it so.

    A constraint, a unique index without a condition, or being the whole primary key keep it.

    **Who is hurt.** Readers whose joins fan out: counts and sums grow without an error.
    Writers whose `on conflict` clause now fails.

    **Example.** `accession_number` is promised unique, and its index was made again with
    `where is_public_domain`: it holds for some rows only.

    **What to do.** Put the constraint or the index back (look for double values first), or
    agree with the owner.
    """
    if not pair.promised.unique or pair.found.unique in (None, True):
        return None
    if _is_whole_key(pair):
        return None
    return Difference("UNIQUE", None, ("constraints.unique",))


def unique_unpromised(pair: Comparison) -> Difference | None:
    """Report a column that is promised to take a value twice and does not.

    The primary key does not count here: it is promised, or not, by itself, and a UNIQUE on
    top of it changes nothing.

    **Who is hurt.** Writers, whose second row of a value is refused.

    **Example.** `title` is promised with `unique: false`, and
    `create unique index on object (title)` was run. A unique index on title and artist
    together is fine.

    **What to do.** Drop the constraint or the index, or agree with the owner to promise it.
    """
    if pair.promised.unique is not False or not pair.found.unique or _is_whole_key(pair):
        return None
    return Difference(None, "UNIQUE", ("constraints.unique",))


def updatability_differs(pair: Comparison) -> Difference | None:
    """Report a column that an UPDATE may not change though promised, or the other way round.

    **Who is hurt.** Writers, when a table becomes a view or a column is generated: their
    updates fail. Readers who took a column for fixed, when it no longer is.

    **Example.** `title` is promised as updatable, and `object` became a view with
    `upper(title) as title`. A view that hands the column through as it is stays updatable.

    **What to do.** Make the column updatable again, or agree with the owner.
    """
    promised, found = pair.promised.updatable, pair.found.updatable
    if promised is None or found is None or promised is found:
        return None
    words = {True: "updatable", False: "not updatable"}
    return Difference(words[promised], words[found], ("constraints.is_updatable",))


def default_differs(pair: Comparison) -> Difference | None:
    """Report a column whose default is not the promised expression.

    Expressions are compared as Postgres prints them. The case of words, spaces, parentheses
    around the whole, a cast of a bare value and the table's own schema make no difference;
    two ways of writing one value, such as `now()` and `CURRENT_TIMESTAMP`, do.

    **Who is hurt.** Writers who leave the column out, whose insert fails or means something
    else; readers, for whom a new row means something else than an old one.

    **Example.** `created_at` is promised with `CURRENT_TIMESTAMP`, and
    `alter table object_images alter column created_at drop default` was run.

    **What to do.** Set the default again, or agree with the owner on the new one.
    """
    return _expressions(pair, pair.promised.default, pair.found.default, "column_default")


def identity_differs(pair: Comparison) -> Difference | None:
    """Report a column that does not number its rows as promised.

    **Who is hurt.** Writers: with ALWAYS their own numbers are refused, without an identity a
    row without a number is.

    **Example.** `object_id` is promised as GENERATED BY DEFAULT AS IDENTITY and became
    GENERATED ALWAYS. A contract that says nothing of identity is kept either way.

    **What to do.** Change the identity back, or agree with the owner.
    """
    promised, found = pair.promised.identity, pair.found.identity
    if promised is None or found is None or promised == found:
        return None
    keys = ("constraints.identity_generation", "constraints.is_identity")
    return Difference(promised.upper() or None, found.upper() or None, keys)


def generation_differs(pair: Comparison) -> Difference | None:
    """Report a column that is not computed from the others as promised.

    Expressions are compared as for defaults.

    **Who is hurt.** Readers: old rows change with the expression. Writers, when a column
    becomes generated: values of their own are refused.

    **Example.** `years` is promised as `(ends - begins)` and is now `(ends - begins + 1)`.

    **What to do.** Change the expression back, or agree with the owner on the new one.
    """
    return _expressions(
        pair, pair.promised.generated, pair.found.generated, "generation_expression", "is_generated"
    )


def collation_differs(pair: Comparison) -> Difference | None:
    """Report a text that is sorted and compared by another collation than promised.

    **Who is hurt.** Readers who page through an order, or merge two sorted lists; under a
    collation that ignores case, also whoever counts on two spellings being two values.

    **Example.** `title` is promised with the collation `C` and has the database's own.

    **What to do.** Change the collation back, or agree with the owner on the new one.
    """
    promised, found = pair.promised.collation, pair.found.collation or "default"
    # Its schema is compared where the promise states one; Postgres's own are printed without.
    if promised is None or f".pg_catalog.{found}".endswith(f".{promised}"):
        return None
    return Difference(promised, found, ("constraints.collation_name",))


def promised_in_key(pair: Comparison) -> bool | None:
    """Whether the contract puts the column into the primary key; ``None`` where it does not say."""
    if pair.promised.primary_key is not None:
        return pair.promised.primary_key
    key = pair.among.primary_key
    return None if key is None else pair.promised.name in key


def promised_key(table: Table) -> tuple[str, ...]:
    """The columns of the promised primary key."""
    if table.primary_key is not None:
        return table.primary_key
    return tuple(column.name for column in table.columns if column.primary_key)


def _is_whole_key(pair: Comparison) -> bool:
    """Whether the column alone is the primary key, and so unique in any case."""
    return pair.within.primary_key == (pair.found.name,)


def found_key(pair: Comparison) -> str | None:
    """The primary key that the database has, as SQL writes it."""
    return key_text(pair.within.primary_key or ())


def key_text(columns: tuple[str, ...]) -> str | None:
    """A primary key as SQL writes it; ``None`` for none."""
    return f"PRIMARY KEY ({', '.join(columns)})" if columns else None


def _expressions(
    pair: Comparison, promised: str | None, found: str | None, *keys: str
) -> Difference | None:
    if promised is None or found is None:
        return None
    if same_expression(promised, found, pair.within.schema):
        return None
    return Difference(promised or None, found or None, tuple(f"constraints.{key}" for key in keys))
