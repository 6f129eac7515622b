//! What a name says about the value that it stands before: of a form field, a variable, a key of an object, or a label
//! in a mail, in several languages.

/// The part that a named value plays in a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    ClientId,
    ApiKey,
    ClientSecret,
    /// The second of two, where a name says so.
    StandbySecret,
    RefreshToken,
    AccessToken,
    Scopes,
    /// Where tokens are asked for.
    TokenEndpoint,
    /// A server whose name alone does not say that tokens are asked for there.
    Server,
    GrantType,
    Title,
    Jwt,
    Redirect,
}

/// A name, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub part: Part,
    /// What is left of it: `firefly` of `FIREFLY_CLIENT_ID`, `fireflystage` of `FIREFLY_CLIENT_ID_STAGE`. Names with
    /// the same rest belong together.
    pub stem: String,
    /// A name that other things have as well, such as `SECRET_KEY`.
    pub is_weak: bool,
}

impl Name {
    pub(super) fn parse(name: &str) -> Option<Self> {
        let is_label = name.trim().contains(' ');
        if is_label && (name.chars().count() > LONGEST_LABEL || name.split(' ').count() > 7) {
            return None;
        }
        if name.len() > LONGEST_NAME {
            return None;
        }
        let plain: String =
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let by = |plain: &str| {
            ENDINGS.iter().find_map(|(part, is_weak, endings)| {
                let ending = endings.iter().find(|ending| plain.ends_with(*ending))?;
                let stem = &plain[..plain.len() - ending.len()];
                Some((*part, *is_weak, stem.to_owned()))
            })
        };
        let found = by(&plain).or_else(|| {
            let suffix = SUFFIXES.iter().find(|suffix| plain.ends_with(*suffix))?;
            let (part, is_weak, stem) = by(&plain[..plain.len() - suffix.len()])?;
            let is_second = ["2", "secondary", "standby", "second"].contains(suffix);
            match part {
                Part::ClientSecret if is_second => Some((Part::StandbySecret, is_weak, stem)),
                _ if ["1", "primary", "2"].contains(suffix) => Some((part, is_weak, stem)),
                _ => Some((part, is_weak, format!("{stem}{suffix}"))),
            }
        });
        let (part, is_weak, stem) = found?;
        let is_second = ["standby", "second", "secondary", "zweites", "zweiter"]
            .iter()
            .any(|word| stem.ends_with(word));
        // Of these, only the whole name means something.
        let is_whole = stem.is_empty() || is_label;
        match part {
            Part::ClientSecret if is_second => {
                Some(Self { part: Part::StandbySecret, stem: String::new(), is_weak })
            }
            Part::Title if !is_whole && !plain.starts_with("aio") => None,
            Part::Server if plain == "authurl" || is_whole || stem.contains("ims") => {
                Some(Self { part, stem, is_weak })
            }
            Part::Server => None,
            // "your access token", "FIREFLY_ACCESS_TOKEN"; but not "CSRF_TOKEN".
            Part::AccessToken if is_weak && !is_whole => None,
            _ if is_label => Some(Self { part, stem: String::new(), is_weak }),
            _ => Some(Self { part, stem, is_weak }),
        }
    }
}

/// By their endings, in lower case and without what is no letter or digit. The first that fits counts.
const ENDINGS: [(Part, bool, &[&str]); 16] = [
    (
        Part::Jwt,
        false,
        &["metascopes", "metascope", "privatekey", "jwttoken", "publickeyswithexpiry"],
    ),
    (Part::RefreshToken, false, &["refreshtoken", "aktualisierungstoken"]),
    (
        Part::ClientSecret,
        false,
        &[
            "clientsecret",
            "clientsecrets",
            "clientgeheimnis",
            "clientgeheimnisse",
            "clientschlüssel",
            "clientkennwort",
            "kundengeheimnis",
            "secretclient",
            "secretduclient",
            "secretdecliente",
            "secretodecliente",
            "secretodelcliente",
            "secretocliente",
            "segredodocliente",
            "segredocliente",
            "segretoclient",
            "segretodelclient",
            "clientgeheim",
            "クライアントシークレット",
            "クライアント秘密鍵",
            "客户端密钥",
            "客户端密码",
            "클라이언트시크릿",
            "consumersecret",
        ],
    ),
    (
        Part::ClientId,
        false,
        &[
            "clientid",
            "clientids",
            "clientidentifier",
            "clientkennung",
            "appid",
            "applicationid",
            "kundenid",
            "idclient",
            "idduclient",
            "identifiantclient",
            "identifiantduclient",
            "iddecliente",
            "iddelcliente",
            "idcliente",
            "identificadordecliente",
            "identificadordelcliente",
            "iddocliente",
            "idclienteadobe",
            "クライアントid",
            "客户端id",
            "客户端标识",
            "클라이언트id",
            "clientidapikey",
            "consumerkey",
        ],
    ),
    (Part::ApiKey, false, &["apikey", "apischlüssel", "cléapi", "clavedeapi", "claveapi"]),
    (
        Part::ClientSecret,
        true,
        &[
            "secretkey",
            "appsecret",
            "apisecret",
            "secret",
            "geheimnis",
            "geheimerschlüssel",
            "clésecrète",
            "clavesecreta",
            "シークレット",
            "密钥",
        ],
    ),
    (Part::AccessToken, false, &["accesstoken", "bearertoken", "zugriffstoken", "zugangstoken"]),
    (Part::AccessToken, true, &["bearer", "authorization", "token"]),
    (
        Part::Scopes,
        false,
        &[
            "scope",
            "scopes",
            "bereiche",
            "geltungsbereiche",
            "portée",
            "portées",
            "étendues",
            "ámbitos",
            "alcances",
            "permisos",
            "ambiti",
            "escopos",
            "bereiken",
            "スコープ",
            "范围",
            "범위",
        ],
    ),
    (
        Part::TokenEndpoint,
        false,
        &[
            "tokenendpoint",
            "tokenurl",
            "tokenuri",
            "tokenaddress",
            "tokenserver",
            "tokenhost",
            "imsurl",
            "imsuri",
            "imsendpoint",
            "imshost",
            "imsbaseurl",
            "imsserver",
            "oauthurl",
            "oauthendpoint",
        ],
    ),
    (Part::Server, false, &["authurl", "authhost", "authserver", "ims", "idp"]),
    (Part::GrantType, false, &["granttype"]),
    (Part::Redirect, false, &["redirecturi", "redirecturl", "callbackurl"]),
    (Part::Title, false, &["projectname", "projecttitle", "projektname"]),
    (Part::Title, true, &["project", "projekt", "projet", "proyecto"]),
    (Part::ApiKey, true, &["xapikey"]),
];

/// That people put behind a name: which environment it is for, or which of two.
const SUFFIXES: [&str; 18] = [
    "prod",
    "production",
    "stage",
    "staging",
    "stg",
    "dev",
    "development",
    "test",
    "qa",
    "live",
    "1",
    "2",
    "primary",
    "secondary",
    "standby",
    "second",
    "key",
    "value",
];

/// In letters, spaces among them. A sentence that ends in "the client id" is no label.
const LONGEST_LABEL: usize = 48;
/// In bytes. aio's names repeat the name of the credential and have some 80.
const LONGEST_NAME: usize = 256;
