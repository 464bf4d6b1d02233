//! How figures and days are written, in the reader's language.
//!
//! A true minus sign, commas between thousands, halves rounded away from zero. Amounts carry no
//! currency unless the function says so: a table names it once in its head.

use jiff::civil::{Date, DateTime, Weekday};
use kernel::{
    Money,
    decimal::{ONE, round_div},
};
use maud::{Markup, html};

use crate::Frame;

const MINUS: char = '\u{2212}';
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A missing figure.
pub const MISSING: &str = "–";

/// `-1234567` as `−1,234,567`.
pub fn whole(value: i64) -> String {
    let digits = group(&value.unsigned_abs().to_string());
    if value < 0 {
        format!("{MINUS}{digits}")
    } else {
        digits
    }
}

/// The same with a plus sign; zero has none.
pub fn signed(value: i64) -> String {
    plus(value, whole(value))
}

/// An amount to its last decimal, without currency: `−1,234.50`.
pub fn amount(money: Money) -> String {
    decimal(&money.decimal())
}

/// An amount with its currency's sign: `−¥1,234.50`.
pub fn money(_frame: &Frame, money: Money) -> String {
    let text = amount(money);
    let sign = money.currency().sign();
    match text.strip_prefix(MINUS) {
        Some(rest) => format!("{MINUS}{sign}{rest}"),
        None => format!("{sign}{text}"),
    }
}

/// An amount with its currency's code, for others than the one everybody expects: `1,234.50 USD`.
pub fn money_code(money: Money) -> String {
    format!("{} {}", amount(money), money.currency().code())
}

/// Thousands, or in Chinese 万 with one decimal, which is the same precision.
pub fn amount_k(frame: &Frame, money: Money) -> String {
    whole_or_tenths(frame, thousands(money))
}

/// [`amount_k`] as a change, with its sign.
pub fn signed_k(frame: &Frame, money: Money) -> String {
    let value = thousands(money);
    plus(value, whole_or_tenths(frame, value))
}

/// The unit of [`amount_k`] for the head of a table: `k`, `万`.
pub fn k_unit(frame: &Frame) -> &'static str {
    if frame.is_zh() { "万" } else { "k" }
}

/// The amount in whole thousands of the unit.
pub fn thousands(money: Money) -> i64 {
    scaled(money, 1_000)
}

fn whole_or_tenths(frame: &Frame, thousands: i64) -> String {
    if frame.is_zh() {
        places(thousands, 1)
    } else {
        whole(thousands)
    }
}

/// An amount for a tile, with the unit beside it: `40.22` and `M`, in Chinese `4,022` and `万`.
pub fn millions(frame: &Frame, money: Money) -> (String, &'static str) {
    let hundredths = scaled(money, 10_000);
    if frame.is_zh() {
        (whole(hundredths), "万")
    } else {
        (places(hundredths, 2), "M")
    }
}

/// [`millions`] in one text with the currency's sign, for prose: `¥40.22 M`, `¥4,022 万`.
pub fn millions_text(frame: &Frame, money: Money) -> String {
    let (number, unit) = millions(frame, money);
    let sign = money.currency().sign();
    match number.strip_prefix(MINUS) {
        Some(rest) => format!("{MINUS}{sign}{rest} {unit}"),
        None => format!("{sign}{number} {unit}"),
    }
}

/// A share in millionths with one decimal: `97.6 %`, in Chinese `97.6%`.
pub fn percent(frame: &Frame, millionths: i64) -> String {
    with_percent_sign(frame, places(rounded(millionths, ONE / 1000), 1))
}

/// A share in millionths without decimals: `98 %`.
pub fn whole_percent(frame: &Frame, millionths: i64) -> String {
    with_percent_sign(frame, whole(percent_of(millionths)))
}

/// A relative change in millionths with sign and one decimal: `+4.2 %`.
pub fn signed_percent(frame: &Frame, millionths: i64) -> String {
    let tenths = rounded(millionths, ONE / 1000);
    with_percent_sign(frame, plus(tenths, places(tenths, 1)))
}

/// The change of a share in millionths, in percentage points: `+0.4 pt`.
pub fn points(frame: &Frame, millionths: i64) -> String {
    let tenths = rounded(millionths, ONE / 1000);
    let number = plus(tenths, places(tenths, 1));
    if frame.is_zh() {
        format!("{number} 个百分点")
    } else {
        format!("{number} pt")
    }
}

/// Millionths as whole percent.
pub fn percent_of(millionths: i64) -> i64 {
    rounded(millionths, ONE / 100)
}

fn with_percent_sign(frame: &Frame, number: String) -> String {
    if frame.is_zh() {
        number + "%"
    } else {
        number + " %"
    }
}

/// `16 Jun`, `16 Jun 2025` outside the frame's year; `6月16日`, `2025年6月16日`.
pub fn day(frame: &Frame, day: Date) -> String {
    let this_year = day.year() == frame.today.year();
    let (year, month, number) = (day.year(), day.month(), day.day());
    match (frame.is_zh(), this_year) {
        (false, true) => format!("{number} {}", month_name(month, 3)),
        (false, false) => format!("{number} {} {year}", month_name(month, 3)),
        (true, true) => format!("{month}月{number}日"),
        (true, false) => format!("{year}年{month}月{number}日"),
    }
}

/// A day as it is stored, `2026-06-16`, shown like [`day`]; whatever else it is stays as it is.
pub fn stored_day(frame: &Frame, text: &str) -> String {
    let read = text.parse::<Date>();
    read.map_or_else(|_| text.to_owned(), |read| day(frame, read))
}

/// `Tuesday 16 June 2026`; `2026年6月16日 星期二`.
pub fn day_long(frame: &Frame, day: Date) -> String {
    let (year, month, number) = (day.year(), day.month(), day.day());
    let weekday = weekday(frame, day.weekday());
    if frame.is_zh() {
        format!("{year}年{month}月{number}日 {weekday}")
    } else {
        format!("{weekday} {number} {} {year}", month_name(month, 9))
    }
}

/// [`day`] as a `<time>` a program can read too.
pub fn day_tag(frame: &Frame, date: Date) -> Markup {
    html! { time datetime=(date) { (day(frame, date)) } }
}

/// `15 Jun 23:10`; `6月15日 23:10`.
pub fn minute(frame: &Frame, at: DateTime) -> String {
    format!(
        "{} {:02}:{:02}",
        day(frame, at.date()),
        at.hour(),
        at.minute()
    )
}

/// The month of `day`: `Jun`, `6月`.
pub fn month(frame: &Frame, day: Date) -> String {
    if frame.is_zh() {
        format!("{}月", day.month())
    } else {
        month_name(day.month(), 3).to_owned()
    }
}

/// The month of `day` with its year: `June 2026`, `2026年6月`.
pub fn month_long(frame: &Frame, day: Date) -> String {
    if frame.is_zh() {
        format!("{}年{}月", day.year(), day.month())
    } else {
        format!("{} {}", month_name(day.month(), 9), day.year())
    }
}

fn month_name(month: i8, letters: usize) -> &'static str {
    let place = usize::try_from(month - 1).unwrap_or(0);
    let name = MONTHS.get(place).copied().unwrap_or("");
    name.get(..letters).unwrap_or(name)
}

fn weekday(frame: &Frame, weekday: Weekday) -> &'static str {
    let (english, chinese) = match weekday {
        Weekday::Monday => ("Monday", "星期一"),
        Weekday::Tuesday => ("Tuesday", "星期二"),
        Weekday::Wednesday => ("Wednesday", "星期三"),
        Weekday::Thursday => ("Thursday", "星期四"),
        Weekday::Friday => ("Friday", "星期五"),
        Weekday::Saturday => ("Saturday", "星期六"),
        Weekday::Sunday => ("Sunday", "星期日"),
    };
    if frame.is_zh() { chinese } else { english }
}

/// The letters in a person's circle: `XL` for Xu Lan; the last two characters of a Chinese name.
pub fn initials(name: &str) -> String {
    let letters: Vec<char> = name.chars().filter(|one| one.is_alphanumeric()).collect();
    if letters
        .iter()
        .any(|one| matches!(one, '\u{3400}'..='\u{9fff}'))
    {
        let start = letters.len().saturating_sub(2);
        return letters[start..].iter().collect();
    }
    let firsts: Vec<char> = name
        .split([' ', '.', '-'])
        .filter_map(|word| word.chars().find(|one| one.is_alphanumeric()))
        .collect();
    let shown = match firsts.as_slice() {
        [] => return "?".to_owned(),
        [only] => vec![*only],
        [first, .., last] => vec![*first, *last],
    };
    shown.iter().flat_map(|one| one.to_uppercase()).collect()
}

/// The amount divided by `units` of its currency, rounded to a whole number.
fn scaled(money: Money, units: i64) -> i64 {
    let step = i128::from(money.currency().minor_per_unit()) * i128::from(units);
    let value = round_div(i128::from(money.minor()), step);
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn rounded(value: i64, step: i64) -> i64 {
    let value = round_div(i128::from(value), i128::from(step));
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// `value` of `10^-places` with exactly that many decimals.
fn places(value: i64, places: u32) -> String {
    decimal(&kernel::decimal::write_places(value, places, places))
}

/// A plain decimal text with commas and a true minus.
fn decimal(plain: &str) -> String {
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => ("\u{2212}", digits),
        None => ("", plain),
    };
    match digits.split_once('.') {
        Some((whole, fraction)) => format!("{sign}{}.{fraction}", group(whole)),
        None => format!("{sign}{}", group(digits)),
    }
}

fn plus(value: i64, text: String) -> String {
    if 0 < value { format!("+{text}") } else { text }
}

fn group(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        let left = digits.len() - place;
        if 0 < place && left.is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use kernel::Currency;

    use super::*;
    use crate::Lang;

    fn en() -> Frame {
        Frame::sample(Lang::En, &[])
    }

    fn zh() -> Frame {
        Frame::sample(Lang::ZhCn, &[])
    }

    fn yuan(text: &str) -> Money {
        Money::parse(text, Currency::parse("CNY").unwrap()).unwrap()
    }

    #[test]
    fn amounts_are_grouped_with_a_true_minus() {
        assert_eq!(amount(yuan("-1234567.5")), "−1,234,567.50");
        assert_eq!(money(&en(), yuan("-1234.5")), "−¥1,234.50");
        assert_eq!(money_code(yuan("999")), "999.00 CNY");
        assert_eq!(whole(0), "0");
        assert_eq!(whole(-100), "−100");
        assert_eq!(whole(1_000), "1,000");
        assert_eq!(signed(40), "+40");
        assert_eq!(signed(0), "0");
        assert_eq!(signed(i64::MIN), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn thousands_round_half_away_from_zero() {
        assert_eq!(amount_k(&en(), yuan("1460500")), "1,461");
        assert_eq!(amount_k(&en(), yuan("-1460500")), "−1,461");
        assert_eq!(amount_k(&en(), yuan("499.99")), "0");
        assert_eq!(amount_k(&zh(), yuan("1460500")), "146.1");
        assert_eq!(signed_k(&en(), yuan("211000")), "+211");
        assert_eq!(signed_k(&en(), yuan("-400")), "0");
        let yen = Money::parse("1461000", Currency::parse("JPY").unwrap()).unwrap();
        assert_eq!(amount_k(&en(), yen), "1,461");
    }

    #[test]
    fn tiles_use_the_units_of_the_language() {
        assert_eq!(millions(&en(), yuan("40220000")), ("40.22".to_owned(), "M"));
        assert_eq!(
            millions(&zh(), yuan("39850000")),
            ("3,985".to_owned(), "万")
        );
        assert_eq!(millions_text(&en(), yuan("-980000")), "−¥0.98 M");
    }

    #[test]
    fn shares_are_written_in_percent() {
        assert_eq!(percent(&en(), 976_300), "97.6 %");
        assert_eq!(percent(&zh(), 976_300), "97.6%");
        assert_eq!(whole_percent(&en(), 975_000), "98 %");
        assert_eq!(signed_percent(&en(), -42_000), "−4.2 %");
        assert_eq!(signed_percent(&en(), 0), "0.0 %");
        assert_eq!(points(&en(), 4_000), "+0.4 pt");
        assert_eq!(points(&zh(), -30_000), "−3.0 个百分点");
    }

    #[test]
    fn days_name_the_year_only_when_it_is_another() {
        let june = date(2026, 6, 16);
        assert_eq!(day(&en(), june), "16 Jun");
        assert_eq!(day(&zh(), june), "6月16日");
        assert_eq!(day(&en(), date(2025, 1, 2)), "2 Jan 2025");
        assert_eq!(day(&zh(), date(2025, 1, 2)), "2025年1月2日");
        assert_eq!(day_long(&en(), june), "Tuesday 16 June 2026");
        assert_eq!(day_long(&zh(), june), "2026年6月16日 星期二");
        assert_eq!(month_long(&zh(), june), "2026年6月");
        assert_eq!(month(&en(), june), "Jun");
        assert_eq!(minute(&en(), june.at(9, 5, 0, 0)), "16 Jun 09:05");
    }

    #[test]
    fn a_circle_shows_two_letters_at_most() {
        assert_eq!(initials("Xu Lan"), "XL");
        assert_eq!(initials("Anna Maria van Dijk"), "AD");
        assert_eq!(initials("许岚"), "许岚");
        assert_eq!(initials("欧阳文清"), "文清");
        assert_eq!(initials(""), "?");
        assert_eq!(initials("admin"), "A");
    }
}
