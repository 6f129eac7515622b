//! What a program is to us: the file that runs, as the operating system tells it. No more is known of it: two scripts
//! of one interpreter are the same program.

use serde::{Deserialize, Serialize};

/// A program that asks for tokens, or whoever was let in over HTTP.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Program {
    /// The path that it was started from, whatever lies there now; for HTTP the name that a person gave. Empty where
    /// the system doesn't tell.
    pub file: String,
    /// The command is everybody's messenger: for it, the file of whoever ran it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
}

impl Program {
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.file.is_empty()
    }

    /// The file that a person thinks of.
    #[must_use]
    pub fn meant(&self) -> &str {
        self.sender.as_deref().unwrap_or(&self.file)
    }

    /// What a person calls it: "python3.11".
    #[must_use]
    pub fn name(&self) -> &str {
        let meant = self.meant();
        let meant = meant.strip_suffix(GONE).unwrap_or(meant);
        let name = meant.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(meant);
        // Nobody says it on Windows.
        name.strip_suffix(".exe").unwrap_or(name)
    }

    /// Whether it runs whatever it is given, so that its file says little.
    #[must_use]
    pub fn runs_anything(&self) -> bool {
        let name = self.name().to_lowercase();
        let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
        RUNS_ANYTHING.contains(&bare)
    }

    /// One line for the log: "/usr/bin/glowjar for /usr/bin/bash".
    #[must_use]
    pub fn line(&self) -> String {
        match &self.sender {
            Some(sender) => format!("{} for {sender}", self.file),
            None => self.file.clone(),
        }
    }
}

/// What Linux writes behind the path of a file that was deleted or replaced since it was started. Histories of an
/// earlier Glowjar have it, too.
pub(super) const GONE: &str = " (deleted)";
/// Shells, interpreters and what runs other programs. Not complete, which nothing could be: it only words a sentence.
const RUNS_ANYTHING: [&str; 33] = [
    "sh",
    "bash",
    "dash",
    "zsh",
    "fish",
    "ksh",
    "tcsh",
    "busybox",
    "pwsh",
    "python",
    "pypy",
    "ipython",
    "node",
    "nodejs",
    "deno",
    "bun",
    "ruby",
    "perl",
    "php",
    "java",
    "dotnet",
    "lua",
    "rscript",
    "electron",
    "make",
    "env",
    "systemd",
    "tmux",
    "cmd",
    "powershell",
    "wscript",
    "cscript",
    "explorer",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn program(file: &str, sender: Option<&str>) -> Program {
        Program { file: file.to_owned(), sender: sender.map(str::to_owned) }
    }

    #[test]
    fn a_program_is_called_by_its_files_name_and_the_command_by_whom_it_runs_for() {
        let blender = program("/opt/blender 4/blender", None);
        assert_eq!(
            (blender.name(), blender.line().as_str()),
            ("blender", "/opt/blender 4/blender")
        );
        let make = program("/usr/bin/glowjar", Some("/usr/bin/make"));
        assert_eq!(
            (make.name(), make.line().as_str()),
            ("make", "/usr/bin/glowjar for /usr/bin/make")
        );
        assert_eq!(program("/usr/bin/node (deleted)", None).name(), "node");
        assert_eq!(program("Postman", None).name(), "Postman");
        assert_eq!((program("", None).name(), program("", None).is_known()), ("", false));
    }

    #[test]
    fn what_runs_anything_is_told_from_what_is_one_program() {
        for file in ["/usr/bin/python3.11", "/usr/bin/bash", "/opt/node-22/bin/node", "/x/Rscript"]
        {
            assert!(program(file, None).runs_anything(), "{file}");
        }
        for file in [r"C:\Windows\System32\cmd.exe", r"C:\PowerShell\7\pwsh.exe"] {
            assert!(program(file, None).runs_anything(), "{file}");
        }
        for file in ["/usr/bin/curl", "/opt/blender/blender", "/usr/bin/shutter", ""] {
            assert!(!program(file, None).runs_anything(), "{file}");
        }
        assert!(program("/usr/bin/glowjar", Some("/bin/sh")).runs_anything());
    }
}
