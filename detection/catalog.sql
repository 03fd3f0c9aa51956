-- The structure of a database in one statement, which is one snapshot. No table is read.
--
-- Each row is one thing, told apart by its kind. Its own facts are in "fields"; what it has
-- many of (columns, labels, schemas) is in the arrays, so that ten thousand tables make ten
-- thousand rows and not as many as they have columns.
with recursive
looked_at as materialized (
    select oid, nspname
    from pg_namespace
    where {schemas}
),
relation as materialized (
    select
        c.oid, c.relnamespace, n.nspname, c.relname, c.relkind, c.relispartition, c.relpartbound,
        c.relreplident, c.relacl, c.relowner, e.extname
    from pg_class c
    join looked_at n on n.oid = c.relnamespace
    left join pg_depend d
        on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
        and d.deptype = 'e'
    left join pg_extension e on e.oid = d.refobjid
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
),
-- Postgres 18 lists a NOT NULL that old rows need not obey as a NOT NULL of the column too.
not_null_for_new_rows_only as materialized (
    select conrelid, conkey[1] as attnum
    from pg_constraint
    where contype = 'n' and conrelid <> 0 and not convalidated
),
-- A foreign table whose wrapper has no handler cannot be asked whether it is updatable.
handled as materialized (
    select t.ftrelid
    from pg_foreign_table t
    join pg_foreign_server s on s.oid = t.ftserver
    join pg_foreign_data_wrapper w on w.oid = s.srvfdw
    where w.fdwhandler <> 0
),
attribute as (
    select
        a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attidentity, a.attgenerated,
        a.attnotnull and v.attnum is null as attnotnull,
        case
            when r.relkind in ('r', 'p') then a.attgenerated = ''
            when r.relkind = 'v' or r.relkind = 'f' and r.oid in (select ftrelid from handled)
            then pg_column_is_updatable(r.oid, a.attnum, false)
            else false
        end as updatable,
        case when d.adbin is not null then pg_get_expr(d.adbin, d.adrelid) end as expression,
        m.description,
        case
            when a.attcollation not in (0, t.typcollation) then (
                select case
                    when n.nspname = 'pg_catalog' then c.collname::text
                    else n.nspname || '.' || c.collname
                end
                from pg_collation c
                join pg_namespace n on n.oid = c.collnamespace
                where c.oid = a.attcollation
            )
        end as collation_name
    from relation r
    join pg_attribute a on a.attrelid = r.oid
    join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_description m
        on m.classoid = 'pg_class'::regclass and m.objoid = a.attrelid and m.objsubid = a.attnum
    left join not_null_for_new_rows_only v
        on v.conrelid = a.attrelid and v.attnum = a.attnum
    where a.attnum > 0 and not a.attisdropped
    order by a.attrelid, a.attnum
),
columns_of as (
    select
        attrelid,
        array_agg(attname::text) as names,
        array_agg(attnum) as numbers,
        array_agg(atttypid) as types,
        array_agg(atttypmod) as modifiers,
        array_agg(attnotnull) as not_null,
        -- what is nothing for every column of a table is not sent
        case when not bool_and(updatable) then array_agg(updatable) end as updatable,
        case when max(attidentity::text) <> '' then array_agg(attidentity::text) end as identities,
        case when max(attgenerated::text) <> '' then array_agg(attgenerated::text) end
            as generations,
        case when count(expression) > 0 then array_agg(expression) end as expressions,
        case when count(description) > 0 then array_agg(description) end as comments,
        case when count(collation_name) > 0 then array_agg(collation_name) end as collations
    from attribute
    group by attrelid
),
type_used (oid) as (
    -- of any column anywhere: a few types too many cost less than looking where they are used
    select distinct atttypid from pg_attribute where atttypid <> 0
    union
    select made.oid
    from type_used u
    join pg_type t on t.oid = u.oid
    cross join lateral (values (t.typelem), (t.typbasetype)) as made (oid)
    where made.oid <> 0
)
select
    'schema' as kind, null::oid as oid, array[nspname::text] as fields,
    null::text[] as names, null::int2[] as numbers, null::oid[] as types,
    null::int4[] as modifiers, null::bool[] as not_null, null::bool[] as updatable,
    null::text[] as identities, null::text[] as generations, null::text[] as expressions,
    null::text[] as comments, null::text[] as collations
from looked_at

union all
-- First of what takes time: Postgres prints a view only while all that it reads is still there.
select
    'view', r.oid, array[pg_get_viewdef(r.oid)],
    null, null, null, null, null, null, null, null, null, null, null
from relation r
where r.relkind in ('v', 'm')

union all
select
    'type', t.oid,
    array[
        t.typname::text, n.nspname::text, format_type(t.oid, null), t.typtype::text,
        -- as format_type tells an array from an int2vector or a point
        (t.typelem <> 0 and t.typlen = -1 and t.typstorage <> 'p')::text,
        t.typelem::text, t.typbasetype::text, t.typtypmod::text, t.typnotnull::text
    ],
    case when t.typtype = 'e' then array(
        select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder
    ) end,
    null, null, null, null, null, null, null,
    case when t.typtype = 'd' then array(
        select pg_get_constraintdef(c.oid) from pg_constraint c
        where c.contypid = t.oid and c.contype = 'c' order by c.conname
    ) end,
    case when t.typtype = 'd' then array(
        select c.conname::text from pg_constraint c
        where c.contypid = t.oid and c.contype = 'c' order by c.conname
    ) end,
    null
from type_used u
join pg_type t on t.oid = u.oid
join pg_namespace n on n.oid = t.typnamespace

union all
select
    'key', i.indrelid,
    array[c.relname::text, i.indisprimary::text, i.indnullsnotdistinct::text],
    null, (i.indkey::int2[])[0:i.indnkeyatts - 1],
    null, null, null, null, null, null, null, null, null
from relation r
join pg_index i on i.indrelid = r.oid
join pg_class c on c.oid = i.indexrelid
where i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null

union all
select
    'index', i.indrelid, array[pg_get_indexdef(i.indexrelid)],
    null, null, null, null, null, null, null, null, null, null, null
from relation r
join pg_index i on i.indrelid = r.oid
where i.indisvalid and (not i.indisunique or i.indpred is not null or i.indexprs is not null)

union all
select
    'publication', r.oid, array[p.pubname::text],
    null, null, null, null, null, null, null, null, null, null, null
from pg_publication p
left join pg_publication_rel k on k.prpubid = p.oid
left join pg_publication_namespace s on s.pnpubid = p.oid
join relation r
    on r.relkind in ('r', 'p')
    and (p.puballtables or r.oid = k.prrelid or r.relnamespace = s.pnnspid)

union all
select
    'foreign key', k.conrelid,
    array[
        k.conname::text, n.nspname::text, c.relname::text,
        k.confupdtype::text, k.confdeltype::text
    ],
    array(
        select a.attname::text
        from unnest(k.confkey) with ordinality as part (attnum, place)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = part.attnum
        order by part.place
    ),
    k.conkey, null, null, null, null, null, null, null, null, null
from relation r
join pg_constraint k on k.conrelid = r.oid and k.contype = 'f'
join pg_class c on c.oid = k.confrelid
join pg_namespace n on n.oid = c.relnamespace

union all
select
    'check', k.conrelid, array[k.conname::text, pg_get_constraintdef(k.oid)],
    null, k.conkey, null, null, null, null, null, null, null, null, null
from relation r
join pg_constraint k on k.conrelid = r.oid and k.contype = 'c'

union all
select
    'table', r.oid,
    array[
        r.nspname::text, r.relname::text, r.relkind::text, r.relispartition::text,
        m.description,
        case when r.relispartition then (
            select n.nspname || '.' || p.relname
            from pg_inherits h
            join pg_class p on p.oid = h.inhparent
            join pg_namespace n on n.oid = p.relnamespace
            where h.inhrelid = r.oid
        ) end,
        r.extname::text,
        case when r.relkind = 'p' then pg_get_partkeydef(r.oid) end,
        case when r.relkind in ('r', 'p') and r.relreplident <> 'd' then r.relreplident::text end,
        case when r.relacl is not null then (
            select string_agg(
                case
                    when x.grantee = 0 then 'public'
                    else pg_get_userbyid(x.grantee)::text
                end || ' ' || x.privilege_type,
                E'\n' order by x.grantee, x.privilege_type
            )
            from aclexplode(r.relacl) x
            where x.grantee <> r.relowner
        ) end
    ],
    a.names, a.numbers, a.types, a.modifiers, a.not_null, a.updatable,
    a.identities, a.generations, a.expressions, a.comments, a.collations
from relation r
left join columns_of a on a.attrelid = r.oid
left join pg_description m
    on m.classoid = 'pg_class'::regclass and m.objoid = r.oid and m.objsubid = 0

union all
select
    'function', p.oid,
    array[
        n.nspname::text, p.proname::text, p.prokind::text,
        pg_get_function_identity_arguments(p.oid),
        pg_get_function_result(p.oid),
        case when p.prokind <> 'a' then pg_get_functiondef(p.oid) end,
        m.description
    ],
    null, null, null, null, null, null, null, null, null, null, null
from pg_proc p
join looked_at n on n.oid = p.pronamespace
left join pg_description m
    on m.classoid = 'pg_proc'::regclass and m.objoid = p.oid and m.objsubid = 0
where not exists (
    select from pg_depend d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
)
