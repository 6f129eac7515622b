//! Started where the operating system refuses what other computers allow: a full or read-only disk, no locks, no home
//! folder, no random numbers. The mounts are made in a mount namespace, which ends with the application.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use desktop::{App, PATIENCE, app::app_file};
use glowjar_sandbox::Settings;

use super::{
    fixture::{NO_ARGUMENTS, Scene},
    start_up::{Odd, look},
};

/// Starts it below this shell line, with a profile that has a live token already, and looks for the token and for the
/// words of `odd`.
async fn check_below(scene: &mut Scene, line: &str, odd: &Odd) -> Result<()> {
    scene.app = start_below(scene, line, &odd.variables())?;
    look(scene, odd).await
}

fn start_below(scene: &Scene, line: &str, variables: &[(&str, &str)]) -> Result<App> {
    let app = app_file()?.display().to_string();
    let line = format!("set -e; {line} \"$0\"");
    let mut namespace = vec!["--mount"];
    if !rustix::process::geteuid().is_root() {
        namespace.extend(["--user", "--map-current-user", "--keep-caps"]);
    }
    namespace.extend(["sh", "-c", line.as_str(), app.as_str()]);
    App::start_program(&scene.desktop, "unshare", namespace, variables)
}

/// What remains of a run that had a home folder is enough for the next.
async fn is_as_before(scene: &mut Scene) -> Result<()> {
    scene.app = App::start(&scene.desktop, NO_ARGUMENTS)?;
    look(scene, &Odd::nothing("as before")).await?;
    assert_eq!(scene.token_requests(), 1);
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f45_a_read_only_data_folder_is_named_and_a_live_token_stays_live() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    let folder = scene.data_folder().display().to_string();
    let line = format!("mount --bind {folder} {folder}; mount -o remount,bind,ro {folder}; exec");
    let names = ["Nothing can be saved", "app.glowjar.Glowjar", "Read-only file system"];
    Box::pin(check_below(&mut scene, &line, &Odd::naming("read-only", &names))).await?;
    Box::pin(is_as_before(&mut scene)).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f45_a_full_disk_is_named_and_a_live_token_stays_live() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    let names = ["Nothing can be saved", "app.glowjar.Glowjar", "No space left on device"];
    let data = scene.data_folder();
    let state = scene.desktop.home().join(".local/state/app.glowjar.Glowjar");
    for (what, logs) in [("the data's disk is full", None), ("both are full", Some(&state))] {
        let full: Vec<String> =
            [Some(&data), logs].into_iter().flatten().map(|folder| fill(folder)).collect();
        let line = format!("{} exec", full.concat());
        Box::pin(check_below(&mut scene, &line, &Odd::naming(what, &names))).await?;
    }
    Box::pin(is_as_before(&mut scene)).await
}

/// Mounts a small disk with the same files in this folder's place, and fills it to the last byte.
fn fill(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "mkdir /tmp/small-$$ && cp -a {folder}/. /tmp/small-$$ && mount -t tmpfs -o size=256k,mode=700 small {folder}; \
         cp -a /tmp/small-$$/. {folder}; rm -r /tmp/small-$$; \
         dd if=/dev/zero of={folder}/filling bs=4096 2>/dev/null || true; "
    )
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f45_a_data_folder_that_cannot_be_locked_is_named_and_a_live_token_stays_live() -> Result<()>
{
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    // As NFS without its lock service has it.
    let line = format!("exec {}", refusing(Call::Flock, rustix::io::Errno::NOLCK));
    let names = ["another one of yours is running", "can’t be locked", "No locks available"];
    Box::pin(check_below(&mut scene, &line, &Odd::naming("no locks", &names))).await?;
    Box::pin(is_as_before(&mut scene)).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f45_without_the_call_for_random_numbers_a_live_token_stays_live() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    // As kernels and seccomp filters have it that don't know the call.
    for errno in [rustix::io::Errno::NOSYS, rustix::io::Errno::PERM] {
        let line = format!("exec {}", refusing(Call::GetRandom, errno));
        Box::pin(check_below(&mut scene, &line, &Odd::nothing("no getrandom"))).await?;
    }
    Ok(())
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f45_without_any_random_numbers_it_says_so_and_ends_in_order() -> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    let line = format!(
        "mount --bind /dev/null /dev/urandom; exec {}",
        refusing(Call::GetRandom, rustix::io::Errno::NOSYS)
    );
    scene.app = start_below(&scene, &line, &[])?;
    let status = scene.app.wait(PATIENCE).await?;
    let said = scene.app.output();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("glowjar-app: this system gives no random numbers"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    Box::pin(is_as_before(&mut scene)).await
}

#[tokio::test]
#[ignore = "needs a desktop: cargo xtask test"]
async fn f45_without_home_the_users_own_entry_or_a_folder_among_temporary_ones_takes_its_place()
-> Result<()> {
    let mut scene = Box::pin(Scene::at_work(Settings::default())).await?;
    scene.app.terminate().await?;
    let home = scene.desktop.home();

    // Without the variable, the entry in passwd(5) counts.
    let entry = home.join("passwd");
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    let line = format!("me:x:{}:{}::{}:/bin/sh\n", user.as_raw(), group.as_raw(), home.display());
    fs::write(&entry, line)?;
    let line = format!("mount --bind {} /etc/passwd; exec env -u HOME", entry.display());
    Box::pin(check_below(&mut scene, &line, &Odd::nothing("no HOME"))).await?;

    // Without both, files go among temporary ones, and the person is told.
    let temporary = home.join("temporary");
    let data = temporary.join(format!("glowjar-{}/home/app.glowjar.Glowjar", user.as_raw()));
    let parent = data.parent().context("a folder")?;
    fs::create_dir_all(parent)?;
    fs::rename(scene.data_folder(), &data)?;
    // systemd's module makes up an entry for root.
    let sources = home.join("nsswitch.conf");
    fs::write(&sources, "passwd: files\n")?;
    let line = format!(
        "mount --bind /dev/null /etc/passwd; mount --bind {} /etc/nsswitch.conf; exec env -u HOME",
        sources.display()
    );
    let names = ["There is no home folder to keep profiles in", "/home/app.glowjar.Glowjar"];
    let mut odd = Odd::naming("no home folder", &names);
    odd.variables.push(("TMPDIR", temporary.display().to_string()));
    Box::pin(check_below(&mut scene, &line, &odd)).await?;
    fs::rename(&data, scene.data_folder())?;
    Box::pin(is_as_before(&mut scene)).await
}

/// A system call that a filter refuses.
#[derive(Clone, Copy)]
enum Call {
    Flock,
    GetRandom,
}

/// A shell's words that let a program run with a seccomp(2) filter that refuses one system call. `unsafe` code would be needed to
/// set it from here, so perl does it.
fn refusing(call: Call, errno: rustix::io::Errno) -> String {
    // prctl(2), flock(2) and getrandom(2) by their numbers.
    let (prctl, flock, get_random) = match std::env::consts::ARCH {
        "aarch64" => (167, 32, 278),
        _ => (157, 73, 318),
    };
    let number = match call {
        Call::Flock => flock,
        Call::GetRandom => get_random,
    };
    format!("perl -e '{FILTER}' {prctl} {number} {}", errno.raw_os_error())
}

/// The filter: load the number of the call; if it is the one, answer with the error; else allow it. The two calls: no new
/// privileges (38), which a filter needs, and the filter (22, 2).
const FILTER: &str = r#"
my ($prctl, $number, $errno, @program) = @ARGV;
my $filter = pack("SCCL" x 4, 0x20, 0, 0, 0, 0x15, 0, 1, $number, 0x06, 0, 0, 0x50000 | $errno, 0x06, 0, 0, 0x7fff0000);
syscall($prctl, 38, 1, 0, 0, 0) == 0 or die "no new privileges: $!";
syscall($prctl, 22, 2, pack("Sx6P", 4, $filter), 0, 0) == 0 or die "filter: $!";
exec { $program[0] } @program or die "$program[0]: $!";
"#;
