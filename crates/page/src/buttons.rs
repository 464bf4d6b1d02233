//! Buttons, and links that look like them.

use maud::{Markup, Render, html};

use crate::parts::small_icon;

/// What a button does when it is pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Press {
    Submit,
    Script(&'static str),
    Follow(String),
}

/// A button or a link that looks like one.
#[derive(Debug, Clone)]
pub struct Button<'a> {
    text: &'a str,
    press: Press,
    classes: Vec<&'static str>,
    icon: Option<&'static str>,
    key: Option<&'static str>,
    name: Option<(&'a str, &'a str)>,
    mark: Option<&'static str>,
    form: Option<&'a str>,
    whole: bool,
    disabled: bool,
}

impl<'a> Button<'a> {
    fn new(text: &'a str, press: Press) -> Button<'a> {
        Button {
            text,
            press,
            classes: Vec::new(),
            icon: None,
            key: None,
            name: None,
            mark: None,
            form: None,
            whole: false,
            disabled: false,
        }
    }

    /// Sends the form it stands in.
    pub fn submit(text: &'a str) -> Button<'a> {
        Button::new(text, Press::Submit)
    }

    /// Follows a link.
    pub fn link(href: &str, text: &'a str) -> Button<'a> {
        Button::new(text, Press::Follow(href.to_owned()))
    }

    /// Does what the page's script does for this mark, such as `data-print`.
    pub fn script(text: &'a str, mark: &'static str) -> Button<'a> {
        Button::new(text, Press::Script(mark))
    }

    #[must_use]
    fn class(mut self, class: &'static str) -> Button<'a> {
        self.classes.push(class);
        self
    }

    /// The one thing this page is for.
    #[must_use]
    pub fn primary(self) -> Button<'a> {
        self.class("pri")
    }

    #[must_use]
    pub fn ghost(self) -> Button<'a> {
        self.class("ghost")
    }

    #[must_use]
    pub fn danger(self) -> Button<'a> {
        self.class("danger")
    }

    #[must_use]
    pub fn small(self) -> Button<'a> {
        self.class("s")
    }

    #[must_use]
    pub fn large(self) -> Button<'a> {
        self.class("lg")
    }

    #[must_use]
    pub fn wide(self) -> Button<'a> {
        self.class("wide")
    }

    #[must_use]
    pub fn icon(mut self, name: &'static str) -> Button<'a> {
        self.icon = Some(name);
        self
    }

    /// Shows the key that presses it.
    #[must_use]
    pub fn key(mut self, key: &'static str) -> Button<'a> {
        self.key = Some(key);
        self
    }

    /// Sends `name=value` with the form.
    #[must_use]
    pub fn sends(mut self, name: &'a str, value: &'a str) -> Button<'a> {
        self.name = Some((name, value));
        self
    }

    /// Sends the form with this id, wherever the button stands.
    #[must_use]
    pub fn form(mut self, id: &'a str) -> Button<'a> {
        self.form = Some(id);
        self
    }

    /// Ctrl+Enter presses it.
    #[must_use]
    pub fn confirms(mut self) -> Button<'a> {
        self.mark = Some("confirm");
        self.key("Ctrl ↵")
    }

    /// Ctrl+Z presses it.
    #[must_use]
    pub fn undoes(mut self) -> Button<'a> {
        self.mark = Some("undo");
        self.key("Ctrl Z")
    }

    /// The browser itself follows the link: for downloads.
    #[must_use]
    pub fn downloads(mut self) -> Button<'a> {
        self.whole = true;
        self
    }

    #[must_use]
    pub fn disabled(mut self, disabled: bool) -> Button<'a> {
        self.disabled = disabled;
        self
    }

    fn inside(&self) -> Markup {
        html! {
            @if let Some(name) = self.icon { (small_icon(name)) }
            (self.text)
            @if let Some(key) = self.key { " " kbd { (key) } }
        }
    }
}

impl Render for Button<'_> {
    fn render(&self) -> Markup {
        let class = format!("btn {}", self.classes.join(" "));
        let class = class.trim_end();
        let confirms = self.mark == Some("confirm");
        let undoes = self.mark == Some("undo");
        let name = self.name.map(|(name, _)| name);
        let value = self.name.map(|(_, value)| value);
        let boost = self.whole.then_some("false");
        let kind = if self.press == Press::Submit {
            "submit"
        } else {
            "button"
        };
        let script = match &self.press {
            Press::Script(mark) => *mark,
            Press::Submit | Press::Follow(_) => "",
        };
        if let Press::Follow(href) = &self.press {
            return html! {
                a class=(class) href=(href) hx-boost=[boost] data-confirm[confirms] data-undo[undoes] {
                    (self.inside())
                }
            };
        }
        html! {
            button class=(class) type=(kind) name=[name] value=[value] form=[self.form] disabled[self.disabled]
                data-confirm[confirms] data-undo[undoes]
                data-print[script == "data-print"] data-cmdk[script == "data-cmdk"] data-keys[script == "data-keys"] {
                (self.inside())
            }
        }
    }
}

/// A button that sends the form it stands in.
pub fn button(text: &str) -> Button<'_> {
    Button::submit(text)
}

/// A link that looks like a button.
pub fn link<'a>(href: &str, text: &'a str) -> Button<'a> {
    Button::link(href, text)
}
