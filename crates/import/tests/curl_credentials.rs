//! The credential that is understood out of a command, and above all the server that it names.

use glowjar_import::{Authentication, Body, Refusal, Understood, understand};
use secrecy::ExposeSecret;

const ID: &str = "3f2a9c0d7b8e4f5a9c1d2e3f4a5b6c7d";
const SECRET: &str = "p8e-Kq3_vZtB7yXw9LmN2rTfH5sJdCgAqP1u";
/// Not Adobe's, so that a server that was not read shows.
const URL: &str = "https://auth.example.com/oauth/token";

/// With the three above in the place of their names.
fn filled(text: &str) -> String {
    text.replace("URL", URL).replace("ID", ID).replace("SECRET", SECRET)
}

#[track_caller]
fn understood(text: &str) -> Understood {
    let text = filled(text);
    let understood = understand(&text).unwrap_or_else(|refusal| panic!("{refusal}: {text}"));
    assert_eq!(understood.client_id, ID, "{text}");
    let secret = understood.client_secret.as_ref().map(|it| it.expose_secret().to_owned());
    assert_eq!(secret.as_deref(), Some(SECRET), "{text}");
    let endpoint = understood.token_endpoint.as_ref().map(ToString::to_string);
    assert_eq!(endpoint.as_deref(), Some(URL), "{text}");
    understood
}

#[test]
fn f46_the_server_is_the_one_that_the_command_names() {
    for text in [
        "curl -sX POST URL -d 'client_id=ID&client_secret=SECRET'",
        "curl -sSfX POST URL -d client_id=ID -d client_secret=SECRET",
        "curl --retry 3 URL -d 'client_id=ID&client_secret=SECRET'",
        "curl --retry 3 --retry-delay 2 --max-time 10 URL -d 'client_id=ID&client_secret=SECRET'",
        "curl -fsSLH 'Content-Type: application/x-www-form-urlencoded' URL -d 'client_id=ID&client_secret=SECRET'",
        "curl -s -o /dev/null -w '%{http_code}' URL -d 'client_id=ID&client_secret=SECRET'",
        "curl -sw '\\n%{http_code}\\n' URL -d 'client_id=ID&client_secret=SECRET'",
        "curl -x https://proxy.example.com:8080 URL -d 'client_id=ID&client_secret=SECRET'",
        "curl -sSdclient_id=ID -dclient_secret=SECRET URL",
        "curl -G URL -d client_id=ID --data-urlencode client_secret=SECRET",
        "curl -F client_id=ID -F client_secret=SECRET URL",
        "curl --json '{\"client_id\":\"ID\",\"client_secret\":\"SECRET\"}' URL",
        "curl 'URL' -d @- <<END\nclient_id=ID&client_secret=SECRET\nEND",
        "curl -A 'https://me.example' -e https://you.example URL -d 'client_id=ID&client_secret=SECRET'",
        "curl -d 'client_id=ID&client_secret=SECRET' auth.example.com/oauth/token",
        "Please don't use curl, it's old.\n\ncurl URL -d 'client_id=ID&client_secret=SECRET'",
        "curl isn't needed:\ncurl URL -d 'client_id=ID&client_secret=SECRET'\n\nDon't share it.",
        "TOKEN=$(curl -s URL -d client_id=ID -d client_secret=SECRET | jq -r .access_token)",
        "curl URL -d client_id=ID -d client_secret=SECRET -d audience=https://api.example.com",
        "wget -qO- --post-data='client_id=ID&client_secret=SECRET' URL",
        "http -f POST URL client_id=ID client_secret=SECRET",
        "$body = @{ client_id = 'ID'; client_secret = 'SECRET' }\nInvoke-RestMethod -Uri URL -Method Post -Body $body",
        "### Token\nPOST URL\nContent-Type: application/x-www-form-urlencoded\n\nclient_id=ID\n&client_secret=SECRET\n",
    ] {
        understood(text);
    }
}

#[test]
fn f46_basic_authentication_is_read_in_every_spelling() {
    // `ID:SECRET` in base64.
    let basic = "M2YyYTljMGQ3YjhlNGY1YTljMWQyZTNmNGE1YjZjN2Q6cDhlLUtxM192WnRCN3lYdzlMbU4yclRmSDVzSmRDZ0FxUDF1";
    for text in [
        "curl -u ID:SECRET URL -d grant_type=client_credentials",
        "curl -suID:SECRET URL -d grant_type=client_credentials",
        "curl --user 'ID:SECRET' URL -d grant_type=client_credentials",
        "curl https://ID:SECRET@auth.example.com/oauth/token -d grant_type=client_credentials",
        "curl URL -H 'authorization: basic BASE64' -d grant_type=client_credentials",
        "curl URL -H 'Authorization: BASIC BASE64' -d grant_type=client_credentials",
        "curl URL -H 'AUTHORIZATION:Basic BASE64' -d grant_type=client_credentials",
        "wget --user ID --password SECRET --post-data grant_type=client_credentials URL",
        "http -f -a ID:SECRET URL grant_type=client_credentials",
        "POST URL\nAuthorization: Basic ID SECRET\n\ngrant_type=client_credentials",
        "POST URL\nAuthorization: Basic ID:SECRET\n\ngrant_type=client_credentials",
    ] {
        let understood = understood(&text.replace("BASE64", basic));
        assert_eq!(understood.authentication, Authentication::Basic, "{text}");
    }
}

#[test]
fn json_stays_json() {
    let text = "curl -sX POST URL -d '{\"client_id\":\"ID\",\"client_secret\":\"SECRET\"}'";
    assert_eq!(understood(text).body, Body::Json);
}

#[test]
fn f46_no_server_is_made_out_of_a_word() {
    for text in [
        "curl -sX POST -d 'client_id=ID&client_secret=SECRET'",
        "curl --retry 3 -d 'client_id=ID&client_secret=SECRET'",
        "curl --unheard-of 5 -d 'client_id=ID&client_secret=SECRET' post",
    ] {
        let understood = understand(&filled(text)).expect(text);
        assert_eq!(understood.token_endpoint.map(|it| it.to_string()), None, "{text}");
    }
}

#[test]
fn a_command_that_ends_in_the_middle_is_still_refused() {
    for text in ["curl URL -d 'client_id=ID&client_secret=p8e-Kq", "curl -u ID:SECRET URL -d"] {
        let refusal = understand(&filled(text)).map(|it| it.client_id);
        assert_eq!(refusal, Err(Refusal::CutOff), "{text}");
    }
}
