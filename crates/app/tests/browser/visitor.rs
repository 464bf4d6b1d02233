//! Somebody at the demo with a browser: what he opens, presses and types, and what he then sees.

use std::time::Duration;

use fantoccini::{
    Locator,
    actions::{InputSource, KeyAction, KeyActions},
    key::Key,
};
use serde_json::{Value, json};

use crate::{
    chromium::{Chromium, installed},
    demo::{Demo, Folder},
};

pub const MANAGER: &str = "jing.zhao@songlan.example";
pub const REP: &str = "yang.liu@songlan.example";
pub const CONTROLLER: &str = "wenjuan.xu@songlan.example";

/// A page that takes longer than this, after 400 looks 25 ms apart, is taken to be broken.
const LOOKS: u32 = 400;
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

/// Where a page is, for whoever reads that a test failed.
const WHERE: &str = "[location.pathname, document.title, 'focus in',
    document.activeElement.cloneNode(false).outerHTML, 'open are',
    ...[...document.querySelectorAll('dialog[open]')].map((dialog) => dialog.id)].join(' ')";

/// A screen the pages are made for.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    pub width: u32,
    pub height: u32,
    pub is_phone: bool,
}

pub const DESK: Screen = Screen {
    width: 1440,
    height: 900,
    is_phone: false,
};
pub const PHONE: Screen = Screen {
    width: 390,
    height: 844,
    is_phone: true,
};

/// What a reader operates.
const ROLES: [&str; 11] = [
    "button",
    "checkbox",
    "combobox",
    "link",
    "listbox",
    "menuitem",
    "option",
    "radio",
    "searchbox",
    "spinbutton",
    "textbox",
];

/// Something to press, follow, choose or type into.
#[derive(Debug)]
pub struct Control {
    pub name: String,
    /// Where it has no name, what it is.
    pub markup: String,
}

/// The browser goes before the program, and both before their folder.
pub struct Visitor {
    chromium: Chromium,
    demo: Demo,
    _folder: Folder,
}

impl Visitor {
    /// Draws up a demo and opens a browser; none where the tests go without.
    pub async fn arrives() -> Option<Visitor> {
        let (browser, driver) = installed()?;
        let folder = Folder::new();
        let demo = Demo::start(&folder);
        let chromium = Chromium::start(&folder, &browser, &driver).await;
        let visitor = Visitor {
            chromium,
            demo,
            _folder: folder,
        };
        visitor.sits_at(DESK).await;
        Some(visitor)
    }

    /// Looks at the pages on such a screen from now on.
    pub async fn sits_at(&self, screen: Screen) {
        let Screen {
            width,
            height,
            is_phone,
        } = screen;
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone });
        let set = "Emulation.setDeviceMetricsOverride";
        self.chromium.protocol(set, size).await;
    }

    pub async fn signs_in(&self, email: &str) {
        self.opens("/sign-in").await;
        for (field, text) in [("#email", email), ("#password", &self.demo.password)] {
            let field = self
                .chromium
                .client
                .find(Locator::Css(field))
                .await
                .unwrap();
            field.send_keys(text).await.unwrap();
        }
        self.clicks("form[action='/sign-in'] button[type=submit]")
            .await;
        self.waits_for("location.pathname === '/' && !!document.querySelector('header.top')")
            .await;
    }

    pub async fn signs_out(&self) {
        self.clicks("header.top .ava").await;
        self.clicks("form[action='/sign-out'] button").await;
        self.waits_for("!document.querySelector('header.top')")
            .await;
    }

    /// Opens a page of the demo by its address; what it is answered with.
    pub async fn goes_to(&self, path: &str) -> u64 {
        let url = format!("{}{path}", self.demo.address);
        self.chromium.client.goto(&url).await.unwrap();
        let status = "performance.getEntriesByType('navigation')[0].responseStatus";
        self.finds(status).await.as_u64().unwrap()
    }

    /// Opens a page that is there.
    #[track_caller]
    pub fn opens(&self, path: &str) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            assert_eq!(self.goes_to(path).await, 200, "{path}, {caller}");
        }
    }

    /// The value of a JavaScript expression on the page.
    pub async fn finds(&self, expression: &str) -> Value {
        self.runs(&format!("return ({expression})")).await
    }

    /// The text that a JavaScript expression gives.
    pub async fn reads(&self, expression: &str) -> String {
        let found = self.finds(expression).await;
        let text = found
            .as_str()
            .unwrap_or_else(|| panic!("{expression}: {found}"));
        text.to_owned()
    }

    /// What a script returns.
    pub async fn runs(&self, script: &str) -> Value {
        let result = self.chromium.client.execute(script, Vec::new()).await;
        result.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Looks again and again until the expression is true.
    #[track_caller]
    pub fn waits_for(&self, expression: &str) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            if self.comes_true(expression).await {
                return;
            }
            let at = self.reads(WHERE).await;
            let heard = self.complaints().await;
            panic!("{caller}: this never came true: {expression}\nat {at}\n{heard:?}");
        }
    }

    /// While a page is being left there may be nothing to ask, which is no answer yet.
    async fn comes_true(&self, expression: &str) -> bool {
        let script = format!("return !!({expression})");
        let mut pause = tokio::time::interval(BETWEEN_LOOKS);
        for _ in 0..LOOKS {
            pause.tick().await;
            let answer = self.chromium.client.execute(&script, Vec::new()).await;
            if answer.is_ok_and(|value| value == true) {
                return true;
            }
        }
        false
    }

    /// Presses what a selector finds first.
    #[track_caller]
    pub fn clicks(&self, selector: &str) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let found = self.chromium.client.find(Locator::Css(selector)).await;
            let found = found.unwrap_or_else(|error| panic!("{caller}: {selector}: {error}"));
            if let Err(error) = found.click().await {
                panic!("{caller}: {selector}: {error}");
            }
        }
    }

    /// Chooses a file of this machine where a form asks for one.
    pub async fn chooses_file(&self, field: &str, path: &std::path::Path) {
        let found = self.chromium.client.find(Locator::Css(field)).await;
        let path = path.to_str().unwrap();
        found.unwrap().send_keys(path).await.unwrap();
    }

    /// Presses keys one after the other, wherever the focus is.
    pub async fn presses(&self, keys: &[char]) {
        let both = |key: &char| {
            [
                KeyAction::Down { value: *key },
                KeyAction::Up { value: *key },
            ]
        };
        self.acts(keys.iter().flat_map(both)).await;
    }

    /// Leaves the open dialog; it is gone for good when the focus has left it as well.
    pub async fn escapes(&self) {
        self.presses(&[Key::Escape.into()]).await;
        let gone = "!document.querySelector('dialog[open]')
            && !document.activeElement.closest('dialog')";
        self.waits_for(gone).await;
    }

    /// Types a text, wherever the focus is.
    pub async fn types(&self, text: &str) {
        self.presses(&text.chars().collect::<Vec<_>>()).await;
    }

    /// Presses a key while Control is held.
    pub async fn presses_with_control(&self, key: char) {
        let control = char::from(Key::Control);
        let down = [control, key].map(|value| KeyAction::Down { value });
        let up = [key, control].map(|value| KeyAction::Up { value });
        self.acts(down.into_iter().chain(up)).await;
    }

    async fn acts(&self, actions: impl Iterator<Item = KeyAction>) {
        let keyboard = actions.fold(KeyActions::new("keyboard".to_owned()), InputSource::then);
        self.chromium
            .client
            .perform_actions(keyboard)
            .await
            .unwrap();
    }

    /// What the browser complained of since it was last asked: errors, refused styles and scripts.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self
            .chromium
            .ask("se/log", json!({ "type": "browser" }))
            .await;
        let lines = log.as_array().unwrap().iter();
        lines
            .map(|line| line["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// What can be operated, as a screen reader is told of it.
    pub async fn controls(&self) -> Vec<Control> {
        let ask = async |command: &str, params| self.chromium.protocol(command, params).await;
        ask("Accessibility.enable", json!({})).await;
        let tree = ask("Accessibility.getFullAXTree", json!({})).await;
        let mut controls = Vec::new();
        for node in tree["nodes"].as_array().unwrap() {
            let role = node["role"]["value"].as_str().unwrap_or_default();
            if node["ignored"] == true || !ROLES.contains(&role) {
                continue;
            }
            let name = node["name"]["value"].as_str().unwrap_or_default().trim();
            let mut markup = String::new();
            if name.is_empty() {
                let place = json!({ "backendNodeId": node["backendDOMNodeId"] });
                let found = ask("DOM.getOuterHTML", place).await;
                markup = found["outerHTML"].as_str().unwrap_or_default().to_owned();
            }
            controls.push(Control {
                name: name.to_owned(),
                markup,
            });
        }
        controls
    }

    /// The screen as a PNG.
    pub async fn picture(&self) -> Vec<u8> {
        self.chromium.client.screenshot().await.unwrap()
    }
}
