-- Adds a connection. $17 is its number, taken before, since its secret is encrypted for that number; $3 and $19 are the client.
with added as (
    insert into inflow.connection (
        name, account_id, api_url, token_url, authorise_url, time_zone, fiscal_year_start, first_date, calls_at_once,
        calls_per_minute, calls_per_day, first_byte_seconds, job_status_list, late_entry_days, settings, id, platform)
    overriding system value
    values ($1, $2, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::jsonb, $17, $18)
    returning id
)
insert into inflow.connection_secret (connection_id, client_id, client_secret)
select id, $3, $19 from added
