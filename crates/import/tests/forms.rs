//! A credential in one form after another: what is understood is what was written, or it is said why it is not.

use std::fmt::Write;

use glowjar_import::understand;
use glowjar_protocol::saved_text::decoded;
use secrecy::ExposeSecret;

const ID: &str = "3f2a9c0d7b8e4f5a9c1d2e3f4a5b6c7d";
const SECRET: &str = "p8e-Kq3_vZtB7yXw9LmN2rTfH5sJdCgAqP1u";

/// A name of the form, and the form with `ID` and `SECRET` in their places.
const SHAPES: [(&str, &str); 20] = [
    ("env", "CLIENT_ID=ID\nCLIENT_SECRET=SECRET\n"),
    ("env with quotes", "FIREFLY_CLIENT_ID=\"ID\"\nFIREFLY_CLIENT_SECRET='SECRET'\n"),
    ("bash", "export CLIENT_ID=ID\nexport CLIENT_SECRET=SECRET\n"),
    ("cmd", "set CLIENT_ID=ID\r\nset CLIENT_SECRET=SECRET\r\n"),
    ("setx", "setx CLIENT_ID \"ID\"\nsetx CLIENT_SECRET \"SECRET\"\n"),
    ("fish", "set -gx CLIENT_ID ID\nset -gx CLIENT_SECRET SECRET\n"),
    ("PowerShell", "$env:CLIENT_ID = 'ID'\n$Env:CLIENT_SECRET = \"SECRET\"\n"),
    ("JSON", "{\"client_id\": \"ID\", \"client_secret\": \"SECRET\"}"),
    ("JSON in camel case", "{\"clientId\": \"ID\", \"clientSecret\": \"SECRET\"}"),
    ("plural", "{\"client_id\": \"ID\", \"client_secrets\": [\"SECRET\"]}"),
    ("YAML", "client_id: ID\nclient_secret: SECRET\n"),
    ("TOML", "[adobe]\nclient_id = \"ID\"\nclient_secret = \"SECRET\"\n"),
    ("Python", "client_id = 'ID'\nclient_secret = \"SECRET\"\n"),
    ("JavaScript", "const clientId = \"ID\";\nconst clientSecret = \"SECRET\";\n"),
    ("mail", "Client ID: ID\nClient Secret: SECRET\n"),
    ("form", "grant_type=client_credentials&client_id=ID&client_secret=SECRET"),
    (
        "curl",
        "curl https://ims-na1.adobelogin.com/ims/token/v3 -d client_id=ID -d client_secret=SECRET",
    ),
    (
        "variables above a command",
        "CLIENT_ID=ID\nCLIENT_SECRET=SECRET\ncurl https://ims-na1.adobelogin.com/ims/token/v3 \
         -d \"client_id=$CLIENT_ID&client_secret=$CLIENT_SECRET\"",
    ),
    (
        "http file",
        "POST https://ims-na1.adobelogin.com/ims/token/v3\nContent-Type: application/x-www-form-urlencoded\n\n\
         grant_type=client_credentials&client_id=ID&client_secret=SECRET\n",
    ),
    (
        "PowerShell's Invoke-RestMethod",
        "Invoke-RestMethod -Method Post -Uri https://ims-na1.adobelogin.com/ims/token/v3 \
         -Body @{client_id='ID'; client_secret='SECRET'; grant_type='client_credentials'}",
    ),
];

#[test]
fn f47_each_form_gives_the_id_and_the_secret_that_were_written() {
    let mut wrong = String::new();
    for (name, shape) in SHAPES {
        // Names such as `CLIENT_ID` stay; the values are what is replaced.
        let shape =
            shape.replace("CLIENT_ID", "CLIENT_\u{1}").replace("CLIENT_SECRET", "CLIENT_\u{2}");
        let shape = shape.replace("Client ID", "Client \u{1}");
        let text = shape.replace("ID", ID).replace("SECRET", SECRET);
        let text = text.replace('\u{1}', "ID").replace('\u{2}', "SECRET");
        let utf_16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        for bytes in [text.as_bytes(), &utf_16] {
            let told = understand(&decoded(bytes));
            let pair = told.as_ref().ok().map(|it| {
                let secret = it.client_secret.as_ref().map(|it| it.expose_secret());
                (it.client_id.as_str(), secret.unwrap_or_default())
            });
            if pair != Some((ID, SECRET)) {
                let _ = writeln!(wrong, "{name}: {told:?}");
            }
        }
    }
    assert_eq!(wrong, "", "some forms are read otherwise than they were written");
}
