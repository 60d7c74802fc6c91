-- Reads the whole table, and lets others write to it meanwhile; the statement before it could not.
set local lock_timeout = '5s';

alter table orders validate constraint orders_currency;
