set local lock_timeout = '5s';

create table orders (
  id uuid primary key,
  status text not null default 'placed',
  lines jsonb not null,
  -- In the smallest unit of the currency.
  total bigint not null check (total >= 0),
  placed_at timestamptz not null default now()
);

-- What was asked with a key, until the key may be used again. The key is what a retry finds its order by.
create table idempotency_keys (
  key text primary key,
  request bytea not null,
  -- The key is taken before the order is written, in the same transaction.
  order_id uuid not null references orders (id) deferrable initially deferred,
  expires_at timestamptz not null
);

create index idempotency_keys_expires_at on idempotency_keys (expires_at);
