#!/bin/sh
# Install the booth or the central backend as services of this machine, or remove them.
#
# usage: install.sh [--role booth|central|both] [--no-start] [--python FILE] [--prefix-root DIR]
#        install.sh --uninstall [--purge] [--prefix-root DIR]
#
#   --role         what this machine is (default: booth)
#   --no-start     enable the services, start them with the next boot only
#   --python       the interpreter, 3.11 or 3.12, to use instead of one that is found
#   --prefix-root  put the files below DIR and touch nothing else: for building an image. The
#                  program is left out, because it only runs where it was installed, and users
#                  and folders are made by the image's first boot.
#   --uninstall    stop and remove the services and the program; settings and data stay
#   --purge        with --uninstall: remove settings, keys, photos not yet sent, and users too
#
# Running it again does no harm: it installs what changed. Settings are never overwritten.
set -eu

checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
name=campus-capture-kiosk
role=booth
root=""
action=install
purge=no
start=yes
python=""

fail() {
    echo "install.sh: $1" >&2
    exit "${2:-1}"
}

say() {
    echo "install.sh: $*"
}

while [ $# -gt 0 ]; do
    case $1 in
        --role)
            [ -n "${2:-}" ] || fail "--role needs booth, central or both." 2
            role=$2; shift ;;
        --prefix-root)
            [ -n "${2:-}" ] || fail "--prefix-root needs a folder." 2
            root=$2; shift ;;
        --no-start) start=no ;;
        --python)
            [ -n "${2:-}" ] || fail "--python needs an interpreter." 2
            python=$2; shift ;;
        --uninstall) action=uninstall ;;
        --purge) purge=yes ;;
        -h | --help) sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) fail "unknown option $1. See install.sh --help." 2 ;;
    esac
    shift
done
case $role in
    booth | central | both) ;;
    *) fail "--role $role: it has to be booth, central or both." 2 ;;
esac
[ "$action" = uninstall ] || [ "$purge" = no ] || fail "--purge goes with --uninstall only." 2
if [ -n "$root" ]; then
    mkdir -p -- "$root"
    root=$(CDPATH='' cd -- "$root" && pwd)
    [ "$root" != / ] || root=""
fi
[ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "run it as root: sudo $0"

# /usr/local/lib is where systemd and udev look for what neither the distribution nor the
# administrator wrote: it can be overridden, and masked, in /etc.
units="$root/usr/local/lib/systemd/system"
sysusers="$root/usr/local/lib/sysusers.d/$name.conf"
tmpfiles="$root/usr/local/lib/tmpfiles.d/$name.conf"
rules="$root/usr/local/lib/udev/rules.d/72-$name.rules"
wants="$root/etc/systemd/system/multi-user.target.wants"
settings="$root/etc/$name"
program="$root/opt/$name"
command="$root/usr/local/bin/kiosk"
as_booth="$root/usr/local/sbin/kiosk-as-booth"

booth_units="kiosk.target kiosk.service kiosk-outbox.service kiosk-update.service \
kiosk-update.timer kiosk-health.service kiosk-health.timer kiosk-fallback.service \
kiosk-reboot.service kiosk-reboot.timer kiosk-dim@.service kiosk-dim-evening.timer \
kiosk-dim-morning.timer kiosk-support.path kiosk-support.service \
kiosk-units.service kiosk-users.service"
central_units="kiosk-central.service kiosk-central.socket"
case $role in
    booth) wanted_units=$booth_units; enabled="kiosk.target" ;;
    central) wanted_units=$central_units; enabled="kiosk-central.service" ;;
    both)
        wanted_units="$booth_units $central_units"
        enabled="kiosk.target kiosk-central.service" ;;
esac

# systemd is asked to do things only on the machine it runs.
systemd_runs() {
    [ -z "$root" ] && [ -d /run/systemd/system ]
}

# Copy a file unless it is there already, byte for byte. Written beside and renamed: never half.
put() { # put SOURCE DESTINATION MODE
    if ! cmp -s -- "$1" "$2"; then
        mkdir -p -- "$(dirname -- "$2")"
        install -m "$3" -- "$1" "$2.new"
        mv -- "$2.new" "$2"
        say "wrote ${2#"$root"}"
    fi
}

# Copy a settings file only where there is none. Its group is set by tmpfiles.d.
put_settings() { # put_settings SOURCE DESTINATION
    [ -e "$2" ] || put "$1" "$2" 0640
}

# Data that was copied from another machine may belong to a number that is somebody else's here.
give_data() { # give_data USER FOLDER
    if [ -d "$2" ]; then chown -R -- "$1:" "$2"; fi
}

has_restart_steps() {
    version=$(systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
    [ "${version:-0}" -ge 254 ]
}

# Say what keeps a Python from running the booth; nothing when it is fit. The services see no home
# folder, so one that lives there (pyenv, uv) is of no use to them.
unfit() { # unfit PYTHON
    "$1" -I - <<'END' 2>/dev/null || echo "it does not run"
import importlib.util, os, platform, pwd, sys
people = (p.pw_dir + "/" for p in pwd.getpwall() if p.pw_uid == 0 or p.pw_uid >= 1000)
if not (3, 11) <= sys.version_info < (3, 13):
    print("it is", platform.python_version())
elif not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
    print("it has no venv: apt-get install python%d.%d-venv" % sys.version_info[:2])
elif os.path.realpath(sys.executable).startswith(tuple(people)):
    print("it is in a home folder, which the services do not see")
END
}

find_python() {
    if [ -n "$python" ]; then
        why=$(unfit "$python")
        [ -z "$why" ] || fail "--python $python cannot be used: $why."
        echo "$python"
        return
    fi
    # What it was installed with before comes first.
    seen=""
    for candidate in "$(readlink -f "$program/current/bin/python" || true)" \
        /usr/bin/python3.12 /usr/bin/python3.11 /usr/bin/python3 \
        /usr/local/bin/python3.12 /usr/local/bin/python3.11 /usr/local/bin/python3; do
        [ -x "$candidate" ] || continue
        why=$(unfit "$candidate")
        if [ -z "$why" ]; then
            echo "$candidate"
            return
        fi
        seen="$seen $candidate: $why."
    done
    hint="Say: apt-get install python3 python3-venv, or name one with --python."
    if grep -qx VERSION_CODENAME=trixie /etc/os-release 2>/dev/null; then
        hint="On Debian 13 or Raspberry Pi OS 13 say: sudo $checkout/systemd/debian-12-python.sh"
    fi
    fail "Python 3.11 or 3.12 with venv is missing; nothing was installed.$seen $hint"
}

# A release is known by what went into it, so that the same checkout is not installed twice.
release_name() {
    cd "$checkout"
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
    content=$(find kiosk hardware calibration systemd pyproject.toml requirements-run.txt -type f \
        ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-12)
    echo "$version-$content"
}

install_program() {
    release="releases/$(release_name)"
    new="$program/$release"
    # Its Python is gone where the system was upgraded underneath.
    if [ ! -e "$new/.complete" ] || ! "$new/bin/python" -c "" 2>/dev/null; then
        say "installing the program into $new"
        rm -rf -- "$new"
        mkdir -p -- "$program/releases"
        "$python" -m venv "$new"
        # A package may carry the wheels: then nothing is fetched.
        if [ -d "$checkout/wheels" ]; then
            set -- --no-index --find-links "$checkout/wheels"
        else
            set --
        fi
        "$new/bin/pip" install -q --disable-pip-version-check --require-hashes "$@" \
            -r "$checkout/requirements-run.txt"
        # Built from a copy, so that nothing is written into the checkout.
        copy=$(mktemp -d)
        trap 'rm -rf -- "$copy"' EXIT
        (cd "$checkout" && tar -cf - --exclude=__pycache__ kiosk hardware calibration systemd \
            pyproject.toml README.md LICENSE) | tar -xf - -C "$copy"
        "$new/bin/pip" install -q --disable-pip-version-check --no-deps --no-build-isolation \
            --no-index "$copy"
        "$new/bin/kiosk" --version >/dev/null
        touch "$new/.complete"
    fi
    if [ "$(readlink "$program/current" 2>/dev/null || true)" != "$release" ]; then
        previous=$(readlink "$program/current" 2>/dev/null || true)
        # What an administrator installs counts as proved: it is what updates fall back to.
        for link in committed current; do
            ln -sfn "$release" "$program/.$link.new"
            mv -T -- "$program/.$link.new" "$program/$link"
        done
        say "switched to $release"
        # The one before stays, to go back to: ln -sfn, as above, and a restart.
        for old in "$program"/releases/*; do
            case $old in
                "$new" | "$program/$previous") ;;
                *) rm -rf -- "$old" ;;
            esac
        done
    fi
    mkdir -p -- "$(dirname -- "$command")"
    ln -sfn "/opt/$name/current/bin/kiosk" "$command"
}

do_install() {
    here="$checkout/systemd"
    # Looked for before anything is written.
    if [ -z "$root" ]; then python=$(find_python); fi
    put "$here/$name.sysusers.conf" "$sysusers" 0644
    put "$here/$name.tmpfiles.conf" "$tmpfiles" 0644
    for unit in $booth_units $central_units; do
        case " $wanted_units " in
            *" $unit "*) put "$here/$unit" "$units/$unit" 0644 ;;
            *) continue ;;
        esac
        case $unit in
            kiosk.service | kiosk-outbox.service | kiosk-central.service)
                if has_restart_steps; then
                    put "$here/drop-ins/restart-steps.conf" \
                        "$units/$unit.d/50-restart-steps.conf" 0644
                else
                    rm -f -- "$units/$unit.d/50-restart-steps.conf"
                fi ;;
        esac
    done
    if [ "$role" != central ]; then
        put "$here/72-$name.rules" "$rules" 0644
        put "$here/kiosk-as-booth.sh" "$as_booth" 0755
        put_settings "$here/defaults/kiosk.toml" "$settings/kiosk.toml"
    fi
    if [ "$role" != booth ]; then
        put_settings "$here/defaults/central.toml" "$settings/central.toml"
    fi
    if [ -z "$root" ]; then
        systemd-sysusers "$sysusers"
        systemd-tmpfiles --create "$tmpfiles"
        give_data kiosk "/var/lib/$name"
        give_data kiosk-central /var/lib/campus-capture-central
        install_program
    fi
    mkdir -p -- "$wants"
    for unit in $enabled; do
        ln -sfn "/usr/local/lib/systemd/system/$unit" "$wants/$unit"
    done
    if systemd_runs; then
        systemctl daemon-reload
        if [ "$role" != central ] &&
            ! { udevadm control --reload && udevadm trigger -s usb -s block; } 2>/dev/null; then
            say "udev does not answer: restart the machine before the cameras are used."
        fi
        if [ "$start" = yes ]; then
            for unit in $enabled; do systemctl restart "$unit"; done
        fi
    fi
    if [ "$role" = central ]; then
        say "done. Next: \"Running it\" in docs/central.md (or /usr/share/doc/$name)."
    else
        say "done. Next: the handbook, \"First start\" (docs/handbook.md, or /usr/share/doc/$name)."
    fi
}

do_uninstall() {
    if systemd_runs; then
        for unit in $booth_units $central_units; do
            systemctl stop "$unit" 2>/dev/null || true
        done
    fi
    for unit in $booth_units $central_units; do
        rm -f -- "$units/$unit" "$wants/$unit" "$units/$unit.d/50-restart-steps.conf" \
            "$root/etc/systemd/system/sockets.target.wants/$unit"
        rmdir -- "$units/$unit.d" 2>/dev/null || true
    done
    # What releases brought besides, as kiosk/update/units.py lists it.
    if [ -f "$units/.$name.placed" ]; then
        while read -r unit || [ -n "$unit" ]; do
            case $unit in
                */*) ;;
                kiosk-*) rm -f -- "$units/$unit" ;;
            esac
        done <"$units/.$name.placed"
        rm -f -- "$units/.$name.placed"
    fi
    rm -f -- "$sysusers" "$tmpfiles" "$rules" "$as_booth"
    if [ -L "$command" ]; then rm -f -- "$command"; fi
    rm -rf -- "$program" "$root/var/cache/$name"
    if systemd_runs; then
        systemctl daemon-reload
        udevadm control --reload 2>/dev/null || true
    fi
    if [ "$purge" = yes ]; then
        rm -rf -- "$settings" "$root/var/lib/$name" "$root/var/lib/$name-update" \
            "$root/var/lib/campus-capture-central"
        if [ -z "$root" ]; then
            for user in kiosk kiosk-central; do
                if id "$user" >/dev/null 2>&1; then userdel "$user"; fi
            done
        fi
        say "removed, with settings, keys and data."
    else
        say "removed. Settings are still in /etc/$name, data in /var/lib/$name," \
            "/var/lib/$name-update and /var/lib/campus-capture-central;" \
            "--uninstall --purge removes them."
    fi
}

"do_$action"
