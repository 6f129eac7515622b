//! What a choice of the settings can be, whoever made it.

use std::ops::RangeInclusive;

use url::Url;

use crate::{localization::FieldError, view::ProxyView};

/// In minutes. Less would lock while somebody reads, more than a working day is no lock.
pub(crate) const LOCK_AFTER: RangeInclusive<u32> = 1..=480;
/// In seconds. Less is over before it can be pasted, more is no clearing.
pub(crate) const CLEAR_CLIPBOARD_AFTER: RangeInclusive<u64> = 5..=3_600;

/// The address of a proxy, with its scheme. Empty if there is none.
pub(crate) fn parse_proxy(proxy: &ProxyView) -> Result<String, FieldError> {
    let ProxyView::At { address } = proxy else { return Ok(String::new()) };
    let address = address.trim();
    let address =
        if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let url = Url::parse(&address).map_err(|_| FieldError::new("proxy_malformed"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FieldError::new("proxy_password"));
    }
    let is_proxy = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.path() == "/"
        && url.query().is_none();
    if !is_proxy {
        return Err(FieldError::new("proxy_malformed"));
    }
    Ok(url.to_string())
}
