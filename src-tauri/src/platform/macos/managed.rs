//! Managed settings are what a configuration profile leaves for all users of this Mac, in a property list of root's.

use std::path::PathBuf;

use glowjar_agent::managed::{Content, Reading};

use super::super::{admins_file, property_list::content_of};
use crate::folders::IDENTIFIER;

pub fn read() -> Reading {
    let file = PathBuf::from(format!("/Library/Managed Preferences/{IDENTIFIER}.plist"));
    let content = match admins_file::read(&file, &[ROOT]) {
        Ok(None) => Content::Absent,
        Ok(Some(list)) => content_of(&list),
        Err(fault) => Content::Unusable(fault),
    };
    Reading { source: file.display().to_string(), content }
}

const ROOT: u32 = 0;
