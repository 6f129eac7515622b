use proptest::{prelude::*, test_runner::RngSeed};
use secrecy::ExposeSecret;

use super::*;

const ID: &str = "0123456789abcdef0123456789abcdef";
const URL: &str = "https://ims-na1.adobelogin.com/ims/token/v3";
const SCOPES: &str = "openid,AdobeID,firefly_api,ff_apis";

fn secret_in(text: &str) -> String {
    let understood = understand(text).unwrap_or_else(|refusal| panic!("{refusal}: {text}"));
    assert_eq!(understood.client_id, ID, "{text}");
    assert_eq!(understood.scopes.to_string(), SCOPES, "{text}");
    understood.client_secret.map(|it| it.expose_secret().to_owned()).unwrap_or_default()
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut done, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            done.push(char::from(byte));
        } else {
            done.push_str(&format!("%{byte:02X}"));
        }
        done
    })
}

fn bash_single(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn bash_double(text: &str) -> String {
    let escaped = text.chars().fold(String::new(), |mut done, c| {
        if matches!(c, '"' | '\\' | '$' | '`') {
            done.push('\\');
        }
        done.push(c);
        done
    });
    format!("\"{escaped}\"")
}

fn powershell_single(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn powershell_double(text: &str) -> String {
    format!("\"{}\"", text.replace('`', "``").replace('"', "`\"").replace('$', "`$"))
}

/// As the C runtime takes a command line apart.
fn cmd(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut backslashes = 0;
    for c in text.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                quoted.push_str(&"\\".repeat(backslashes * 2 + 1));
                backslashes = 0;
                quoted.push('"');
                continue;
            }
            _ => {
                quoted.push_str(&"\\".repeat(backslashes));
                backslashes = 0;
            }
        }
        if c != '\\' {
            quoted.push(c);
        }
    }
    quoted.push_str(&"\\".repeat(backslashes * 2));
    quoted.push('"');
    quoted
}

/// With a caret before everything that cmd or the browser that wrote it thinks special.
fn chrome_cmd(text: &str) -> String {
    let inner = cmd(text);
    inner.chars().fold(String::new(), |mut done, c| {
        if !c.is_ascii_alphanumeric() && !" -_.:/=,".contains(c) {
            done.push('^');
        }
        done.push(c);
        done
    })
}

type Quote = fn(&str) -> String;

/// A command per shell: how it begins, quotes, and goes on in the next line.
const SHELLS: [(&str, Quote, &str); 6] = [
    ("curl", bash_single, "\\"),
    ("curl", bash_double, "\\"),
    ("curl.exe", powershell_single, "`"),
    ("curl.exe", powershell_double, "`"),
    ("curl", cmd, "^"),
    ("curl", chrome_cmd, "^"),
];

fn command(shell: (&str, Quote, &str), data: &[(&str, String)]) -> String {
    let (curl, quote, next) = shell;
    let data: String = data
        .iter()
        .map(|(option, value)| format!(" {next}\n  {option} {}", quote(value)))
        .collect();
    format!(
        "{curl} -X POST {} {next}\n  -H {}{data}\n",
        quote(URL),
        quote("Content-Type: application/x-www-form-urlencoded")
    )
}

fn body(secret: &str) -> String {
    format!("grant_type=client_credentials&client_id={ID}&client_secret={secret}&scope={SCOPES}")
}

/// RFC 6749 appendix A.2: printable ASCII.
fn secrets() -> impl Strategy<Value = String> {
    let odd = prop::sample::select("+&%\"'\\`$^{}<>|!~=?#;:/ p8e-AZ09".chars().collect::<Vec<_>>());
    let character = prop_oneof![odd, prop::char::range('!', '~')];
    prop::collection::vec(character, 24..48)
        .prop_map(|characters| characters.into_iter().collect::<String>())
        .prop_filter("a placeholder, or blank at an edge", |secret| {
            secret.trim() == secret && !value::is_example(secret)
        })
}

fn cases() -> Option<u32> {
    std::env::var("GLOWJAR_CASES").ok()?.parse().ok()
}

proptest! {
    #![proptest_config(ProptestConfig {
        // The same ones each time; `GLOWJAR_CASES=20000` tries others.
        cases: cases().unwrap_or(1_000),
        rng_seed: cases().map_or(RngSeed::Fixed(32), |_| RngSeed::Random),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn f32_any_secret_comes_through_any_shells_quoting_field_by_field(
        secret in secrets(),
        shell in prop::sample::select(&SHELLS),
    ) {
        let text = command(shell, &[
            ("--data-urlencode", "grant_type=client_credentials".to_owned()),
            ("--data-urlencode", format!("client_id={ID}")),
            ("--data-urlencode", format!("client_secret={secret}")),
            ("--data-urlencode", format!("scope={SCOPES}")),
        ]);
        prop_assert_eq!(secret_in(&text), secret, "{}", text);
    }

    #[test]
    fn f32_any_secret_comes_through_any_shells_quoting_encoded(
        secret in secrets(),
        shell in prop::sample::select(&SHELLS),
        option in prop::sample::select(&["-d", "--data", "--data-raw", "--data-binary"]),
    ) {
        let text = command(shell, &[(option, body(&encoded(&secret)))]);
        prop_assert_eq!(secret_in(&text), secret, "{}", text);
    }

    #[test]
    fn f32_a_secret_that_nobody_encoded_is_taken_as_it_stands(
        secret in secrets(),
        shell in prop::sample::select(&SHELLS),
    ) {
        // With an escape in it nobody could say which was meant, and an `=` after an `&` may be a field.
        let secret = secret.replace(['%', '='], "x");
        let text = command(shell, &[("-d", body(&secret))]);
        prop_assert_eq!(secret_in(&text), secret, "{}", text);
    }

    #[test]
    fn f32_any_secret_comes_out_of_json_and_a_block_of_variables(secret in secrets()) {
        let json = serde_json::json!({"project": {"title": "Campaign", "workspace": {"details": {
            "credentials": [{"oauth_server_to_server": {
                "client_id": ID,
                "client_secrets": [secret],
                "scopes": SCOPES.split(',').collect::<Vec<_>>(),
            }}],
        }}}});
        prop_assert_eq!(secret_in(&format!("Hi,\n{json:#}\nBye {{")), secret.clone());
        let env = format!(
            "CLIENT_ID={ID}\nexport CLIENT_SECRET={}\nSCOPES={SCOPES}\n",
            bash_double(&secret)
        );
        prop_assert_eq!(secret_in(&env), secret);
    }

    #[test]
    fn whatever_is_pasted_is_answered(text in "[a-z{}\\[\\]\"'\\\\`^=&:,%+ \nCLIENT_SECRETcurl-]{0,400}") {
        let _ = understand(&text);
        let _ = understand(&format!("curl -d {text}"));
        let _ = understand(&format!("{{\"client_id\": {text}"));
    }

    #[test]
    fn a_command_cut_off_anywhere_never_gives_half_a_secret(cut in 1_usize..420) {
        let secret = "p8e-abcdefghijklmnopqrstuvwxyz012345";
        let whole = command(SHELLS[0], &[("-d", body(secret))]);
        prop_assume!(cut < whole.len());
        if let Ok(understood) = understand(&whole[..cut]) {
            let found = understood.client_secret.map(|it| it.expose_secret().to_owned());
            prop_assert!(found.is_none() || found.as_deref() == Some(secret), "{:?}", found);
        }
    }
}

#[track_caller]
fn refused(text: &str, refusal: Refusal) {
    assert_eq!(understand(text).map(|it| it.client_id), Err(refusal));
}

#[test]
fn a_megabyte_and_what_is_no_text_are_refused() {
    refused(&"curl -d 'client_secret=".repeat(50_000), Refusal::TooLong);
    refused(&"{\"client_id\":".repeat(30_000), Refusal::CutOff);
    refused("\u{0}\u{1}ELF\u{2}\u{3}", Refusal::Binary);
    refused(&"\u{fffd}ab".repeat(100), Refusal::Binary);
    refused(" \n\t\u{a0}\u{feff}", Refusal::Empty);
    refused("Hello, could you send me the client secret? Thanks", Refusal::Nothing);
}

#[test]
fn two_commands_of_different_clients_are_refused_and_one_twice_is_taken() {
    let one = command(SHELLS[0], &[("-d", body("p8e-abcdefghijklmnopqrstuvwxyz"))]);
    let other = one.replace(ID, "another-client");
    refused(&format!("{one}\n{other}"), Refusal::SeveralCredentials);
    assert_eq!(secret_in(&format!("{one}\n{one}")), "p8e-abcdefghijklmnopqrstuvwxyz");
    let call = "curl https://firefly-api.adobe.io/v3/images/generate -H 'x-api-key: 1' -d '{\"prompt\":\"a\"}'";
    assert_eq!(secret_in(&format!("{call}\n{one}")), "p8e-abcdefghijklmnopqrstuvwxyz");
}

#[test]
fn debug_of_what_was_understood_hides_the_secret() {
    let text = command(SHELLS[0], &[("-d", body("p8e-abcdefghijklmnopqrstuvwxyz"))]);
    let shown = format!("{:?}", understand(&text).unwrap());
    assert!(!shown.contains("p8e-"), "{shown}");
}

#[test]
fn fuzzed_texts_give_a_credential_that_hides_its_secrets_or_a_refusal() {
    glowjar_fuzz::feed("../../import/tests/samples", |bytes| {
        let Ok(understood) = understand(&String::from_utf8_lossy(bytes)) else { return };
        let secrets =
            [&understood.client_secret, &understood.standby_secret, &understood.refresh_token];
        let (shown, scopes) = (format!("{understood:?}"), understood.scopes.to_string());
        for secret in secrets.into_iter().flatten().map(ExposeSecret::expose_secret) {
            assert!(!secret.is_empty(), "an empty secret is none");
            // A mutation may have made it a piece of what is no secret.
            let kinds = (&understood.source, &understood.kind, &understood.grant);
            let public = (&understood.client_id, &understood.told.title, &scopes, kinds);
            let by_chance = secret.len() < 16 || format!("{public:?}").contains(secret);
            assert!(by_chance || !shown.contains(secret), "{shown}");
        }
    });
}

#[test]
fn fields_that_stick_to_an_address_are_no_part_of_it() {
    let secret = "p8e-AbCdEfGhIjKlMnOpQrStUvWxYz012345";
    let fields = format!("client_id=0123456789abcdef0123456789abcdef&client_secret={secret}");
    for glue in ["_id=x&", "&", "/", ";"] {
        let text = format!("https://ims-na1.adobelogin.com/ims/token{glue}{fields}");
        match understand(&text) {
            Ok(understood) => {
                let shown = format!("{understood:?}");
                assert!(!shown.contains(secret), "{glue}: {shown}");
            }
            Err(refusal) => assert!(!format!("{refusal:?} {refusal}").contains(secret)),
        }
    }
}

/// It is good once, so that it can't be among the samples, each of which can be saved untried.
#[test]
fn a_studio_s_line_that_is_good_once_says_who_signed_the_certificates_of_its_keepers() {
    let authority = "MIIBnzCCAUWgAwIBAgIUDy5o0V3dQGx7o9c7QzDL5hFZcoAwCgYIKoZIzj0EAwIwIzEhMB8GA1UEAwwYdGhlIHN0dWRpbydzIGF1dGhvcml0eTAgFw03NTAxMDEwMDAwMDBaGA80MDk2MDEwMTAwMDAwMFowIzEhMB8GA1UEAwwYdGhlIHN0dWRpbydzIGF1dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJ2u";
    let word = "once-5f1e0c2d3b4a59687766554433221100ffeeddccbbaa99887766554433221100";
    let line = |keepers: &str, authority: &str| {
        format!(
            "Hallo Mara, die ganze Zeile in Glowjar einfügen:\n\ncurl -X POST 'https://one.example:7443/ims/token/v3' -d 'grant_type=client_credentials&client_id=0123456789abcdef0123456789abcdef&client_secret={word}' {keepers} -H 'Glowjar-Authority: {authority}'\n\nGrüße, dein Admin\n"
        )
    };
    let keepers = "-H 'Glowjar-Keepers: https://one.example:7443 https://two.example:7443'";
    // As a mail wraps it.
    for written in [authority.to_owned(), format!("{}\n{}", &authority[..70], &authority[70..])] {
        let understood = understand(&line(keepers, &written)).expect("understood");
        assert_eq!(understood.told.authority.map(|it| it.to_string()), Some(authority.to_owned()));
        assert_eq!(understood.told.keepers.len(), 2);
        let secret = understood.client_secret.expect("a word");
        assert_eq!(secret.expose_secret(), word);
        assert_eq!(understood.remarks, [Remark::Keeper]);
    }
    let garbage = understand(&line(keepers, "no certificate")).expect("understood");
    assert_eq!(garbage.told.authority, None);
    let no_keeper = understand(&line("", authority)).expect("understood");
    assert_eq!(no_keeper.told.authority, None, "nobody else is trusted by what somebody pastes");
}

#[test]
fn a_studio_s_line_names_its_keepers_in_the_order_in_which_they_are_asked() {
    let line = |keepers: &str| {
        format!(
            "curl -X POST 'https://one.example/ims/token/v3' -d 'grant_type=client_credentials&client_id=0123456789abcdef0123456789abcdef&client_secret=5f1e0c2d3b4a5968' {keepers}"
        )
    };
    let keepers = |text: &str| -> Vec<String> {
        let keepers = understand(text).expect("understood").told.keepers;
        keepers.iter().map(ToString::to_string).collect()
    };
    let both = "-H 'Glowjar-Keepers: https://one.example https://two.example:7443'";
    let named = ["https://one.example/ims/token/v3", "https://two.example:7443/ims/token/v3"];
    assert_eq!(keepers(&line(both)), named);
    assert_eq!(keepers(&line(&both.to_lowercase().replace('\'', "\""))), named);
    // The one that is asked comes first, and what can't be asked is left out.
    let odd = "-H 'Glowjar-Keepers: two.example/x http://plain.example https://two.example:7443'";
    assert_eq!(keepers(&line(odd)), named);
    assert_eq!(keepers(&line("")), [""; 0]);
    let adobes = line(both).replace("one.example", "ims-na1.adobelogin.com");
    assert_eq!(keepers(&adobes), [""; 0], "Adobe is no keeper");
}
