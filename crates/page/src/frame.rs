//! What every page needs to know to be drawn: for whom, in which words, where it stands.

use std::{collections::BTreeMap, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use fluent_bundle::FluentArgs;
use jiff::civil::Date;
use kernel::Role;

use crate::{
    Actor, Kit, Lang, Messages, NavGroup, NavItem, Problem, Texts, Theme, Value, actor,
    flash::{self, Flash},
    lang::{THEME_COOKIE, cookie},
    num,
};

/// The person shown in the corner of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    pub name: String,
    pub initials: String,
    pub place: String,
    pub role: Role,
}

/// How much waits behind an entry of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub count: i64,
    /// Something of it is late or blocked.
    pub urgent: bool,
}

/// The surroundings of a page. Pages are functions from a frame and values to markup.
#[derive(Debug, Clone)]
pub struct Frame {
    pub lang: Lang,
    /// `None` follows the system.
    pub theme: Option<Theme>,
    pub company: Arc<str>,
    pub actor: Option<Who>,
    /// The navigation of this actor's role.
    pub nav: Vec<NavGroup>,
    /// What the palette offers besides pages.
    pub commands: Vec<NavItem>,
    pub path: String,
    pub today: Date,
    pub texts: Texts,
    pub version: &'static str,
    /// How old the figures are, as a sentence for the top bar.
    pub fresh: Option<String>,
    pub waiting: BTreeMap<&'static str, Waiting>,
    /// What the last action has to say, shown once.
    pub flash: Option<Flash>,
}

impl Frame {
    /// The text of `key`.
    pub fn t(&self, key: &str) -> String {
        self.texts.text(self.lang, key, None)
    }

    /// Whether there is a text of `key`, for names that come from elsewhere.
    pub fn has(&self, key: &str) -> bool {
        self.texts.has(key)
    }

    /// The text of `key` with named values. Numbers are given as they are to be shown; a whole
    /// number is passed as such only where the text has plural forms.
    pub fn tw<'v, V>(&self, key: &str, values: &[(&'v str, V)]) -> String
    where
        V: Clone + Into<Value<'v>>,
    {
        let mut named = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            named.set(*name, value.clone());
        }
        self.texts.text(self.lang, key, Some(&named))
    }

    /// Chinese is set differently in more than its words.
    pub fn is_zh(&self) -> bool {
        self.lang == Lang::ZhCn
    }

    #[must_use]
    pub fn with_fresh(mut self, sentence: impl Into<String>) -> Frame {
        self.fresh = Some(sentence.into());
        self
    }

    /// Shows a count beside the navigation entry `href`; zero shows nothing.
    #[must_use]
    pub fn with_waiting(mut self, href: &'static str, count: i64, urgent: bool) -> Frame {
        self.waiting.insert(href, Waiting { count, urgent });
        self
    }

    /// The navigation entry this page stands under: the longest that begins its path.
    pub fn here(&self) -> Option<NavItem> {
        let items = self.nav.iter().flat_map(|group| &group.items);
        items
            .filter(|item| {
                let rest = self.path.strip_prefix(item.href);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
            .max_by_key(|item| item.href.len())
            .copied()
    }

    /// A frame for tests and sample pages: a signed-in manager, a small navigation, 16 June 2026.
    ///
    /// # Panics
    ///
    /// If the texts do not fit together.
    pub fn sample(lang: Lang, parts: &[Messages]) -> Frame {
        let texts = Texts::new(parts).unwrap_or_else(|faults| panic!("{faults}"));
        let item = |href, text_key, icon, jump| NavItem {
            href,
            text_key,
            icon,
            jump: Some(jump),
            roles: &[],
        };
        let items = vec![
            item("/", "nav-start", "today", 't'),
            item("/samples", "nav-samples", "heat", 's'),
        ];
        Frame {
            lang,
            theme: None,
            company: Arc::from("Holloway Coatings"),
            actor: Some(Who {
                name: "Xu Lan".to_owned(),
                initials: "XL".to_owned(),
                place: "East".to_owned(),
                role: Role::Manager,
            }),
            nav: vec![NavGroup {
                title_key: None,
                items,
            }],
            commands: Vec::new(),
            path: "/samples".to_owned(),
            today: jiff::civil::date(2026, 6, 16),
            texts,
            version: "0.0.0",
            fresh: None,
            waiting: BTreeMap::new(),
            flash: None,
        }
    }

    /// The frame of a request whose asker is known.
    pub fn of(kit: &Kit, parts: &Parts, actor: Option<&Actor>) -> Frame {
        let role = actor.map(|actor| actor.role);
        let prefs = actor.map(|actor| actor.prefs).unwrap_or_default();
        let kept_theme = cookie(&parts.headers, THEME_COOKIE).and_then(Theme::parse);
        let lang = prefs
            .lang
            .unwrap_or_else(|| Lang::of_headers(&parts.headers));
        Frame {
            lang,
            theme: prefs.theme.or(kept_theme),
            company: kit.site.company(),
            actor: actor.map(|actor| Who {
                name: actor.name.clone(),
                initials: num::initials(&actor.name),
                place: place_in(lang, actor),
                role: actor.role,
            }),
            nav: nav_for(&kit.site.nav, role),
            commands: commands_for(&kit.site.commands, role),
            path: parts.uri.path().to_owned(),
            today: kit.today(),
            texts: kit.site.texts.clone(),
            version: kit.site.version,
            fresh: None,
            waiting: BTreeMap::new(),
            flash: flash::of_headers(&parts.headers),
        }
    }
}

/// The groups with what `role` may see of them; empty groups fall away.
fn nav_for(nav: &[NavGroup], role: Option<Role>) -> Vec<NavGroup> {
    nav.iter()
        .map(|group| NavGroup {
            title_key: group.title_key,
            items: group
                .items
                .iter()
                .filter(|item| item.is_for(role))
                .copied()
                .collect(),
        })
        .filter(|group| !group.items.is_empty())
        .collect()
}

fn commands_for(commands: &[NavItem], role: Option<Role>) -> Vec<NavItem> {
    let offered = commands.iter().filter(|item| item.is_for(role));
    offered.copied().collect()
}

/// The actor's unit by its name in the reader's language.
fn place_in(lang: Lang, actor: &Actor) -> String {
    let local = actor.place_local.as_ref().filter(|_| lang == Lang::ZhCn);
    local.unwrap_or(&actor.place).clone()
}

impl FromRequestParts<Kit> for Frame {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, kit: &Kit) -> Result<Frame, Problem> {
        let actor = actor::asker(parts, kit).await?;
        Ok(Frame::of(kit, parts, actor.as_ref().as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_stands_under_the_longest_entry() {
        let mut frame = Frame::sample(Lang::En, &[]);
        for (path, href) in [
            ("/", Some("/")),
            ("/samples/7", Some("/samples")),
            ("/samplesx", None),
            ("/other", None),
        ] {
            path.clone_into(&mut frame.path);
            assert_eq!(frame.here().map(|item| item.href), href, "{path}");
        }
    }

    #[test]
    fn entries_of_other_roles_are_not_shown() {
        let item = |href, roles| NavItem {
            href,
            text_key: "nav-start",
            icon: "today",
            jump: None,
            roles,
        };
        let nav = [
            NavGroup {
                title_key: None,
                items: vec![item("/a", &[]), item("/b", &[Role::Finance])],
            },
            NavGroup {
                title_key: None,
                items: vec![item("/c", &[Role::Finance])],
            },
        ];
        let seen = nav_for(&nav, Some(Role::Rep));
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].items.len(), 1);
        assert_eq!(nav_for(&nav, Some(Role::Finance)).len(), 2);
    }
}
