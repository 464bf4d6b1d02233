//! The desk: bridges that join the duties and write nothing. Today answers the month first; search
//! finds whatever the asker may see. Routes: `/`, `/search`.

pub mod web;

/// The texts of this crate's pages.
pub const MESSAGES: page::Messages = page::Messages {
    en: include_str!("../locales/en.ftl"),
    zh: include_str!("../locales/zh-CN.ftl"),
};
