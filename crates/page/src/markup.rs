//! Checks every page can be put through in a test: what the safety headers forbid, and what a
//! reader who cannot see the page needs.

use std::collections::BTreeMap;

/// One tag with its attributes; text between tags is kept only as "there is some".
struct Tag<'h> {
    name: &'h str,
    closes: bool,
    empty: bool,
    attributes: Vec<(&'h str, &'h str)>,
}

impl Tag<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }
}

enum Piece<'h> {
    Tag(Tag<'h>),
    Text(&'h str),
}

/// Looks for inline styles and handlers, controls without a name, doubled ids, and labels that
/// point nowhere.
///
/// # Errors
///
/// One line for each fault.
pub fn check_markup(html: &str) -> Result<(), Vec<String>> {
    let mut check = Check::default();
    for piece in pieces(html) {
        match piece {
            Piece::Tag(tag) => check.tag(&tag),
            Piece::Text(text) => check.text(text),
        }
    }
    check.finish()
}

/// A control that still waits for its name.
struct Unnamed {
    shown: String,
    id: Option<String>,
}

#[derive(Default)]
struct Check {
    faults: Vec<String>,
    ids: BTreeMap<String, u32>,
    pointed_at: Vec<String>,
    unnamed: Vec<Unnamed>,
    /// How many `<label>` are open.
    labels_open: u32,
    /// The open button or link, and whether something names it yet.
    pressable: Option<(String, bool)>,
}

impl Check {
    fn tag(&mut self, tag: &Tag<'_>) {
        if tag.closes {
            match tag.name {
                "label" => self.labels_open = self.labels_open.saturating_sub(1),
                "button" | "a" => self.close_pressable(),
                _ => {}
            }
            return;
        }
        self.forbidden(tag);
        if let Some(id) = tag.get("id") {
            *self.ids.entry(id.to_owned()).or_default() += 1;
        }
        self.names(tag);
    }

    fn forbidden(&mut self, tag: &Tag<'_>) {
        for (name, value) in &tag.attributes {
            let name = name.to_ascii_lowercase();
            let shown = format!("<{} {name}=\"{value}\">", tag.name);
            if name == "style" {
                self.faults.push(format!("inline style: {shown}"));
            }
            if name.starts_with("on")
                || name.starts_with("hx-on")
                || name == "hx-vals" && value.starts_with("js:")
            {
                self.faults.push(format!("inline handler: {shown}"));
            }
            if matches!(name.as_str(), "href" | "src" | "action")
                && value
                    .trim_start()
                    .to_ascii_lowercase()
                    .starts_with("javascript:")
            {
                self.faults.push(format!("script in an address: {shown}"));
            }
        }
        if tag.name == "style" || (tag.name == "script" && tag.get("src").is_none()) {
            self.faults.push(format!("inline <{}>", tag.name));
        }
    }

    fn names(&mut self, tag: &Tag<'_>) {
        let named = ["aria-label", "aria-labelledby", "title"]
            .iter()
            .any(|name| tag.get(name).is_some_and(|value| !value.is_empty()));
        match tag.name {
            "label" => {
                self.labels_open += 1;
                self.pointed_at.extend(tag.get("for").map(str::to_owned));
            }
            "input" | "select" | "textarea" => {
                let quiet = matches!(
                    tag.get("type"),
                    Some("hidden" | "submit" | "button" | "reset" | "image")
                );
                if !quiet && !named && self.labels_open == 0 {
                    let shown = tag.get("name").unwrap_or("without a name");
                    self.unnamed.push(Unnamed {
                        shown: format!("<{}> {shown}", tag.name),
                        id: tag.get("id").map(str::to_owned),
                    });
                }
            }
            "button" | "a" if !tag.empty => {
                self.pressable = Some((format!("<{}>", tag.name), named));
            }
            "svg" if tag.get("role") == Some("img") && !named => {
                self.faults.push("a drawing without a label".to_owned());
            }
            "img" if tag.get("alt").is_none() => {
                self.faults.push("an image without alt".to_owned());
            }
            _ => {}
        }
        if named && let Some(open) = &mut self.pressable {
            open.1 = true;
        }
    }

    fn text(&mut self, text: &str) {
        if !text.trim().is_empty()
            && let Some(open) = &mut self.pressable
        {
            open.1 = true;
        }
    }

    fn close_pressable(&mut self) {
        if let Some((shown, false)) = self.pressable.take() {
            self.faults.push(format!("{shown} without a name"));
        }
    }

    fn finish(mut self) -> Result<(), Vec<String>> {
        for control in &self.unnamed {
            let labelled = control
                .id
                .as_ref()
                .is_some_and(|id| self.pointed_at.contains(id));
            if !labelled {
                self.faults.push(format!("{} has no label", control.shown));
            }
        }
        for (id, times) in &self.ids {
            if 1 < *times {
                self.faults
                    .push(format!("the id {id:?} is there {times} times"));
            }
        }
        for place in &self.pointed_at {
            if !self.ids.contains_key(place) {
                self.faults
                    .push(format!("a label points to {place:?}, which is not there"));
            }
        }
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(self.faults)
        }
    }
}

/// Cuts markup into tags and texts. It reads what our own pages write, not the whole web.
fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        if 0 < start {
            found.push(Piece::Text(&rest[..start]));
        }
        rest = &rest[start + 1..];
        if rest.starts_with('!') {
            rest = rest.split_once('>').map_or("", |(_, after)| after);
            continue;
        }
        let end = tag_end(rest);
        found.push(Piece::Tag(tag(&rest[..end])));
        rest = rest.get(end + 1..).unwrap_or("");
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    found
}

/// The place of the `>` that ends the tag; one inside quotes does not.
fn tag_end(text: &str) -> usize {
    let mut quoted = None;
    for (place, byte) in text.bytes().enumerate() {
        match (quoted, byte) {
            (None, b'"' | b'\'') => quoted = Some(byte),
            (Some(open), _) if open == byte => quoted = None,
            (None, b'>') => return place,
            _ => {}
        }
    }
    text.len()
}

fn tag(text: &str) -> Tag<'_> {
    let closes = text.starts_with('/');
    let text = text.trim_start_matches('/');
    let name_end = text
        .find(|one: char| one.is_ascii_whitespace() || one == '/')
        .unwrap_or(text.len());
    Tag {
        name: &text[..name_end],
        closes,
        empty: text.ends_with('/'),
        attributes: attributes(&text[name_end..]),
    }
}

fn attributes(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && rest != "/" {
        let name_end = rest
            .find(|one: char| one == '=' || one.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let name = &rest[..name_end];
        rest = rest[name_end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let quote = after.chars().next().filter(|one| matches!(one, '"' | '\''));
            let inside = if quote.is_some() { &after[1..] } else { after };
            let end = inside
                .find(|one: char| quote.map_or(one.is_ascii_whitespace(), |quote| one == quote))
                .unwrap_or(inside.len());
            value = &inside[..end];
            rest = inside
                .get(end + usize::from(quote.is_some())..)
                .unwrap_or("");
        }
        if !name.is_empty() {
            found.push((name, value));
        }
        rest = rest.trim_start();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fault(html: &str, expected: &str) {
        let faults = check_markup(html).unwrap_err();
        assert!(
            faults.iter().any(|fault| fault.contains(expected)),
            "{faults:?}"
        );
    }

    #[test]
    fn what_the_headers_forbid_is_found() {
        fault(r#"<p style="color:red">x</p>"#, "inline style");
        fault(r#"<p onclick="x()">x</p>"#, "inline handler");
        fault(r#"<a href="javascript:x()">x</a>"#, "script in an address");
        fault("<script>x()</script>", "inline <script>");
    }

    #[test]
    fn controls_need_a_name() {
        fault(r#"<input name="a">"#, "has no label");
        fault(
            r#"<button type="button"><svg></svg></button>"#,
            "without a name",
        );
        fault(r#"<label for="b">B</label>"#, "points to \"b\"");
        fault("<svg role=\"img\"></svg>", "drawing without a label");
        for html in [
            r#"<label for="a">A</label><input id="a">"#,
            "<label>A <input></label>",
            r#"<input aria-label="A > B">"#,
            r#"<input type="hidden" name="x">"#,
            r#"<button aria-label="Close"><svg></svg></button>"#,
            r#"<a href="/"><svg aria-hidden="true"></svg><span>Home</span></a>"#,
        ] {
            assert_eq!(check_markup(html), Ok(()), "{html}");
        }
    }

    #[test]
    fn an_id_is_there_once() {
        fault(r#"<p id="a"></p><p id="a"></p>"#, "2 times");
    }
}
