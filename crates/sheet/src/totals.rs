//! Rows that add others up, told by the word in front of them.

/// What stands in front of a row that adds others up.
pub(crate) const TOTALS: [&str; 16] = [
    "合计",
    "总计",
    "小计",
    "共计",
    "总和",
    "累计合计",
    "total",
    "totals",
    "grand total",
    "subtotal",
    "sub-total",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "zwischensumme",
];

/// Whether the first cell with anything in it is one of `words`, whatever its capitals and blanks.
pub(crate) fn is_total<Cell: AsRef<str>, Word: AsRef<str>>(cells: &[Cell], words: &[Word]) -> bool {
    let mut filled = cells.iter().map(|cell| cell.as_ref().trim());
    let Some(first) = filled.find(|cell| !cell.is_empty()) else {
        return false;
    };
    words
        .iter()
        .any(|word| folded(word.as_ref()).eq(folded(first)))
}

/// Letter by letter: this is asked of every row of a file, and nearly always the first letter answers.
fn folded(text: &str) -> impl Iterator<Item = char> {
    let is_kept = |letter: &char| !letter.is_whitespace() && !":：".contains(*letter);
    let kept = text.chars().filter(is_kept);
    kept.flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_totals_is_told_by_its_first_word() {
        for cells in [
            &["Total", "", "9"][..],
            &["", " 合 计：", "9"],
            &["GRAND TOTAL:"],
            &["Summe", "x"],
        ] {
            assert!(is_total(cells, &TOTALS), "{cells:?}");
        }
        for cells in [
            &["Total Energy", "9"][..],
            &["A-1", "Total"],
            &["", ""],
            &[],
        ] {
            assert!(!is_total(cells, &TOTALS), "{cells:?}");
        }
        assert!(is_total(&["Rest"], &["rest"]));
    }
}
