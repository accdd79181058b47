-- When did the oldest transaction of Inflow begin that is open now, this one included? What an older one wrote can be seen.
--
-- Sessions of other roles show no time; Inflow's own have its role.
select coalesce(min(a.xact_start), now()) as at
from pg_stat_activity a
where a.datname = current_database() and a.xact_start is not null
