-- Adds a connection. $17 is its number, taken before, since its secret is encrypted for that number.
insert into inflow.connection (
    name, account_id, client_id, api_url, token_url, authorise_url, time_zone, fiscal_year_start,
    first_date, calls_at_once, calls_per_minute, calls_per_day, first_byte_seconds,
    job_status_list, late_entry_days, settings, id, platform, client_secret)
overriding system value
values (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::jsonb, $17, $18, $19)
