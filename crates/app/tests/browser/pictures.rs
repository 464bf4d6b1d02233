//! The four main pages on a desk and on a phone, light and dark, in both languages: they fit, every
//! control has a name, the browser has nothing to complain of. The pictures stay to be looked at.

use std::{fs, path::PathBuf};

use crate::visitor::{DESK, MANAGER, PHONE, Screen, Visitor};

const PAGES: [(&str, &str); 4] = [
    ("today", "/"),
    ("plan", "/plan"),
    ("attainment", "/attainment"),
    ("customers", "/customers"),
];

/// What a reader operates; each must be called something.
const CONTROLS: [&str; 11] = [
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

#[tokio::test]
async fn pages_fit_their_screens_in_every_light_and_language() {
    let Some(manager) = Visitor::arrives().await else {
        return;
    };
    manager.signs_in(MANAGER).await;
    hears_complaints(&manager).await;
    begins_a_revision(&manager).await;
    let mut faults = Vec::new();
    for (lang, tag) in [("en", "en"), ("zh", "zh-CN")] {
        reads_in(&manager, tag).await;
        for theme in ["light", "dark"] {
            lights(&manager, theme).await;
            for screen in [DESK, PHONE] {
                manager.sits_at(screen).await;
                for (name, path) in PAGES {
                    let picture = format!("{name}-{}-{lang}-{theme}", screen.width);
                    manager.opens(path).await;
                    keep(&picture, &manager.picture().await);
                    let found = look(&manager, screen).await;
                    faults.extend(found.into_iter().map(|fault| format!("{picture}: {fault}")));
                }
            }
            manager.sits_at(DESK).await;
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// A list that hears nothing would prove nothing.
async fn hears_complaints(manager: &Visitor) {
    assert_eq!(manager.complaints().await, [""; 0]);
    manager
        .runs("document.body.setAttribute('style', 'color: red')")
        .await;
    let heard = manager.complaints().await;
    assert!(
        heard.iter().any(|line| line.contains("style-src")),
        "{heard:?}"
    );
}

/// The plan is looked at while it can be typed into, which is its fullest.
async fn begins_a_revision(manager: &Visitor) {
    manager.opens("/plan").await;
    let revise = "form[action$='/revise'] button";
    if manager
        .finds(&format!("!!document.querySelector({revise:?})"))
        .await
        == true
    {
        manager.clicks(revise).await;
    }
    manager
        .waits_for("document.querySelector('#plan input.cell')")
        .await;
}

async fn reads_in(manager: &Visitor, tag: &str) {
    manager.opens("/").await;
    if manager.finds("document.documentElement.lang").await != tag {
        manager
            .clicks(&format!("header.top button[name=lang][value='{tag}']"))
            .await;
    }
    manager
        .waits_for(&format!("document.documentElement.lang === '{tag}'"))
        .await;
}

/// The switch shows at once what the server is told to keep; the next page must know it.
async fn lights(manager: &Visitor, theme: &str) {
    manager.opens("/").await;
    let is_dark = "getComputedStyle(document.body).backgroundColor";
    let before = manager.reads(is_dark).await;
    if manager
        .finds("document.documentElement.dataset.theme || 'light'")
        .await
        != theme
    {
        manager
            .clicks("header.top form[data-theme-toggle] button")
            .await;
        let shown = format!("document.documentElement.dataset.theme === '{theme}'");
        manager.waits_for(&shown).await;
        manager.waits_for("performance.getEntriesByType('resource').some((one) => one.name.endsWith('/theme') && one.responseEnd)").await;
        assert_ne!(manager.reads(is_dark).await, before);
        manager.opens("/").await;
        assert_eq!(manager.finds(&shown).await, true, "{theme} was not kept");
    }
}

fn keep(name: &str, picture: &[u8]) {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../screenshots");
    fs::create_dir_all(&target).unwrap();
    fs::write(target.join(format!("{name}.png")), picture).unwrap();
}

/// What is wrong with the page that is open.
async fn look(manager: &Visitor, screen: Screen) -> Vec<String> {
    let mut faults = manager.complaints().await;
    let root = "document.documentElement";
    let wide = manager
        .finds(&format!(
            "Math.max({root}.scrollWidth, document.body.scrollWidth)"
        ))
        .await;
    if u64::from(screen.width) < wide.as_u64().unwrap() {
        faults.push(format!("{wide} wide, {} there are", screen.width));
    }
    let heard = manager.hears().await;
    let controls = heard
        .iter()
        .filter(|(role, _)| CONTROLS.contains(&role.as_str()));
    let (mut count, mut nameless) = (0, 0);
    for (_, name) in controls {
        count += 1;
        nameless += usize::from(name.is_empty());
    }
    if count < 10 {
        faults.push(format!("only {count} controls were found"));
    }
    if nameless != 0 {
        faults.push(format!("{nameless} of {count} controls have no name"));
    }
    faults
}

#[tokio::test]
async fn links_change_the_page_without_loading_it_anew() {
    let Some(manager) = Visitor::arrives().await else {
        return;
    };
    manager.signs_in(MANAGER).await;
    manager.opens("/customers").await;
    manager.runs("window.kept = 'from the list'").await;
    let customer = "main tbody th a[href^='/customers/']";
    let name = manager
        .reads(&format!("document.querySelector({customer:?}).innerText"))
        .await;
    manager.clicks(customer).await;
    manager
        .waits_for("location.pathname.startsWith('/customers/')")
        .await;
    manager
        .waits_for(&format!(
            "document.querySelector('main h1')?.innerText.includes({name:?})"
        ))
        .await;
    assert_eq!(manager.finds("window.kept").await, "from the list");
    let title = manager.reads("document.title").await;
    assert!(title.contains(&name), "{title}");
    manager.runs("history.back()").await;
    manager
        .waits_for("location.pathname === '/customers'")
        .await;
    manager
        .waits_for(&format!("document.querySelector({customer:?})"))
        .await;
    assert_eq!(manager.complaints().await, [""; 0]);
}
