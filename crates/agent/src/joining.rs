//! A desk joins its studio: a one-time word from the line that it was sent, and the secret that it makes up in its place.

use glowjar_ims::ClientSecret;

use crate::{profile::Profile, view::Preset};

/// Whether this secret is such a word.
pub(crate) fn joins(profile: &Profile, secret: &ClientSecret) -> bool {
    profile.source.preset == Preset::Keeper && glowjar_ims::is_one_time(secret.expose())
}

/// 256 bits, as hexadecimal digits. `None` if the system gives no random numbers.
pub(crate) fn own_secret() -> Option<ClientSecret> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok()?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    ClientSecret::parse(digits).ok()
}
