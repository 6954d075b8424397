#!/bin/sh
# Install Debian's Chromium for the browser tests when that can be done here; say so when it cannot.
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests…"
    if { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation; } >/dev/null 2>&1; then
        exit 0
    fi
fi
echo "No Chromium here (it needs apt and root): the browser tests will be skipped."
