"""The rules of access by their ids: one function each, whose docstring is the published page.

A rule takes what was found and puts it into two short texts: what was promised, and what is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from contracts.model import Role
from detection.access.boundary import Guard
from detection.access.exposure import Exposure, Underclassified
from detection.access.model import PUBLIC, DefaultRight, Policy
from detection.access.reach import Way
from detection.comparison import Difference
from detection.rules import Rule

Rights = Mapping[str, tuple[str, ...]]
"""The privileges on one table, each with the columns that it is limited to; () for none."""


def access_role_missing(role: Role) -> Difference:
    """Report a role that a contract names and the server does not have.

    **Who is hurt.** Whoever was promised access under that name: there is nothing to connect as,
    and nothing to grant to.

    **Example.** `object.odcs.yaml` lets `museum_reader` read, and nobody ever typed
    `CREATE ROLE museum_reader`. A role that is there without any right is another finding.

    **What to do.** `docent grants --create-roles` prints the `CREATE ROLE` too; or correct the
    name in the contract. Docent makes no role without being asked.
    """
    return Difference(role.name, None)


def access_word_unknown(role: Role, words: Iterable[str]) -> Difference:
    """Report a word for a role's access that stands for no right in Postgres.

    **Who is hurt.** The role: what the word was meant to give is not granted.

    **Example.** `access: admin`. Understood are `read`, `write`, `append`, and the privileges of
    SQL by their names; several of them with commas between.

    **What to do.** Write the access in those words.
    """
    return Difference(role.access, ", ".join(words))


def access_right_missing(role: str, rights: Rights) -> Difference:
    """Report a right that a contract gives to a role, and that the role does not have.

    A right that comes by a group, or that everybody has, counts; one that takes a `SET ROLE`
    first does not. Asked are the schema's `USAGE` and the sequences of columns written to, too.

    **Who is hurt.** The consumer behind the role: its queries are refused.

    **Example.** The contract of `object` lets `museum_reader` read, and a migration made the table
    anew without its grants.

    **What to do.** `docent grants` prints the statement; run it as the table's owner.
    """
    return Difference(f"{_who(role)}: {_rights(rights)}", None)


def access_right_unpromised(role: str, rights: Rights) -> Difference:
    """Report a right on a table under contract that no contract gives.

    It is told of tables whose contract names roles at all. The owner, superusers and Docent's own
    readers are left out.

    **Who is hurt.** The people whom the data is about; and the producer, who changes the table
    without knowing of this reader.

    **Example.** `GRANT SELECT ON signups TO PUBLIC`, typed once for a demonstration. A right on
    single columns that the contract gives for the whole table is none too many.

    **What to do.** Name the role in the contract; or run the `REVOKE` that `docent grants` prints.
    """
    return Difference(None, f"{_who(role)}: {_rights(rights)}")


def access_around_contract(role: str, found: Mapping[str, tuple[Way, ...]]) -> Difference:
    """Report a consumer's role, or everybody, with a right on a table that no contract is about.

    Groups are followed, and so are `SET ROLE`, ownership and `pg_read_all_data`.

    **Who is hurt.** The consumer, in the end: what it reads there can change on any day, and
    nobody will tell it. The producer, whose table is a promise without anybody's having made it.

    **Example.** `museum_reader` is a member of `loader_group`, which may read `staging_objects`.
    A right on a partition of a promised table is a right on that table.

    **What to do.** Publish what is needed as a view under contract, then take the right away;
    `docent grants` prints the `REVOKE` where the right is the role's own.
    """
    return Difference(None, f"{_who(role)}: {_by_way(role, found)}")


def access_outside_contracts(role: str, found: Mapping[str, tuple[Way, ...]]) -> Difference:
    """Report a right on a table that no contract is about, of a role that no contract names.

    **Who is hurt.** Perhaps nobody: it may be the application itself. Perhaps whoever changes the
    table next, since this is how readers come about of whom nobody knows.

    **Example.** `GRANT SELECT ON ALL TABLES IN SCHEMA app TO bi_tool`. What a role owns is its own.

    **What to do.** Find out who works under the role. A reader belongs into a contract; for the
    application, let the role own the tables or its group do so.
    """
    return Difference(None, f"{_who(role)}: {_by_way(role, found)}")


def access_default_rights(default: DefaultRight) -> Difference:
    """Report default privileges that will hand tables yet to be made to a consumer or everybody.

    **Who is hurt.** As by a right around the contracts, only later: with the next `CREATE TABLE`.

    **Example.** `ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO museum_reader`.
    Default privileges of roles that no contract names are nobody's concern here.

    **What to do.** `ALTER DEFAULT PRIVILEGES … REVOKE`, and grant table by table, as contracts
    say.
    """
    where = f"in schema {default.schema}" if default.schema else "in every schema"
    said = f"{_who(default.role)}: {default.privilege} on what {default.owner} makes {where}"
    return Difference(None, said)


def access_above_clearance(exposure: Exposure) -> Difference:
    """Report a role that can read a column classified above what its contract clears it for.

    A role is cleared for the `classifications` that its contract lists, and for what asks for
    less care than one of them; where it lists none, for `public` and `internal`.

    **Who is hurt.** The people whom the data is about.

    **Example.** `email` is `sensitive`, and `museum_reader`, cleared for `public`, has `SELECT` on
    the whole table. A right on the other columns alone is fine.

    **What to do.** `docent grants` prints the grant by column that takes its place. If the role is
    to see it, add the classification to the role in the contract.
    """
    return _exposed(exposure)


def access_leaked_by_view(exposure: Exposure) -> Difference:
    """Report a view that hands a column on to a role that is not cleared for it.

    The view's own classification does not count where the column it is made from is classified
    higher: the data is the same. One computed from a sensitive column is derived sensitive.

    **Who is hurt.** The people whom the data is about: the table was guarded, and the view has
    the rights of its owner.

    **Example.** `CREATE VIEW reach AS SELECT email FROM signups`, with `SELECT` for
    `museum_reader`. A view made `WITH (security_invoker)` asks for the reader's own rights, and
    `count(email)` hands on nobody's address.

    **What to do.** Leave the column out of the view, or grant the view by column; or clear the
    role for it in the contract.
    """
    return _exposed(exposure)


def access_underclassified(found: Underclassified) -> Difference:
    """Report a view's column under contract that is classified lower than what it is made from.

    **Who is hurt.** Whoever grants by the classification: they hand out what they would not.

    **Example.** `score`, computed from the sensitive `birthday`, is said to be `public`. Handed
    on as it is a column keeps its classification; computed from a sensitive one it is
    `derived sensitive` at least.

    **What to do.** Raise the classification in the view's contract.
    """
    origin = found.origin
    source = ".".join((origin.schema, origin.table, origin.column))
    how = "computed from" if origin.computed else "handed on from"
    said = found.promised.column.classification or "not classified"
    return Difference(f"{found.demanded}, {how} {source}", said, ("classification",))


def access_unlimited(role: str) -> Difference:
    """Report a contract's role that is a superuser, or can become one.

    **Who is hurt.** Nobody yet; but what the contract says of the role is not enforced.

    **Example.** The dashboard connects as `postgres`. A role of which only the owner is a
    superuser is fine.

    **What to do.** Give the consumer a role of its own.
    """
    return Difference(None, role)


def access_policies(guard: Guard) -> Difference:
    """Report how the rows of a table are guarded: row-level security and its policies.

    **Who is hurt.** Nobody: it is worth knowing, since two roles see two tables.

    **Example.** `ALTER TABLE signups ENABLE ROW LEVEL SECURITY` with a policy for each region; a
    table without policies is not mentioned.

    **What to do.** Say in the contract's `filter` which rows a reader gets.
    """
    forced = "forced" if guard.relation.forced else "not forced on its owner"
    policies = "; ".join(map(_policy, guard.policies)) or "no policy, so that nobody sees a row"
    return Difference(None, f"enabled, {forced}: {policies}")


def access_policies_idle(guard: Guard) -> Difference:
    """Report a table with policies on which row-level security is not switched on.

    **Who is hurt.** The people whom the rows are about: everybody with `SELECT` sees them all.

    **Example.** `CREATE POLICY own_region ON signups …`, and no `ENABLE ROW LEVEL SECURITY`. A
    table without policies is fine.

    **What to do.** `ALTER TABLE … ENABLE ROW LEVEL SECURITY`, or drop the policies.
    """
    return Difference(None, "; ".join(map(_policy, guard.policies)))


def access_policies_bypassed(role: str, reason: str) -> Difference:
    """Report a contract's role that the policies of a table do not hold for.

    **Who is hurt.** The people whom the hidden rows are about.

    **Example.** `ALTER ROLE museum_reader BYPASSRLS`; or the role owns the table, and its policies
    are not forced. A table without row-level security is fine.

    **What to do.** `ALTER ROLE … NOBYPASSRLS`, or `ALTER TABLE … FORCE ROW LEVEL SECURITY`.
    """
    return Difference(None, f"{role} {reason}")


ACCESS_RULES: Final = (
    Rule("access-role-missing", "error", access_role_missing),
    Rule("access-word-unknown", "warning", access_word_unknown),
    Rule("access-right-missing", "error", access_right_missing),
    Rule("access-right-unpromised", "error", access_right_unpromised),
    Rule("access-around-contract", "error", access_around_contract),
    Rule("access-outside-contracts", "warning", access_outside_contracts),
    Rule("access-default-rights", "warning", access_default_rights),
    Rule("access-above-clearance", "error", access_above_clearance),
    Rule("access-leaked-by-view", "error", access_leaked_by_view),
    Rule("access-underclassified", "warning", access_underclassified),
    Rule("access-unlimited", "note", access_unlimited),
    Rule("access-policies", "note", access_policies),
    Rule("access-policies-idle", "warning", access_policies_idle),
    Rule("access-policies-bypassed", "warning", access_policies_bypassed),
)
_BY_ID: Final = {one.id: one for one in ACCESS_RULES}


def access_rule(identifier: str) -> Rule:
    """The rule of access with this id."""
    return _BY_ID[identifier]


def _who(role: str) -> str:
    return "everybody (PUBLIC)" if role == PUBLIC else role


def _rights(rights: Rights) -> str:
    return ", ".join(
        f"{privilege} ({', '.join(columns)})" if columns else privilege
        for privilege, columns in rights.items()
    )


def _by_way(role: str, found: Mapping[str, tuple[Way, ...]]) -> str:
    """Privileges by how they are come by: ``SELECT, INSERT as a member of staff``."""
    alike: dict[str, list[str]] = {}
    for privilege, ways in found.items():
        alike.setdefault(_ways(role, ways), []).append(privilege)
    return "; ".join(" ".join((", ".join(names), how)).strip() for how, names in alike.items())


def _ways(role: str, ways: Iterable[Way]) -> str:
    return " and ".join(filter(None, (_way(role, way) for way in ways)))


def _way(role: str, way: Way) -> str:
    if way.holder == role:
        return "as the owner" if way.owns else ""
    if way.holder == PUBLIC:
        return "like everybody"
    how = f"by SET ROLE {way.holder}" if way.by_set_role else f"as a member of {way.holder}"
    return f"{how}, which owns it" if way.owns else how


def _exposed(exposure: Exposure) -> Difference:
    origin = exposure.origin
    source = ".".join((origin.schema, origin.table, origin.column)) if origin else ""
    how = "computed from" if origin and origin.computed else "the same as"
    behind = f", {how} {source}" if origin else ""
    read = " ".join(filter(None, ("SELECT", _ways(exposure.role, exposure.ways))))
    cleared = f"{_who(exposure.role)}: {exposure.clearance} at most"
    return Difference(cleared, f"{exposure.classification}{behind}: {read}", ("classification",))


def _policy(policy: Policy) -> str:
    roles = ", ".join(map(_who, policy.roles))
    kind = "" if policy.permissive else "restrictive, "
    using = f" using {policy.using}" if policy.using else ""
    check = f" with check {policy.check}" if policy.check else ""
    return f"{policy.name} ({kind}{policy.command} for {roles}){using}{check}"
