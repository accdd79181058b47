-- Which mail server do all connections use? Sets it; a password that is not given stays as it was.
--
-- $1 whether it is on, $2 URL, $3 recipients, $4 sender, $5 account, $6 sealed password or null.
insert into inflow.mail_server as m (is_on, url, recipients, sender, account, secret)
values ($1, $2, $3, $4, $5, $6)
on conflict (id) do update set
    is_on = excluded.is_on, url = excluded.url, recipients = excluded.recipients, sender = excluded.sender,
    account = excluded.account, secret = case when excluded.account <> '' then coalesce(excluded.secret, m.secret) end,
    set_at = now()
