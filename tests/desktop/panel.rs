//! Who shows windows and tray icons: openbox and xfce4-panel.

use std::fs;

use anyhow::Result;
use zbus::Connection;

use crate::{
    bus::{Bus, wait_for_name},
    process::{Process, output_of},
    session::Surroundings,
    timeouts::{PATIENCE, until},
};

/// A window manager.
#[derive(Debug)]
pub(crate) struct WindowKeeper {
    _process: Process,
}

impl WindowKeeper {
    pub(crate) async fn start(surroundings: &Surroundings) -> Result<Self> {
        let process = Process::start(surroundings.command("openbox"))?;
        until(PATIENCE, "a window manager", || async {
            let mut ask = surroundings.command("xprop");
            ask.args(["-root", "_NET_SUPPORTING_WM_CHECK"]);
            let answer = output_of(ask, PATIENCE).await?;
            Ok(String::from_utf8_lossy(&answer).contains("window id").then_some(()))
        })
        .await?;
        Ok(Self { _process: process })
    }
}

/// A panel with a list of windows and a status-notifier tray.
#[derive(Debug)]
pub struct Panel {
    surroundings: Surroundings,
    bus: Connection,
    process: Option<Process>,
}

impl Panel {
    pub(crate) async fn start(surroundings: Surroundings, bus: &Bus) -> Result<Self> {
        let folder = surroundings.home().join(".config/xfce4/xfconf/xfce-perchannel-xml");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("xfce4-panel.xml"), LAYOUT)?;
        let mut panel = Self { surroundings, bus: bus.connection().clone(), process: None };
        panel.resume().await?;
        Ok(panel)
    }

    /// Starts the panel unless it runs, and waits until its tray takes icons.
    ///
    /// # Errors
    /// When it isn't installed or doesn't come up.
    pub async fn resume(&mut self) -> Result<()> {
        if self.process.is_none() {
            let mut command = self.surroundings.command("xfce4-panel");
            command.arg("--disable-wm-check");
            self.process = Some(Process::start(command)?);
        }
        wait_for_name(&self.bus, WATCHER, true, PATIENCE).await
    }

    /// Ends the panel, and with it the tray.
    ///
    /// # Errors
    /// When its tray doesn't leave the bus.
    pub async fn stop(&mut self) -> Result<()> {
        self.process = None;
        wait_for_name(&self.bus, WATCHER, false, PATIENCE).await
    }
}

/// The bus name under which a tray takes icons.
pub(crate) const WATCHER: &str = "org.kde.StatusNotifierWatcher";

const LAYOUT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="icon-size" type="uint" value="24"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/><value type="int" value="2"/><value type="int" value="3"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator"><property name="expand" type="bool" value="true"/><property name="style" type="uint" value="0"/></property>
    <property name="plugin-3" type="string" value="systray"><property name="square-icons" type="bool" value="true"/></property>
  </property>
</channel>
"#;
