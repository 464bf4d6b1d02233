//! Addresses of lists with their conditions.

/// `path?name=value&…` with the conditions that are set.
pub fn with(path: &str, conditions: &[(&str, &str)]) -> String {
    let set: Vec<&(&str, &str)> = conditions
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    if set.is_empty() {
        return path.to_owned();
    }
    // Pairs of plain texts can always be written.
    format!(
        "{path}?{}",
        serde_urlencoded::to_string(set).unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_set_is_asked_for() {
        assert_eq!(
            with("/customers", &[("q", ""), ("group", "")]),
            "/customers"
        );
        let asked = with(
            "/customers",
            &[("q", "a&b 陈"), ("group", ""), ("owner", "li")],
        );
        assert_eq!(asked, "/customers?q=a%26b+%E9%99%88&owner=li");
    }
}
