//! Tables whose first row names the columns: Markdown, CSV, and what is copied out of a spreadsheet.

use crate::{
    facts::{Facts, Given, Reader},
    names::{Name, Part},
    pairs::looks_like_a_value,
};

/// Reads the table that begins in the line at `start`, and gives back where it ends.
pub(super) fn read(text: &str, start: usize, facts: &mut Facts) -> Option<usize> {
    let mut lines = text[start..].split_inclusive('\n');
    let header = lines.next()?;
    let delimiter = ['|', '\t', ',', ';'].into_iter().find(|it| is_header(header, *it))?;
    let names = cells(header, delimiter);
    let mut at = start + header.len();
    let mut found = false;
    for line in lines {
        let row = cells(line, delimiter);
        let is_rule = !row.is_empty()
            && row.iter().all(|cell| cell.chars().all(|c| matches!(c, '-' | ':' | ' ' | '=')));
        if !is_rule {
            let is_value = |(name, cell): (&String, &String)| {
                is_telling(name) && (looks_like_a_value(cell) || cell.contains('•'))
            };
            if row.len() != names.len() || !names.iter().zip(&row).any(is_value) {
                break;
            }
            let group = facts.group();
            for (name, cell) in names.iter().zip(&row) {
                facts.add_fact(name, Given::text(cell), group, Reader::Labels, true);
            }
            found = true;
        }
        at += line.len();
    }
    found.then_some(at)
}

fn is_header(line: &str, delimiter: char) -> bool {
    if line.len() > 1024 || !line.contains(delimiter) {
        return false;
    }
    let cells = cells(line, delimiter);
    let telling = cells.iter().filter(|cell| is_telling(cell)).count();
    let is_prose = |cell: &String| cell.split(' ').count() > 4 || looks_like_a_value(cell);
    telling >= 2 && !cells.iter().any(is_prose)
}

fn is_telling(cell: &str) -> bool {
    Name::parse(cell).is_some_and(|name| {
        matches!(
            name.part,
            Part::ClientId | Part::ApiKey | Part::ClientSecret | Part::StandbySecret
        )
    })
}

/// The cells of a row, without the quotes of CSV and the marks of Markdown.
fn cells(line: &str, delimiter: char) -> Vec<String> {
    let line = line.trim_matches(|c: char| c == '\n' || c == ' ');
    let line = if delimiter == '|' { line.trim_matches('|') } else { line };
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut characters = line.chars().peekable();
    let mut is_quoted = false;
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                is_quoted = true;
            }
            c if c == delimiter && !is_quoted => cells.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    cells.push(cell);
    let plain = |cell: String| cell.trim().trim_matches('`').trim_matches('*').trim().to_owned();
    cells.into_iter().map(plain).collect()
}
