-- How far is each kind of values read that costs a call for each record?
--
-- $1 connection. is_complete says whether all are here, readings of any age counted.
select s.entity, s.is_read, s.records, s.waiting,
    inflow.values_complete(s.connection_id, s.entity, '-infinity') as is_complete
from inflow.value_state s
where s.connection_id = $1
order by s.entity
