#!/bin/sh
# Runs when the package was removed, and says what is still there: a package manager may not touch what is a person's own.
set -e

case "$1" in
# dpkg's word, and what rpm says when no version is left.
remove | 0)
    cat <<'WORDS'
Glowjar was removed. Each person who used it still has their own:
  secrets   in their keyring, under app.glowjar.Glowjar
  profiles  in ~/.local/share/app.glowjar.Glowjar
  entries   for starting at login and for sign-ins, which desktops pass over when the program is gone:
            ~/.config/autostart/Glowjar.desktop
            ~/.local/share/applications/app.glowjar.Glowjar.sign-in.desktop
To wipe the secrets as well: secret-tool clear service app.glowjar.Glowjar
WORDS
    ;;
esac
