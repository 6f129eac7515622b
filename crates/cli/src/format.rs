//! How a token is written for whoever takes it.

use clap::ValueEnum;
use glowjar_protocol::{
    message::TokenAnswer,
    quoting::{self, Unquotable},
};
use secrecy::{ExposeSecret, zeroize::Zeroizing};

/// How a token is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The token
    #[default]
    Raw,
    /// `Bearer` and the token
    Bearer,
    /// Both headers that Firefly wants, for `curl -H @-`
    Header,
    /// An object with everything that goes with the token
    Json,
    /// Adobe's two environment variables, as in an .env file
    Env,
    /// Both headers as curl's own configuration, for `curl -K -`
    Curl,
    /// An object in the manner of a `credential_process`
    CredentialProcess,
}

/// The names that Adobe's own examples use.
pub const TOKEN_VARIABLE: &str = "FIREFLY_SERVICES_ACCESS_TOKEN";
pub const CLIENT_ID_VARIABLE: &str = "FIREFLY_SERVICES_CLIENT_ID";

/// The text for standard output, with a line end. Holds the token.
///
/// # Errors
/// The token or the client id would be something else to whoever reads this format.
pub fn written(token: &TokenAnswer, format: Format) -> Result<Zeroizing<String>, Unquotable> {
    let secret = token.access_token.expose_secret();
    let id = &token.client_id;
    Ok(Zeroizing::new(match format {
        Format::Raw => format!("{}\n", quoting::plain(secret)?),
        Format::Bearer => format!("Bearer {}\n", quoting::header(secret)?),
        Format::Header => format!(
            "Authorization: Bearer {}\nx-api-key: {}\n",
            quoting::header(secret)?,
            quoting::header(id)?
        ),
        Format::Env => format!(
            "{TOKEN_VARIABLE}={}\n{CLIENT_ID_VARIABLE}={}\n",
            quoting::dotenv(secret)?,
            quoting::dotenv(id)?
        ),
        Format::Curl => format!(
            "header = \"Authorization: Bearer {}\"\nheader = \"x-api-key: {}\"\n",
            quoting::curl(secret)?,
            quoting::curl(id)?
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
    }))
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    fn token(secret: &str) -> TokenAnswer {
        TokenAnswer {
            access_token: secret.into(),
            token_type: "bearer".to_owned(),
            client_id: "client-1".to_owned(),
            expires_at: 1_893_499_200,
            expires_at_rfc3339: "2030-01-01T12:00:00Z".to_owned(),
            scopes: String::new(),
            family: None,
            expires_in: 3_600,
            profile: "Campaign".to_owned(),
            fingerprint: String::new(),
            note: None,
        }
    }

    fn is(format: Format, expected: &str) {
        assert_eq!(written(&token("ey.J-_"), format).as_deref().map(String::as_str), Ok(expected));
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
        let text = written(&token("ey.J-_"), Format::Json).expect("written");
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
        let text = |secret, format| written(&token(secret), format).expect("written").to_string();
        let env = text("a';id;'", Format::Env);
        assert!(env.starts_with("FIREFLY_SERVICES_ACCESS_TOKEN=\"a';id;'\"\n"), "{env}");
        let curl = text("a'b \"c\\$d", Format::Curl);
        assert!(curl.contains(r#"Bearer a'b \"c\\$d""#), "{curl}");
    }

    #[test]
    fn a_token_that_would_begin_a_header_or_a_command_of_its_own_is_written_as_json_alone() {
        for secret in ["a\r\nX-Evil: 1", "a\nid", "a\0b", "a\u{1b}[2J"] {
            for format in Format::value_variants() {
                let text = written(&token(secret), *format);
                let is_json = matches!(format, Format::Json | Format::CredentialProcess);
                assert_eq!(text.is_ok(), is_json, "{format:?}");
                assert!(text.is_err() || text.is_ok_and(|text| text.lines().count() == 1));
            }
        }
        assert!(written(&token("$(id)'`"), Format::Env).is_err());
    }
}
