//! Where one should be by now: the seasonal pace inside a running period.
//!
//! Sales inside a month are not even: much of it falls on the last days. A curve learned from past
//! periods says which share of a period is usually done after so many of its working days, and the
//! pace is the targets of the periods gone by plus that share of the running one.

/// A share of one, in millionths.
pub const WHOLE: i64 = 1_000_000;

/// Points on the curve: the share done after every twentieth of the working days.
const STEPS: usize = 20;

/// How a period usually fills, from nothing to all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Curve {
    /// Cumulative share in millionths after `i` twentieths; first 0, last [`WHOLE`], never falling.
    points: [i64; STEPS + 1],
}

impl Default for Curve {
    /// Even: half of the days, half of the sales.
    fn default() -> Curve {
        let mut points = [0; STEPS + 1];
        for (step, point) in (0_i64..).zip(points.iter_mut()) {
            *point = WHOLE * step / 20;
        }
        Curve { points }
    }
}

impl Curve {
    /// Learns from past periods, each given as the sales of its working days in order.
    ///
    /// A period weighs as much as it sold; one without positive sales teaches nothing. Without any
    /// the curve is even. Days of returns may lower a period for a while; the curve itself never
    /// falls.
    pub fn learn(periods: &[Vec<i64>]) -> Curve {
        let mut sums = [0_i128; STEPS + 1];
        let mut whole: i128 = 0;
        for days in periods {
            let total: i128 = days.iter().map(|day| i128::from(*day)).sum();
            if days.is_empty() || total <= 0 {
                continue;
            }
            whole += total;
            for (step, sum) in sums.iter_mut().enumerate() {
                *sum += done_after(days, step);
            }
        }
        if whole == 0 {
            return Curve::default();
        }
        let mut points = [0; STEPS + 1];
        let mut highest = 0;
        for (point, sum) in points.iter_mut().zip(sums) {
            let share = (sum * i128::from(WHOLE) / whole).clamp(0, i128::from(WHOLE));
            highest = highest.max(i64::try_from(share).unwrap_or(0));
            *point = highest;
        }
        points[STEPS] = WHOLE;
        Curve { points }
    }

    /// The share of a period done after `elapsed` of its `of` working days, in millionths.
    ///
    /// Between two points it is a straight line. A period without working days is done.
    pub fn share(&self, elapsed: u32, of: u32) -> i64 {
        if of <= elapsed {
            return WHOLE;
        }
        let steps = u64::try_from(STEPS).unwrap_or(1);
        let scaled = u64::from(elapsed) * steps;
        let below = usize::try_from(scaled / u64::from(of)).unwrap_or(0);
        let rest = i64::try_from(scaled % u64::from(of)).unwrap_or(0);
        let low = self.points[below];
        let high = self.points[(below + 1).min(STEPS)];
        low + (high - low) * rest / i64::from(of)
    }
}

/// What was sold after `step` twentieths of the days, a part of a day counted in proportion.
fn done_after(days: &[i64], step: usize) -> i128 {
    let scaled = days.len() * step;
    let (full, rest) = (scaled / STEPS, scaled % STEPS);
    let done: i128 = days.iter().take(full).map(|day| i128::from(*day)).sum();
    let part = days.get(full).map_or(0, |day| i128::from(*day));
    done + part * i128::try_from(rest).unwrap_or(0) / i128::try_from(STEPS).unwrap_or(1)
}

/// A period of the plan on the day one looks: its target and its working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    pub target: i64,
    pub elapsed_days: u32,
    pub days: u32,
}

/// The seasonal pace: full targets of what is over, the learned share of what runs.
///
/// A period that has not begun counts nothing. Saturates far beyond any real total.
pub fn seasonal(stages: &[Stage], curve: &Curve) -> i64 {
    let sum: i128 = stages
        .iter()
        .map(|stage| {
            let begun = 0 < stage.elapsed_days || stage.days == 0;
            let share = if begun {
                curve.share(stage.elapsed_days, stage.days)
            } else {
                0
            };
            i128::from(stage.target) * i128::from(share) / i128::from(WHOLE)
        })
        .sum();
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

/// The linear pace, for comparison only: alarms run on the seasonal one.
pub fn linear(stages: &[Stage]) -> i64 {
    let total: i128 = stages.iter().map(|stage| i128::from(stage.target)).sum();
    let days: i128 = stages.iter().map(|stage| i128::from(stage.days)).sum();
    let elapsed: i128 = stages
        .iter()
        .map(|stage| i128::from(stage.elapsed_days))
        .sum();
    if days == 0 {
        return 0;
    }
    i64::try_from(total * elapsed / days).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(elapsed_months: usize) -> Vec<Stage> {
        let targets = [60, 50, 90, 100, 110, 100, 80, 70, 100, 110, 120, 110];
        targets
            .iter()
            .enumerate()
            .map(|(month, target)| Stage {
                target: target * 100,
                elapsed_days: if month < elapsed_months { 21 } else { 0 },
                days: 21,
            })
            .collect()
    }

    #[test]
    fn after_april_the_season_asks_300_and_the_line_366() {
        assert_eq!(seasonal(&year(4), &Curve::default()), 300_00);
        assert_eq!(linear(&year(4)), 366_66);
    }

    #[test]
    fn an_even_curve_is_a_straight_line() {
        let even = Curve::default();
        assert_eq!(even.share(0, 21), 0);
        assert_eq!(even.share(7, 21), 333_333);
        assert_eq!(even.share(21, 21), WHOLE);
        assert_eq!(even.share(30, 21), WHOLE);
        assert_eq!(even.share(0, 0), WHOLE);
    }

    #[test]
    fn a_back_loaded_month_is_learned() {
        let mut days = vec![1_00; 15];
        days.extend([5_00; 5]);
        let curve = Curve::learn(&[days]);
        assert_eq!(curve.share(10, 20), 250_000);
        assert_eq!(curve.share(15, 20), 375_000);
        assert_eq!(curve.share(19, 20), 875_000);
        assert_eq!(curve.share(20, 20), WHOLE);
    }

    #[test]
    fn months_without_sales_teach_nothing_and_returns_never_lower_the_curve() {
        assert_eq!(Curve::learn(&[]), Curve::default());
        assert_eq!(
            Curve::learn(&[vec![0; 20], vec![-5; 20], vec![]]),
            Curve::default()
        );
        let curve = Curve::learn(&[vec![10, 0, -8, 0, 10]]);
        let shares: Vec<i64> = (0..=5).map(|day| curve.share(day, 5)).collect();
        assert!(
            shares.windows(2).all(|pair| pair[0] <= pair[1]),
            "{shares:?}"
        );
        assert_eq!(shares[5], WHOLE);
    }
}
