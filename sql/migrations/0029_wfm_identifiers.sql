-- All spellings of one identifier become one value: without white space around it, a GUID in lower case and without braces.
-- Rows that were doubled by spelling become one, the newest, with its lines. Tables in which every value is spelled so
-- already, which is nearly every warehouse, are only looked through.

create function pg_temp.plain(value text) returns text language sql immutable as $$
    select case
            when x ~ '^[{]?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[}]?$' then lower(btrim(x, '{}'))
            else x
        end
    from (select btrim(value, E' \t\n\u000B\f\r\u00A0') as x) b
$$;

-- Keys as Inflow's own tables store them: the columns of a key, joined by a slash.
create function pg_temp.plain_key(value text) returns text language sql immutable as $$
    select string_agg(pg_temp.plain(part), '/' order by place)
    from unnest(string_to_array(value, '/')) with ordinality u (part, place)
$$;

create temporary table spelled_twice (connection_id bigint, key text) on commit drop;

do $$
declare
    is_found boolean;
    differs text;
    same text;
    changes text;
    line record;
    tab record;
begin
    -- Records first: the lines of a row that goes are found by its old spelling.
    for tab in
        select c.oid::regclass as name, c.relname, array(
                select a.attname::text
                from pg_index i
                cross join unnest(i.indkey) with ordinality k (number, place)
                join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
                where i.indrelid = c.oid and i.indisprimary
                order by k.place
            ) as keys,
            array(
                select a.attname::text
                from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.atttypid = 'text'::regtype
                    and (a.attname ~ '^(.*_)?uuid$'
                        or a.attname in (
                            'number', 'job_number', 'invoice_number', 'purchase_order_number', 'approved_quote_number'))
                order by a.attnum
            ) as spelled,
            exists (
                select from pg_attribute a where a.attrelid = c.oid and a.attname = 'asked_at' and not a.attisdropped
            ) as is_record
        from pg_class c
        where c.relnamespace = 'wfm'::regnamespace and c.relkind = 'r'
        order by is_record desc, c.relname
    loop
        continue when cardinality(tab.spelled) = 0 or cardinality(tab.keys) = 0;
        select string_agg(format('t.%1$I is distinct from pg_temp.plain(t.%1$I)', n), ' or '),
            string_agg(format('%1$I = pg_temp.plain(t.%1$I)', n), ', ')
        into differs, changes
        from unnest(tab.spelled) n;
        execute format('select exists (select from %s t where %s)', tab.name, differs) into is_found;
        continue when not is_found;
        select string_agg(
            case when n = any (tab.spelled) then format('pg_temp.plain(t.%I)', n) else format('t.%I', n) end, ', ')
        into same
        from unnest(tab.keys) n;
        truncate spelled_twice;
        execute format(
            'with ranked as (
                select t.ctid, row_number() over (partition by %s order by %s) as place from %s t
            ), gone as (
                delete from %s t using ranked r where t.ctid = r.ctid and r.place > 1
                returning t.connection_id, t.%I as key
            )
            insert into spelled_twice select connection_id, key::text from gone',
            same,
            case
                when tab.is_record then 't.deleted_at is not null, t.asked_at desc, t.changed_at desc'
                else 't.ctid desc'
            end,
            tab.name, tab.name, tab.keys[2]);
        if tab.is_record and cardinality(tab.keys) = 2 then
            for line in
                select c.oid::regclass as name, a.attname
                from pg_class c
                join pg_index i on i.indrelid = c.oid and i.indisprimary
                join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[1]
                where c.relnamespace = 'wfm'::regnamespace and a.attname = tab.relname || '_' || tab.keys[2]
                    and not exists (
                        select from pg_attribute o
                        where o.attrelid = c.oid and o.attname = 'asked_at' and not o.attisdropped
                    )
            loop
                execute format(
                    'delete from %s l using spelled_twice s
                    where l.connection_id = s.connection_id and l.%I = s.key',
                    line.name, line.attname);
            end loop;
        end if;
        execute format('update %s t set %s where %s', tab.name, changes, differs);
    end loop;

    for tab in
        select *
        from (values
            ('inflow.history', 'key', null), ('inflow.rejection', 'key', null),
            ('inflow.missing', 'key', 'asked_at'), ('inflow.open_document', 'key', 'seen_at'),
            ('inflow.header_only', 'key', 'asked_at'), ('inflow.unknown_number', 'number', 'asked_at'),
            ('inflow.parent_read', 'parent_key', 'asked_at')
        ) v (name, spelled, newest)
    loop
        if tab.newest is not null then
            execute format(
                'delete from %s t using (
                    select ctid, row_number() over (
                        partition by connection_id, entity, pg_temp.plain_key(%I) order by %I desc nulls last) as place
                    from %s
                ) r
                where t.ctid = r.ctid and r.place > 1',
                tab.name, tab.spelled, tab.newest, tab.name);
        end if;
        execute format(
            'update %1$s set %2$I = pg_temp.plain_key(%2$I) where %2$I is distinct from pg_temp.plain_key(%2$I)',
            tab.name, tab.spelled);
    end loop;
end
$$;

drop table spelled_twice;
drop function pg_temp.plain_key;
drop function pg_temp.plain;
