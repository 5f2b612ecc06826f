#!/bin/sh
# Bring a backup of backup.sh back: into an empty database and an empty folder, the service stopped.
#
# usage: restore.sh FROM DATABASE_URL STORAGE_FOLDER SECRET_KEY_FILE
#   as in central.toml; STORAGE_FOLDER '' when photos lie in an S3-compatible store
set -eu
[ $# = 4 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
from=$1 database=$2 storage=$3 key=$4
umask 077

fail() {
    echo "$1 Nothing was changed." >&2
    exit 1
}

[ -e "$from/secret.key" ] || fail "$from: this is no whole backup."
[ ! -e "$key" ] || fail "$key is there already."
if [ -n "$storage" ] && [ -d "$storage" ] && [ -n "$(ls "$storage")" ]; then
    fail "$storage is not empty."
fi
case $database in
postgresql://*)
    tables=$(psql --no-psqlrc --tuples-only --no-align --dbname="$database" \
        --command="SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    [ "$tables" = 0 ] || fail "The database is not empty."
    pg_restore --no-owner --exit-on-error --single-transaction --dbname="$database" \
        "$from/central.dump"
    psql --no-psqlrc --quiet --dbname="$database" --command="ANALYZE"
    ;;
sqlite:///*)
    file=${database#sqlite:///}
    [ ! -e "$file" ] || fail "$file is there already."
    cp -p "$from/central.db" "$file"
    ;;
*) fail "$database: neither postgresql:// nor sqlite:///." ;;
esac
if [ -n "$storage" ]; then
    mkdir -p "$storage"
    cp -Rp "$from/storage/." "$storage/"
fi
cp -p "$from/secret.key" "$key"
