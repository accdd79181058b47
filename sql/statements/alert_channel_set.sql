-- Which channel do alerts go to? Sets one; a secret that is not given stays as it was.
--
-- $1 connection, $2 channel, $3 whether it is on, $4 URL, $5 recipients, $6 sender, $7 account, $8 sealed secret or
-- null, $9 further recipients. Without a URL it is the mail server of all connections, which has a password of its own.
insert into inflow.alert_channel as c (
    connection_id, channel, is_on, url, recipients, sender, account, secret, further)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (connection_id, channel) do update set
    is_on = excluded.is_on, url = excluded.url, recipients = excluded.recipients,
    sender = excluded.sender, account = excluded.account, further = excluded.further,
    secret = case when excluded.url <> '' then coalesce(excluded.secret, c.secret) end, set_at = now()
