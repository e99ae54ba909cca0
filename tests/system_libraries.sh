#!/bin/sh
# Install what a virtual environment and Qt need of the system, where apt can and some of it is missing.
set -eu
wanted="libegl1 libgl1 libglib2.0-0 libxkbcommon0 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-render-util0 libxcb-image0 libxcb-xinerama0"
command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1 || exit 0

missing=""
for name in $wanted; do
    # Newer releases call some of them …t64.
    for package in "$name" "${name}t64"; do
        if dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed; then
            continue 2
        fi
    done
    missing="$missing $name"
done
"${PYTHON:-python3}" -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"
[ -n "$missing" ] || exit 0

run=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        run="sudo"
    else
        echo "Some system libraries are missing. Run this once, then make again:"
        echo "  sudo apt-get install -y$missing"
        exit 0
    fi
fi
echo "Installing system libraries:$missing"
$run apt-get update -qq
# shellcheck disable=SC2086  # one argument for each name is meant
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
