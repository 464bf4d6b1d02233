//! What a handler holds: the database, the clock, who asks, and the site it is part of.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use db::Db;
use jiff::{Timestamp, civil::Date};
use kernel::Role;

use crate::{Authenticate, Texts, panels::Panel};

/// The state of every route.
#[derive(Clone)]
pub struct Kit {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub auth: Arc<dyn Authenticate>,
    pub site: Arc<Site>,
}

impl Kit {
    /// The business day of the site.
    pub fn today(&self) -> Date {
        self.clock.today()
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Where the time comes from, so that it can stand still in tests and demonstrations.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
    fn today(&self) -> Date;
}

/// A clock that stands still.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock {
    pub now: Timestamp,
    pub today: Date,
}

impl FixedClock {
    /// Noon UTC of `today`.
    pub fn noon(today: Date) -> FixedClock {
        let noon = today.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC);
        let now = noon.map_or(Timestamp::UNIX_EPOCH, |noon| noon.timestamp());
        FixedClock { now, today }
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn today(&self) -> Date {
        self.today
    }
}

/// What all pages share: the company's name, the texts, the way through the pages.
pub struct Site {
    company: RwLock<Arc<str>>,
    pub texts: Texts,
    pub nav: Vec<NavGroup>,
    /// What the palette offers besides the pages; see [`Site::with_commands`].
    pub commands: Vec<NavItem>,
    /// What areas add to the pages of others; see [`Site::with_panels`].
    pub panels: Vec<Panel>,
    pub version: &'static str,
}

impl Site {
    pub fn new(company: &str, texts: Texts, nav: Vec<NavGroup>, version: &'static str) -> Site {
        Site {
            company: RwLock::new(Arc::from(company)),
            texts,
            nav,
            commands: Vec::new(),
            panels: Vec::new(),
            version,
        }
    }

    /// The same with commands: addresses that do or show something particular.
    #[must_use]
    pub fn with_commands(mut self, commands: Vec<NavItem>) -> Site {
        self.commands = commands;
        self
    }

    /// The same with panels, in the order in which they stand on their pages.
    #[must_use]
    pub fn with_panels(mut self, panels: Vec<Panel>) -> Site {
        self.panels = panels;
        self
    }

    pub fn company(&self) -> Arc<str> {
        let name = self.company.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&name)
    }

    /// Shows the new name from the next page on.
    pub fn rename_company(&self, name: &str) {
        let mut company = self.company.write().unwrap_or_else(PoisonError::into_inner);
        *company = Arc::from(name);
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("company", &self.company())
            .field("nav", &self.nav)
            .finish_non_exhaustive()
    }
}

/// Pages that belong together, under a heading or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavGroup {
    pub title_key: Option<&'static str>,
    pub items: Vec<NavItem>,
}

/// One page in the side navigation, on the phone's tab bar and in the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NavItem {
    pub href: &'static str,
    pub text_key: &'static str,
    pub icon: &'static str,
    /// The letter that opens the page after `g`.
    pub jump: Option<char>,
    /// Who sees it; nobody listed means everybody does.
    pub roles: &'static [Role],
}

impl NavItem {
    pub fn is_for(&self, role: Option<Role>) -> bool {
        self.roles.is_empty() || role.is_some_and(|role| self.roles.contains(&role))
    }
}
