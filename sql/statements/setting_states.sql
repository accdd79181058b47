-- Which states are jobs in, or can they be in?
--
-- $1 connection.
select s.name as state
from wfm.job_status s
where s.connection_id = $1
union
select j.state
from wfm.job j
where j.connection_id = $1 and j.state is not null
