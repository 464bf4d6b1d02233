//! Names of columns as people write them: over two lines, with a unit behind, with marks.

/// How many of the currency's units a number counts, and the word that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    pub word: &'static str,
    pub factor: &'static str,
}

/// Longer words before those they contain.
const UNITS: [Unit; 11] = [
    Unit {
        word: "百万元",
        factor: "1000000",
    },
    Unit {
        word: "万元",
        factor: "10000",
    },
    Unit {
        word: "千元",
        factor: "1000",
    },
    Unit {
        word: "亿元",
        factor: "100000000",
    },
    Unit {
        word: "TEUR",
        factor: "1000",
    },
    Unit {
        word: "T€",
        factor: "1000",
    },
    Unit {
        word: "kEUR",
        factor: "1000",
    },
    Unit {
        word: "k€",
        factor: "1000",
    },
    Unit {
        word: "k$",
        factor: "1000",
    },
    Unit {
        word: "kUSD",
        factor: "1000",
    },
    Unit {
        word: "kCNY",
        factor: "1000",
    },
];

/// The unit a heading or title names.
pub(super) fn unit_in(text: &str) -> Option<Unit> {
    UNITS.into_iter().find(|unit| {
        let is_ascii_word = unit.word.bytes().all(|byte| byte.is_ascii_alphabetic());
        if is_ascii_word {
            let mut words = text.split(|letter: char| !letter.is_alphanumeric());
            return words.any(|word| word == unit.word);
        }
        text.contains(unit.word)
    })
}

/// A name without its unit, marks and blanks, in small letters: what two names are compared by.
pub(super) fn bare(name: &str) -> String {
    let mut kept = String::new();
    let mut depth = 0_u32;
    for letter in name.chars() {
        match letter {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if 0 < depth => {}
            _ if letter.is_whitespace() || "_-*:：./#".contains(letter) => {}
            _ => kept.extend(letter.to_lowercase()),
        }
    }
    kept
}

/// The names of columns out of the rows of a header: each part once, from top to bottom.
///
/// A heading over several columns stands in the first of them only, so in all rows but the last a
/// name goes on to the right.
pub(crate) fn joined(lines: &[&[String]]) -> Vec<String> {
    let width = lines.iter().map(|cells| cells.len()).max().unwrap_or(0);
    let mut names = vec![Vec::<&str>::new(); width];
    for (place, cells) in lines.iter().enumerate() {
        let is_last = place + 1 == lines.len();
        let mut before = "";
        for (at, parts) in names.iter_mut().enumerate() {
            let own = cells.get(at).map_or("", |cell| cell.trim());
            if !own.is_empty() {
                before = own;
            }
            let part = if is_last { own } else { before };
            if !part.is_empty() && !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    names.into_iter().map(|parts| parts.join(" ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_what_does_not_matter() {
        for name in [
            "Net Amount",
            "net_amount",
            "NET-AMOUNT (EUR)",
            " net  amount:",
            "net amount*",
        ] {
            assert_eq!(bare(name), "netamount");
        }
        assert_eq!(bare("金额（万元）"), "金额");
        assert_eq!(bare("（万元）"), "");
    }

    #[test]
    fn units_are_found_as_words() {
        assert_eq!(
            unit_in("金额（万元）").map(|unit| unit.factor),
            Some("10000")
        );
        assert_eq!(
            unit_in("单位：百万元").map(|unit| unit.factor),
            Some("1000000")
        );
        assert_eq!(
            unit_in("Umsatz in TEUR").map(|unit| unit.factor),
            Some("1000")
        );
        assert_eq!(unit_in("Umsatz (k€)").map(|unit| unit.factor), Some("1000"));
        for text in ["金额（元）", "EUR", "AMATEUR", "kg", "万"] {
            assert_eq!(unit_in(text), None, "{text}");
        }
    }

    #[test]
    fn headings_over_several_columns_belong_to_all_of_them() {
        let line = |cells: &[&str]| {
            cells
                .iter()
                .map(|cell| (*cell).to_owned())
                .collect::<Vec<_>>()
        };
        let (top, below) = (
            line(&["客户", "", "2026年", ""]),
            line(&["编码", "名称", "1月", "2月"]),
        );
        assert_eq!(
            joined(&[&top, &below]),
            ["客户 编码", "客户 名称", "2026年 1月", "2026年 2月"]
        );
        let both = line(&["code", "name"]);
        assert_eq!(joined(&[&both, &both]), ["code", "name"]);
    }
}
