//! The HTTP requests that a text describes: as commands of curl, wget, HTTPie and PowerShell, or as `.http` files.

use std::ops::Range;

use super::{curl, http_file, httpie, powershell, request::Found, wget};

/// Every request in a text, in the order in which they stand there.
#[must_use]
pub fn requests(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for reader in [powershell::requests, curl::requests, wget::requests, httpie::requests] {
        let more = reader(text);
        found
            .extend(more.into_iter().filter(|it| !overlaps(&found, &it.range)).collect::<Vec<_>>());
    }
    let written = http_file::requests(text);
    found.extend(written.into_iter().filter(|it| !overlaps(&found, &it.range)).collect::<Vec<_>>());
    found.sort_by_key(|it| it.range.start);
    found
}

fn overlaps(found: &[Found], range: &Range<usize>) -> bool {
    found.iter().any(|it| it.range.start < range.end && range.start < it.range.end)
}
