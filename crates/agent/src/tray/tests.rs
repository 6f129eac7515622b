use super::*;
use crate::view::{
    Action, BannerView, ChecksView, ClientView, GrantView, PhaseView, Preset, ProviderView,
    TechnicalView, TroubleView, ValidityView,
};
use crate::{folders::Folders, preferences::Preferences};

fn empty() -> Snapshot {
    Snapshot::empty("1".to_owned(), Preferences::default().view(&Folders::default()))
}

fn fresh(id: &str, name: &str) -> ProfileView {
    ProfileView {
        id: id.to_owned(),
        name: name.to_owned(),
        client: ClientView {
            provider: ProviderView {
                preset: Preset::AdobeIms,
                label: "Adobe".to_owned(),
                token_endpoint: "https://ims-na1.adobelogin.com/ims/token/v3".to_owned(),
            },
            client_id: "abc".to_owned(),
            scopes: "openid,firefly_api".to_owned(),
            account_url: None,
            family: None,
            env_name: "FIREFLY_SERVICES_ACCESS_TOKEN".to_owned(),
            signed_in: None,
            secret: None,
            grant: GrantView::ClientCredentials,
        },
        is_default: false,
        level: Level::Fresh,
        phase: PhaseView::Holding,
        headline: "Live".to_owned(),
        validity: Some(ValidityView { issued_at: 0, expires_at: 1804 }),
        next_attempt_at: Some(1700),
        sign_in_end: None,
        not_saved: false,
        trouble: None,
        checks: ChecksView { access: None, verified_at: None, life_is_assumed: false },
        can_copy: true,
        can_refresh: true,
    }
}

fn rejected(id: &str, name: &str) -> ProfileView {
    ProfileView {
        level: Level::Attention,
        phase: PhaseView::Halted,
        headline: "The client secret was rejected".to_owned(),
        validity: None,
        next_attempt_at: None,
        trouble: Some(TroubleView {
            code: "secret_rejected".to_owned(),
            headline: "The client secret was rejected".to_owned(),
            advice: String::new(),
            action: Some(Action::ReplaceSecret),
            technical: TechnicalView::default(),
        }),
        can_copy: false,
        ..fresh(id, name)
    }
}

fn tray(profiles: Vec<ProfileView>) -> TrayView {
    let snapshot = Snapshot { profiles: profiles.into_iter().collect(), ..empty() };
    TrayView::new(&snapshot, |at| format!("{}:{:02}", at / 100, at % 100))
}

/// One line a row: what can't be clicked in brackets, submenus indented.
fn written(rows: &[Row]) -> String {
    rows.iter()
        .map(|row| match row {
            Row::Label(text) => format!("[{text}]\n"),
            Row::Item { label, enabled: true, .. } => format!("{label}\n"),
            Row::Item { label, enabled: false, .. } => format!("[{label}]\n"),
            Row::Submenu { label, rows } => {
                let rows = written(rows).replace('\n', "\n  ");
                format!("{label}\n  {}\n", rows.trim_end())
            }
            Row::Separator => "--\n".to_owned(),
        })
        .collect()
}

#[track_caller]
fn check(profiles: Vec<ProfileView>, expect: &str) {
    let expect: String = expect.lines().map(|line| line.to_owned() + "\n").collect();
    assert_eq!(written(&tray(profiles).menu), expect);
}

#[test]
fn without_a_profile_the_menu_leads_to_the_window() {
    check(vec![], "[Glowjar: no profile yet]\n--\nOpen Glowjar\nQuit");
    assert_eq!(tray(vec![]).icon, Level::Off);
}

#[test]
fn one_profile_has_its_rows_in_the_menu_itself() {
    check(
        vec![fresh("1", "Campaign")],
        "[Campaign: valid until 18:04]\n--\nCopy token\nCopy as\n  Authorization header\n  cURL command\n  .env lines (FIREFLY_SERVICES_ACCESS_TOKEN)\n  Client ID\n  Save Postman environment\n\
         Refresh now\nPause\n--\nLock\nOpen Glowjar\nQuit",
    );
}

#[test]
fn several_profiles_have_a_submenu_each_and_the_worst_is_said_first() {
    check(
        vec![fresh("1", "Campaign"), rejected("2", "Packaging")],
        "[Packaging: The client secret was rejected]\n--\n\
         Campaign: valid until 18:04\n  Copy token\n  Copy as\n    Authorization header\n    cURL command\n    .env lines (FIREFLY_SERVICES_ACCESS_TOKEN)\n    Client ID\n    Save Postman environment\n  Refresh now\n  Pause\n\
         Packaging: The client secret was rejected\n  [Copy token]\n  Copy as\n    [Authorization header]\n    [cURL command]\n    [.env lines (FIREFLY_SERVICES_ACCESS_TOKEN)]\n    Client ID\n    [Save Postman environment]\n  Refresh now\n  Pause\n\
         --\nLock\nOpen Glowjar\nQuit",
    );
}

#[test]
fn a_list_higher_than_a_screen_goes_on_in_the_window_and_its_worst_is_still_said_first() {
    let profiles = |count: usize| {
        let mut list: Vec<_> =
            (1..count).map(|number| fresh(&number.to_string(), &format!("N{number}"))).collect();
        list.push(rejected("last", "Packaging"));
        tray(list)
    };
    let submenus =
        |view: &TrayView| view.menu.iter().filter(|row| matches!(row, Row::Submenu { .. })).count();
    let all = profiles(MOST_PROFILES);
    assert_eq!((submenus(&all), written(&all.menu).contains("more")), (MOST_PROFILES, false));
    let many = profiles(MOST_PROFILES + 280);
    assert_eq!(submenus(&many), MOST_PROFILES);
    let rows = written(&many.menu);
    assert!(rows.starts_with("[Packaging: The client secret was rejected]\n"), "{rows}");
    assert!(rows.ends_with("--\nLock\nOpen Glowjar\nQuit\n"), "{rows}");
    let more = Row::Item {
        label: "280 more in the window".to_owned(),
        click: Click::OpenWindow,
        enabled: true,
    };
    assert!(many.menu.contains(&more), "{rows}");
}

#[test]
fn locked_the_menu_copies_nothing_and_leads_to_the_window_to_unlock() {
    let locked = BannerView {
        code: LOCKED.to_owned(),
        level: Level::Off,
        headline: String::new(),
        advice: String::new(),
        action: Some(Action::Unlock),
        dismissible: false,
        cause: None,
    };
    let profiles = vec![fresh("1", "Campaign")];
    let snapshot =
        Snapshot { profiles: profiles.into_iter().collect(), banners: vec![locked], ..empty() };
    let tray = TrayView::new(&snapshot, |_| "18:04".to_owned());
    assert_eq!(
        written(&tray.menu),
        "[Campaign: valid until 18:04]\n--\n[Copy token]\nCopy as\n  [Authorization header]\n  [cURL command]\n  [.env lines (FIREFLY_SERVICES_ACCESS_TOKEN)]\n  Client ID\n  [Save Postman environment]\n\
         Refresh now\nPause\n--\nLocked: unlock in the window\nOpen Glowjar\nQuit\n",
    );
    // How the tokens are, as ever: they are renewed, and the lock is no trouble.
    assert_eq!(tray.icon, Level::Fresh);
    assert_eq!(tray.tooltip, "Locked. Campaign: valid until 18:04");
}

#[test]
fn trouble_beside_a_live_token_says_both() {
    let profile = ProfileView {
        validity: fresh("1", "").validity,
        can_copy: true,
        ..rejected("1", "Campaign")
    };
    assert_eq!(
        tray(vec![profile]).tooltip,
        "Campaign: The client secret was rejected, valid until 18:04"
    );
}

#[test]
fn a_paused_profile_can_be_resumed_and_not_refreshed() {
    let paused = ProfileView {
        level: Level::Off,
        phase: PhaseView::Paused,
        headline: "Paused".to_owned(),
        can_copy: false,
        can_refresh: false,
        ..fresh("1", "Campaign")
    };
    check(
        vec![paused],
        "[Campaign: Paused]\n--\n[Copy token]\nCopy as\n  [Authorization header]\n  [cURL command]\n  [.env lines (FIREFLY_SERVICES_ACCESS_TOKEN)]\n  Client ID\n  [Save Postman environment]\n\
         [Refresh now]\nResume\n--\nLock\nOpen Glowjar\nQuit",
    );
}

#[test]
fn the_icon_is_the_worst_of_profiles_and_banners() {
    let with = |level, banner| {
        let profile = ProfileView { level, ..fresh("1", "Campaign") };
        let banner = BannerView {
            code: "no_tray".to_owned(),
            level: banner,
            headline: String::new(),
            advice: String::new(),
            action: None,
            dismissible: true,
            cause: None,
        };
        let snapshot = Snapshot {
            profiles: [profile, fresh("2", "Packaging")].into_iter().collect(),
            banners: vec![banner],
            ..empty()
        };
        TrayView::new(&snapshot, |_| String::new()).icon
    };
    assert_eq!(with(Level::Off, Level::Off), Level::Fresh);
    assert_eq!(with(Level::Busy, Level::Off), Level::Busy);
    assert_eq!(with(Level::Busy, Level::Soon), Level::Soon);
    assert_eq!(with(Level::Attention, Level::Soon), Level::Attention);
}

#[test]
fn a_long_name_is_cut_between_characters() {
    let cut = |name: &str| tray(vec![fresh("1", name)]).tooltip;
    assert_eq!(cut(&"日".repeat(40)), format!("{}: valid until 18:04", "日".repeat(40)));
    assert_eq!(cut(&"日".repeat(41)), format!("{}…: valid until 18:04", "日".repeat(39)));
}

#[test]
fn f35_nothing_changes_while_only_the_plans_do() {
    let checks = ChecksView { verified_at: Some(9), ..fresh("1", "C").checks };
    let later = ProfileView { next_attempt_at: Some(9), checks, ..fresh("1", "C") };
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
        Click::Lock,
        Click::Unlock,
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

#[test]
fn f45_trouble_of_no_profile_is_named_below_the_first_row_and_opens_the_window() {
    let banner = |code: &str, level, headline: &str| BannerView {
        code: code.to_owned(),
        level,
        headline: headline.to_owned(),
        advice: String::new(),
        action: None,
        dismissible: true,
        cause: None,
    };
    let banners = vec![
        banner("no_log", Level::Soon, "No log is written"),
        banner("following", Level::Off, "Glowjar also runs in your other session"),
        banner(LOCKED, Level::Soon, "Glowjar is locked"),
    ];
    let snapshot = Snapshot { banners, ..empty() };
    let view = TrayView::new(&snapshot, |at| at.to_string());
    let rows = written(&view.menu);
    assert_eq!(rows.lines().nth(1), Some("No log is written"), "{rows}");
    assert!(!rows.contains("other session") && !rows.contains("Glowjar is locked"), "{rows}");
    assert!(matches!(view.menu[1], Row::Item { click: Click::OpenWindow, .. }));
}
