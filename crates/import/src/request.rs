//! An HTTP request as a text describes it.

mod value;

use std::{fmt, ops::Range};

pub use self::value::{Piece, Reference, Value};
use super::Refusal;

/// A request that a command or file would send, as far as the text says.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    pub format: RequestFormat,
    /// As written, perhaps without a scheme. Absent if the text names no address. Holds no user name and password.
    pub url: Option<Value>,
    /// `POST`, `GET` and so on, as it would be sent.
    pub method: String,
    /// Those that were written and those that follow from the options, the names in their own spelling. A name
    /// stands only once unless it was written twice.
    pub headers: Vec<(String, Value)>,
    /// `name:password` for HTTP's Basic authentication, from `-u`, from the address, or from a file's header.
    pub user: Option<Value>,
    pub body: Body,
    /// Variables that the command itself sets, in order: `NAME=value curl …`, curl's `--variable`, `@name = value` in
    /// `.http` files, `$name = …` in PowerShell. References to those of the last two are already replaced.
    pub assignments: Vec<(String, Value)>,
}

/// How a request was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestFormat {
    Curl,
    Wget,
    Httpie,
    /// `Invoke-RestMethod` and `Invoke-WebRequest`.
    PowerShell,
    /// `.http` and `.rest` files, and requests as they go over the wire.
    HttpFile,
}

/// What a request carries.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    None,
    /// Text that is sent as it stands, most often `name=value&name=value`. The parts are sent with `&` between them.
    Form(Vec<FormPart>),
    /// A text that is JSON, or meant to be.
    Json(Value),
    /// `multipart/form-data`: names and values.
    Multipart(Vec<(String, Value)>),
    /// The name of a file that is not here, `-` for the standard input.
    FromFile(String),
}

/// A part of a form's body, as one option gave it.
#[derive(Clone, PartialEq, Eq)]
pub enum FormPart {
    /// Sent as it stands. Its writer is to have encoded it.
    Written(Value),
    /// The program encodes the value when sending. The name is sent as it stands, and may be empty.
    Field { name: String, value: Value },
}

/// A request, or the reason why there is none, and where in the text it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// In bytes of the text. A command that sends several requests is found several times.
    pub range: Range<usize>,
    /// [`Refusal::CutOff`] for a command that ends in the middle of a quote or after an option that needs a value.
    pub request: Result<HttpRequest, Refusal>,
}

impl HttpRequest {
    pub(crate) fn new(format: RequestFormat) -> Self {
        Self {
            format,
            url: None,
            method: "GET".to_owned(),
            headers: Vec::new(),
            user: None,
            body: Body::None,
            assignments: Vec::new(),
        }
    }

    /// The value of the first header of that name, in whatever case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&Value> {
        let mut headers = self.headers.iter();
        headers.find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// With those references replaced of which `lookup` knows the value, by their name.
    #[must_use]
    pub fn resolved(&self, lookup: &dyn Fn(&str) -> Option<Value>) -> Self {
        let resolved = |value: &Value| value.resolved(lookup);
        let pairs = |pairs: &[(String, Value)]| {
            pairs.iter().map(|(name, value)| (name.clone(), resolved(value))).collect()
        };
        Self {
            format: self.format,
            url: self.url.as_ref().map(resolved),
            method: self.method.clone(),
            headers: pairs(&self.headers),
            user: self.user.as_ref().map(resolved),
            body: match &self.body {
                Body::Form(parts) => Body::Form(
                    parts
                        .iter()
                        .map(|part| match part {
                            FormPart::Written(value) => FormPart::Written(resolved(value)),
                            FormPart::Field { name, value } => {
                                FormPart::Field { name: name.clone(), value: resolved(value) }
                            }
                        })
                        .collect(),
                ),
                Body::Json(text) => Body::Json(resolved(text)),
                Body::Multipart(fields) => Body::Multipart(pairs(fields)),
                other => other.clone(),
            },
            assignments: self.assignments.clone(),
        }
    }

    /// The references that are left in the address, the headers, the user and the body.
    #[must_use]
    pub fn references(&self) -> Vec<&Reference> {
        let parts: Vec<&Value> = match &self.body {
            Body::Form(parts) => parts
                .iter()
                .map(|part| match part {
                    FormPart::Written(value) | FormPart::Field { value, .. } => value,
                })
                .collect(),
            Body::Json(text) => vec![text],
            Body::Multipart(fields) => fields.iter().map(|(_, value)| value).collect(),
            Body::None | Body::FromFile(_) => Vec::new(),
        };
        let headers = self.headers.iter().map(|(_, value)| value);
        let values = self.url.iter().chain(headers).chain(&self.user).chain(parts);
        values.flat_map(Value::references).collect()
    }
}

impl Body {
    /// A text that was given as the whole body.
    pub(crate) fn of_text(text: Value, content_type: Option<&Value>) -> Self {
        let says_json = content_type.is_some_and(|it| it.written().contains("json"));
        let looks_like_json = text.head().trim_start().starts_with(['{', '[']);
        if text.is_empty() {
            Self::None
        } else if says_json || looks_like_json {
            Self::Json(text)
        } else {
            Self::Form(vec![FormPart::Written(text)])
        }
    }

    /// The bytes that would be sent, if that can be said: not of a file, nor of several parts.
    #[must_use]
    pub fn sent(&self) -> Option<Value> {
        match self {
            Self::None => Some(Value::default()),
            Self::Json(text) => Some(text.clone()),
            Self::Form(parts) => {
                let mut sent = Value::default();
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        sent.push('&');
                    }
                    sent.append(&part.sent());
                }
                Some(sent)
            }
            Self::Multipart(_) | Self::FromFile(_) => None,
        }
    }
}

impl FormPart {
    pub(crate) fn sent(&self) -> Value {
        match self {
            Self::Written(value) => value.clone(),
            Self::Field { name, value } => {
                let mut sent = Value::default();
                if !name.is_empty() {
                    sent.push_text(name);
                    sent.push('=');
                }
                sent.append(&value.percent_encoded());
                sent
            }
        }
    }
}

/// No texts: of a command that was torn, even a name or a method may be a piece of a secret.
impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("format", &self.format)
            .field("url", &self.url)
            .field("headers", &self.headers.len())
            .field("user", &self.user)
            .field("body", &self.body)
            .field("assignments", &self.assignments.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Form(parts) => write!(f, "Form({parts:?})"),
            Self::Json(text) => write!(f, "Json({text:?})"),
            Self::Multipart(fields) => write!(f, "Multipart({} fields)", fields.len()),
            Self::FromFile(_) => f.write_str("FromFile"),
        }
    }
}

impl fmt::Debug for FormPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Written(value) => write!(f, "Written({value:?})"),
            Self::Field { value, .. } => write!(f, "Field({value:?})"),
        }
    }
}
