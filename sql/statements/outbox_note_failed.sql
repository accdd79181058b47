-- When is a message whose try failed tried again? Gives it up where another try is no use or it is too old.
--
-- $1 connection, $2 message, $3 number of the try, $4 error, $5 seconds until the next try, $6 whether another try is no use,
-- $7 hours after which it is given up. Changes nothing where another process has taken the message since.
update inflow.outbox set last_error = $4, leased_until = null,
    next_attempt_at = clock_timestamp() + make_interval(secs => $5),
    given_up_at = case
        when $6 or created_at < clock_timestamp() - make_interval(hours => $7::integer)
        then clock_timestamp()
    end
where connection_id = $1 and id = $2 and attempts = $3 and sent_at is null and given_up_at is null
