#!/bin/sh
# Run a kiosk command as the booth's services do: as their user, with the booth's key and settings.
#
# usage: sudo kiosk-as-booth doctor
#        sudo kiosk-as-booth outbox status
#        sudo kiosk-as-booth devices test
#        sudo kiosk-as-booth support bundle --out - >bundle.zip
set -eu

settings=/etc/campus-capture-kiosk
data=/var/lib/campus-capture-kiosk
[ $# -gt 0 ] || { sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0"; exit 2; }
[ "$(id -u)" = 0 ] || { echo "kiosk-as-booth: run it as root: sudo kiosk-as-booth $*" >&2; exit 2; }
unit=kiosk-as-booth-$$
talk=--pipe
if [ -t 0 ] && [ -t 1 ]; then talk=--pty; fi
case " $* " in
    *" --config "*) ;;
    *) set -- "$@" --config "$settings/kiosk.toml" ;;
esac
exec systemd-run --quiet --wait --collect "$talk" --unit="$unit" \
    --property=User=kiosk --property=Group=kiosk --property=UMask=0077 \
    --property=SupplementaryGroups=systemd-journal \
    --property="WorkingDirectory=$data" --property=CacheDirectory=campus-capture-kiosk \
    --property="LoadCredential=booth-token:$settings/credentials/booth-token" \
    --setenv="KIOSK_CENTRAL__BOOTH_TOKEN_FILE=/run/credentials/$unit.service/booth-token" \
    --setenv="HOME=$data" --setenv=KIVY_HOME=/var/cache/campus-capture-kiosk/kivy \
    --setenv=MPLCONFIGDIR=/var/cache/campus-capture-kiosk/matplotlib \
    --setenv=XDG_CACHE_HOME=/var/cache/campus-capture-kiosk \
    "/opt/campus-capture-kiosk/current/bin/kiosk" "$@"
