//! What is done with several rows of a list at once: each by itself, and each told by itself.

use kernel::Refusal;
use org::api::{self, Act, Ask};
use page::{Actor, Frame, Kit, list::Outcome};

/// At most so many rows at once: a page.
const MOST: usize = 500;

/// What a list's form sends.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    pub act: String,
    /// The codes picked.
    pub picked: Vec<String>,
    /// The list as it was asked for.
    pub back: String,
    rest: Vec<(String, String)>,
}

impl Sent {
    /// # Errors
    ///
    /// `bulk.most` beyond 500 rows.
    pub fn of(pairs: Vec<(String, String)>) -> std::result::Result<Sent, Refusal> {
        let mut sent = Sent::default();
        for (name, value) in pairs {
            match name.as_str() {
                "act" => sent.act = value,
                "back" => sent.back = value,
                "pick" => sent.picked.push(value),
                _ => sent.rest.push((name, value)),
            }
        }
        if MOST < sent.picked.len() {
            let text = format!(
                "At most {MOST} rows at once; {} are picked.",
                sent.picked.len()
            );
            return Err(Refusal::value("bulk.most", text));
        }
        Ok(sent)
    }

    /// A field of the bar; empty if it was not filled in.
    pub fn field(&self, name: &str) -> &str {
        let found = self.rest.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// Where the list is, if the form says a place of this site.
    pub fn back(&self) -> &str {
        page::safe_path(&self.back)
    }
}

/// The refusal of an act that the list does not have.
pub fn unknown_act() -> Refusal {
    Refusal::value("bulk.act", "That cannot be done with rows of this list.")
}

/// Does one thing as if it had been asked for alone; the reason if it was not done. A failure of the
/// house is such a reason too: the rows before stay done, and must be told.
pub async fn one<B>(
    kit: &Kit,
    frame: &Frame,
    actor: &Actor,
    (subject, body): (&str, B),
    act: Act<B>,
) -> Option<String>
where
    B: Send + Sync + 'static,
{
    let ask = Ask::of_form(kit, actor.clone(), subject.to_owned(), body);
    let done = api::carry_out(kit, ask, act).await;
    done.err().map(|problem| problem.sentence(frame))
}

/// The outcome of one row.
pub fn outcome(collection: &str, code: &str, refused: Option<String>) -> Outcome {
    Outcome {
        code: code.to_owned(),
        href: page::address(collection, code),
        refused,
    }
}
