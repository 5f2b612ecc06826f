#!/bin/sh
# Bring Debian 12's Python 3.11 to Debian 13 or Raspberry Pi OS 13, whose own is too new.
#
# usage: debian-12-python.sh
#        debian-12-python.sh --remove
#
# MediaPipe, which finds the faces, has no wheels for Python 3.13 that a booth may use. Debian 12's
# Python is signed by Debian and gets its security updates until June 2028, here too: its archive
# is added for the packages of Python 3.11, and for nothing else. Python 3.13 stays what it was.
#
# DEBIAN_MIRROR and DEBIAN_SECURITY_MIRROR name other mirrors.
set -eu

name=campus-capture-kiosk-python3.11
sources=/etc/apt/sources.list.d/$name.sources
preferences=/etc/apt/preferences.d/$name.pref
upgrades=/etc/apt/apt.conf.d/52campus-capture-kiosk-python
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

fail() {
    echo "debian-12-python.sh: $1" >&2
    exit "${2:-1}"
}

case ${1:-} in
    "" | --remove) ;;
    -h | --help) sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) fail "unknown option $1. See debian-12-python.sh --help." 2 ;;
esac
[ "$(id -u)" = 0 ] || fail "run it as root: sudo $0"
export DEBIAN_FRONTEND=noninteractive

if [ "${1:-}" = --remove ]; then
    apt-get purge -y -q --autoremove "$name"
    rm -f -- "$sources" "$preferences" "$upgrades"
    exit 0
fi

if ! grep -qx ID=debian /etc/os-release || ! grep -qx VERSION_CODENAME=trixie /etc/os-release; then
    fail "this is for Debian 13 and the 64-bit Raspberry Pi OS 13 only. Nothing was changed."
fi
[ -r "$keyring" ] || fail "$keyring is missing. Say: apt-get install debian-archive-keyring"

cat >"$sources" <<END
Types: deb
URIs: ${DEBIAN_MIRROR:-http://deb.debian.org/debian}
Suites: bookworm
Components: main
Signed-By: $keyring

Types: deb
URIs: ${DEBIAN_SECURITY_MIRROR:-http://deb.debian.org/debian-security}
Suites: bookworm-security
Components: main
Signed-By: $keyring
END
cat >"$preferences" <<'END'
# Nothing comes from Debian 12 ...
Package: *
Pin: release o=Debian, n=bookworm*
Pin-Priority: -10

# ... but this.
Package: python3.11 python3.11-minimal python3.11-venv libpython3.11-minimal libpython3.11-stdlib
Pin: release o=Debian, n=bookworm*
Pin-Priority: 500
END
cat >"$upgrades" <<'END'
// Where unattended-upgrades is in use, it keeps Debian 12's Python up to date too.
Unattended-Upgrade::Origins-Pattern { "origin=Debian,codename=bookworm-security"; };
END

# python3.11-venv asks for distutils, of which it needs nothing, and whose package wants Debian 12's
# python3. This package of no files stands in for it, and is what keeps the others installed.
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
chmod 0755 "$work"
mkdir -p "$work/tree/DEBIAN"
cat >"$work/tree/DEBIAN/control" <<END
Package: $name
Version: 1
Architecture: all
Maintainer: Campus Capture Kiosk <maintainers@localhost.localdomain>
Depends: python3.11, python3.11-venv
Provides: python3.11-distutils
Section: misc
Priority: optional
Description: Debian 12's Python for the photo booth
 Holds no files: it needs Python 3.11 and venv, and stands in for python3.11-distutils,
 which Debian 13 cannot install.
END
dpkg-deb --root-owner-group --build "$work/tree" "$work/$name.deb" >/dev/null
apt-get update -q
apt-get install -y -q --no-install-recommends "$work/$name.deb"
/usr/bin/python3.11 -c 'import ensurepip, sys, venv; print("Python", sys.version.split()[0], "is there.")'
