//! Newer versions of Glowjar, fetched, checked and put in place by Tauri's updater. A build knows from its variables
//! `GLOWJAR_UPDATES_URL` and `GLOWJAR_UPDATES_KEY` where releases are listed
//! (<https://v2.tauri.app/plugin/updater/#static-json-file>) and which public key they are signed with; without them there
//! are no updates.

use std::{
    env,
    future::{Future, ready},
    path::PathBuf,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use glowjar_agent::ports::{UpdateError, Updates};
use tauri::{
    AppHandle,
    utils::{config::BundleType, platform::bundle_type},
};
use tauri_plugin_updater::{Error, Update, UpdaterExt};

use crate::{own_program, shutdown::Ending};

/// What the releases' list speaks of.
pub struct Releases {
    app: AppHandle,
    ending: Ending,
    /// Absent in a copy that can't replace itself.
    source: Option<Source>,
    found: Arc<Mutex<Option<Update>>>,
}

/// Where releases are listed, and what they are signed with.
#[derive(Clone)]
struct Source {
    address: String,
    key: String,
    /// What is replaced, where it is not this program.
    program: Option<PathBuf>,
}

impl Source {
    fn of_this_build() -> Option<Self> {
        if let Some(source) = Self::of_a_test() {
            return Some(source);
        }
        let (address, key) =
            (option_env!("GLOWJAR_UPDATES_URL"), option_env!("GLOWJAR_UPDATES_KEY"));
        let is_in_a_bundle = own_program::file().is_ok_and(|file| {
            file.ancestors().any(|folder| folder.extension().is_some_and(|it| it == "app"))
        });
        if !replaces_itself(bundle_type(), is_in_a_bundle) {
            return None;
        }
        let is_said = |text: &&str| !text.is_empty();
        Some(Self {
            address: address.filter(is_said)?.to_owned(),
            key: key.filter(is_said)?.to_owned(),
            program: None,
        })
    }

    /// No release looks for one.
    fn of_a_test() -> Option<Self> {
        if !cfg!(debug_assertions) {
            return None;
        }
        let told = env::var("GLOWJAR_TEST_UPDATES").ok()?;
        let mut parts = told.split_whitespace().map(str::to_owned);
        Some(Self {
            address: parts.next()?,
            key: parts.next()?,
            program: parts.next().map(Into::into),
        })
    }
}

/// Packages of Linux distributions are their package manager's.
fn replaces_itself(bundle: Option<BundleType>, is_in_a_bundle: bool) -> bool {
    match bundle {
        Some(BundleType::AppImage | BundleType::Nsis) => true,
        // On macOS each build counts as one.
        Some(BundleType::App | BundleType::Dmg) => is_in_a_bundle,
        _ => false,
    }
}

impl Releases {
    pub fn of(app: &AppHandle, ending: &Ending) -> Self {
        Self {
            app: app.clone(),
            ending: ending.clone(),
            source: Source::of_this_build(),
            found: Arc::default(),
        }
    }
}

impl Updates for Releases {
    fn is_offered(&self) -> bool {
        self.source.is_some()
    }

    fn look(&self) -> Pin<Box<dyn Future<Output = Result<Option<String>, String>> + Send>> {
        let Some(source) = self.source.clone() else { return Box::pin(ready(Ok(None))) };
        let (app, ending, found) = (self.app.clone(), self.ending.clone(), self.found.clone());
        Box::pin(async move {
            let update = look(&app, &ending, source).await.map_err(|error| error.to_string())?;
            let version = update.as_ref().map(|update| update.version.clone());
            *found.lock().unwrap_or_else(PoisonError::into_inner) = update;
            Ok(version)
        })
    }

    fn install(&self) -> Pin<Box<dyn Future<Output = Result<(), UpdateError>> + Send>> {
        let update = self.found.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let app = self.app.clone();
        Box::pin(async move {
            let Some(update) = update else {
                return Err(UpdateError::Unreachable("none was found".to_owned()));
            };
            let file = update.download(|_, _| {}, || {}).await.map_err(|error| named(&error))?;
            let installing = tokio::task::spawn_blocking(move || update.install(file));
            installing
                .await
                .map_err(|error| UpdateError::NotWritten(error.to_string()))?
                .map_err(|error| named(&error))?;
            tracing::info!(event = "update_installed");
            app.request_restart();
            Ok(())
        })
    }
}

async fn look(app: &AppHandle, ending: &Ending, source: Source) -> Result<Option<Update>, Error> {
    let (app, ending) = (app.clone(), ending.clone());
    let mut builder = app.updater_builder().pubkey(source.key).timeout(TIME_TO_LOOK);
    builder = builder.endpoints(vec![source.address.parse()?])?;
    if let Some(program) = source.program {
        builder = builder.executable_path(program);
    }
    // Windows' installer is started by a process that ends at once, without its event loop.
    let builder = builder.on_before_exit(move || {
        ending.put_away();
        app.cleanup_before_exit();
    });
    let mut update = builder.build()?.check().await?;
    if let Some(update) = &mut update {
        update.timeout = Some(TIME_TO_FETCH);
    }
    Ok(update)
}

/// Who is at fault.
fn named(error: &Error) -> UpdateError {
    let cause = error.to_string();
    match error {
        Error::Minisign(_)
        | Error::Base64(_)
        | Error::SignatureUtf8(_)
        | Error::MissingSignedVersion
        | Error::SignedVersionMismatch { .. } => UpdateError::NotGenuine(cause),
        Error::Reqwest(_) | Error::Network(_) => UpdateError::Unreachable(cause),
        _ => UpdateError::NotWritten(cause),
    }
}

/// A list of a few lines.
const TIME_TO_LOOK: Duration = Duration::from_secs(30);
/// A hundred megabytes through a bad line. Nobody waits for it in front of a spinner.
const TIME_TO_FETCH: Duration = Duration::from_secs(15 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_package_manager_or_nobody_installed_does_not_replace_itself() {
        for bundle in [None, Some(BundleType::Deb), Some(BundleType::Rpm)] {
            assert!(!replaces_itself(bundle, true));
        }
        assert!(replaces_itself(Some(BundleType::AppImage), false));
        assert!(replaces_itself(Some(BundleType::Nsis), false));
        assert!(replaces_itself(Some(BundleType::App), true));
        assert!(!replaces_itself(Some(BundleType::App), false));
    }

    #[test]
    fn a_build_that_was_not_told_where_releases_are_has_no_updates() {
        assert!(Source::of_this_build().is_none());
    }
}
