-- Whose refresh token is about to be sent? Notes it, if the epoch is still in force.
--
-- $1 connection, $2 generation, $3 process, $4 epoch.
insert into inflow.token_attempt (connection_id, generation, holder, state)
select $1, $2, $3, 'asked'
from inflow.lease
where connection_id = $1 and purpose = 'token' and epoch = $4
on conflict (connection_id) do update set
    generation = excluded.generation, holder = excluded.holder, state = excluded.state,
    began_at = clock_timestamp()
