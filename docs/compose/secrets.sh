#!/bin/sh
# Make the secrets that compose.yaml names, each once: what is there stays.
#
# usage: sudo docs/compose/secrets.sh
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
chmod 755 secrets
cd secrets

random() {
    head -c 24 /dev/urandom | base64 | tr '+/' '-_'
}

[ -e postgres_password ] || random >postgres_password
[ -e s3_secret ] || random >s3_secret
[ -e central_secret_key ] || head -c 32 /dev/urandom >central_secret_key
printf 'postgres:5432:central:central:%s\n' "$(cat postgres_password)" >postgres_passfile
cat >s3_identities <<JSON
{"identities": [{"name": "central",
  "credentials": [{"accessKey": "central", "secretKey": "$(cat s3_secret)"}],
  "actions": ["Admin:photos", "Read:photos", "Write:photos", "List:photos", "Tagging:photos"]}]}
JSON
# libpq reads a password file only when nobody else can.
chmod 400 ./*
if [ "$(id -u)" = 0 ]; then
    chown 10001 postgres_passfile central_secret_key s3_secret
else
    echo "Not root: give postgres_passfile, central_secret_key and s3_secret to user 10001." >&2
fi
