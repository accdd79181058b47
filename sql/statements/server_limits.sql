-- What do the server, the database and the role set that Inflow's sessions change for themselves?
--
-- No parameters. `reset_val` is what a session begins with; sessions of Inflow have set their own value.
select s.name, s.reset_val || coalesce(' ' || s.unit, '') as value
from pg_settings s
where s.name in (
        'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout',
        'transaction_timeout')
    and s.reset_val <> s.boot_val
order by s.name
