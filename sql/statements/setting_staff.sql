-- Which people can settings name, and by which names?
--
-- $1 connection. Former staff are those that only time entries know; a person may have several names over time.
select s.uuid as staff_uuid, nullif(btrim(s.name), '') as name
from wfm.staff s
where s.connection_id = $1
union
select t.staff_uuid, nullif(btrim(t.staff_name), '')
from wfm.timesheet t
where t.connection_id = $1 and t.staff_uuid is not null
