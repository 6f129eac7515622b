//! The certificates of a change take long to read, and another change is made meanwhile.

use std::{fs, io::Write, path::PathBuf};

use glowjar_agent::{
    request::{Draft, Reply, Request},
    view::{Choices, ProxyView, Theme},
};
use tokio::task::JoinHandle;

use crate::test_app::{TestApp, drafts};

/// A file with certificates, of which nothing is read before [`SlowFile::comes`].
struct SlowFile(PathBuf);

impl SlowFile {
    fn made(office: &TestApp) -> Self {
        let path = office.folder.path().join("ca.pem");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.is_ok_and(|status| status.success()));
        Self(path)
    }

    fn path(&self) -> String {
        self.0.display().to_string()
    }

    /// Who reads it has it now, and who reads it later has it at once.
    async fn comes(self, office: &TestApp) {
        let certificate = rcgen::generate_simple_self_signed(["proxy.example".to_owned()]);
        let pem = certificate.expect("a certificate").cert.pem();
        let write = move || {
            let mut slow = fs::File::options().write(true).open(&self.0)?;
            let whole = self.0.with_extension("whole");
            fs::write(&whole, &pem)?;
            fs::rename(&whole, &self.0)?;
            slow.write_all(pem.as_bytes())
        };
        let written = tokio::task::spawn_blocking(write);
        office.within("somebody to read", written).await.expect("no panic").expect("written");
    }
}

/// Begins to change the certificates.
fn chooses(office: &TestApp, file: &SlowFile) -> JoinHandle<Reply> {
    let agent = office.agent().clone();
    let from = office.snapshot().settings.choices;
    let to = Choices { extra_ca: Some(file.path()), ..from.clone() };
    tokio::spawn(async move { agent.ask(Request::ChangeSettings { from, to }).await })
}

#[tokio::test]
async fn what_is_chosen_while_certificates_are_read_is_kept() {
    let office = TestApp::open().await;
    office.add(drafts::minting()).await;
    let second = Draft { name: "Packaging".to_owned(), ..drafts::minting() };
    let second = office.add(second).await;
    let file = SlowFile::made(&office);
    let (extra_ca, reading) = (file.path(), chooses(&office, &file));
    office.barrier().await;
    assert_eq!(office.ask(Request::SetDefault { profile: second.clone() }).await, Reply::Done);
    assert_eq!(office.change_settings(|it| it.theme = Theme::Dark).await, Reply::Done);
    file.comes(&office).await;
    assert_eq!(office.within("the settings", reading).await.expect("a reply"), Reply::Done);
    let kept = office.preferences.kept();
    assert_eq!(kept.choices.extra_ca, Some(extra_ca));
    assert_eq!(kept.default_profile, Some(second));
    assert_eq!(kept.choices.theme, Theme::Dark);
}

#[tokio::test]
async fn of_two_changes_to_the_network_that_cross_each_other_both_are_used() {
    let office = TestApp::open().await;
    let file = SlowFile::made(&office);
    let (extra_ca, reading) = (file.path(), chooses(&office, &file));
    office.barrier().await;
    let proxy = ProxyView::At { address: "http://127.0.0.1:9".to_owned() };
    assert_eq!(office.change_settings(|it| it.proxy = proxy.clone()).await, Reply::Done);
    file.comes(&office).await;
    assert_eq!(office.within("the settings", reading).await.expect("a reply"), Reply::Done);
    let kept = office.preferences.kept();
    assert_eq!((kept.choices.extra_ca, kept.choices.proxy), (Some(extra_ca), proxy));
}
