-- write of staff_rate
insert into "setting"."staff_rate" as s (connection_id, "staff_uuid", "valid_from", "cost_rate", "charge_rate")
select $1, r."staff_uuid", r."valid_from", r."cost_rate", r."charge_rate"
from jsonb_to_recordset($2::jsonb) r ("staff_uuid" text, "valid_from" date, "cost_rate" numeric, "charge_rate" numeric)
on conflict (connection_id, "staff_uuid", "valid_from") do update set "cost_rate" = excluded."cost_rate", "charge_rate" = excluded."charge_rate"
where (s."cost_rate", s."charge_rate")
    is distinct from (excluded."cost_rate", excluded."charge_rate")
returning xmax = 0 as is_new;

-- list of staff_rate
select s."staff_uuid"::text as "staff_uuid", s."valid_from"::text as "valid_from", trim_scale(s."cost_rate")::text as "cost_rate", trim_scale(s."charge_rate")::text as "charge_rate"
from "setting"."staff_rate" s
where s.connection_id = $1
order by s."staff_uuid", s."valid_from";

-- removeOthers of staff_rate
delete from "setting"."staff_rate" s where s.connection_id = $1 and not exists (
    select from jsonb_to_recordset($2::jsonb) r ("staff_uuid" text, "valid_from" date, "cost_rate" numeric, "charge_rate" numeric) where r."staff_uuid" = s."staff_uuid" and r."valid_from" = s."valid_from");

-- countOthers of staff_rate
select count(*) as rows from "setting"."staff_rate" s where s.connection_id = $1 and not exists (
    select from jsonb_to_recordset($2::jsonb) r ("staff_uuid" text, "valid_from" date, "cost_rate" numeric, "charge_rate" numeric) where r."staff_uuid" = s."staff_uuid" and r."valid_from" = s."valid_from");

-- write of staff_capacity
insert into "setting"."staff_capacity" as s (connection_id, "staff_uuid", "valid_from", "monday_hours", "tuesday_hours", "wednesday_hours", "thursday_hours", "friday_hours", "saturday_hours", "sunday_hours", "target_share")
select $1, r."staff_uuid", r."valid_from", r."monday_hours", r."tuesday_hours", r."wednesday_hours", r."thursday_hours", r."friday_hours", r."saturday_hours", r."sunday_hours", r."target_share"
from jsonb_to_recordset($2::jsonb) r ("staff_uuid" text, "valid_from" date, "monday_hours" numeric, "tuesday_hours" numeric, "wednesday_hours" numeric, "thursday_hours" numeric, "friday_hours" numeric, "saturday_hours" numeric, "sunday_hours" numeric, "target_share" numeric)
on conflict (connection_id, "staff_uuid", "valid_from") do update set "monday_hours" = excluded."monday_hours", "tuesday_hours" = excluded."tuesday_hours", "wednesday_hours" = excluded."wednesday_hours", "thursday_hours" = excluded."thursday_hours", "friday_hours" = excluded."friday_hours", "saturday_hours" = excluded."saturday_hours", "sunday_hours" = excluded."sunday_hours", "target_share" = excluded."target_share"
where (s."monday_hours", s."tuesday_hours", s."wednesday_hours", s."thursday_hours", s."friday_hours", s."saturday_hours", s."sunday_hours", s."target_share")
    is distinct from (excluded."monday_hours", excluded."tuesday_hours", excluded."wednesday_hours", excluded."thursday_hours", excluded."friday_hours", excluded."saturday_hours", excluded."sunday_hours", excluded."target_share")
returning xmax = 0 as is_new;

-- list of staff_capacity
select s."staff_uuid"::text as "staff_uuid", s."valid_from"::text as "valid_from", trim_scale(s."monday_hours")::text as "monday_hours", trim_scale(s."tuesday_hours")::text as "tuesday_hours", trim_scale(s."wednesday_hours")::text as "wednesday_hours", trim_scale(s."thursday_hours")::text as "thursday_hours", trim_scale(s."friday_hours")::text as "friday_hours", trim_scale(s."saturday_hours")::text as "saturday_hours", trim_scale(s."sunday_hours")::text as "sunday_hours", trim_scale(s."target_share")::text as "target_share"
from "setting"."staff_capacity" s
where s.connection_id = $1
order by s."staff_uuid", s."valid_from";

-- removeOthers of staff_capacity
delete from "setting"."staff_capacity" s where s.connection_id = $1 and not exists (
    select from jsonb_to_recordset($2::jsonb) r ("staff_uuid" text, "valid_from" date, "monday_hours" numeric, "tuesday_hours" numeric, "wednesday_hours" numeric, "thursday_hours" numeric, "friday_hours" numeric, "saturday_hours" numeric, "sunday_hours" numeric, "target_share" numeric) where r."staff_uuid" = s."staff_uuid" and r."valid_from" = s."valid_from");

-- countOthers of staff_capacity
select count(*) as rows from "setting"."staff_capacity" s where s.connection_id = $1 and not exists (
    select from jsonb_to_recordset($2::jsonb) r ("staff_uuid" text, "valid_from" date, "monday_hours" numeric, "tuesday_hours" numeric, "wednesday_hours" numeric, "thursday_hours" numeric, "friday_hours" numeric, "saturday_hours" numeric, "sunday_hours" numeric, "target_share" numeric) where r."staff_uuid" = s."staff_uuid" and r."valid_from" = s."valid_from");

-- write of leave_job
insert into "setting"."leave_job" as s (connection_id, "job_number")
select $1, r."job_number"
from jsonb_to_recordset($2::jsonb) r ("job_number" text)
on conflict (connection_id, "job_number") do nothing
returning xmax = 0 as is_new;

-- list of leave_job
select s."job_number"::text as "job_number"
from "setting"."leave_job" s
where s.connection_id = $1
order by s."job_number";

-- removeOthers of leave_job
delete from "setting"."leave_job" s where s.connection_id = $1 and not exists (
    select from jsonb_to_recordset($2::jsonb) r ("job_number" text) where r."job_number" = s."job_number");

-- countOthers of leave_job
select count(*) as rows from "setting"."leave_job" s where s.connection_id = $1 and not exists (
    select from jsonb_to_recordset($2::jsonb) r ("job_number" text) where r."job_number" = s."job_number");

-- write of closed_state
insert into "setting"."closed_state" as s (connection_id, "state")
select $1, r."state"
from jsonb_to_recordset($2::jsonb) r ("state" text)
on conflict (connection_id, "state") do nothing
returning xmax = 0 as is_new;

-- list of closed_state
select s."state"::text as "state"
from "setting"."closed_state" s
where s.connection_id = $1
order by s."state";

-- removeOthers of closed_state
delete from "setting"."closed_state" s where s.connection_id = $1 and not exists (
    select from jsonb_to_recordset($2::jsonb) r ("state" text) where r."state" = s."state");

-- countOthers of closed_state
select count(*) as rows from "setting"."closed_state" s where s.connection_id = $1 and not exists (
    select from jsonb_to_recordset($2::jsonb) r ("state" text) where r."state" = s."state");
