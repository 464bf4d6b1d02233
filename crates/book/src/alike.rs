//! When two records may be one company: the same name, telephone or tax number, however written.

use org::keys;

/// What a firm's legal form is written as; left away when names are compared.
const LEGAL_FORMS: [&str; 24] = [
    "ag",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "gmbh",
    "inc",
    "incorporated",
    "kg",
    "limited",
    "llc",
    "ltd",
    "nv",
    "ohg",
    "oy",
    "plc",
    "pte",
    "pty",
    "sa",
    "sarl",
    "spa",
    "srl",
    "ug",
];
const LEGAL_FORMS_LOCAL: [&str; 5] = ["股份有限公司", "有限责任公司", "有限公司", "集团", "公司"];

/// The shortest telephone number that tells anything.
const FEWEST_DIGITS: usize = 6;

/// The name without case, accents, punctuation and legal form; hanzi by their sound. A name of
/// nothing else keeps what it has.
pub fn name_key(name: &str) -> String {
    let mut plain = name.to_owned();
    for form in LEGAL_FORMS_LOCAL {
        plain = plain.replace(form, " ");
    }
    let folded = keys::sort_key(&plain);
    let words: Vec<&str> = folded
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let firm: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !LEGAL_FORMS.contains(word))
        .collect();
    if firm.is_empty() {
        return words.join(" ");
    }
    firm.join(" ")
}

/// The last nine digits: with and without the country's prefix it is one telephone.
pub fn phone_key(phone: Option<&str>) -> Option<String> {
    let digits: Vec<char> = phone?.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < FEWEST_DIGITS {
        return None;
    }
    let from = digits.len().saturating_sub(9);
    Some(digits.into_iter().skip(from).collect())
}

/// Letters and digits alone, in lower case.
pub fn tax_key(tax_id: Option<&str>) -> Option<String> {
    let key: String = tax_id?
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    (!key.is_empty()).then(|| key.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_company_is_written_in_many_ways() {
        for (one, other) in [
            ("Müller GmbH & Co. KG", "MULLER"),
            ("Acme, Inc.", "acme"),
            ("凌威钢构有限公司", "凌威钢构"),
            ("North-West Paints Ltd", "North West  Paints"),
        ] {
            assert_eq!(name_key(one), name_key(other), "{one}");
        }
        assert_ne!(name_key("Alpha Bikes"), name_key("Beta Bikes"));
        assert_eq!(name_key("Co. Ltd"), "co ltd");
    }

    #[test]
    fn a_telephone_is_compared_by_its_last_digits() {
        assert_eq!(
            phone_key(Some("+49 (30) 1234-5678")),
            phone_key(Some("030 1234 5678")),
        );
        assert_eq!(
            phone_key(Some("+86 512 5555 0100")),
            phone_key(Some("0512-55550100"))
        );
        assert_eq!(phone_key(Some("110")), None);
        assert_eq!(phone_key(None), None);
        assert_eq!(
            tax_key(Some("DE 123.456-789")),
            Some("de123456789".to_owned())
        );
        assert_eq!(tax_key(Some(" - ")), None);
    }
}
