//! What the system must offer before anything starts, which would otherwise end the process with a panic.

/// Whether the system gives random numbers. Without them nothing can be encrypted, so no token renewed, and the standard
/// library's maps panic.
///
/// # Errors
/// A sentence for the person.
pub fn random_numbers() -> Result<(), String> {
    getrandom::u64().map(drop).map_err(|error| {
        format!("this system gives no random numbers ({error}): it has neither getrandom(2) nor /dev/urandom")
    })
}
