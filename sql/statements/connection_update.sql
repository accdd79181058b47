-- What may a person change about a connection? Replaces all of its settings.
--
-- $1 connection, $2 to $16 the settings in the order of connection_add, $17 and $18 the names of the settings digest and
-- success-mail: a change of either counts from now on.
with client as (
    update inflow.connection_secret set client_id = $3 where connection_id = $1
)
update inflow.connection set
    account_id = $2, api_url = $4, token_url = $5, authorise_url = $6, time_zone = $7,
    fiscal_year_start = $8, first_date = $9, calls_at_once = $10, calls_per_minute = $11, calls_per_day = $12,
    first_byte_seconds = $13, job_status_list = $14, late_entry_days = $15, settings = $16::jsonb,
    digest_since = case when settings ->> $17 is distinct from $16::jsonb ->> $17 then now() else digest_since end,
    success_since = case when settings ->> $18 is distinct from $16::jsonb ->> $18 then now() else success_since end
where id = $1
