-- The same words for the columns that all tables of wfm share, so that they are written once.

do $$
declare
    shared record;
begin
    for shared in
        select relation.relname as table_name, attribute.attname as column_name, words.text
        from pg_class relation
        join pg_attribute attribute on attribute.attrelid = relation.oid and not attribute.attisdropped
        join (values
            ('connection_id',
             'Connection the row came through, hence organisation; joins inflow.connection (id). Every join says it.'),
            ('extra',
             'What the platform sent of this record and Inflow does not know, by element; null where it sent nothing '
             'else.'),
            ('deleted_at',
             'When Inflow found that the platform no longer lists the record; null while it does. Says nothing else: '
             'a record the platform calls deleted or cancelled while it lists it has null here.'),
            ('first_run_id',
             'Run that brought the record first; with connection_id it finds the run in schema inflow.'),
            ('changed_run_id',
             'Run that changed the row last. A record that came unchanged does not change it.'),
            ('changed_at',
             'When the row was changed last. A record that came unchanged does not change it.'),
            ('asked_at',
             'When the platform was asked for the answer the row was last written from; an answer asked for earlier '
             'does not overwrite it.'),
            ('content_hash',
             'Hash of the values of the record itself, by which an unchanged record is recognised.'),
            ('children_hash',
             'Hash of its lines, by which unchanged lines are recognised; null where no answer with lines has been '
             'read yet, or the entity has none.')
        ) as words (column_name, text) on words.column_name = attribute.attname
        where relation.relnamespace = 'wfm'::regnamespace and relation.relkind in ('r', 'p')
    loop
        execute format('comment on column wfm.%I.%I is %L', shared.table_name, shared.column_name, shared.text);
    end loop;
end
$$;
