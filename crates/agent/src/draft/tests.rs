use glowjar_lifecycle::{sign_in_end::SignInEnd, time::Timestamp};
use proptest::prelude::*;

use super::*;

/// A draft that can be saved.
pub(crate) fn draft() -> Draft {
    Draft {
        name: "Campaign".to_owned(),
        preset: Preset::AdobeIms,
        token_endpoint: String::new(),
        encoding: Encoding::Form,
        client_authentication: ClientAuthentication::Body,
        client_id: "abc".to_owned(),
        grant: GrantView::ClientCredentials,
        scopes: "openid,firefly_api".to_owned(),
        client_secret: Some("p8e-secret".into()),
        standby_secret: None,
        refresh_token: None,
        renew_early_minutes: None,
        family: None,
        authority: None,
    }
}

fn signed_in() -> Draft {
    Draft { grant: GrantView::RefreshToken, refresh_token: Some("rt-1".into()), ..draft() }
}

fn custom(token_endpoint: &str) -> Draft {
    Draft { preset: Preset::Custom, token_endpoint: token_endpoint.to_owned(), ..draft() }
}

/// Nothing typed into any of the secret fields.
fn untouched(draft: Draft) -> Draft {
    Draft { client_secret: None, standby_secret: None, refresh_token: None, ..draft }
}

fn new<'a>() -> Known<'a> {
    Known {
        id: ProfileId::new(7),
        edited: None,
        names: Vec::new(),
        signs_in: false,
        language: Language::En,
    }
}

fn stored(draft: &Draft) -> (Profile, Credential) {
    let parsed = parse(draft, &new()).expect("a good draft");
    let credential = parsed.credential.clone();
    (whole(parsed), credential)
}

/// The new profile.
fn whole(parsed: Parsed) -> Profile {
    match parsed.profile {
        ParsedProfile::New(profile) => profile,
        ParsedProfile::Edited(..) => panic!("it is an edit"),
    }
}

fn edit(draft: &Draft, stored: &(Profile, Credential)) -> Result<Parsed, Vec<FieldTrouble>> {
    parse(draft, &Known { edited: Some((&stored.0, &stored.1)), ..new() })
}

#[track_caller]
fn check_fault(draft: &Draft, field: Field, message: &str) {
    let faults = parse(draft, &new()).expect_err("a fault");
    assert_eq!(faults, [FieldTrouble { field, message: message.to_owned(), cause: None }]);
}

#[track_caller]
fn check_change(before: &Draft, after: &Draft, expect: Option<Change>) {
    assert_eq!(edit(after, &stored(before)).expect("a good draft").change, expect);
}

#[test]
fn a_good_draft_becomes_a_profile_and_a_credential() {
    let parsed = parse(&signed_in(), &new()).expect("a good draft");
    assert_eq!((parsed.id(), parsed.change), (ProfileId::new(7), Some(Change::Identity)));
    let credential = parsed.credential.clone();
    let secrets = (credential.client_secret.unwrap(), credential.refresh_token.unwrap());
    assert_eq!((secrets.0.expose(), secrets.1.expose()), ("p8e-secret", "rt-1"));
    assert!(credential.standby_secret.is_none());
    let profile = whole(parsed);
    assert_eq!(profile.scopes.to_string(), "openid,firefly_api");
    assert!(!profile.paused);
}

#[test]
fn each_message_says_what_to_do() {
    use Field::{ClientId, ClientSecret, Name, RefreshToken, Scopes, TokenEndpoint};
    check_fault(&Draft { name: " ".into(), ..draft() }, Name, "Give the profile a name.");
    check_fault(
        &Draft { name: "é".repeat(201), ..draft() },
        Name,
        "A name has at most 200 characters.",
    );
    check_fault(&custom(""), TokenEndpoint, "Enter an address.");
    check_fault(
        &custom("http://id.example/token"),
        TokenEndpoint,
        "Only this computer (localhost) may be spoken to over http://; use https://.",
    );
    check_fault(&Draft { client_id: " ".into(), ..draft() }, ClientId, "Enter the client ID.");
    check_fault(&untouched(draft()), ClientSecret, "Paste the client secret.");
    check_fault(
        &Draft { client_secret: Some(" ".into()), ..draft() },
        ClientSecret,
        "This is empty.",
    );
    check_fault(
        &Draft { refresh_token: None, ..signed_in() },
        RefreshToken,
        "Paste the refresh token.",
    );
    check_fault(
        &Draft { scopes: String::new(), ..draft() },
        Scopes,
        "Adobe wants to know the scopes. They stand in the cURL command from the Developer Console.",
    );
    check_fault(
        &Draft { renew_early_minutes: Some(0), ..draft() },
        Field::RenewEarlyMinutes,
        "Choose between 1 and 1440 minutes.",
    );
}

#[test]
fn a_name_of_two_hundred_characters_in_any_script_is_taken_and_the_next_is_not() {
    for letter in ["a", "é", "日", "ش", "🫙"] {
        let name = letter.repeat(200);
        let parsed = parse(&Draft { name: name.clone(), ..draft() }, &new()).expect("a name");
        assert_eq!(whole(parsed).name.as_str(), name);
        assert!(parse(&Draft { name: letter.repeat(201), ..draft() }, &new()).is_err());
    }
}

#[test]
fn a_secret_of_sixteen_kilobytes_is_taken_and_a_byte_more_is_not() {
    let with = |length| Draft { client_secret: Some("s".repeat(length).into()), ..draft() };
    assert!(parse(&with(16 * 1024), &new()).is_ok());
    check_fault(
        &with(16 * 1024 + 1),
        Field::ClientSecret,
        "This is far longer than a secret can be. Paste the secret alone.",
    );
}

#[test]
fn f32_a_secret_is_taken_exactly_as_it_was_pasted() {
    for odd in [" x ", "a\r\nb", "\"q\"", "+&%=", "\u{feff}bom", "é"] {
        let draft = Draft { client_secret: Some(odd.into()), ..draft() };
        let parsed = parse(&draft, &new()).expect("a good draft");
        assert_eq!(parsed.credential.client_secret.expect("a secret").expose(), odd);
    }
}

#[test]
fn a_public_client_needs_no_secret() {
    let draft = Draft { client_authentication: ClientAuthentication::None, ..untouched(draft()) };
    let parsed = parse(&draft, &new()).expect("a good draft");
    assert!(parsed.credential.client_secret.is_none() && !whole(parsed).needs_secret());
}

#[test]
fn only_presets_that_leave_them_open_read_endpoint_and_encoding_from_the_form() {
    for preset in [Preset::AdobeIms, Preset::AdobeImsStage, Preset::Sandbox] {
        let draft = Draft { preset, encoding: Encoding::Json, ..custom("not an address") };
        let parsed = parse(&Draft { preset, ..draft }, &new()).expect("a good draft");
        let source = whole(parsed).source;
        assert_eq!((source.token_endpoint, source.encoding), (None, Encoding::Form));
    }
}

#[test]
fn a_name_that_another_profile_has_is_refused_however_it_is_written() {
    let taken = Name::parse("Straße").unwrap();
    let known = || Known { names: vec![&taken], ..new() };
    for name in ["Straße", "straße", "STRAßE"] {
        let faults = parse(&Draft { name: name.into(), ..draft() }, &known()).expect_err("a fault");
        assert_eq!(faults[0].field, Field::Name);
        assert_eq!(faults[0].message, format!("There is a profile called “{name}” already."));
    }
    assert!(parse(&Draft { name: "Strasse".into(), ..draft() }, &known()).is_ok());
}

#[test]
fn an_edit_is_told_by_what_it_means_for_the_token() {
    let own = |minutes| Draft { renew_early_minutes: Some(minutes), ..untouched(signed_in()) };
    let same = untouched(signed_in());
    check_change(&signed_in(), &same, None);
    check_change(&signed_in(), &Draft { name: "Other".into(), ..untouched(signed_in()) }, None);
    check_change(&signed_in(), &own(10), Some(Change::Policy));
    let credential = Some(Change::Credential);
    check_change(&signed_in(), &Draft { client_secret: Some("new".into()), ..own(10) }, credential);
    check_change(
        &signed_in(),
        &Draft { standby_secret: Some("two".into()), ..own(10) },
        credential,
    );
    check_change(&signed_in(), &Draft { scopes: "openid".into(), ..own(10) }, credential);
    let identity = Some(Change::Identity);
    check_change(&signed_in(), &Draft { client_id: "other".into(), ..own(10) }, identity);
    check_change(&signed_in(), &Draft { refresh_token: Some("rt-2".into()), ..own(10) }, identity);
    check_change(&signed_in(), &Draft { grant: GrantView::ClientCredentials, ..own(10) }, identity);
    check_change(&signed_in(), &signed_in(), None);
}

#[test]
fn stored_secrets_stay_with_their_server() {
    let stored = stored(&custom("https://id.example/token"));
    let elsewhere = untouched(custom("https://evil.example/token"));
    let faults = edit(&elsewhere, &stored).expect_err("a fault");
    assert_eq!(faults[0].field, Field::ClientSecret);

    let in_json = Draft { encoding: Encoding::Json, ..custom("https://id.example/token") };
    let parsed = edit(&untouched(in_json), &stored).expect("the same server");
    assert_eq!(parsed.change, Some(Change::Identity));
    assert_eq!(parsed.credential.client_secret.expect("a secret").expose(), "p8e-secret");
}

#[test]
fn the_standby_secret_is_kept_replaced_or_removed() {
    let stored = stored(&Draft { standby_secret: Some("two".into()), ..draft() });
    for (typed, expect) in [(None, Some("two")), (Some("three"), Some("three")), (Some(""), None)] {
        let draft = Draft { standby_secret: typed.map(Into::into), ..untouched(draft()) };
        let standby = edit(&draft, &stored).expect("a good draft").credential.standby_secret;
        assert_eq!(standby.as_ref().map(ClientSecret::expose), expect);
    }
}

#[test]
fn the_known_end_of_a_sign_in_belongs_to_its_refresh_token() {
    let (profile, credential) = stored(&signed_in());
    let ends = Some(SignInEnd::said(Timestamp::from_millis(5)));
    let stored = (profile, Credential { refresh_token_ends: ends, ..credential });
    let kept = edit(&untouched(signed_in()), &stored).expect("a good draft");
    assert_eq!(kept.credential.refresh_token_ends, ends);
    let pasted = Draft { refresh_token: Some("rt-2".into()), ..signed_in() };
    let pasted = edit(&pasted, &stored).expect("a good draft");
    assert_eq!(pasted.credential.refresh_token_ends, None);
}

/// What becomes of `now` by an edit of the stored profile.
fn edited(draft: &Draft, stored: &(Profile, Credential), mut now: Profile) -> Profile {
    match edit(draft, stored).expect("a good draft").profile {
        ParsedProfile::Edited(_, edit) => edit.apply(&mut now),
        ParsedProfile::New(_) => panic!("it is no edit"),
    }
    now
}

#[test]
fn an_edit_does_not_resume_a_paused_profile() {
    let stored = stored(&draft());
    let now = Profile { paused: true, asks_first: true, ..stored.0.clone() };
    assert_eq!(edited(&untouched(draft()), &stored, now.clone()), now);
}

#[test]
fn an_edit_changes_the_fields_that_were_changed_and_no_other() {
    let stored = stored(&custom("https://id.example/token"));
    let form = || untouched(custom("https://id.example/token"));
    let other = custom("https://id.example/token");
    let other = Draft {
        name: "Other".into(),
        client_id: "other".into(),
        scopes: "openid".into(),
        encoding: Encoding::Json,
        grant: GrantView::RefreshToken,
        refresh_token: Some("rt-9".into()),
        renew_early_minutes: Some(9),
        ..other
    };
    let now = whole(parse(&other, &new()).expect("a good draft"));
    assert_eq!(edited(&form(), &stored, now.clone()), now, "nothing was changed");

    let name = Draft { name: "Mine".into(), ..form() };
    let name = edited(&name, &stored, now.clone());
    assert_eq!(name, Profile { name: Name::parse("Mine").unwrap(), ..now.clone() });
    let scopes = Draft { scopes: "ff_apis".into(), ..form() };
    let scopes = edited(&scopes, &stored, now.clone());
    assert_eq!(scopes, Profile { scopes: Scopes::parse("ff_apis").unwrap(), ..now.clone() });
    let client_id = Draft { client_id: "mine".into(), ..form() };
    let client_id = edited(&client_id, &stored, now.clone());
    assert_eq!(client_id, Profile { client_id: ClientId::parse("mine").unwrap(), ..now.clone() });
    let margin = Draft { renew_early_minutes: Some(5), ..form() };
    let margin = edited(&margin, &stored, now.clone());
    assert_eq!(margin, Profile { renew_early: Some(Duration::from_secs(300)), ..now.clone() });
}

#[test]
fn a_refresh_token_is_kept_unless_another_was_typed() {
    let stored = stored(&signed_in());
    let keeps = |draft: &Draft| edit(draft, &stored).expect("a good draft").keeps_refresh_token;
    assert!(keeps(&untouched(signed_in())));
    assert!(keeps(&signed_in()), "the same was typed");
    assert!(!keeps(&Draft { refresh_token: Some("rt-2".into()), ..signed_in() }));
    assert!(!parse(&signed_in(), &new()).expect("a good draft").keeps_refresh_token);
}

#[test]
fn a_profile_goes_back_into_the_form_without_its_secrets() {
    let (profile, credential) = stored(&Draft { renew_early_minutes: Some(90), ..signed_in() });
    let view = view(&profile, Some(&credential));
    assert_eq!((view.name.as_str(), view.client_id.as_str()), ("Campaign", "abc"));
    assert_eq!(view.renew_early_minutes, Some(90));
    assert!(view.has_client_secret && view.has_refresh_token && !view.has_standby_secret);
    let closed = super::view(&profile, None);
    assert!(!closed.has_client_secret && !closed.has_refresh_token);
}

#[test]
fn f33_debug_of_a_draft_and_of_what_was_parsed_hides_every_secret() {
    let draft = Draft { standby_secret: Some("p8e-two".into()), ..signed_in() };
    let parsed = parse(&draft, &new()).expect("a good draft");
    let text = format!("{draft:?} {parsed:?}");
    assert!(!text.contains("p8e-") && !text.contains("rt-1"), "{text}");
}

proptest! {
    #[test]
    fn whatever_is_typed_is_parsed_or_explained(
        name in any::<String>(),
        endpoint in any::<String>(),
        client_id in any::<String>(),
        scopes in any::<String>(),
        secret in any::<String>(),
        minutes in any::<Option<u32>>(),
    ) {
        let draft = Draft {
            name,
            client_id,
            scopes,
            client_secret: Some(secret.clone().into()),
            renew_early_minutes: minutes,
            ..custom(&endpoint)
        };
        match parse(&draft, &new()) {
            Ok(parsed) => {
                let kept = parsed.credential.client_secret.expect("a secret");
                prop_assert_eq!(kept.expose(), secret);
            }
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                for fault in faults {
                    prop_assert!(fault.message.ends_with('.') && fault.message.len() < 200, "{:?}", fault);
                }
            }
        }
    }
}
