//! How a token or an id is written where another program reads it: so that the reader gets it to the letter, and takes
//! nothing of it for a command. A server is free in what it issues, so nothing is taken for granted here.
//!
//! What is made here holds the value; the caller keeps it as it keeps a secret.

/// This value can't be written so that its reader gets it to the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unquotable {
    /// A line end, a NUL or another control character, which would begin a line, a header or a command of its own.
    #[error("it has control characters")]
    Control,
    /// The readers of this kind of file differ in what they make of it.
    #[error("it has characters that such a file can't hold")]
    Ambiguous,
}

/// The value as it stands, if it has no control characters: for a file or an output with nothing else in it.
///
/// # Errors
/// [`Unquotable::Control`].
pub fn plain(value: &str) -> Result<&str, Unquotable> {
    if value.chars().any(char::is_control) { Err(Unquotable::Control) } else { Ok(value) }
}

/// One word of a command line for sh, bash, zsh and fish alike. Always in quotes.
///
/// Quotes and backslashes stand outside the single quotes, each behind a backslash: in them, fish reads a backslash
/// otherwise than the rest.
///
/// # Errors
/// [`Unquotable::Control`].
pub fn shell(value: &str) -> Result<String, Unquotable> {
    let mut word = String::with_capacity(value.len() + 2);
    word.push('\'');
    for character in plain(value)?.chars() {
        match character {
            '\'' => word.push_str(r"'\''"),
            '\\' => word.push_str(r"'\\'"),
            other => word.push(other),
        }
    }
    word.push('\'');
    Ok(word)
}

/// One word of a PowerShell command. Always in quotes.
///
/// PowerShell takes curly quotes for straight ones, so they are doubled as well.
///
/// # Errors
/// [`Unquotable::Control`].
pub fn powershell(value: &str) -> Result<String, Unquotable> {
    let mut word = String::with_capacity(value.len() + 2);
    word.push('\'');
    for character in plain(value)?.chars() {
        if POWERSHELL_QUOTES.contains(&character) {
            word.push(character);
        }
        word.push(character);
    }
    word.push('\'');
    Ok(word)
}

/// One word of a command for cmd.exe and the program it starts. Always in quotes.
///
/// # Errors
/// [`Unquotable::Control`], and [`Unquotable::Ambiguous`] for what cmd.exe reads even in quotes: `%`, `!`, `"`, and a
/// backslash at the end.
pub fn cmd(value: &str) -> Result<String, Unquotable> {
    if plain(value)?.contains(['%', '!', '"']) || value.ends_with('\\') {
        return Err(Unquotable::Ambiguous);
    }
    Ok(format!("\"{value}\""))
}

/// The right side of an assignment in an `.env` file, such that a shell, python-dotenv and npm's dotenv read the same:
/// as it is if it has only harmless characters, otherwise in quotes.
///
/// # Errors
/// [`Unquotable::Control`], and [`Unquotable::Ambiguous`] for `$`, which some expand in any quotes, for a single quote
/// beside what double quotes can't hold, and for backslashes that one reader takes for an escape.
pub fn dotenv(value: &str) -> Result<String, Unquotable> {
    let is_escape = value.contains(r"\\") || value.contains(r"\'") || value.ends_with('\\');
    if plain(value)?.contains('$') || is_escape {
        Err(Unquotable::Ambiguous)
    } else if is_harmless(value) {
        Ok(value.to_owned())
    } else if !value.contains('\'') {
        Ok(format!("'{value}'"))
    } else if !value.contains(['"', '\\', '`']) {
        Ok(format!("\"{value}\""))
    } else {
        Err(Unquotable::Ambiguous)
    }
}

/// Within the double quotes of curl's own configuration (`curl -K`), without them.
///
/// # Errors
/// [`Unquotable::Control`].
pub fn curl(value: &str) -> Result<String, Unquotable> {
    Ok(plain(value)?.replace('\\', r"\\").replace('"', r#"\""#))
}

/// The value of an HTTP header (RFC 9110 section 5.5). It can't be quoted: a line end in it would begin another header.
///
/// # Errors
/// [`Unquotable::Control`].
pub fn header(value: &str) -> Result<&str, Unquotable> {
    plain(value)
}

/// What no reader of an `.env` file and no shell takes for anything else.
fn is_harmless(value: &str) -> bool {
    value.chars().all(|it| it.is_ascii_alphanumeric() || "-._+/:@%".contains(it))
}

/// As its own grammar lists them: straight, left, right, low and reversed.
const POWERSHELL_QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];

#[cfg(test)]
mod tests;
