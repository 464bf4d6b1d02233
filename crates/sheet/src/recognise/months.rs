//! Months as headings write them: `1月`, `2026-01`, `Jan 2026`, `März`.

/// A month, with its year where the heading has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Month {
    pub year: Option<u16>,
    pub month: u8,
}

const NAMES: [&[&str]; 12] = [
    &["jan", "january", "januar", "jän", "jänner"],
    &["feb", "february", "februar"],
    &["mar", "march", "mär", "mrz", "märz"],
    &["apr", "april"],
    &["may", "mai"],
    &["jun", "june", "juni"],
    &["jul", "july", "juli"],
    &["aug", "august"],
    &["sep", "sept", "september"],
    &["oct", "october", "okt", "oktober"],
    &["nov", "november"],
    &["dec", "december", "dez", "dezember"],
];

/// The month a heading is; nothing beside it may be said.
pub(super) fn month_of(name: &str) -> Option<Month> {
    let mut year = None;
    let mut numbers: Vec<u8> = Vec::new();
    let mut named = None;
    let mut marked = false;
    for run in runs(name) {
        if run.bytes().all(|byte| byte.is_ascii_digit()) {
            match (run.len(), run.parse::<u16>().ok()?) {
                (4, own @ 1990..2100) if year.is_none() => year = Some(own),
                (1 | 2, own) => numbers.push(u8::try_from(own).ok()?),
                _ => return None,
            }
            continue;
        }
        let word = run.to_lowercase();
        let month = (1..)
            .zip(NAMES)
            .find(|(_, names)| names.contains(&word.as_str()));
        match (word.as_str(), month) {
            ("年" | "年度" | "日", _) => {}
            ("月" | "月份", _) => marked = true,
            (_, Some((month, _))) if named.is_none() => named = Some(month),
            _ => return None,
        }
    }
    let month = match (named, numbers.as_slice()) {
        (Some(month), []) => month,
        (None, [month]) if marked || year.is_some() => *month,
        // The first day of a month, as a spreadsheet keeps what it shows as a month.
        (None, [month, 1]) if year.is_some() => *month,
        _ => return None,
    };
    (1..=12).contains(&month).then_some(Month { year, month })
}

/// The one year that titles name.
pub(super) fn year_in(titles: &[&str]) -> Option<u16> {
    let numbers = titles
        .iter()
        .flat_map(|title| runs(title))
        .filter(|run| run.len() == 4);
    let years =
        numbers.filter_map(|run| run.parse().ok().filter(|year| (1990..2100).contains(year)));
    let mut years: Vec<u16> = years.collect();
    years.dedup();
    match years.as_slice() {
        [year] => Some(*year),
        _ => None,
    }
}

/// Runs of digits and of letters, without what stands between them.
fn runs(text: &str) -> Vec<&str> {
    let mut runs = Vec::new();
    let mut start = None;
    let mut is_number = false;
    for (at, letter) in text.char_indices() {
        let ends = !letter.is_alphanumeric() || letter.is_ascii_digit() != is_number;
        if let Some(from) = start.filter(|_| ends) {
            runs.push(&text[from..at]);
            start = None;
        }
        if start.is_none() && letter.is_alphanumeric() {
            start = Some(at);
            is_number = letter.is_ascii_digit();
        }
    }
    runs.extend(start.map(|from| &text[from..]));
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn months_are_told_from_what_only_looks_like_one() {
        let month = |year, month| Some(Month { year, month });
        for (name, expected) in [
            ("1月",          month(None, 1)),
            ("12 月份",      month(None, 12)),
            ("2026年3月",    month(Some(2026), 3)),
            ("2026年 3月",   month(Some(2026), 3)),
            ("2026-01",      month(Some(2026), 1)),
            ("2026/1",       month(Some(2026), 1)),
            ("2026-01-01",   month(Some(2026), 1)),
            ("Jan 2026",     month(Some(2026), 1)),
            ("2026 1月",     month(Some(2026), 1)),
            ("Mrz.",         month(None, 3)),
            ("März",         month(None, 3)),
            ("2026-01-02",   None),
            ("13月",         None),
            ("1",            None),
            ("2026",         None),
            ("Q1",           None),
            ("1月合计",      None),
            ("Mar Jan",      None),
        ] {
            assert_eq!(month_of(name), expected, "{name}");
        }
    }

    #[test]
    fn a_year_is_taken_from_a_title_that_names_one() {
        assert_eq!(year_in(&["2026年度销售指标（万元）", ""]), Some(2026));
        assert_eq!(year_in(&["2026", "2026"]), Some(2026));
        assert_eq!(year_in(&["2025 / 2026"]), None);
        assert_eq!(year_in(&["Targets"]), None);
    }
}
