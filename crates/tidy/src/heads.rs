//! Every file says first what the room answers.

use crate::{Finding, House};

pub fn check(house: &House) -> Vec<Finding> {
    let bare = house
        .sources
        .iter()
        .filter(|source| !source.begins_with_head);
    bare.map(|source| {
        Finding::of_file(
            &source.path,
            "the first line is no head: //! and what this file answers",
        )
    })
    .collect()
}
