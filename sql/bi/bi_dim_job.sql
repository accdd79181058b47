-- Question: which job does a row of a bi.fact view belong to?
--
-- Grain:    one row per job, and one per connection for none or an unknown one.
-- Units:    money is in the organisation's currency and excludes tax.
-- Dates:    none.
-- Included: jobs that the platform no longer lists (is_listed), since old facts name them.
-- Left out: jobs that were never loaded: their facts have the row for unknown ones.
-- Caveats:  job_key relates to the columns of that name in bi.fact_time, bi.fact_invoice_line and bi.fact_job_cost.
--           Facts name jobs by number; where several bear one, they have one of them (report.document_job).

create or replace view bi.dim_job with (security_invoker = true) as
select
    job.connection_id,
    connection.name as connection_name,
    job.connection_id || ':' || job.uuid as job_key,
    job.number as job_number,
    job.name as job_name,
    job.type as job_category,
    job.state as job_state,
    btrim(coalesce(manager.name, job.manager_name)) as manager_name,
    job.budget::numeric(19, 4) as budget,
    job.start_on,
    job.due_on,
    job.completed_on,
    job.deleted_at is null as is_listed
from wfm.job
left join wfm.staff manager on manager.connection_id = job.connection_id and manager.uuid = job.manager_uuid
left join inflow.connection on connection.id = job.connection_id
union all
select
    id, name, id || ':', null, '(none or unknown)', null, null, null, null::numeric(19, 4), null, null, null, false
from inflow.connection;

comment on view bi.dim_job is 'Jobs, and a row for none or an unknown one, for tools that relate single columns.';
comment on column bi.dim_job.connection_id is 'Connection, hence organisation.';
comment on column bi.dim_job.connection_name is 'Name of the connection.';
comment on column bi.dim_job.job_key is 'Key of the job, of one column: relates to job_key of the facts.';
comment on column bi.dim_job.job_number is 'Number of the job.';
comment on column bi.dim_job.job_name is 'Name of the job.';
comment on column bi.dim_job.job_category is 'Category of the job.';
comment on column bi.dim_job.job_state is 'State of the job, in the organisation''s own words.';
comment on column bi.dim_job.manager_name is 'Name of the job manager, also of a former one.';
comment on column bi.dim_job.budget is 'Budget of the job; null where none was set.';
comment on column bi.dim_job.start_on is 'First day planned.';
comment on column bi.dim_job.due_on is 'Day the job is due.';
comment on column bi.dim_job.completed_on is 'Day the job was completed; null while it is open.';
comment on column bi.dim_job.is_listed is 'Whether the platform still lists the job.';
