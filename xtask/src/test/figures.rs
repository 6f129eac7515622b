//! What tests measured and a person wants to know even if all went well.

use std::path::PathBuf;
use std::{env, fs, process};

/// A file that tests append lines to.
#[derive(Debug)]
pub struct Figures {
    pub file: PathBuf,
}

impl Figures {
    pub fn expect() -> Self {
        Self { file: env::temp_dir().join(format!("glowjar-figures-{}", process::id())) }
    }

    pub fn show(&self) {
        // No file: nobody measured anything.
        if let Ok(lines) = fs::read_to_string(&self.file) {
            println!("\n── measured ──\n{}", lines.trim_end());
        }
    }
}

impl Drop for Figures {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}
