//! The keyboard alone: from page to page, through lists, and through the grid of a plan.

use fantoccini::key::Key;

use crate::{
    grid::opens_a_draft,
    visitor::{MANAGER, Visitor},
};

#[tokio::test]
async fn pages_lists_and_dialogs_answer_to_keys() {
    let Some(manager) = Visitor::arrives().await else {
        return;
    };
    manager.signs_in(MANAGER).await;
    manager.opens("/customers").await;

    manager.types("?").await;
    manager
        .waits_for("document.querySelector('#keys').open")
        .await;
    manager.escapes().await;

    // A list is searched in place.
    manager.types("/").await;
    manager
        .waits_for("document.activeElement.matches('main [data-search]')")
        .await;
    manager.escapes().await;
    manager
        .waits_for("document.activeElement === document.body")
        .await;

    manager.opens("/attainment").await;
    manager.types("/").await;
    manager
        .waits_for("document.querySelector('#cmdk').open && document.activeElement.id === 'cmdq'")
        .await;
    // What is typed into the search is no command.
    manager.types("gt?").await;
    assert_eq!(
        manager.finds("document.querySelector('#cmdq').value").await,
        "gt?"
    );
    manager.escapes().await;

    manager.opens("/customers").await;
    manager.types("jjk").await;
    let marked = "document.querySelector('main tr.cur')";
    let first = format!("{marked} === document.querySelector('main tbody tr')");
    assert_eq!(
        manager.finds(&first).await,
        true,
        "down, down, up is the first row"
    );
    let wanted = manager
        .reads(&format!("{marked}.querySelector('a').pathname"))
        .await;
    manager.presses(&[Key::Enter.into()]).await;
    manager
        .waits_for(&format!("location.pathname === {wanted:?}"))
        .await;

    manager.types("gt").await;
    manager.waits_for("location.pathname === '/'").await;
    manager
        .waits_for("document.readyState === 'complete'")
        .await;
    assert_eq!(manager.complaints().await, [""; 0]);
}

/// The cell the focus is in: person and month.
const FOCUS: &str = "document.activeElement.getAttribute('aria-label')";

#[tokio::test]
async fn a_grid_is_walked_with_arrows_and_escape_takes_typing_back() {
    let Some(manager) = Visitor::arrives().await else {
        return;
    };
    manager.signs_in(MANAGER).await;
    opens_a_draft(&manager).await;

    manager
        .runs("document.querySelector('#plan input.cell').focus()")
        .await;
    let labels = "[...document.querySelectorAll('#plan input.cell')].map((cell) => cell.ariaLabel)";
    let labels: Vec<String> = serde_json::from_value(manager.finds(labels).await).unwrap();
    let [first, right, below] = [&labels[0], &labels[1], &labels[2]];
    assert!(
        first.ends_with(", Nov") && right.ends_with(", Dec") && below.ends_with(", Nov"),
        "{labels:?}"
    );
    for (key, cell) in [
        (Key::Right, right),
        (Key::Left, first),
        (Key::Down, below),
        (Key::Up, first),
        (Key::Enter, below),
        (Key::Up, first),
    ] {
        manager.presses(&[key.into()]).await;
        assert_eq!(&manager.reads(FOCUS).await, cell, "after {key:?}");
    }

    let value = manager.reads("document.activeElement.value").await;
    manager.types("777").await;
    assert_eq!(
        manager.reads("document.activeElement.value").await,
        "777",
        "typing replaces"
    );
    manager.presses(&[Key::Escape.into()]).await;
    assert_eq!(manager.reads("document.activeElement.value").await, value);
    manager.presses(&[Key::Down.into()]).await;
    assert_eq!(
        manager
            .finds("!document.querySelector('#plan [data-undo]')")
            .await,
        true
    );

    changes_and_walks_on(&manager, below).await;
    assert_eq!(manager.complaints().await, [""; 0]);
}

/// The answer to a change arrives while the focus is a cell further; it stays there.
async fn changes_and_walks_on(manager: &Visitor, cell: &str) {
    assert_eq!(manager.reads(FOCUS).await, cell);
    manager.types("300").await;
    manager.presses(&[Key::Down.into()]).await;
    manager
        .waits_for("document.querySelector('#plan [data-undo]')")
        .await;
    let next = manager.reads(FOCUS).await;
    assert!(next != cell && next.ends_with(", Nov"), "{next}");
    let kept = format!("document.querySelector(`#plan input[aria-label={cell:?}]`).value");
    assert_eq!(manager.reads(&kept).await, "300");
    manager.presses_with_control('z').await;
    manager
        .waits_for("!document.querySelector('#plan [data-undo]')")
        .await;
    assert_ne!(manager.reads(&kept).await, "300");
}
