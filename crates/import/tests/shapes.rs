//! Shapes of text around one invented credential: what is read must be exactly it, or the refusal that is true.

use glowjar_import::{Environment, Refusal, Remark, SignIn, Understood, understand};
use secrecy::ExposeSecret;

const ID: &str = "4c3b2a19081726354453627180a9b8c7";
const SECRET: &str = "p8e-kT3v_Zx9-Qm2LrW7yBn4HsJd6GfAeCuP";
const OTHER_ID: &str = "00112233445566778899aabbccddeeff";

#[track_caller]
fn read(text: &str) -> Understood {
    let understood = understand(text).unwrap_or_else(|refusal| panic!("{refusal}: {text}"));
    assert_eq!(understood.client_id, ID, "{text}");
    let secret = understood.client_secret.as_ref().map(|it| it.expose_secret().to_owned());
    assert_eq!(secret.as_deref(), Some(SECRET), "{text}");
    understood
}

fn filled(shape: &str) -> String {
    shape.replace("ID", ID).replace("SECRET_", SECRET)
}

/// `ID` and `SECRET_` stand for the values. Names are in small letters or have neither in them.
#[test]
fn f48_no_odd_quote_comma_or_semicolon_is_part_of_a_value() {
    const SHAPES: [&str; 44] = [
        "client_id=ID\nclient_secret=SECRET_\n",
        "client_id = ID\nclient_secret = SECRET_\n",
        "client_id='ID'\nclient_secret='SECRET_'\n",
        "client_id=\"ID\"\nclient_secret=\"SECRET_\"\n",
        "client_id=ID # from the console\nclient_secret=SECRET_ # don't share\n",
        "export client_id=ID\nexport client_secret=SECRET_",
        "client_id=ID;\nclient_secret=SECRET_;\n",
        "set client_id=ID\nset client_secret=SECRET_\n",
        "setx client_id \"ID\"\nsetx client_secret \"SECRET_\"\n",
        "setx client_id ID /M\nsetx client_secret SECRET_ /M\n",
        "set -gx client_id ID\nset -gx client_secret SECRET_\n",
        "set -x client_id 'ID'\nset -x client_secret 'SECRET_'\n",
        "setenv client_id ID\nsetenv client_secret SECRET_\n",
        "$env:client_id = \"ID\"\n$env:client_secret = \"SECRET_\"\n",
        "$env:client_id='ID'\n$env:client_secret='SECRET_'\n",
        "[Environment]::SetEnvironmentVariable(\"client_id\", \"ID\", \"User\")\n[Environment]::SetEnvironmentVariable(\"client_secret\", \"SECRET_\", \"User\")",
        "[System.Environment]::SetEnvironmentVariable('client_id','ID')\n[System.Environment]::SetEnvironmentVariable('client_secret','SECRET_')",
        "docker run --env client_id=ID --env client_secret=SECRET_ invented/worker",
        "docker run -e client_id=ID -e client_secret=SECRET_ invented/worker",
        "docker run --env=client_id=ID --env=client_secret=SECRET_ invented/worker",
        "claude mcp add firefly --env client_id=ID --env client_secret=SECRET_ -- node x.js",
        "environment:\n  - client_id=ID\n  - client_secret=SECRET_\n",
        "environment:\n  client_id: ID\n  client_secret: SECRET_\n",
        "environment:\n  client_id: \"ID\"\n  client_secret: \"SECRET_\"\n",
        "[adobe]\nclient_id = \"ID\"\nclient_secret = \"SECRET_\"\n",
        "data = {\n    'client_id': 'ID',\n    'client_secret': 'SECRET_',\n}\n",
        "const options = {\n  clientId: 'ID',\n  clientSecret: 'SECRET_',\n};\n",
        "client_id = 'ID'\nclient_secret = 'SECRET_'\n",
        "{\"client_id\": \"ID\", \"client_secret\": \"SECRET_\"}",
        "{\"firefly_client_id\": \"ID\", \"firefly_client_secret\": \"SECRET_\"}",
        "{\"env\": {\"FIREFLY_client_id\": \"ID\", \"FIREFLY_client_secret\": \"SECRET_\"}}",
        "{\"mcpServers\": {\"a\": {\"command\": \"npx\", \"args\": [\"-y\", \"b\"], \"env\": {\"client_id\": \"ID\", \"client_secret\": \"SECRET_\"}}}}",
        "{\"servers\": [{\"client_id\": \"ID\", \"client_secret\": \"SECRET_\"}]}",
        "{\"client_id\": \"ID\", \"client_secrets\": [\"SECRET_\"]}",
        "AIO_ims_contexts_OAuth__Server-to-Server__a__long__name__of__a__project__Stage_client__id=ID\nAIO_ims_contexts_OAuth__Server-to-Server__a__long__name__of__a__project__Stage_client__secrets=[\"SECRET_\"]\n",
        "| Client Id | ID |\n| Client secret | SECRET_ |\n",
        "Client Id: ID\nClient secret: SECRET_\n",
        "Client Id:\nID\n\nClient secret:\nSECRET_\n",
        "- Client Id: `ID`\n- Client secret: `SECRET_`\n",
        "**Client Id:** ID\n**Client secret:** SECRET_\n",
        "> client_id=ID\n> client_secret=SECRET_\n",
        "client_id=ID\r\nclient_secret=SECRET_\r\n",
        "\u{feff}client_id=ID\nclient_secret=SECRET_\n",
        "curl https://ims-na1.adobelogin.com/ims/token/v3 -d 'grant_type=client_credentials&client_id=ID&client_secret=SECRET_'",
    ];
    for shape in SHAPES {
        read(&filled(shape));
    }
}

#[test]
fn f48_any_name_family_is_read_in_any_way_of_setting_a_variable() {
    const FAMILIES: [(&str, &str); 8] = [
        ("FIREFLY_CLIENT_ID", "FIREFLY_CLIENT_SECRET"),
        ("FIREFLY_SERVICES_CLIENT_ID", "FIREFLY_SERVICES_CLIENT_SECRET"),
        ("IMS_OAUTH_S2S_CLIENT_ID", "IMS_OAUTH_S2S_CLIENT_SECRET"),
        ("ADOBE_FIREFLY_CLIENT_ID", "ADOBE_FIREFLY_CLIENT_SECRET"),
        ("ADOBE_CLIENT_ID", "ADOBE_CLIENT_SECRET"),
        ("ADOBE_IMS_CLIENT_ID", "ADOBE_IMS_CLIENT_SECRET"),
        ("AIO_COMMERCE_AUTH_IMS_CLIENT_ID", "AIO_COMMERCE_AUTH_IMS_CLIENT_SECRETS"),
        ("API_KEY", "CLIENT_SECRET"),
    ];
    const WAYS: [(&str, &str); 12] = [
        ("", "="),
        ("export ", "="),
        ("set ", "="),
        ("$env:", " = "),
        ("setx ", " "),
        ("set -gx ", " "),
        ("setenv ", " "),
        ("ENV ", "="),
        ("declare -x ", "="),
        ("  - ", "="),
        ("  ", ": "),
        ("- ", ": "),
    ];
    for (id, secret) in FAMILIES {
        for (before, between) in WAYS {
            for quote in ["", "\"", "'"] {
                read(&format!(
                    "{before}{id}{between}{quote}{ID}{quote}\n{before}{secret}{between}{quote}{SECRET}{quote}\n"
                ));
            }
        }
    }
}

#[test]
fn f47_a_command_below_its_variables_keeps_its_host_and_its_scopes() {
    for (set, used) in [
        (
            "export A_CLIENT_ID=@\nexport A_CLIENT_SECRET=#",
            ("\"client_id=$A_CLIENT_ID\"", "\"client_secret=$A_CLIENT_SECRET\""),
        ),
        (
            "A_CLIENT_ID=@\nA_CLIENT_SECRET=#",
            ("\"client_id=${A_CLIENT_ID}\"", "\"client_secret=${A_CLIENT_SECRET}\""),
        ),
        (
            "export A_CLIENT_ID=@\nexport A_CLIENT_SECRET=#",
            ("'client_id=A_CLIENT_ID'", "'client_secret=A_CLIENT_SECRET'"),
        ),
    ] {
        let set = set.replace('@', ID).replace('#', SECRET);
        let text = format!(
            "{set}\n\ncurl --location 'https://ims-na1-stg1.adobelogin.com/ims/token/v3' \\\n  --data-urlencode 'grant_type=client_credentials' \\\n  --data-urlencode {} \\\n  --data-urlencode {} \\\n  --data-urlencode 'scope=openid, AdobeID, ff_apis'\n",
            used.0, used.1
        );
        let understood = read(&text);
        assert_eq!(understood.environment, Environment::Stage, "{text}");
        assert_eq!(understood.scopes.to_string(), "openid,AdobeID,ff_apis", "{text}");
    }
}

#[test]
fn f47_a_request_of_another_program_keeps_its_host() {
    let form = format!(
        "grant_type=client_credentials&client_id={ID}&client_secret={SECRET}&scope=openid,ff_apis"
    );
    for text in [
        format!(
            "### Token\nPOST https://ims-na1-stg1.adobelogin.com/ims/token/v3\nContent-Type: application/x-www-form-urlencoded\n\n{form}\n"
        ),
        format!(
            "Invoke-RestMethod -Method Post -Uri 'https://ims-na1-stg1.adobelogin.com/ims/token/v3' -Body '{form}' -ContentType 'application/x-www-form-urlencoded'"
        ),
        format!("wget --post-data '{form}' https://ims-na1-stg1.adobelogin.com/ims/token/v3"),
        format!("curl -sX POST https://ims-na1-stg1.adobelogin.com/ims/token/v3 -d '{form}'"),
    ] {
        assert_eq!(read(&text).environment, Environment::Stage, "{text}");
    }
}

#[test]
fn f49_a_refusal_has_the_reason_that_is_true() {
    let disabled = format!(
        r#"{{"name": "e", "values": [
            {{"key": "CLIENT_ID", "value": "{OTHER_ID}", "enabled": false}},
            {{"key": "CLIENT_ID", "value": "{ID}", "enabled": true}},
            {{"key": "CLIENT_SECRET", "value": "{SECRET}", "enabled": true}}]}}"#
    );
    read(&disabled);
    let both = disabled.replace("false", "true");
    assert_eq!(understand(&both).map(|it| it.client_id), Err(Refusal::SeveralCredentials));
    let native = r#"{"project": {"workspace": {"details": {"credentials": [{"integration_type": "oauthnativeapp",
        "oauthnativeapp": {"client_id": "a", "default_redirect_uri": "adobe+b://adobeid/a"}}]}}}}"#;
    assert_eq!(understand(native).map(|it| it.client_id), Err(Refusal::SignIn(SignIn::NativeApp)));
    let shared = r#"{"project": {"workspace": {"details": {"credentials": [{"id": "1", "name": "S2S",
        "integration_type": "oauth_server_to_server"}]}}}}"#;
    assert_eq!(understand(shared).map(|it| it.client_id), Err(Refusal::SecretsElsewhere));
}

#[test]
fn an_object_as_deep_as_it_can_be_is_no_crash() {
    let deep = format!("{}\"client_id\": 1{}", "{\"client_id_of\": ".repeat(100), "}".repeat(100));
    let _ = understand(&deep);
}

#[test]
fn f49_two_commands_for_two_clients_are_two_credentials() {
    let command = |id: &str, secret: &str| {
        format!(
            "Hi Mia, here it is:\n\ncurl -X POST 'https://ims-na1.adobelogin.com/ims/token/v3' \\\n  \
             -d 'grant_type=client_credentials&client_id={id}&scope=openid,ff_apis' \\\n  \
             --data-urlencode 'client_secret={secret}'\n\nTom\n"
        )
    };
    for (id, secret) in [
        (OTHER_ID, SECRET),
        (OTHER_ID, "p8e-another-secret-of-thirty-two-let"),
        ("another-client-id", SECRET),
        ("another-client-id", "p8e-another-secret-of-thirty-two-let"),
    ] {
        let text = format!("{}\n{}", command(ID, SECRET), command(id, secret));
        let refusal = understand(&text).map(|it| it.client_id);
        assert_eq!(refusal, Err(Refusal::SeveralCredentials), "{text}");
    }
    let text = format!("{0}\n{0}", command(ID, SECRET));
    read(&text);
}

#[test]
fn a_line_that_goes_on_has_nothing_left_out() {
    for next in ["\\", "^", "`"] {
        let text = format!(
            "claude mcp add firefly {next}\n  --env CLIENT_ID={ID} {next}\n  --env CLIENT_SECRET={SECRET} {next}\n  -- node x.js"
        );
        assert!(!read(&text).remarks.contains(&Remark::EndLeftOut), "{text}");
    }
}
