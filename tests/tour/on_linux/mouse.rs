//! The mouse, for the one thing that cannot be done over the bus: to see the menu open.

use anyhow::Result;
use desktop::{Desktop, PATIENCE, process::output_of, timeouts::until};

/// Clicks on the icon at this place, and waits until its menu is there to be seen.
///
/// # Errors
/// When no menu opens.
pub async fn open_menu(desktop: &Desktop, (left, top): (u32, u32)) -> Result<()> {
    let shown = windows_of_the_tray(desktop).await?;
    let place = [left.to_string(), top.to_string()];
    xdotool(desktop, &["mousemove", &place[0], &place[1], "click", "1"]).await?;
    until(PATIENCE, "the tray's menu to open", || async {
        Ok((windows_of_the_tray(desktop).await? > shown).then_some(()))
    })
    .await
}

/// They belong to the process in which the panel runs its tray; an open menu is one more.
async fn windows_of_the_tray(desktop: &Desktop) -> Result<usize> {
    let found = xdotool(desktop, &["search", "--onlyvisible", "--class", "wrapper"]).await?;
    Ok(found.lines().count())
}

async fn xdotool(desktop: &Desktop, arguments: &[&str]) -> Result<String> {
    let mut command = desktop.command("xdotool");
    command.args(arguments);
    Ok(String::from_utf8_lossy(&output_of(command, PATIENCE).await?).into_owned())
}
