#!/bin/sh
# Makes the data folder, and a role and a database for every file in the folder $1: its name is theirs, its text the
# password. What is there already stays, but for passwords. Nobody can connect by network meanwhile.
set -eu

if [ ! -e "$PGDATA/PG_VERSION" ]; then
  # Killed half-way it begins again.
  rm -rf "$PGDATA.part"
  initdb --pgdata="$PGDATA.part" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --data-checksums
  mv "$PGDATA.part" "$PGDATA"
fi

rules=$(realpath "$(dirname "$0")")/pg_hba.conf
pg_ctl --wait --silent --options="-c listen_addresses= -c unix_socket_directories=$PGHOST -c hba_file=$rules" start
for file in "$1"/*; do
  FILE="$file" psql --quiet --no-psqlrc --username=postgres --set=ON_ERROR_STOP=1 --set=name="$(basename "$file")" <<'SQL'
\set password `cat "$FILE"`
select format('create role %I login', :'name') where to_regrole(quote_ident(:'name')) is null \gexec
select format('alter role %I password %L', :'name', :'password') \gexec
select format('create database %I owner %I', :'name', :'name')
  where not exists (select from pg_database where datname = :'name') \gexec
SQL
done
pg_ctl --wait --silent --mode=fast stop
