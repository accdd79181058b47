-- Question: which organisations are here, and how do they count days and years?
--
-- Grain:    one row per connection.
-- Units:    none.
-- Dates:    today_on is today in the connection's zone; fiscal_year is that of today.
-- Included: every connection that the caller may see, paused ones too.
-- Left out: tokens, secrets and settings.
-- Caveats:  records of a connection that was removed with --keep-data have no row here: their connection_name is null.

create or replace view report.connection with (security_invoker = true) as
select
    id as connection_id,
    name as connection_name,
    platform,
    time_zone,
    (now() at time zone time_zone)::date as today_on,
    fiscal_year_start,
    inflow.fiscal_year((now() at time zone time_zone)::date, fiscal_year_start) as fiscal_year,
    first_date as first_on,
    late_entry_days,
    created_at,
    paused_at
from inflow.connection;

comment on view report.connection is 'Connections with their zone, today and fiscal year.';
comment on column report.connection.connection_id is 'Connection, hence organisation.';
comment on column report.connection.connection_name is 'Name of the connection.';
comment on column report.connection.platform is 'The product the records come from.';
comment on column report.connection.time_zone is 'IANA name of the zone whose calendar the organisation keeps.';
comment on column report.connection.today_on is 'Today in that zone.';
comment on column report.connection.fiscal_year_start is 'Month (1-12) in which the organisation''s year begins.';
comment on column report.connection.fiscal_year is
    'Fiscal year of today, named after the calendar year in which it ends.';
comment on column report.connection.first_on is
    'Lists that the platform gives only by window are read from this day on.';
comment on column report.connection.late_entry_days is
    'Days after the end of a day within which people may still enter records of it.';
comment on column report.connection.created_at is 'When the connection was added.';
comment on column report.connection.paused_at is 'Since when it is paused: no run reads it. Null: not paused.';
