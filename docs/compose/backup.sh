#!/bin/sh
# Back the central backend up while it runs: database, photos, key, in this order, so that every
# row's files are in the copy. Into the same folder again it copies only what is new.
#
# usage: backup.sh DATABASE_URL STORAGE_FOLDER SECRET_KEY_FILE INTO
#   DATABASE_URL    as in central.toml: postgresql://… or sqlite:////absolute/path
#   STORAGE_FOLDER  as in central.toml; '' when photos lie in an S3-compatible store
set -eu
[ $# = 4 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
database=$1 storage=$2 key=$3 into=$4
umask 077
mkdir -p "$into"

case $database in
postgresql://*)
    pg_dump --format=custom --no-owner --file="$into/central.dump.part" --dbname="$database"
    # Read once: a dump that cannot be listed is none.
    pg_restore --list "$into/central.dump.part" >/dev/null
    mv "$into/central.dump.part" "$into/central.dump"
    ;;
sqlite:///*)
    python3 - "${database#sqlite:///}" "$into/central.db.part" <<'PYTHON'
import sqlite3, sys
source, target = (sqlite3.connect(name) for name in sys.argv[1:])
source.backup(target)
(state,) = target.execute("PRAGMA integrity_check").fetchone()
sys.exit(0 if state == "ok" else f"The copy is damaged: {state}")
PYTHON
    mv "$into/central.db.part" "$into/central.db"
    ;;
*)
    echo "$database: neither postgresql:// nor sqlite:///." >&2
    exit 2
    ;;
esac

if [ -n "$storage" ]; then
    # Files never change: what is there already need not be looked at again. Drafts are no photos.
    mkdir -p "$into/storage"
    (cd "$storage" && find . -type f -name '[0-9a-f]*' ! -name '.*') | sort |
        while IFS= read -r name; do
            [ -e "$into/storage/$name" ] && continue
            mkdir -p "$into/storage/$(dirname "$name")"
            # Erased meanwhile: then its rows are gone, too.
            cp -p "$storage/$name" "$into/storage/$name.part" 2>/dev/null || continue
            mv "$into/storage/$name.part" "$into/storage/$name"
        done
fi
cp -p "$key" "$into/secret.key"
sync
