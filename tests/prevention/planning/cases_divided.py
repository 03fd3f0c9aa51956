"""Cases of a table that becomes several, and of several that become one."""

from __future__ import annotations

from prevention.planning.model import Wishes
from tests.prevention.planning.cases import KEYED, Case, insert

ONE = f"create table visitor ({KEYED}, thing text not null, email text unique, phone text)"
FEW = "create table {} (visitor_id integer primary key, thing text not null)"
CONTACT = (
    "create table contact (visitor_id integer primary key references {}, "
    "email text unique, phone text)"
)
ALL = "visitor_id, thing, email, phone"
PEOPLE = insert("1, 'oil', 'a@museum.org', '+43 1'", "2, 'ink', null, null",
                "3, 'wax', 'c@museum.org', null", columns=ALL)  # fmt: skip
OLD_READS = (
    f"select {ALL} from visitor",
    "select count(*) from visitor where phone is null",
)
OLD_WRITES = (
    insert("7, 'tin', 'g@museum.org', null", columns=ALL),
    insert("8, 'tin', null, null", columns=ALL),
    "update visitor set phone = '+1 5', thing = 'ash' where visitor_id = 2",
    "update visitor set email = null where visitor_id = 3",
    "delete from visitor where visitor_id = 1",
)


def two_writes(first: str) -> tuple[str, ...]:
    """What a writer does who knows two tables."""
    return (
        (
            f"insert into {first} (visitor_id, thing) values (9, 'tin'); "
            "insert into contact values (9, 'i@museum.org', null)"
        ),
        f"insert into {first} (visitor_id, thing) values (9, 'tin')",
        "update contact set phone = '+1 7' where visitor_id = 1",
        "delete from contact where visitor_id = 1",
        f"delete from contact where visitor_id = 3; delete from {first} where visitor_id = 3",
    )


def two_reads(first: str) -> tuple[str, ...]:
    return (
        f"select thing, contact.phone from {first} left join contact using (visitor_id)",
        "select email from contact",
    )


WHERE = {"visitor": ("guest", "contact")}
TWO = f"{FEW.format('guest')}; {CONTACT.format('guest')}"
SHORT = f"{FEW.format('visitor')}; {CONTACT.format('visitor')}"
TWO_ROWS = (
    "insert into {0} values (1, 'oil'), (2, 'ink'), (3, 'wax'); "
    "insert into contact values (1, 'a@museum.org', '+43 1'), (3, 'c@museum.org', null)"
)
COUNTED = "visitor_id integer primary key", "visitor_id serial primary key"
ALWAYS = (
    "visitor_id integer primary key",
    ("visitor_id integer generated always as identity primary key"),
)
DIVIDED = (
    Case("table-removed", "", "", PEOPLE, reads=OLD_READS, new_reads=two_reads("guest"),
         writes=OLD_WRITES, new_writes=two_writes("guest"), whole=(ONE, TWO),
         wishes=Wishes(splits=WHERE), id="a table is split in two"),
    Case("column-removed", "", "", PEOPLE, reads=OLD_READS, new_reads=two_reads("visitor"),
         writes=OLD_WRITES, new_writes=two_writes("visitor"), whole=(ONE, SHORT),
         id="a part of a table moves out"),
    Case("table-removed", "", "", TWO_ROWS.format("guest"), reads=two_reads("guest"),
         new_reads=OLD_READS, writes=two_writes("guest"), new_writes=OLD_WRITES, whole=(TWO, ONE),
         wishes=Wishes(merges={("guest", "contact"): "visitor"}),
         id="two tables are merged into one"),
    Case("table-removed", "", "", TWO_ROWS.format("visitor"), reads=two_reads("visitor"),
         new_reads=OLD_READS, writes=two_writes("visitor"), new_writes=OLD_WRITES,
         whole=(SHORT, ONE), id="a table takes another one in"),
    Case("table-removed", "", "",
         insert("'oil', 'a@museum.org', '+43 1'", "'ink', null, null",
                columns="thing, email, phone"),
         reads=OLD_READS, new_reads=two_reads("guest"),
         writes=("insert into visitor (thing) values ('tin')",),
         new_writes=("insert into guest (thing) values ('tin')",),
         whole=(ONE.replace(*ALWAYS), (f"{FEW.format('guest').replace(*COUNTED)}; "
                f"{CONTACT.format('guest')}")),
         wishes=Wishes(splits=WHERE), id="a table that counts is split in two"),
    Case("table-removed", "", "", PEOPLE.replace("+43 1", "+43 555"),
         reads=OLD_READS, new_reads=("select country from contact", "select label from guest"),
         writes=OLD_WRITES[:3],
         new_writes=(("insert into guest values (9, 'TIN'); "
                     "insert into contact (visitor_id, country, number) values (9, '+1', '5')"),),
         whole=(ONE, ("create table guest (visitor_id integer primary key, label text not null); "
                "create table contact (visitor_id integer primary key, email text, country text, "
                "number text, asked boolean not null default false)")),
         wishes=Wishes(splits=WHERE, using={
             "guest.label": "upper(thing)", "country": "split_part(phone, ' ', 1)",
             "contact.number": "split_part(phone, ' ', 2)"},
             back={"thing": "lower(label)", "visitor.phone": "country || ' ' || number"}),
         id="a table is split in two and its columns change"),
)  # fmt: skip
