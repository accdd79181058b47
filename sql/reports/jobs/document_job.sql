-- Question: which job do documents and time entries mean by a job's number?
--
-- Grain:    one row per connection and job number.
-- Units:    none.
-- Dates:    none.
-- Included: jobs that the platform no longer lists, where no listed job has the number: they still lend their names.
-- Left out: jobs without a number.
-- Caveats:  numbers are set by hand and may repeat. If several jobs bear one number, a listed one counts, and of those
--           the one created last. Time entries, invoice lines, job costs and orders name a job by nothing else.

create or replace view report.document_job with (security_invoker = true) as
select distinct on (job.connection_id, job.number)
    job.connection_id,
    connection.name as connection_name,
    job.number as job_number,
    job.uuid as job_uuid,
    job.name as job_name,
    job.type as job_category,
    job.client_uuid,
    coalesce(client.name, job.client_name) as client_name,
    job.deleted_at is null as is_listed
from wfm.job
left join wfm.client on client.connection_id = job.connection_id and client.uuid = job.client_uuid
left join inflow.connection on connection.id = job.connection_id
where job.number is not null
order by job.connection_id, job.number, job.deleted_at is not null, job.created_at desc nulls last, job.uuid;

comment on view report.document_job is 'One job for each job number, as documents and time entries mean it.';
comment on column report.document_job.connection_id is 'Connection, hence organisation.';
comment on column report.document_job.connection_name is 'Name of the connection.';
comment on column report.document_job.job_number is 'Number of the job.';
comment on column report.document_job.job_uuid is 'Job; joins wfm.job (connection_id, uuid).';
comment on column report.document_job.job_name is 'Name of the job.';
comment on column report.document_job.job_category is 'Category of the job (wfm.job.type).';
comment on column report.document_job.client_uuid is 'Client of the job; joins wfm.client (connection_id, uuid).';
comment on column report.document_job.client_name is
    'Name of the client today; of a client that is not loaded, the job''s own.';
comment on column report.document_job.is_listed is 'Whether the platform still lists the job.';
