//! Templates of a mapping: text with the names of columns in braces.

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Column(String),
}

/// Cuts `"{First} {Last}"` into text and columns; `{{` and `}}` stand for the braces themselves.
///
/// # Errors
///
/// A brace without its partner.
pub(crate) fn pieces(template: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let (brace, behind) = rest[at..].split_at(1);
        if let Some(behind) = behind.strip_prefix(brace) {
            text.push_str(brace);
            rest = behind;
            continue;
        }
        let unclosed = || format!("the template “{template}” has a brace without its partner");
        if brace == "}" {
            return Err(unclosed());
        }
        let (column, behind) = behind.split_once('}').ok_or_else(unclosed)?;
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
        }
        pieces.push(Piece::Column(column.trim().to_owned()));
        rest = behind;
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_cut_into_text_and_columns() {
        let column = |name: &str| Piece::Column(name.to_owned());
        let text = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(
            pieces("{First} {Last}").unwrap(),
            [column("First"), text(" "), column("Last")]
        );
        assert_eq!(pieces("{{x}}-{A}").unwrap(), [text("{x}-"), column("A")]);
        assert_eq!(pieces("").unwrap(), []);
    }
}
