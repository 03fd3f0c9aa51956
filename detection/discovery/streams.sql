-- What leaves a database as a stream of changes, in one statement. No table is read.
select
    'publication' as kind,
    array[
        p.pubname::text, p.puballtables::text, p.pubinsert::text, p.pubupdate::text,
        p.pubdelete::text, p.pubtruncate::text
    ] as fields,
    null::text[] as names
from pg_catalog.pg_publication p

union all
select
    'published',
    array[p.pubname::text, t.schemaname::text, t.tablename::text, t.rowfilter],
    t.attnames::text[]
from pg_catalog.pg_publication p
join pg_catalog.pg_publication_tables t on t.pubname = p.pubname

union all
select
    'slot',
    array[
        s.slot_name::text, s.slot_type, s.plugin::text, s.active::text,
        coalesce(a.application_name, ''), coalesce(a.usename::text, '')
    ],
    null
from pg_catalog.pg_replication_slots s
left join pg_catalog.pg_stat_replication a on a.pid = s.active_pid
where s.database = pg_catalog.current_database() or s.slot_type = 'physical'

union all
select 'subscription', array[s.subname::text, s.subenabled::text], s.subpublications
from pg_catalog.pg_subscription s
join pg_catalog.pg_database d on d.oid = s.subdbid and d.datname = pg_catalog.current_database()

union all
select
    'identity',
    array[n.nspname::text, c.relname::text, c.relreplident::text],
    array(
        select a.attname::text
        from pg_catalog.pg_index i
        cross join lateral unnest(i.indkey::int2[]) with ordinality as part (attnum, place)
        join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = part.attnum
        where i.indrelid = c.oid
          and case c.relreplident when 'i' then i.indisreplident else i.indisprimary end
        order by part.place
    )
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'

union all
select 'wal_level', array[pg_catalog.current_setting('wal_level')], null
