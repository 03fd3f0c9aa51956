-- Who may do what in a database, in one statement, which is one snapshot. No table is read.
--
-- Each row is one thing: its kind, and its facts as texts. PUBLIC has no name: "".
with
looked_at as materialized (
    select oid, nspname, nspowner, nspacl
    from pg_namespace
    where nspname !~ '^pg_' and nspname <> 'information_schema'
),
relation as materialized (
    select
        c.oid, n.nspname, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity,
        c.relforcerowsecurity, c.relispartition, c.reloptions
    from pg_class c
    join looked_at n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
),
named as materialized (
    select oid, rolname::text as rolname from pg_roles
    union all
    select 0::oid, ''
)
select
    'role' as kind,
    array[rolname::text, rolsuper::text, rolbypassrls::text, rolcanlogin::text] as fields
from pg_roles

union all
-- Before 16 a role inherits from all that it belongs to, or from none, and may become any of them.
select
    'membership',
    array[
        r.rolname::text, g.rolname::text,
        coalesce(to_jsonb(m) ->> 'inherit_option', r.rolinherit::text),
        coalesce(to_jsonb(m) ->> 'set_option', 'true')
    ]
from pg_auth_members m
join pg_roles r on r.oid = m.member
join pg_roles g on g.oid = m.roleid

union all
select 'schema', array[n.nspname::text, pg_get_userbyid(n.nspowner)::text]
from looked_at n

union all
select
    'relation',
    array[
        r.nspname::text, r.relname::text, r.relkind::text, pg_get_userbyid(r.relowner)::text,
        r.relrowsecurity::text, r.relforcerowsecurity::text,
        coalesce((
            select option_value from pg_options_to_table(r.reloptions)
            where option_name = 'security_invoker'
        ), 'false'),
        p.nspname::text, p.relname::text,
        exists (
            select from pg_depend d
            where d.classid = 'pg_class'::regclass and d.objid = r.oid and d.deptype = 'e'
        )::text
    ]
from relation r
left join pg_inherits h on r.relispartition and h.inhrelid = r.oid
left join relation p on p.oid = h.inhparent
where r.relkind <> 'S'

union all
select
    'right',
    array[
        'schema', n.nspname::text, '', '', g.rolname, x.privilege_type,
        pg_get_userbyid(x.grantor)::text, x.is_grantable::text
    ]
from looked_at n
cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x
join named g on g.oid = x.grantee

union all
select
    'right',
    array[
        case r.relkind when 'S' then 'sequence' else 'table' end,
        r.nspname::text, r.relname::text, '', g.rolname, x.privilege_type,
        pg_get_userbyid(x.grantor)::text, x.is_grantable::text
    ]
from relation r
cross join lateral aclexplode(r.relacl) x
join named g on g.oid = x.grantee

union all
select
    'right',
    array[
        'column', r.nspname::text, r.relname::text, a.attname::text, g.rolname, x.privilege_type,
        pg_get_userbyid(x.grantor)::text, x.is_grantable::text
    ]
from relation r
join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
cross join lateral aclexplode(a.attacl) x
join named g on g.oid = x.grantee

union all
select
    'default',
    array[
        pg_get_userbyid(d.defaclrole)::text, coalesce(n.nspname::text, ''), g.rolname,
        x.privilege_type
    ]
from pg_default_acl d
left join pg_namespace n on n.oid = d.defaclnamespace
cross join lateral aclexplode(d.defaclacl) x
join named g on g.oid = x.grantee
where d.defaclobjtype = 'r' and x.grantee <> d.defaclrole

union all
select
    'policy',
    array[
        r.nspname::text, r.relname::text, p.polname::text, p.polpermissive::text,
        case p.polcmd
            when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE'
            when 'd' then 'DELETE' else 'ALL'
        end,
        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
    ] || array(select g.rolname from named g where g.oid = any (p.polroles) order by g.rolname)
from pg_policy p
join relation r on r.oid = p.polrelid

union all
select distinct
    'view reads',
    array[v.nspname::text, v.relname::text, t.nspname::text, t.relname::text,
        coalesce(a.attname::text, '')]
from pg_depend d
join pg_rewrite w on w.oid = d.objid
join relation v on v.oid = w.ev_class and v.relkind in ('v', 'm')
join relation t on t.oid = d.refobjid and t.oid <> v.oid
left join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid and a.attnum > 0
where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass

union all
select
    'sequence',
    array[s.nspname::text, s.relname::text, t.nspname::text, t.relname::text, a.attname::text]
from relation s
join pg_depend d
    on d.classid = 'pg_class'::regclass and d.objid = s.oid and d.deptype = 'a'
    and d.refclassid = 'pg_class'::regclass
join relation t on t.oid = d.refobjid
join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
where s.relkind = 'S'
