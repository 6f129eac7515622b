//! KWallet as the Secret Service.

use std::fs;

use anyhow::{Result, ensure};
use zbus::{
    Connection, Proxy,
    zvariant::{ObjectPath, OwnedObjectPath},
};

use super::{SECRETS, SECRETS_PATH, Unlocking};
use crate::{
    bus::wait_for_name,
    process::Process,
    session::Surroundings,
    timeouts::{PATIENCE, until, within},
};

/// The title of what asks for the password.
pub(super) const PROMPT: &str = "KDE Wallet Service";

pub(super) async fn start(
    surroundings: &Surroundings,
    bus: &Connection,
    unlocking: Unlocking,
) -> Result<Process> {
    let settings = surroundings.home().join(".config");
    fs::create_dir_all(&settings)?;
    fs::write(settings.join("kwalletrc"), SETTINGS)?;
    let folder = surroundings.home().join(".local/share/kwalletd");
    let wallet = folder.join("kdewallet.kwl");
    if unlocking != Unlocking::Missing && !wallet.exists() {
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("kdewallet.salt"), SALT)?;
        // It only sees a wallet that was there when it started.
        let maker = run(surroundings, bus).await?;
        open_as_at_login(bus).await?;
        let made = || async { Ok(wallet.exists().then_some(())) };
        until(PATIENCE, "a wallet to be made", made).await?;
        drop(maker);
        wait_for_name(bus, SECRETS, false, PATIENCE).await?;
    }
    let daemon = run(surroundings, bus).await?;
    if matches!(unlocking, Unlocking::Open | Unlocking::OpenedAtLogin) {
        open_as_at_login(bus).await?;
    }
    if unlocking == Unlocking::Open {
        open_to_programs(bus).await?;
    }
    Ok(daemon)
}

async fn run(surroundings: &Surroundings, bus: &Connection) -> Result<Process> {
    let mut command = surroundings.command("kwalletd5");
    command.env("QT_QPA_PLATFORM", "xcb");
    let daemon = Process::start(command)?;
    wait_for_name(bus, SECRETS, true, PATIENCE).await?;
    wait_for_name(bus, NAME, true, PATIENCE).await?;
    Ok(daemon)
}

/// What KDE's PAM module does when a person logs in, which makes the wallet if there is none.
async fn open_as_at_login(bus: &Connection) -> Result<()> {
    let wallets = Proxy::new(bus, NAME, "/modules/kwalletd5", "org.kde.KWallet").await?;
    let asked = ("kdewallet", PASSWORD_HASH.as_slice(), 0_i32);
    let () = within(PATIENCE, "the wallet to open", wallets.call("pamOpen", &asked)).await??;
    Ok(())
}

/// KWallet writes to its file seconds later, or when the wallet is closed.
pub(super) async fn save(bus: &Connection) {
    let Ok(wallets) = Proxy::new(bus, NAME, "/modules/kwalletd5", "org.kde.KWallet").await else {
        return;
    };
    // There is none, if the keychain is another.
    let _ = within(
        PATIENCE,
        "the wallet to close",
        wallets.call::<_, _, i32>("close", &("kdewallet", true)),
    )
    .await;
}

/// An open wallet counts as locked until the first program asks to have it unlocked, which then takes no password.
async fn open_to_programs(bus: &Connection) -> Result<()> {
    let service = Proxy::new(bus, SECRETS, SECRETS_PATH, "org.freedesktop.Secret.Service").await?;
    let wallet: OwnedObjectPath = service.call("ReadAlias", &("default",)).await?;
    let (_, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
        service.call("Unlock", &(vec![ObjectPath::try_from(wallet.as_str())?],)).await?;
    ensure!(prompt.as_str() != "/", "{wallet} was open before");
    let prompt = Proxy::new(bus, SECRETS, prompt, "org.freedesktop.Secret.Prompt").await?;
    let () = within(PATIENCE, "the wallet to open", prompt.call("Prompt", &("",))).await??;
    Ok(())
}

const NAME: &str = "org.kde.kwalletd5";

const SETTINGS: &str = "\
[Wallet]
Enabled=true
First Use=false
Use One Wallet=true
Default Wallet=kdewallet
Prompt on Open=false
Close When Idle=false
Close on Screensaver=false
Leave Open=true
Launch Manager=false
[org.freedesktop.secrets]
apiEnabled=true
";

const SALT: [u8; 56] = [b'A'; 56];
/// PBKDF2 with SHA-512 and 50 000 rounds, of the desktop's password and [`SALT`].
const PASSWORD_HASH: [u8; 56] = [
    0x20, 0x51, 0x0a, 0x61, 0x6e, 0xb6, 0x9f, 0x29, 0xa3, 0x4d, 0x80, 0x32, 0xa8, 0xd9, 0x34, 0x15,
    0xeb, 0x87, 0x01, 0x48, 0x05, 0x17, 0xb0, 0x7a, 0xb4, 0x72, 0x32, 0xac, 0xc3, 0xc6, 0xb8, 0x3a,
    0xf5, 0x92, 0x99, 0x14, 0x56, 0xf0, 0xd6, 0x53, 0x0b, 0x3c, 0x82, 0xaf, 0x24, 0x63, 0x4c, 0xbe,
    0x2d, 0xd7, 0xc3, 0xec, 0xed, 0xf3, 0x09, 0x3c,
];
