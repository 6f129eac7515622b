//! The system packages Glowjar wants, as each kind of Linux calls them.
//!
//! The Debian names are used by every test run; the others come from the distributions' own lists and from Tauri's
//! <https://v2.tauri.app/start/prerequisites>, and were never installed by us.

use super::Scope;

/// One thing the system has to have.
#[derive(Debug)]
pub struct Part {
    /// The least that wants it.
    pub scope: Scope,
    /// How to see whether it is there where the package manager cannot be asked.
    pub probe: Probe,
    pub apt: &'static str,
    pub dnf: &'static str,
    pub pacman: &'static str,
    pub zypper: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub enum Probe {
    Program(&'static str),
    /// As pkg-config calls it.
    Library(&'static str),
    /// Any one of these paths.
    Path(&'static [&'static str]),
}

use Probe::{Library, Path, Program};
use Scope::{Build, Session, Tests};

const fn part(scope: Scope, probe: Probe, [apt, dnf, pacman, zypper]: [&'static str; 4]) -> Part {
    Part { scope, probe, apt, dnf, pacman, zypper }
}

/// What all four call the same.
const fn everywhere(scope: Scope, probe: Probe, name: &'static str) -> Part {
    part(scope, probe, [name, name, name, name])
}

pub static PARTS: &[Part] = &[
    // Without them cargo and npm trust no server.
    everywhere(Build, Path(&["/etc/ssl/certs"]), "ca-certificates"),
    part(Build, Program("c++"), ["build-essential", "gcc-c++", "base-devel", "gcc-c++"]),
    part(
        Build,
        Program("pkg-config"),
        ["pkg-config", "pkgconf-pkg-config", "pkgconf", "pkg-config"],
    ),
    part(
        Build,
        Library("webkit2gtk-4.1"),
        ["libwebkit2gtk-4.1-dev", "webkit2gtk4.1-devel", "webkit2gtk-4.1", "webkit2gtk3-devel"],
    ),
    part(
        Build,
        Library("ayatana-appindicator3-0.1"),
        [
            "libayatana-appindicator3-dev",
            "libayatana-appindicator-gtk3-devel",
            "libayatana-appindicator",
            "libayatana-appindicator3-devel",
        ],
    ),
    part(
        Build,
        Library("librsvg-2.0"),
        ["librsvg2-dev", "librsvg2-devel", "librsvg", "librsvg-devel"],
    ),
    part(Build, Library("dbus-1"), ["libdbus-1-dev", "dbus-devel", "dbus", "dbus-1-devel"]),
    // The client of etcd is generated at its build.
    part(
        Build,
        Program("protoc"),
        ["protobuf-compiler", "protobuf-compiler", "protobuf", "protobuf-devel"],
    ),
    part(
        Build,
        Path(&["/usr/include/google/protobuf/descriptor.proto"]),
        ["libprotobuf-dev", "protobuf-devel", "protobuf", "protobuf-devel"],
    ),
    part(
        Session,
        Program("Xvfb"),
        ["xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb", "xorg-x11-server-Xvfb"],
    ),
    part(Session, Program("xauth"), ["xauth", "xorg-x11-xauth", "xorg-xauth", "xauth"]),
    part(
        Session,
        Program("dbus-run-session"),
        ["dbus-user-session", "dbus-daemon", "dbus", "dbus-1-daemon"],
    ),
    part(Session, Program("dbus-launch"), ["dbus-x11", "dbus-x11", "dbus", "dbus-1-x11"]),
    everywhere(Session, Program("gnome-keyring-daemon"), "gnome-keyring"),
    part(
        Session,
        Program("secret-tool"),
        ["libsecret-tools", "libsecret", "libsecret", "secret-tool"],
    ),
    everywhere(Session, Program("dunst"), "dunst"),
    // dnf and zypper take the path of a file for a name, which spares a guess.
    part(
        Session,
        Path(&["/usr/bin/WebKitWebDriver"]),
        [
            "webkit2gtk-driver",
            "/usr/bin/WebKitWebDriver",
            "webkitgtk-6.0",
            "/usr/bin/WebKitWebDriver",
        ],
    ),
    everywhere(Session, Path(&["/usr/share/dbus-1/services/org.a11y.Bus.service"]), "at-spi2-core"),
    everywhere(Session, Program("xdotool"), "xdotool"),
    part(Session, Program("import"), ["imagemagick", "ImageMagick", "imagemagick", "ImageMagick"]),
    everywhere(Session, Program("xclip"), "xclip"),
    everywhere(Session, Program("openbox"), "openbox"),
    everywhere(Session, Program("xfce4-panel"), "xfce4-panel"),
    part(
        Session,
        Path(&[
            "/usr/share/fonts/truetype/dejavu",
            "/usr/share/fonts/dejavu-sans-fonts",
            "/usr/share/fonts/TTF",
        ]),
        ["fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu", "dejavu-fonts"],
    ),
    everywhere(Session, Path(&["/usr/share/icons/Adwaita"]), "adwaita-icon-theme"),
    everywhere(Session, Path(&["/usr/share/icons/hicolor/index.theme"]), "hicolor-icon-theme"),
    everywhere(Session, Program("xdg-open"), "xdg-utils"),
    everywhere(Session, Program("update-desktop-database"), "desktop-file-utils"),
    part(Session, Program("xprop"), ["x11-utils", "xprop", "xorg-xprop", "xprop"]),
    everywhere(Tests, Program("chromium"), "chromium"),
    everywhere(Tests, Program("curl"), "curl"),
    everywhere(Tests, Program("valgrind"), "valgrind"),
    part(Tests, Program("etcd"), ["etcd-server", "etcd", "etcd", "etcd"]),
    part(Tests, Program("etcdctl"), ["etcd-client", "etcd", "etcd", "etcdctl"]),
    part(
        Tests,
        Path(&["/usr/lib/postgresql", "/usr/bin/postgres", "/usr/bin/initdb"]),
        ["postgresql", "postgresql-server", "postgresql", "postgresql-server"],
    ),
    everywhere(Tests, Program("keepassxc"), "keepassxc"),
    part(Tests, Program("kwalletd5"), ["libkf5wallet-bin", "kf5-kwallet", "kwallet5", "kwalletd5"]),
    // KWallet encrypts what it hands out with a module that it does not depend on.
    part(
        Tests,
        Path(&[
            "/usr/lib/x86_64-linux-gnu/qca-qt5/crypto",
            "/usr/lib/aarch64-linux-gnu/qca-qt5/crypto",
            "/usr/lib64/qca-qt5/crypto",
            "/usr/lib/qca-qt5/crypto",
        ]),
        ["libqca-qt5-2-plugins", "qca-qt5-ossl", "qca-qt5", "qca-qt5-plugins"],
    ),
    part(Tests, Program("ip"), ["iproute2", "iproute", "iproute2", "iproute2"]),
    everywhere(Tests, Program("nft"), "nftables"),
    everywhere(Tests, Program("perl"), "perl"),
    part(Tests, Program("python3"), ["python3", "python3", "python", "python3"]),
];

/// The C compilers for Windows and what runs its programs, which only `cargo xtask windows` wants.
pub static FOR_WINDOWS: &[Part] = &[
    everywhere(Tests, Program("wine"), "wine"),
    part(
        Tests,
        Path(&["/usr/lib/wine/wine64", "/usr/bin/wine64"]),
        ["wine64", "wine", "wine", "wine"],
    ),
    part(
        Build,
        Program("x86_64-w64-mingw32-gcc"),
        ["gcc-mingw-w64-x86-64-posix", "mingw64-gcc", "mingw-w64-gcc", "mingw64-cross-gcc"],
    ),
    part(
        Build,
        Program("x86_64-w64-mingw32-g++"),
        ["g++-mingw-w64-x86-64-posix", "mingw64-gcc-c++", "mingw-w64-gcc", "mingw64-cross-gcc-c++"],
    ),
    part(Tests, Program("makensis"), ["nsis", "mingw32-nsis", "nsis", "mingw32-nsis"]),
    everywhere(Tests, Program("osslsigncode"), "osslsigncode"),
    everywhere(Tests, Program("openssl"), "openssl"),
];

/// What makes a clean Debian and looks into a package, which `cargo xtask test` and `cargo xtask bundle --check` want.
pub static FOR_PACKAGES: &[Part] = &[
    everywhere(Tests, Program("debootstrap"), "debootstrap"),
    part(
        Tests,
        Path(&["/usr/share/keyrings/debian-archive-keyring.gpg"]),
        ["debian-archive-keyring", "debian-keyring", "debian-archive-keyring", "debian-keyring"],
    ),
    everywhere(Session, Program("desktop-file-validate"), "desktop-file-utils"),
];
