//! Fields as Adobe's own Node.js client sends them: `multipart/form-data` (RFC 7578), without files.

pub(super) const MULTIPART: &str = "multipart/form-data";

/// The fields in the order they came.
///
/// # Errors
/// In words, without any value.
pub(super) fn fields(content_type: &str, body: &[u8]) -> Result<Vec<(String, String)>, String> {
    let boundary = parameter(content_type, "boundary").ok_or("multipart without a boundary")?;
    let text = std::str::from_utf8(body).map_err(|_| "the form is not UTF-8")?;
    let delimiter = format!("--{boundary}");
    let mut parts = text.split(delimiter.as_str());
    // Before the first delimiter nothing is meant for anybody (RFC 2046 §5.1.1).
    parts.next();
    let mut fields = Vec::new();
    for part in parts {
        if part.starts_with("--") {
            return Ok(fields);
        }
        fields.push(field(part).ok_or("a part of the form is malformed")?);
    }
    Err("the form has no end".into())
}

fn field(part: &str) -> Option<(String, String)> {
    let (head, value) = part.strip_prefix("\r\n")?.split_once("\r\n\r\n")?;
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    Some((parameter(disposition, "name")?.to_owned(), value.strip_suffix("\r\n")?.to_owned()))
}

/// `x` in `form-data; name="x"`.
fn parameter<'a>(header: &'a str, wanted: &str) -> Option<&'a str> {
    header.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=-x";

    fn part(name: &str, value: &str) -> String {
        format!("---x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    }

    #[test]
    fn values_are_read_to_the_letter() {
        let body = format!("{}{}---x--\r\n", part("a", "1+2 & %\r\nß"), part("b", ""));
        let expected = [("a", "1+2 & %\r\nß"), ("b", "")].map(|(k, v)| (k.into(), v.into()));
        assert_eq!(fields(TYPE, body.as_bytes()), Ok(expected.to_vec()));
    }

    #[test]
    fn what_is_torn_or_malformed_is_refused_in_words() {
        for (content_type, body, words) in [
            ("multipart/form-data", part("a", "1"), "boundary"),
            (TYPE, part("a", "1"), "no end"),
            (TYPE, "---x\r\nno disposition\r\n\r\n1\r\n---x--".into(), "malformed"),
        ] {
            let error = fields(content_type, body.as_bytes()).unwrap_err();
            assert!(error.contains(words), "{body}: {error}");
        }
    }
}
