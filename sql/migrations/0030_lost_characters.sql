-- Text whose characters were lost on the way never takes the place of the same text that still has them.

-- Whether a text holds U+FFFD, the mark of a lost character, and is otherwise the one that is held.
create function inflow.is_same_but_lost(sent text, held text)
returns boolean
language sql
immutable
parallel safe
as $$
    select position(chr(65533) in sent) > 0
        and held like regexp_replace(
            replace(replace(replace(sent, '\', '\\'), '%', '\%'), '_', '\_'), chr(65533) || '+', '_%', 'g')
$$;
comment on function inflow.is_same_but_lost(text, text) is
    'Whether a text is the one that is held, but for characters that were lost and stand as U+FFFD.';

-- The unknown elements of a record, each with the held text where it is the same but for lost characters.
create function inflow.without_losses(sent jsonb, held jsonb)
returns jsonb
language sql
immutable
parallel safe
as $$
    select case when jsonb_typeof(sent) = 'object' then (
        select jsonb_object_agg(
            s.key,
            case when inflow.is_same_but_lost(s.value #>> '{}', held ->> s.key) then held -> s.key else s.value end)
        from jsonb_each(sent) s
    ) else sent end
$$;
comment on function inflow.without_losses(jsonb, jsonb) is
    'Unknown elements of a record, each as it is held where it differs by lost characters only.';

-- What the warehouse gave up of a record that it loaded: values of columns that could not be read.
alter table inflow.rejection add column is_value boolean not null default false;
comment on column inflow.rejection.is_value is
    'Whether only the value was rejected and the record is loaded without it; false where the record is not loaded.';
alter table inflow.chunk
    add column rejected_values integer not null default 0,
    add column lost_characters integer not null default 0;
comment on column inflow.chunk.lost_characters is
    'Those of the replaced characters that cannot be told any more: not control characters, which XML has no place for.';
comment on column inflow.chunk.rejected_values is
    'Values that were rejected in records that were loaded without them.';
