//! Guessing passwords is slowed down: five wrong ones close the login for a quarter of an hour.

/// Wrong passwords in a row that close a login.
pub const FAILURES_TO_LOCK: i64 = 5;
/// How long it stays closed.
pub const LOCKED_MICROSECONDS: i64 = 15 * 60 * 1_000_000;

/// Failures so far and the instant until which the login is closed, in microseconds (0: open).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub failures: i64,
    pub locked_until: i64,
}

impl Standing {
    pub const CLEAN: Standing = Standing {
        failures: 0,
        locked_until: 0,
    };

    pub fn is_locked(self, now: i64) -> bool {
        now < self.locked_until
    }

    /// Whole minutes until it opens again, at least one.
    pub fn minutes_left(self, now: i64) -> i64 {
        ((self.locked_until - now) + 59_999_999) / 60_000_000
    }

    /// After one more wrong password at `now`.
    ///
    /// A closed time that has passed starts the count anew.
    #[must_use]
    pub fn after_failure(self, now: i64) -> Standing {
        let failures = if self.locked_until != 0 && self.locked_until <= now {
            1
        } else {
            self.failures + 1
        };
        let locked_until = if FAILURES_TO_LOCK <= failures {
            now + LOCKED_MICROSECONDS
        } else {
            0
        };
        Standing {
            failures,
            locked_until,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_wrong_password_closes_for_a_quarter_of_an_hour() {
        let mut standing = Standing::CLEAN;
        for _ in 0..4 {
            standing = standing.after_failure(0);
            assert!(!standing.is_locked(0));
        }
        standing = standing.after_failure(0);
        assert!(standing.is_locked(0));
        assert_eq!(standing.minutes_left(1), 15);
        assert!(!standing.is_locked(LOCKED_MICROSECONDS));
        let again = standing.after_failure(LOCKED_MICROSECONDS);
        assert_eq!(
            again,
            Standing {
                failures: 1,
                locked_until: 0
            }
        );
    }
}
