-- Question: which person does a row of bi.fact_time belong to?
--
-- Grain:    one row per person as in report.staff_list, and one per connection for none.
-- Units:    none.
-- Dates:    none.
-- Included: former staff, under the name that their time entries give.
-- Left out: staff the platform no longer lists and that have no time entry.
-- Caveats:  staff_key relates to staff_key of bi.fact_time.

create or replace view bi.dim_staff with (security_invoker = true) as
select
    connection_id,
    connection_name,
    connection_id || ':' || staff_uuid as staff_key,
    staff_name,
    is_former
from report.staff_list
union all
select id, name, id || ':', '(none)', true
from inflow.connection;

comment on view bi.dim_staff is 'Staff and former staff, and a row for none, for tools that relate single columns.';
comment on column bi.dim_staff.connection_id is 'Connection, hence organisation.';
comment on column bi.dim_staff.connection_name is 'Name of the connection.';
comment on column bi.dim_staff.staff_key is 'Key of the person, of one column: relates to staff_key of the facts.';
comment on column bi.dim_staff.staff_name is 'Name of the person, also of a former one.';
comment on column bi.dim_staff.is_former is 'Whether the platform does not list the person today.';
