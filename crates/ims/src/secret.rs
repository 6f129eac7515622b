//! Newtypes for what must never be shown. None of them is `Serialize`, `Deref`, `Display` or `Copy`, and `Debug`
//! says only what kind of secret it is.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A text of nothing but white space where a secret was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is empty")]
pub struct BlankSecret;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(SecretString);

        impl $name {
            /// Takes the text exactly as it is, white space and all; only a blank one is refused.
            pub fn parse(text: impl Into<SecretString>) -> Result<Self, BlankSecret> {
                let text = text.into();
                if text.expose_secret().trim().is_empty() {
                    return Err(BlankSecret);
                }
                Ok(Self(text))
            }

            /// The secret itself, for the wire, the keychain and the clipboard.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([hidden])"))
            }
        }
    };
}

secret! {
    /// A client secret (RFC 6749 section 2.3.1).
    ClientSecret
}
secret! {
    /// A refresh token (RFC 6749 section 1.5).
    RefreshToken
}
secret! {
    /// An access token (RFC 6749 section 1.4), usually a JWT of 1 100 to 1 600 characters at Adobe.
    AccessToken
}

secret! {
    /// An authorization code (RFC 6749 section 4.1.2): good once, for minutes.
    AuthorizationCode
}
secret! {
    /// A device code (RFC 8628 section 3.2): ours alone, good once, for minutes.
    DeviceCode
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f32_a_secret_is_kept_to_the_letter() {
        let odd = " p-8+\"&%'\r\n é ";
        assert_eq!(ClientSecret::parse(odd).unwrap().expose(), odd);
    }

    #[test]
    fn a_blank_secret_is_refused() {
        for blank in ["", " ", "\r\n\t "] {
            assert_eq!(ClientSecret::parse(blank).unwrap_err(), BlankSecret);
            assert_eq!(RefreshToken::parse(blank).unwrap_err(), BlankSecret);
            assert_eq!(AccessToken::parse(blank).unwrap_err(), BlankSecret);
        }
    }

    #[test]
    fn f33_debug_of_a_client_secret_hides_it() {
        let secret = ClientSecret::parse("s3cr3t-s3cr3t").unwrap();
        assert_eq!(
            format!("{secret:?} {secret:#?}"),
            "ClientSecret([hidden]) ClientSecret([hidden])"
        );
    }

    #[test]
    fn f33_debug_of_a_refresh_token_hides_it() {
        let token = RefreshToken::parse("eyJhbGciOi").unwrap();
        assert_eq!(
            format!("{token:?} {:?}", Some(&token)),
            "RefreshToken([hidden]) Some(RefreshToken([hidden]))"
        );
    }

    #[test]
    fn f33_debug_of_a_device_code_hides_it() {
        let code = DeviceCode::parse("s3cr3t-s3cr3t").unwrap();
        assert_eq!(format!("{code:?}"), "DeviceCode([hidden])");
    }

    #[test]
    fn f33_debug_of_an_access_token_hides_it() {
        let token = AccessToken::parse("eyJhbGciOi").unwrap();
        assert_eq!(format!("{token:?}"), "AccessToken([hidden])");
    }
}
