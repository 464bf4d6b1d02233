//! The pace of a long run: chunks so small that others who write hardly wait, and as large as that allows.

use std::time::Duration;

use db::Taken;

/// How long a chunk should keep others who write waiting while there are any.
const HELD_AMONG_OTHERS: Duration = Duration::from_millis(8);
/// How long at most while there are none.
const HELD_ALONE: Duration = Duration::from_millis(80);

/// How many documents are saved at once, learnt from how long the last ones took and from whether
/// others write.
pub(super) struct Pace {
    pub documents: usize,
    most: usize,
    /// How long a chunk should keep others waiting.
    held: Duration,
    /// What one document of the last chunks took, the last counting most.
    each: Option<Duration>,
}

impl Pace {
    pub fn new(most: usize) -> Pace {
        Pace {
            documents: 16,
            most,
            held: HELD_AMONG_OTHERS,
            each: None,
        }
    }

    pub fn learn(&mut self, documents: usize, taken: Taken) {
        self.held = if taken.was_alone {
            // Slowly, so that whoever comes now and then does not find a long chunk each time.
            (self.held * 33 / 32).min(HELD_ALONE)
        } else {
            HELD_AMONG_OTHERS
        };
        let each = taken.held / u32::try_from(documents).unwrap_or(u32::MAX).max(1);
        let each = self.each.map_or(each, |before| (before * 3 + each) / 4);
        self.each = Some(each);
        let fitting = self.held.as_micros() / each.as_micros().max(1);
        let fitting = usize::try_from(fitting).unwrap_or(self.most);
        let most = self.most.min(self.documents * 2);
        self.documents = fitting.clamp(1, most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(chunks: u32, was_alone: bool, each: Duration) -> usize {
        let mut pace = Pace::new(512);
        for _ in 0..chunks {
            let held = each * u32::try_from(pace.documents).unwrap();
            pace.learn(pace.documents, Taken { held, was_alone });
        }
        pace.documents
    }

    #[test]
    fn chunks_keep_others_waiting_for_eight_milliseconds() {
        assert_eq!(after(20, false, Duration::from_micros(80)), 100);
        assert_eq!(after(20, false, Duration::from_millis(30)), 1);
        assert_eq!(after(20, false, Duration::from_micros(1)), 512);
    }

    #[test]
    fn a_run_alone_takes_its_time() {
        assert_eq!(after(100, true, Duration::from_micros(400)), 200);
        // Not at once, for whoever comes now and then.
        assert!(after(8, true, Duration::from_micros(400)) < 30);
    }

    #[test]
    fn one_slow_chunk_does_not_halve_the_next() {
        let mut pace = Pace::new(512);
        pace.each = Some(Duration::from_micros(80));
        pace.documents = 100;
        let held = Duration::from_millis(16);
        pace.learn(
            100,
            Taken {
                held,
                was_alone: false,
            },
        );
        assert_eq!(pace.documents, 80);
    }
}
