//! KeePassXC as the Secret Service, with a database that it lends to other programs.

use std::fs;

use anyhow::{Result, bail};
use tokio::process::Command;

use super::{PASSWORD, Unlocking};
use crate::{
    process::{Process, output_with_input},
    session::Surroundings,
    timeouts::PATIENCE,
};

/// The title of what asks for the password when a program wants to unlock.
pub(super) const PROMPT: &str = "Unlock Database - KeePassXC";

pub(super) async fn start(surroundings: &Surroundings, unlocking: Unlocking) -> Result<Process> {
    let settings = surroundings.home().join(".config/keepassxc");
    fs::create_dir_all(&settings)?;
    fs::write(settings.join("keepassxc.ini"), SETTINGS)?;
    let database = surroundings.home().join("Passwords.kdbx");
    if unlocking != Unlocking::Missing && !database.exists() {
        let template = surroundings.home().join("template.xml");
        fs::write(&template, TEMPLATE)?;
        let mut import = command(surroundings, "keepassxc-cli");
        // How long guessing takes, in milliseconds, is of no interest here.
        import.args(["import", "--quiet", "--set-password", "--decryption-time", "100"]);
        import.arg(&template).arg(&database);
        let twice = [PASSWORD, b"\n", PASSWORD, b"\n"].concat();
        output_with_input(import, &twice, PATIENCE).await?;
    }
    let mut program = command(surroundings, "keepassxc");
    match unlocking {
        Unlocking::Open => {
            program.arg("--pw-stdin").arg(&database);
            Process::start_with_input(program, &[PASSWORD, b"\n"].concat()).await
        }
        Unlocking::OpenedAtLogin => bail!("KeePassXC is not opened at login"),
        Unlocking::Locked => {
            program.arg(&database);
            Process::start(program)
        }
        Unlocking::Missing => Process::start(program),
    }
}

fn command(surroundings: &Surroundings, program: &str) -> Command {
    let mut command = surroundings.command(program);
    // It starts once per person, and looks for the one that runs in the folder for temporary files.
    command.env("TMPDIR", surroundings.runtime_folder()).env("QT_QPA_PLATFORM", "xcb");
    command
}

/// Without the questions about each program and each deletion.
const SETTINGS: &str = "\
[General]
ConfigVersion=2
OpenPreviousDatabasesOnStartup=false
UpdateCheckMessageShown=true
[GUI]
CheckForUpdates=false
[FdoSecrets]
Enabled=true
ConfirmAccessItem=false
ConfirmDeleteItem=false
ShowNotification=false
";

/// What KeePassXC's settings of a database do under "Secret Service Integration": the root group is for other programs.
const TEMPLATE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<KeePassFile>
  <Meta>
    <DatabaseName>Passwords</DatabaseName>
    <CustomData><Item>
      <Key>FDO_SECRETS_EXPOSED_GROUP</Key>
      <Value>{00000000-0000-0000-0000-000000000001}</Value>
    </Item></CustomData>
  </Meta>
  <Root><Group>
    <UUID>AAAAAAAAAAAAAAAAAAAAAQ==</UUID>
    <Name>Passwords</Name>
  </Group></Root>
</KeePassFile>
"#;
