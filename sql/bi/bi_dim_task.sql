-- Question: which task of the catalogue does a row of bi.fact_time belong to?
--
-- Grain:    one row per task of the catalogue, and one per connection for none or an unknown one.
-- Units:    none.
-- Dates:    none.
-- Included: tasks that the platform no longer lists (is_listed), since old facts name them.
-- Left out: tasks that were never loaded: their facts have the row for unknown ones.
-- Caveats:  time names a task of a job, which names one of the catalogue; a task typed into a job by hand has none.

create or replace view bi.dim_task with (security_invoker = true) as
select
    task.connection_id,
    connection.name as connection_name,
    task.connection_id || ':' || task.uuid as task_key,
    task.name as task_name,
    task.deleted_at is null as is_listed
from wfm.task
left join inflow.connection on connection.id = task.connection_id
union all
select id, name, id || ':', '(none or unknown)', false
from inflow.connection;

comment on view bi.dim_task is 'Tasks of the catalogue, and a row for none or an unknown one, for tools that relate single columns.';
comment on column bi.dim_task.connection_id is 'Connection, hence organisation.';
comment on column bi.dim_task.connection_name is 'Name of the connection.';
comment on column bi.dim_task.task_key is 'Key of the task, of one column: relates to task_key of the facts.';
comment on column bi.dim_task.task_name is 'Name of the task in the catalogue.';
comment on column bi.dim_task.is_listed is 'Whether the platform still lists the task.';
