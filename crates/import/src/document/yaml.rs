//! YAML, if a text is nothing else.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::Node;

/// The document that a text is. A text of lines with labels is YAML as well, and says the same that way.
pub(super) fn whole(text: &str) -> Option<Node> {
    // What has no line of this shape is no mapping, and mails need not be tried.
    let looks_like_it = text.lines().any(|line| {
        let line = line.trim_start().trim_start_matches("- ");
        let name = line.split(": ").next().unwrap_or_default();
        let name = name.strip_suffix(':').unwrap_or(name);
        name.len() < line.len() && !name.is_empty() && !name.contains([' ', '{', '=', '|'])
    });
    if !looks_like_it || text.trim_start().starts_with('{') {
        return None;
    }
    let mut documents = Vec::new();
    let mut stack: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        // In a mail the next line is no part of a value, although YAML says so.
        if let Event::Scalar(_, ScalarStyle::Plain, ..) = event
            && span.start.line() != span.end.line()
        {
            return None;
        }
        let done = match event {
            Event::SequenceStart(..) => {
                stack.push(Open::List(Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                stack.push(Open::Map(Vec::new(), None));
                None
            }
            Event::Scalar(text, ..) => Some(Node::Text(text.into_owned())),
            // What an anchor stands for is read where it stands.
            Event::Alias(_) => Some(Node::Text(String::new())),
            Event::SequenceEnd | Event::MappingEnd => Some(stack.pop()?.closed()),
            _ => None,
        };
        if stack.len() > DEEPEST {
            return None;
        }
        let Some(node) = done else { continue };
        match stack.last_mut() {
            None => documents.push(node),
            Some(Open::List(items)) => items.push(node),
            Some(Open::Map(members, key)) => match key.take() {
                Some(key) => members.push((key, node)),
                None => {
                    *key = Some(if let Node::Text(text) = &node {
                        text.clone()
                    } else {
                        String::new()
                    })
                }
            },
        }
    }
    if !documents.iter().any(|it| !matches!(it, Node::Text(_))) {
        return None;
    }
    Some(if documents.len() == 1 { documents.pop()? } else { Node::List(documents) })
}

enum Open {
    List(Vec<Node>),
    Map(Vec<(String, Node)>, Option<String>),
}

impl Open {
    fn closed(self) -> Node {
        match self {
            Self::List(items) => Node::List(items),
            Self::Map(members, _) => Node::Map(members),
        }
    }
}

/// Deployments of Kubernetes have some 12.
const DEEPEST: usize = 64;
