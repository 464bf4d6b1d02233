//! The house around a page: navigation, top bar, palette, list of keys.

#![expect(
    clippy::needless_pass_by_value,
    reason = "markup is written where it is handed over"
)]

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    Frame, Lang, NavItem, Theme,
    assets::ADDRESS,
    frame::Waiting,
    icon,
    parts::{small_icon, toast},
};

/// No style sheet is injected by the browser library, and failed parts are shown where they say.
const HTMX_SETTINGS: &str = r#"{"includeIndicatorCSS":false,"transitions":false}"#;

/// A whole page inside the house.
pub fn shell(frame: &Frame, title: &str, main: Markup) -> Markup {
    document(
        frame,
        title,
        "app",
        html! {
            a.skip href="#main" { (frame.t("skip")) }
            aside.side {
                (brand(frame, "/"))
                nav.nav aria-label=(frame.t("nav-main")) { (nav_lists(frame, "n")) }
                div.foot {
                    span.keysbtn {
                        button.btn.ghost.s type="button" data-keys { kbd { "?" } " " (frame.t("keys")) }
                    }
                }
            }
            (top_bar(frame))
            main.main #main hx-boost:inherited="true" { (main) }
            (tab_bar(frame))
            (toasts(frame))
            (palette(frame))
            (key_list(frame))
        },
    )
}

/// A page outside the house: signing in, setting up, a problem met by a stranger.
pub fn bare(frame: &Frame, title: &str, body: Markup) -> Markup {
    document(
        frame,
        title,
        "",
        html! {
            main.login #main {
                div.lbox { (brand(frame, "/")) (body) }
                footer.lfoot {
                    @for lang in Lang::ALL { (language_button(frame, lang, "linkish")) }
                    span.push { "Bailiwick " (frame.version) }
                }
            }
            (toasts(frame))
        },
    )
}

fn document(frame: &Frame, title: &str, class: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(frame.lang.tag()) data-theme=[frame.theme.map(Theme::as_str)] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                title { (title) " · Bailiwick" }
                meta name="color-scheme" content="light dark";
                meta name="htmx-config" content=(HTMX_SETTINGS);
                link rel="stylesheet" href=(ADDRESS.style);
                link rel="icon" href="data:,";
                script src=(ADDRESS.htmx) defer {}
                script src=(ADDRESS.app) defer {}
            }
            body class=(class) { (body) }
        }
    }
}

const MARK: &str = r#"<svg viewBox="0 0 24 24" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" d="M3 6.5 9.5 3.5 14.5 6 21 4v13.5l-6.5 3L9.5 18 3 20.5z"/><path fill="currentColor" d="M9.5 3.5 14.5 6v14.5L9.5 18z"/></svg>"#;

fn brand(frame: &Frame, href: &str) -> Markup {
    let place = frame.actor.as_ref().map(|who| who.place.as_str());
    let place = place.filter(|place| !place.is_empty() && *place != &*frame.company);
    html! {
        a.brand href=(href) {
            (PreEscaped(MARK))
            span {
                b { "Bailiwick" }
                span { (frame.company) @if let Some(place) = place { " · " (place) } }
            }
        }
    }
}

/// The navigation as lists; `scope` keeps the ids of its two copies apart.
fn nav_lists(frame: &Frame, scope: &str) -> Markup {
    html! {
        @for (index, group) in frame.nav.iter().enumerate() {
            @let id = group.title_key.map(|_| format!("{scope}-{index}"));
            @if let (Some(id), Some(key)) = (&id, group.title_key) { h3 id=(id) { (frame.t(key)) } }
            ul aria-labelledby=[id] {
                @for item in &group.items { li { (nav_link(frame, item)) } }
            }
        }
    }
}

fn nav_link(frame: &Frame, item: &NavItem) -> Markup {
    html! {
        a href=(item.href) aria-current=[current(frame, item)] data-jump=[item.jump] {
            (icon(item.icon)) span { (frame.t(item.text_key)) }
            @if let Some(waiting) = frame.waiting.get(item.href) { (count(frame, *waiting)) }
        }
    }
}

fn count(frame: &Frame, waiting: Waiting) -> Markup {
    let (class, word) = if waiting.urgent {
        ("cnt hot", "urgent")
    } else {
        ("cnt", "open")
    };
    html! {
        @if waiting.count != 0 {
            span class=(class) { (waiting.count) span.vh { " " (frame.t(word)) } }
        }
    }
}

fn current(frame: &Frame, item: &NavItem) -> Option<&'static str> {
    let here = frame.here().is_some_and(|here| here.href == item.href);
    here.then_some("page")
}

fn top_bar(frame: &Frame) -> Markup {
    html! {
        header.top {
            button.seek type="button" data-cmdk aria-keyshortcuts="Control+K" {
                (small_icon("search")) span.trunc { (frame.t("search-or-command")) } kbd { "Ctrl K" }
            }
            span.sp {}
            @if let Some(fresh) = &frame.fresh { span.fresh { span { (fresh) } } }
            (language_button(frame, frame.lang.other(), "btn ghost s"))
            (theme_button(frame))
            (account(frame))
        }
    }
}

fn language_button(frame: &Frame, lang: Lang, class: &str) -> Markup {
    html! {
        form method="post" action="/language" data-here {
            input type="hidden" name="next" value=(frame.path);
            button class=(class) type="submit" name="lang" value=(lang.tag()) lang=(lang.tag()) {
                (lang.name())
            }
        }
    }
}

fn theme_button(frame: &Frame) -> Markup {
    let wanted = frame.theme.map_or(Theme::Dark, Theme::other);
    html! {
        form method="post" action="/theme" data-theme-toggle data-here {
            input type="hidden" name="next" value=(frame.path);
            button.btn.ghost.icon.s type="submit" name="theme" value=(wanted.as_str())
                aria-label=(frame.t("theme-switch")) { (icon("moon")) }
        }
    }
}

fn account(frame: &Frame) -> Markup {
    let Some(who) = &frame.actor else {
        return html! { a.btn.ghost.s href="/sign-in" { (frame.t("sign-in")) } };
    };
    let role = frame.t(&format!("role-{}", who.role.as_str()));
    html! {
        button.ava type="button" popovertarget="account" aria-label=(frame.tw("account-of", &[("name", who.name.as_str())])) {
            (who.initials)
        }
        div.menu #account popover {
            p.who { b { (who.name) } span.sub { (role) @if !who.place.is_empty() { " · " (who.place) } } }
            (language_button(frame, frame.lang.other(), "phone-only"))
            form method="post" action="/sign-out" {
                button type="submit" { (icon("leave")) (frame.t("sign-out")) }
            }
        }
    }
}

fn tab_bar(frame: &Frame) -> Markup {
    let items = frame.nav.iter().flat_map(|group| &group.items).take(4);
    html! {
        nav.tabbar aria-label=(frame.t("nav-quick")) {
            @for item in items {
                a href=(item.href) aria-current=[current(frame, item)] {
                    (icon(item.icon)) span { (frame.t(item.text_key)) }
                }
            }
            button type="button" popovertarget="more" { (icon("menu")) span { (frame.t("more")) } }
        }
        div.menu #more popover {
            nav.nav aria-label=(frame.t("nav-all")) { (nav_lists(frame, "m")) }
        }
    }
}

/// Where messages appear; the one from the last action is there from the start.
fn toasts(frame: &Frame) -> Markup {
    html! {
        div.toasts #toasts role="status" aria-live="polite" {
            @if let Some(flash) = &frame.flash { (toast(frame, flash.tone, &flash.text, html! {})) }
        }
    }
}

fn palette(frame: &Frame) -> Markup {
    let items = frame.nav.iter().flat_map(|group| &group.items);
    let pages = items.clone().count();
    html! {
        dialog.cmdk #cmdk aria-label=(frame.t("palette")) {
            div.q {
                (icon("search"))
                input #cmdq type="search" role="combobox" aria-expanded="true" aria-controls="cmdl"
                    aria-label=(frame.t("search")) aria-autocomplete="list" autocomplete="off" spellcheck="false"
                    placeholder=(frame.t("palette-placeholder"));
                kbd { "esc" }
            }
            ul #cmdl role="listbox" aria-label=(frame.t("palette")) {
                li role="presentation" data-head { h3 { (frame.t("palette-go")) } }
                @for (index, item) in items.enumerate() {
                    li role="option" id={ "cmd-" (index) } aria-selected=(if index == 0 { "true" } else { "false" }) {
                        a href=(item.href) tabindex="-1" {
                            (icon(item.icon)) span { (frame.t(item.text_key)) }
                            @if let Some(jump) = item.jump {
                                span.push { kbd { "g" } " " kbd { (jump) } }
                            }
                        }
                    }
                }
                @if !frame.commands.is_empty() {
                    li role="presentation" data-head { h3 { (frame.t("palette-do")) } }
                    @for (index, item) in frame.commands.iter().enumerate() {
                        li role="option" id={ "cmd-" (pages + index) } aria-selected="false" {
                            a href=(item.href) tabindex="-1" {
                                (icon(item.icon)) span { (frame.t(item.text_key)) }
                            }
                        }
                    }
                }
            }
            p.none data-none hidden { (frame.t("nothing-found")) }
            footer {
                span { kbd { "↑" } " " kbd { "↓" } " " (frame.t("palette-move")) }
                span { kbd { "↵" } " " (frame.t("palette-open")) }
            }
        }
    }
}

fn key_list(frame: &Frame) -> Markup {
    let keys: [(&[&str], &str); 9] = [
        (&["Ctrl K", "/"], "key-search"),
        (&["J", "K"], "key-rows"),
        (&["Enter"], "key-open"),
        (&["Ctrl ↵"], "key-confirm"),
        (&["Ctrl Z"], "key-undo"),
        (&["L"], "key-lock"),
        (&["P"], "key-print"),
        (&["?"], "key-list"),
        (&["Esc"], "key-close"),
    ];
    let jumps = frame.nav.iter().flat_map(|group| &group.items);
    html! {
        dialog #keys aria-labelledby="keys-title" {
            form method="dialog" {
                header { h2 #keys-title { (frame.t("keys-title")) } }
                div.body {
                    dl.kv.l {
                        @for (names, text) in keys {
                            dt { @for name in names { kbd { (name) } " " } }
                            dd { (frame.t(text)) }
                        }
                        @for item in jumps {
                            @if let Some(jump) = item.jump {
                                dt { kbd { "G" } " " kbd { (jump.to_ascii_uppercase()) } }
                                dd { (frame.t(item.text_key)) }
                            }
                        }
                    }
                }
                div.foot { button.btn type="submit" { (frame.t("close")) " " kbd { "Esc" } } }
            }
        }
    }
}
