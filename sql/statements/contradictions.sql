-- Which records contradict themselves or others? The first rows of each kind, with the number of all of that kind.
--
-- $1 connection, $2 rows of each kind at most.
select *
from (
    select *, count(*) over (partition by kind) as of_kind,
        row_number() over (partition by kind order by key collate "C", found) as place
    from report.quality
    where connection_id = $1
) q
where place <= $2
order by kind, place
