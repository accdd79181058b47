-- Which records contradict themselves or others? Findings that have one cause (a staff member, a job number or a state that
-- is unknown, a shared name) are one row, with their number and the first of them; the rows with the most come first.
--
-- $1 connection, $2 rows of each kind at most.
with finding as materialized (
    select *, case when expected is null then found else key end as cause
    from report.quality
    where connection_id = $1
), counted as (
    select *, count(*) over (partition by kind) as of_kind,
        count(*) over (partition by kind, cause) as of_cause,
        min(label) over (partition by kind, cause) as first_label,
        max(label) over (partition by kind, cause) as last_label,
        row_number() over (partition by kind, cause order by key collate "C") as place_of_cause
    from finding
), placed as (
    select *, count(*) over (partition by kind) as causes,
        row_number() over (partition by kind order by of_cause desc, key collate "C") as place
    from counted
    where place_of_cause = 1
)
select *
from placed
where place <= $2
order by kind, place
