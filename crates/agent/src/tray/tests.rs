use super::*;
use crate::view::{GrantView, PhaseView, Preset, ProviderView, ValidityView};
use crate::{folders::Folders, preferences::Preferences};

fn empty() -> Snapshot {
    Snapshot::empty("1".to_owned(), Preferences::default().view(&Folders::default()))
}

fn fresh(id: &str, name: &str) -> ProfileView {
    ProfileView {
        id: id.to_owned(),
        name: name.to_owned(),
        provider: ProviderView {
            preset: Preset::AdobeIms,
            label: "Adobe".to_owned(),
            token_endpoint: "https://ims-na1.adobelogin.com/ims/token/v3".to_owned(),
        },
        client_id: "abc".to_owned(),
        scopes: "openid,firefly_api".to_owned(),
        is_default: false,
        account_url: None,
        grant: GrantView::ClientCredentials,
        level: Level::Fresh,
        phase: PhaseView::Holding,
        headline: "Live".to_owned(),
        validity: Some(ValidityView { issued_at: 0, expires_at: 1804 }),
        next_attempt_at: Some(1700),
        sign_in_ends_at: None,
        not_saved: false,
        trouble: None,
        access: None,
        verified_at: None,
        can_copy: true,
        can_refresh: true,
    }
}

fn tray(profiles: Vec<ProfileView>) -> TrayView {
    let snapshot = Snapshot { profiles, ..empty() };
    TrayView::new(&snapshot, |at| format!("{}:{:02}", at / 100, at % 100))
}

#[test]
fn f35_nothing_changes_while_only_the_plans_do() {
    let later = ProfileView { next_attempt_at: Some(9), verified_at: Some(9), ..fresh("1", "C") };
    assert_eq!(tray(vec![later]), tray(vec![fresh("1", "C")]));
}

#[test]
fn a_menu_id_comes_back_as_the_click_it_was_made_from() {
    let profile = || "0c67dcb42d1537fa".to_owned();
    for click in [
        Click::CopyToken { profile: profile() },
        Click::RefreshNow { profile: profile() },
        Click::Pause { profile: profile() },
        Click::Resume { profile: profile() },
        Click::OpenWindow,
        Click::Quit,
    ] {
        assert_eq!(Click::from_id(&click.to_id()), Some(click));
    }
    assert_eq!(
        Click::CopyToken { profile: profile() }.to_id(),
        r#"{"kind":"copyToken","profile":"0c67dcb42d1537fa"}"#
    );
    for foreign in ["", "quit", "{}", r#"{"kind":"shutdown"}"#] {
        assert_eq!(Click::from_id(foreign), None);
    }
}
