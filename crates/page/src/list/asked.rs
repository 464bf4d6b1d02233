//! What of a list is asked: its address, and the conditions set in it.

use maud::{Markup, html};

use super::USUAL_SIZE;

/// An address with conditions. Every link of a list page is this one with something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    path: &'static str,
    conditions: Vec<(&'static str, String)>,
}

impl Asked {
    /// `path` with the conditions that are set; where in the list one stands is none of them.
    pub fn of(path: &'static str, conditions: &[(&'static str, &str)]) -> Asked {
        let conditions = conditions
            .iter()
            .filter(|(name, value)| !value.is_empty() && (*name, *value) != ("limit", USUAL_SIZE))
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        Asked { path, conditions }
    }

    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The value of a condition; empty if it is not set.
    pub fn get(&self, name: &str) -> &str {
        let found = self.conditions.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }

    /// Something narrows the list: more than its order and the size of its pages.
    pub fn narrows(&self) -> bool {
        let narrowing = |(name, _): &(&str, String)| !matches!(*name, "sort" | "limit");
        self.conditions.iter().any(narrowing)
    }

    /// The same question with one condition changed; an empty value takes it away.
    #[must_use]
    pub fn with(&self, name: &'static str, value: &str) -> Asked {
        let mut changed = self.clone();
        changed.conditions.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            changed.conditions.push((name, value.to_owned()));
        }
        changed
    }

    /// The same question to another address, such as that of an export.
    #[must_use]
    pub fn at(&self, path: &'static str) -> Asked {
        Asked {
            path,
            conditions: self.conditions.clone(),
        }
    }

    /// The conditions as they stand behind the `?`, always in the same order.
    pub fn query(&self) -> String {
        let mut pairs = self.conditions.clone();
        pairs.sort();
        // Pairs of plain texts can always be written.
        serde_urlencoded::to_string(&pairs).unwrap_or_default()
    }

    pub fn href(&self) -> String {
        let query = self.query();
        if query.is_empty() {
            return self.path.to_owned();
        }
        format!("{}?{query}", self.path)
    }

    /// The conditions as hidden fields of a form that sets `but` itself.
    pub fn hidden(&self, but: &[&str]) -> Markup {
        html! {
            @for (name, value) in self.conditions.iter().filter(|(name, _)| !but.contains(name)) {
                input type="hidden" name=(name) value=(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_changes_one_condition_and_keeps_the_rest() {
        let asked = Asked::of(
            "/things",
            &[("q", "a&b 陈"), ("state", ""), ("sort", "-day")],
        );
        assert_eq!(asked.href(), "/things?q=a%26b+%E9%99%88&sort=-day");
        assert_eq!(asked.with("q", "").href(), "/things?sort=-day");
        assert!(asked.narrows());
        assert!(!asked.with("q", "").narrows());
        assert_eq!(
            asked.with("state", "open").at("/things/export.csv").href(),
            "/things/export.csv?q=a%26b+%E9%99%88&sort=-day&state=open"
        );
        assert_eq!(asked.get("sort"), "-day");
        assert_eq!(asked.get("other"), "");
    }

    #[test]
    fn the_same_conditions_read_the_same() {
        let one = Asked::of("/things", &[("a", "1"), ("b", "2")]);
        let other = Asked::of("/things", &[("b", "2"), ("a", "1")]);
        assert_eq!(one.query(), other.query());
    }
}
