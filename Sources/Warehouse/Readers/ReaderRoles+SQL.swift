internal import Inflow
internal import Postgres

extension ReaderRoles {
    // MARK: making a role

    /// What only a role that may make roles can run: the role with its password, as a verifier, and its settings.
    ///
    /// The settings are for convenience and against accidents, since any role may change its own session's; what a
    /// reader cannot do is what it was not granted.
    static func statements(_ role: Role, _ reader: Reader, verifier: String?) -> [String] {
        let name = PostgresConnection.quoted(role.name)
        var (seconds, sessions) = (300, 10)
        if case .connection(let connection) = reader {
            (seconds, sessions) = (connection.settings.readerSeconds, connection.settings.readerSessions)
        }
        let rights =
            role.exists
            ? "alter role \(name) with"
            : "create role \(name) with login nosuperuser nocreatedb nocreaterole noinherit noreplication nobypassrls"
        return [
            "\(rights) connection limit \(sessions)" + (verifier.map { " password '\($0)'" } ?? ""),
            "alter role \(name) set default_transaction_read_only = on",
            "alter role \(name) set statement_timeout = '\(seconds)s'",
            "alter role \(name) set idle_in_transaction_session_timeout = '10min'",
            "alter role \(name) set search_path = wfm, report",
        ]
    }

    /// The same as a script with what it is for.
    static func forAdministrator(_ statements: [String], _ reader: Reader) -> String {
        let words = """
            -- For a role that may make roles (CREATEROLE): the login of Inflow's reader of \(reader.name.oneLine).
            -- Inflow showed the password to the person who asked; this is only the verifier that PostgreSQL keeps.
            """
        return words + "\nbegin;\n" + statements.map { $0 + ";\n" }.joined() + "commit;\n"
    }

    /// What is left to an administrator where this role could not drop a reader's.
    static func farewell(_ role: String, _ session: PostgresConnection) async throws(WarehouseError) -> String {
        let database = try await lifting("looking which database this is") { () async throws(PostgresError) in
            try await session.query("select quote_ident(current_database()) as name")[0].require("name") { $0.string }
        }
        return """
            -- For a role that may make roles (CREATEROLE): Inflow has taken all it granted from this reader.
            revoke all on database \(database) from \(role);
            drop role \(role);

            """
    }

    // MARK: what readers may see

    /// The tables of schema `inflow` that readers see their rows of, with the columns, all where there is no list.
    ///
    /// Reports and `wfm.<entity>_as_of` need connection, chunk, coverage, history and parent_read. Tokens, client
    /// secrets and ids, key names, leases and archived answers are in none of them.
    private static let shown = """
        (values
            ('connection', array['id', 'name', 'platform', 'time_zone', 'fiscal_year_start', 'first_date', 'created_at',
                'paused_at']),
            ('run', array['id', 'connection_id', 'trigger', 'scope', 'status', 'started_at', 'finished_at', 'pulled',
                'inserted', 'updated', 'unchanged', 'marked_deleted', 'rejected', 'duplicates', 'older', 'calls',
                'bytes', 'seconds', 'error']),
            ('chunk', null::text[]), ('coverage', null), ('history', null), ('rejection', null), ('drift', null),
            ('missing', null), ('parent_read', null)
        ) as shown (name, columns)
        """

    /// The statements due, in an order in which nothing is granted before it is guarded.
    ///
    /// A policy that is not as it should be (another role, another row) is dropped and made again; what has no policy
    /// shows a reader nothing.
    static let due = """
        with relation as (
            select c.oid, n.nspname as schema, format('%I.%I', n.nspname, c.relname) as name,
                c.relrowsecurity as is_guarded,
                case when n.nspname = 'inflow' and c.relname = 'connection' then 'id' else a.attname end as key,
                shown.columns, n.nspname = 'wfm' or shown.name is not null as is_shown
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            left join pg_attribute a on a.attrelid = c.oid and a.attname = 'connection_id' and not a.attisdropped
            left join \(shown) on n.nspname = 'inflow' and shown.name = c.relname
            where n.nspname in ('wfm', 'inflow') and c.relkind in ('r', 'p')
        ),
        reader as (
            select r.connection_id, r.role_name, o.oid as role,
                'inflow_reader_' || coalesce(r.connection_id::text, 'all') as policy
            from inflow.reader r
            join pg_roles o on o.rolname = r.role_name
        ),
        wanted as (
            select t.oid, t.name, t.columns, r.role, r.role_name, r.policy,
                case when r.connection_id is null then 'true' else format('(%I = %L::bigint)', t.key, r.connection_id)
                end as condition
            from relation t
            cross join reader r
            where t.is_shown and t.key is not null
        ),
        present as (
            select p.polrelid, p.polname, w.oid is not null as is_right
            from pg_policy p
            join relation t on t.oid = p.polrelid
            left join wanted w on w.oid = p.polrelid and w.policy = p.polname and p.polroles = array[w.role]
                and p.polcmd = 'r' and p.polpermissive and pg_get_expr(p.polqual, p.polrelid) = w.condition
            where p.polname like 'inflow\\_reader\\_%'
        ),
        \(database),
        due as (
            select 1 as step, name as place, format('alter table %s enable row level security', name) as sql
            from relation
            where not is_guarded
            union all
            select 2, t.name, format('drop policy %I on %s', p.polname, t.name)
            from present p
            join relation t on t.oid = p.polrelid
            where not p.is_right
            union all
            select 3, w.name, format('create policy %I on %s for select to %I using (%s)',
                w.policy, w.name, w.role_name,
                w.condition)
            from wanted w
            where not exists (
                select from present p where p.polrelid = w.oid and p.polname = w.policy and p.is_right)
            union all
            select 4, w.name, format('grant select %s on %s to %I',
                coalesce((select '(' || string_agg(quote_ident(c), ', ') || ')' from unnest(w.columns) c), ''),
                w.name, w.role_name)
            from wanted w
            where case when w.columns is null then not has_table_privilege(w.role, w.oid, 'select')
                else exists (select from unnest(w.columns) c where not has_column_privilege(w.role, w.oid, c, 'select'))
                end
            union all
            \(views)
            union all
            select 6, s.name, format('grant usage on schema %I to %I', s.name, r.role_name)
            from reader r
            cross join (values ('wfm'), ('report'), ('inflow')) s (name)
            where not has_schema_privilege(r.role, s.name, 'usage')
            union all
            select 7, d.name, d.sql
            from on_database d
        )
        select sql from due order by step, place, sql
        """

    /// Views that read with the caller's rights are the readers'; one that would read with its owner's never is.
    private static let views = """
        select 5, v.name, format(
            case when v.is_invoker then 'grant select on %s to %I'
                else 'revoke all on %s from %I' end, v.name, r.role_name)
        from reader r
        cross join (
            select c.oid, format('%I.%I', n.nspname, c.relname) as name,
                coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'],
                    false) as is_invoker
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('wfm', 'report') and c.relkind = 'v'
        ) v
        where has_table_privilege(r.role, v.oid, 'select') <> v.is_invoker
        """

    /// What every role of a server may do in a database unless that is taken away: connect, make temporary tables, make
    /// tables in schema public (databases from before PostgreSQL 15), make large objects.
    ///
    /// It can be taken away only from all at once; the owner of Inflow's tables, who loads, keeps it.
    private static let database = """
        own as (
            select d.oid, d.datname, pg_has_role(d.datdba, 'usage') as is_ours,
                (select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'inflow') as loader,
                (select rolsuper from pg_roles where rolname = current_user) as is_super
            from pg_database d
            where d.datname = current_database()
        ),
        on_database as (
            select format('database %I', o.datname) as name,
                format('grant connect on database %I to %I', o.datname, r.role_name) as sql
            from own o
            cross join reader r
            where not has_database_privilege(r.role, o.oid, 'connect')
            union
            select format('database %I', o.datname),
                format('grant temporary on database %1$I to %2$I; '
                    'revoke create, temporary on database %1$I from public', o.datname, o.loader)
            from own o
            cross join reader r
            where o.is_ours
                and (has_database_privilege(r.role, o.oid, 'temporary')
                    or has_database_privilege(r.role, o.oid, 'create'))
            union
            select 'schema public', 'revoke create on schema public from public'
            from reader r
            join pg_namespace n on n.nspname = 'public'
            where pg_has_role(n.nspowner, 'usage') and has_schema_privilege(r.role, n.oid, 'create')
            union
            select f.name, format('revoke execute on function pg_catalog.%s from public', f.name)
            from own o
            cross join reader r
            cross join (values ('lo_creat(integer)'), ('lo_create(oid)'), ('lo_from_bytea(oid, bytea)')) f (name)
            where o.is_super and has_function_privilege(r.role, 'pg_catalog.' || f.name, 'execute')
        )
        """

    /// What takes everything from a reader but the role itself; $1 its name, $2 the connection.
    ///
    /// Policies go first: from then on it sees no row.
    static let undoing = """
        select sql
        from (
            select 1 as step, format('drop policy %I on %I.%I', p.polname, n.nspname, c.relname) as sql
            from pg_policy p
            join pg_class c on c.oid = p.polrelid
            join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('wfm', 'inflow') and p.polname = 'inflow_reader_' || $2::bigint
            union all
            select 2, format('revoke all on all tables in schema %1$I from %2$I; revoke all on schema %1$I from %2$I',
                name,
                $1::text)
            from (values ('wfm'), ('report'), ('inflow')) s (name)
            union all
            select 3, format('revoke all on database %I from %I', datname, $1::text)
            from pg_database
            where datname = current_database() and pg_has_role(datdba, 'usage')
        ) undoing
        order by step, sql
        """
}

extension String {
    /// Fit for a comment in SQL, which ends with its line.
    fileprivate var oneLine: String {
        String(map { $0.isNewline ? " " : $0 })
    }
}
