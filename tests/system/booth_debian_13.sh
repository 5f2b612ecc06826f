#!/bin/sh
# Build a folder with Debian 13 and no more than a booth's own list of packages, to be booted as a
# container. Takes about three minutes and 1.2 GB; needs root and the Debian archive.
#
# usage: booth_debian_13.sh FOLDER
#
# FOLDER appears when it is complete. It is built anew when this script has changed.
set -eu

folder=$1
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
state=$(cat "$0" "$here/../../systemd/system-packages.sh" | sha256sum)
if [ "$(cat "$folder/built-by" 2>/dev/null || true)" = "$state" ]; then
    exit 0
fi
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
new=$folder.new
rm -rf "$new"
mkdir -p "$new"

# What any machine has; xdotool touches the screen and sqlite3 asks the database, for the test.
debootstrap --variant=minbase \
    --include=systemd,systemd-sysv,udev,dbus,ca-certificates,procps,iproute2,sqlite3,xdotool \
    trixie "$new" "$mirror"
# Network and trust are this machine's, for apt and pip.
cp -L /etc/resolv.conf "$new/etc/resolv.conf"
cp -L /etc/ssl/certs/ca-certificates.crt "$new/etc/ssl/certs/ca-certificates.crt"
cp "$here/../../systemd/system-packages.sh" "$new/root/"
chroot "$new" sh /root/system-packages.sh run
chroot "$new" apt-get clean

echo "$state" >"$new/built-by"
rm -rf "$folder"
mv "$new" "$folder"
