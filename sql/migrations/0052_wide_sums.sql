-- Sums, products and shares of absurd records can be wider than the columns of reports. A report then has null in that
-- column, and its other columns and rows as ever.
--
-- Each function names its parameter once, so that PostgreSQL puts it into the plan of the view as if it were written there.
create function inflow.money(amount numeric) returns numeric
    language sql
    immutable
    parallel safe
    return nullif(
        nullif(least(greatest(amount, -999999999999999.99995), 999999999999999.99995), 999999999999999.99995),
        -999999999999999.99995);
comment on function inflow.money(numeric) is
    'An amount or a share, or null where it is too wide for numeric(19,4): 10^15 and more, or -10^15 and less.';

create function inflow.hours(hours numeric) returns numeric
    language sql
    immutable
    parallel safe
    return nullif(nullif(least(greatest(hours, -99999999.99995), 99999999.99995), 99999999.99995), -99999999.99995);
comment on function inflow.hours(numeric) is
    'Hours, or null where they are too wide for numeric(12,4): 10^8 and more, or -10^8 and less.';
