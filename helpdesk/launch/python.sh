# Sourced by the programs in bin/: finds a Python that is new enough and hands over to it.
# shellcheck shell=sh

root=$(dirname "$(dirname "$(readlink -f "$0")")")

# run_module MODULE [ARGUMENT ...]
run_module() {
    module=$1
    shift
    unset PYTHONHOME
    fitting='import sys; sys.version_info >= (3, 11) or sys.exit(1); import ensurepip, venv'
    for python in "$root/.venv/bin/python" python3 python3.13 python3.12 python3.11 python3.14; do
        if "$python" -c "$fitting" >/dev/null 2>&1; then
            # -P: a folder called "helpdesk" in the current directory must not be taken for ours.
            PYTHONPATH=$root exec "$python" -P -m "$module" "$@"
        fi
    done
    say_what_is_missing >&2
    exit 1
}

say_what_is_missing() {
    version=$(python3 -c 'import platform; print(platform.python_version())' 2>/dev/null)
    if [ -z "$version" ]; then
        echo "Helpdesk needs Python 3.11 or newer, and python3 was not found."
    elif python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        echo "Python $version lacks its venv module. On Debian and Ubuntu: apt-get install python3-venv"
    else
        echo "Helpdesk needs Python 3.11 or newer; python3 is $version."
    fi
}
