//! The real application on a real desktop: its window, tray, toasts, keychain and clipboard as a person meets them.

mod at_rest;
mod bug_report;
mod closed_window;
mod crashes;
mod first_run;
mod keychain;
mod locking;
mod network;
mod no_display;
mod notices;
mod painting;
mod panel;
mod paste;
mod permission;
mod programs;
mod restart;
mod scene;
mod second_launch;
mod settings;
mod settings_files;
mod ten_minutes;
mod tray;
mod tray_rows;
mod trouble;
mod window;
