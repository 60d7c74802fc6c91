-- Expand: the version before this one places orders without a currency and means euros, so that is the default.
-- A column with a constant default rewrites nothing, and a check that is not valid yet reads nothing.
-- Contract, once no version before this one runs: alter table orders alter column currency drop default.
set local lock_timeout = '5s';

alter table orders add column currency text not null default 'EUR';
alter table orders add constraint orders_currency check (currency ~ '^[A-Z]{3}$') not valid;
