-- Messages to programs outside: an event of a run goes through the outbox as an alert does, to a subscription.
alter table inflow.outbox
    add column subscription_id bigint references inflow.webhook_subscription (id) on delete cascade,
    drop constraint outbox_event_check,
    add constraint outbox_event_check check (
        event in ('opened', 'closed', 'digest', 'success', 'report', 'run_finished', 'records_changed')),
    add constraint outbox_subscription_check check (
        (subscription_id is not null) = (event in ('run_finished', 'records_changed'))
        and (subscription_id is null or channel = 'webhook'));
create index outbox_subscription on inflow.outbox (subscription_id) where subscription_id is not null;
comment on column inflow.outbox.event is
    'opened or closed, of incidents; digest or success, of what runs did; report, of a report with its file; run_finished or records_changed, of a run, to a subscription.';
comment on column inflow.outbox.subscription_id is
    'The webhook subscription that it goes to, by address and secret. Null: the channel.';
comment on table inflow.webhook_subscription is 'What outside programs are told of, by a signed POST through the outbox.';
