//! How a token is written for whoever takes it.

use glowjar_handout::protocol::TokenAnswer;
use secrecy::ExposeSecret;

use crate::arguments::Format;

/// The names that Adobe's own examples use.
pub const TOKEN_VARIABLE: &str = "FIREFLY_SERVICES_ACCESS_TOKEN";
pub const CLIENT_ID_VARIABLE: &str = "FIREFLY_SERVICES_CLIENT_ID";

/// The text for standard output, with a line end.
pub fn written(token: &TokenAnswer, format: Format) -> String {
    let secret = token.access_token.expose_secret();
    let id = &token.client_id;
    match format {
        Format::Raw => format!("{secret}\n"),
        Format::Bearer => format!("Bearer {secret}\n"),
        Format::Header => format!("Authorization: Bearer {secret}\nx-api-key: {id}\n"),
        Format::Env => format!(
            "{TOKEN_VARIABLE}={}\n{CLIENT_ID_VARIABLE}={}\n",
            for_shell(secret),
            for_shell(id)
        ),
        Format::Curl => format!(
            "header = \"Authorization: Bearer {}\"\nheader = \"x-api-key: {}\"\n",
            for_curl(secret),
            for_curl(id)
        ),
        Format::Json => format!(
            "{}\n",
            serde_json::json!({
                "version": 1,
                "access_token": secret,
                "token_type": token.token_type,
                "client_id": id,
                "expires_at": token.expires_at,
                "expires_at_rfc3339": token.expires_at_rfc3339,
                "profile": token.profile,
            })
        ),
        Format::CredentialProcess => format!(
            "{}\n",
            serde_json::json!({
                "Version": 1,
                "AccessToken": secret,
                "TokenType": token.token_type,
                "ClientId": id,
                "Expiration": token.expires_at_rfc3339,
            })
        ),
    }
}

/// As a shell and the readers of `.env` files take it: as it is, or in single quotes.
fn for_shell(value: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-._~+/=:@%".contains(character);
    if value.chars().all(is_plain) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

fn for_curl(value: &str) -> String {
    value.replace('\\', r"\\").replace('"', r#"\""#)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(secret: &str) -> TokenAnswer {
        TokenAnswer {
            access_token: secret.into(),
            token_type: "bearer".to_owned(),
            client_id: "client-1".to_owned(),
            expires_at: 1_893_499_200,
            expires_at_rfc3339: "2030-01-01T12:00:00Z".to_owned(),
            profile: "Campaign".to_owned(),
            fingerprint: String::new(),
            note: None,
        }
    }

    fn is(format: Format, expected: &str) {
        assert_eq!(written(&token("ey.J-_"), format), expected);
    }

    #[test]
    fn each_format_is_what_its_reader_expects() {
        is(Format::Raw, "ey.J-_\n");
        is(Format::Bearer, "Bearer ey.J-_\n");
        is(Format::Header, "Authorization: Bearer ey.J-_\nx-api-key: client-1\n");
        is(
            Format::Env,
            "FIREFLY_SERVICES_ACCESS_TOKEN=ey.J-_\nFIREFLY_SERVICES_CLIENT_ID=client-1\n",
        );
        is(
            Format::Curl,
            "header = \"Authorization: Bearer ey.J-_\"\nheader = \"x-api-key: client-1\"\n",
        );
    }

    #[test]
    fn json_has_the_fields_that_were_promised_and_no_other() {
        let text = written(&token("ey.J-_"), Format::Json);
        let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let expected = serde_json::json!({
            "version": 1, "access_token": "ey.J-_", "token_type": "bearer", "client_id": "client-1",
            "expires_at": 1_893_499_200, "expires_at_rfc3339": "2030-01-01T12:00:00Z", "profile": "Campaign"
        });
        assert_eq!(json, expected);
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn an_odd_token_is_quoted_where_it_must_be() {
        let odd = token("a'b \"c\\$d");
        assert!(
            written(&odd, Format::Env)
                .starts_with(r#"FIREFLY_SERVICES_ACCESS_TOKEN='a'\''b "c\$d'"#)
        );
        assert!(written(&odd, Format::Curl).contains(r#"Bearer a'b \"c\\$d""#));
    }
}
