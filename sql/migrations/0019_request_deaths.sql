-- How often a request's run has killed its process: a request that does so again and again must end some time.

alter table inflow.request add column deaths integer not null default 0;
comment on column inflow.request.deaths is
    'How often its worker fell silent while it held it; at the third time the request ends as failed.';
