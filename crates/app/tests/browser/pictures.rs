//! The four main pages on a desk and on a phone, light and dark, in both languages: they fit, every
//! control has a name, the browser has nothing to complain of. The pictures stay to be looked at.

use std::{fs, path::PathBuf};

use crate::{
    grid::opens_a_draft,
    visitor::{DESK, MANAGER, PHONE, Screen, Visitor},
};

const PAGES: [(&str, &str); 8] = [
    ("today", "/"),
    ("plan", "/plan"),
    ("attainment", "/attainment"),
    ("customers", "/customers"),
    ("customer", "/customers/C-00001"),
    ("orders", "/orders"),
    ("products", "/products"),
    ("people", "/people"),
];

/// Controls too small for a thumb: under 24 by 24, save links that run along in a text.
const SMALL: &str = r"
    const small = new Map();
    for (const control of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')) {
        const box = control.getBoundingClientRect();
        const inline = control.matches('a') && getComputedStyle(control).display === 'inline';
        const seen = control.checkVisibility({ checkVisibilityCSS: true }) && !control.closest('.vh') && 1 < box.width;
        if (!seen || inline || (24 <= box.width && 24 <= box.height)) continue;
        const place = control.tagName.toLowerCase() + '.' + control.classList;
        const size = `${box.width.toFixed(1)} by ${box.height.toFixed(1)}`;
        small.set(place, `${size} is small: ${place}: ${control.ariaLabel ?? control.innerText}`);
    }
    return [...small.values()];";

/// Texts that stand out too little from what lies behind them: under 4.5 to 1, or 3 to 1 where they
/// are large. Colours are read from a painted point, whatever notation they were written in.
const FAINT: &str = r"
    const brush = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const paint = (...layers) => {
        brush.clearRect(0, 0, 1, 1);
        layers.forEach((layer) => { brush.fillStyle = layer; brush.fillRect(0, 0, 1, 1); });
        return [...brush.getImageData(0, 0, 1, 1).data].map((part) => part / 255);
    };
    const light = (colour) => {
        const [r, g, b] = colour.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) {
            const layer = getComputedStyle(at).backgroundColor;
            layers.unshift(layer);
            if (paint(layer)[3] === 1) break;
        }
        return layers;
    };
    const faint = new Map();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        const text = texts.currentNode.data.trim();
        const seen = text && element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
        if (!seen || element.closest('.vh, script, noscript, option, :disabled')) continue;
        const style = getComputedStyle(element);
        const layers = behind(element);
        const ground = light(paint(...layers));
        const ink = light(paint(...layers, element.closest('svg') ? style.fill : style.color));
        const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
        const size = parseFloat(style.fontSize);
        const large = 24 <= size || (18.66 <= size && 700 <= Number(style.fontWeight));
        const place = element.tagName.toLowerCase() + '.' + element.classList;
        if (ratio < (large ? 3 : 4.5) && !faint.has(place)) faint.set(place, `${ratio.toFixed(2)} to 1: ${place}: ${text}`);
    }
    return [...faint.values()];";

#[tokio::test]
async fn pages_fit_their_screens_in_every_light_and_language() {
    let Some(manager) = Visitor::arrives().await else {
        return;
    };
    manager.signs_in(MANAGER).await;
    hears_and_sees(&manager).await;
    // The plan is looked at while it can be typed into, which is its fullest.
    opens_a_draft(&manager).await;
    let mut faults = Vec::new();
    for (lang, tag) in [("en", "en"), ("zh", "zh-CN")] {
        reads_in(&manager, tag).await;
        for theme in ["light", "dark"] {
            lights(&manager, theme).await;
            faults.extend(walks_through(&manager, &format!("{lang}-{theme}")).await);
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

/// Takes a picture of each page on each screen; what is wrong with them.
async fn walks_through(manager: &Visitor, look: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for screen in [DESK, PHONE] {
        manager.sits_at(screen).await;
        for (name, path) in PAGES {
            let picture = format!("{name}-{}-{look}", screen.width);
            manager.opens(path).await;
            keep(&picture, &manager.picture().await);
            let found = faults_of(manager, screen).await.into_iter();
            faults.extend(found.map(|fault| format!("{picture}: {fault}")));
        }
    }
    faults
}

/// An ear that hears nothing and an eye that sees nothing would prove nothing.
async fn hears_and_sees(manager: &Visitor) {
    assert_eq!(manager.complaints().await, [""; 0]);
    manager
        .runs("document.body.setAttribute('style', 'color: red')")
        .await;
    let heard = manager.complaints().await;
    assert!(
        heard.iter().any(|line| line.contains("style-src")),
        "{heard:?}"
    );
    manager
        .runs("document.querySelector('main h1').style.color = 'rgb(127 127 127 / 30%)'")
        .await;
    let faint = manager.runs(FAINT).await;
    assert_eq!(faint.as_array().unwrap().len(), 1, "{faint}");
    manager
        .runs("document.querySelector('header.top .ava').style.cssText = 'min-height: 0; height: 9px'")
        .await;
    let small = manager.runs(SMALL).await.to_string();
    assert!(small.contains("by 9.0 is small: button.ava"), "{small}");
}

pub async fn reads_in(manager: &Visitor, tag: &str) {
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
pub async fn lights(manager: &Visitor, theme: &str) {
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

pub fn keep(name: &str, picture: &[u8]) {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../screenshots");
    fs::create_dir_all(&target).unwrap();
    fs::write(target.join(format!("{name}.png")), picture).unwrap();
}

/// What is wrong with the page that is open.
pub async fn faults_of(manager: &Visitor, screen: Screen) -> Vec<String> {
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
    let controls = manager.controls().await;
    if controls.len() < 10 {
        faults.push(format!("only {} controls were found", controls.len()));
    }
    let nameless = controls.iter().filter(|control| control.name.is_empty());
    faults.extend(nameless.map(|control| format!("has no name: {}", control.markup)));
    if screen.is_phone {
        let small = manager.runs(SMALL).await;
        faults.extend(serde_json::from_value::<Vec<String>>(small).unwrap());
    }
    let faint = manager.runs(FAINT).await;
    faults.extend(serde_json::from_value::<Vec<String>>(faint).unwrap());
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
