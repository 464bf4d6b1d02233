//! Chance that repeats: the same seed draws the same numbers on every machine.
//!
//! The generator is xoshiro256** started by splitmix64. Even the exponential is our own, because
//! the last digit of a system's one differs from machine to machine and a rounded quantity with
//! it. Floats are rates and shares only; money is counted from whole quantities and prices.
#![expect(
    clippy::float_arithmetic,
    reason = "drawn rates and shares, never money"
)]

/// A stream of draws.
#[derive(Debug, Clone)]
pub struct Chance {
    state: [u64; 4],
}

impl Chance {
    /// The stream named `topic` and numbered `nth` of a seed. Streams do not disturb each other,
    /// so that a change in how one thing is drawn leaves the others as they were.
    pub fn of(seed: u64, topic: &str, nth: usize) -> Chance {
        let nth = u64::try_from(nth).unwrap_or(u64::MAX);
        let mut mixed = topic
            .bytes()
            .fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        mixed ^= nth.wrapping_mul(0xa076_1d64_78bd_642f);
        let state = [(); 4].map(|()| split_mix(&mut mixed));
        Chance { state }
    }

    fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let drawn = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        drawn
    }

    /// From 0 up to, but not, 1.
    pub fn share(&mut self) -> f64 {
        let high = u32::try_from(self.bits() >> 32).unwrap_or(0);
        f64::from(high) / 4_294_967_296.0
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    pub fn happens(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// A whole number below `count`; 0 if that is 0.
    pub fn below(&mut self, count: usize) -> usize {
        let count = u128::try_from(count).unwrap_or(0);
        usize::try_from((u128::from(self.bits()) * count) >> 64).unwrap_or(0)
    }

    /// A whole number from `low` to `high`, both included.
    pub fn whole_between(&mut self, low: i32, high: i32) -> i32 {
        let choices = usize::try_from(high - low + 1).unwrap_or(1);
        low + i32::try_from(self.below(choices)).unwrap_or(0)
    }

    /// One of `choices`, which is not empty.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// An index into `weights` with the chance of its weight; the last if all are zero.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.share() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        weights.len().saturating_sub(1)
    }

    /// How often something happens that happens `mean` times on average.
    pub fn count(&mut self, mean: f64) -> u32 {
        let floor = exponential(-mean);
        let mut left = self.share();
        let mut count = 0;
        while floor < left && count < 1_000 {
            left *= self.share();
            count += 1;
        }
        count
    }

    /// A factor around 1 that is rather small or much larger: how amounts scatter.
    pub fn scatter(&mut self, width: f64) -> f64 {
        // Twelve uniform draws less six are as good as normal for a demo.
        let normal = (0..12).map(|_| self.share()).sum::<f64>() - 6.0;
        exponential(width * normal - width * width / 2.0)
    }

    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let other = self.below(last + 1);
            things.swap(last, other);
        }
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// e to the power of `x`, from multiplications only; good to nine digits for what is drawn here.
pub fn exponential(x: f64) -> f64 {
    let mut power = 1.0 + x / 1_048_576.0;
    for _ in 0..20 {
        power *= power;
    }
    power
}

/// The nearest whole number; what is too large stays at the largest.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "the one place where a drawn rate becomes a count; saturating is what is wanted"
)]
pub fn nearest(rate: f64) -> i64 {
    rate.round() as i64
}

/// An amount as a rate to reckon shares with.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "shares need no more than the first fifteen digits"
)]
pub fn rate(amount: i64) -> f64 {
    amount as f64
}

/// A count as a rate.
pub fn rate_of(count: usize) -> f64 {
    rate(i64::try_from(count).unwrap_or(i64::MAX))
}
