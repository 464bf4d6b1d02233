//! What there can be only one of on a day: where both customers have something, and whose holds.

use std::collections::BTreeMap;

use db::{Result, Tx};
use kernel::{Refusal, Role};

use super::{Pair, prices};
use crate::{
    CustomerId, TermsId,
    credit::Shared,
    merge::{Span, outside, overlap},
    store::{
        assignments::{self, Assignment},
        customer_terms::{self, Agreed, Spell},
        merging::Follower,
        sharers,
        ties::{self, Tie},
    },
};

/// The facts the book keeps itself, as requests name them.
const OWN: [&str; 5] = ["owner", "parent", "payer", "payment_terms", "prices"];

/// The dated facts of both.
pub(super) struct Facts {
    pub held_from: Vec<Assignment>,
    pub held_into: Vec<Assignment>,
    pub shared_from: Vec<Shared>,
    pub shared_into: Vec<Shared>,
    pub ties: Vec<Tie>,
    /// What both pay by.
    pub terms: Vec<Spell>,
    pub pair: (CustomerId, CustomerId),
    pub followers: &'static [Follower],
    /// What of `prices` and of the followers both have something else of on one day.
    beside: Vec<&'static str>,
    /// Whether the survivor's holds.
    survivor_holds: BTreeMap<&'static str, bool>,
}

impl Facts {
    pub async fn load(tx: &mut Tx, pair: &Pair, followers: &'static [Follower]) -> Result<Facts> {
        let (from, into) = (pair.from.customer(), pair.into.customer());
        let mut tied = ties::touching(tx, from).await?;
        for tie in ties::touching(tx, into).await? {
            if !tied.contains(&tie) {
                tied.push(tie);
            }
        }
        let mut terms = customer_terms::of_customer(tx, from).await?;
        terms.append(&mut customer_terms::of_customer(tx, into).await?);
        let mut beside = Vec::new();
        if prices::differ(tx, from, into).await? {
            beside.push("prices");
        }
        for follower in followers {
            if (follower.differ)(tx, (from, into)).await? {
                beside.push(follower.name);
            }
        }
        Ok(Facts {
            held_from: assignments::of_customer(tx, from).await?,
            held_into: assignments::of_customer(tx, into).await?,
            shared_from: sharers::of_customer(tx, from).await?,
            shared_into: sharers::of_customer(tx, into).await?,
            ties: tied,
            terms,
            pair: (from, into),
            followers,
            beside,
            survivor_holds: BTreeMap::new(),
        })
    }

    /// The spans of an exclusive fact with whom it names, of one of the two.
    pub fn spans(&self, fact: &str, of: CustomerId) -> Vec<(i64, Span)> {
        if fact == "owner" {
            let held = if of == self.pair.0 {
                &self.held_from
            } else {
                &self.held_into
            };
            let owners = held.iter().filter(|one| one.role == "owner");
            return owners
                .map(|one| (one.person.get(), (one.from, one.to)))
                .collect();
        }
        if fact == "payment_terms" {
            let own = self.terms.iter().filter(|one| one.customer == of);
            return own
                .map(|one| (as_number(one.agreed), (one.from, one.to)))
                .collect();
        }
        let own = self
            .ties
            .iter()
            .filter(|tie| tie.customer == of && tie.kind.as_str() == fact);
        // A tie between the two ends with them.
        let outer = own.filter(|tie| tie.other != self.pair.0 && tie.other != self.pair.1);
        outer
            .map(|tie| (tie.other.get(), (tie.from, tie.to)))
            .collect()
    }

    fn names(&self) -> Vec<&'static str> {
        let others = self.followers.iter().map(|follower| follower.name);
        OWN.into_iter().chain(others).collect()
    }

    /// The facts of which both have something else on one day.
    pub fn conflicts(&self) -> Vec<String> {
        let (from, into) = self.pair;
        let differ = |fact: &&str| {
            let theirs = self.spans(fact, into);
            let apart = self.spans(fact, from).into_iter().any(|(whom, span)| {
                theirs
                    .iter()
                    .any(|(other, taken)| *other != whom && overlap(span, *taken))
            });
            apart || self.beside.contains(fact)
        };
        let names = self.names().into_iter();
        names.filter(differ).map(str::to_owned).collect()
    }

    pub fn keep_the_survivors(&mut self) {
        self.survivor_holds.clear();
    }

    /// Takes over whose holds of what.
    ///
    /// # Errors
    ///
    /// `merge.choice` for a fact or a customer that is not at hand, `merge.conflict` where nothing was
    /// chosen, and a refusal of kind forbidden where the choice is not this role's.
    pub fn choose(
        &mut self,
        pair: &Pair,
        keep: &BTreeMap<String, String>,
        role: Role,
    ) -> std::result::Result<(), Refusal> {
        let names = self.names();
        for (fact, code) in keep {
            let Some(name) = names.iter().find(|name| *name == fact) else {
                let shown: String = fact.chars().take(40).collect();
                let text = format!("“{shown}” is not one of {}.", names.join(", "));
                return Err(Refusal::value("merge.choice", text).at("keep"));
            };
            let survivors = match code {
                code if code.eq_ignore_ascii_case(&pair.into.code) => true,
                code if code.eq_ignore_ascii_case(&pair.from.code) => false,
                _ => {
                    let text = format!(
                        "Name {} or {}: whose {fact} holds.",
                        pair.from.code, pair.into.code
                    );
                    return Err(Refusal::value("merge.choice", text).at(format!("keep.{fact}")));
                }
            };
            self.survivor_holds.insert(name, survivors);
        }
        let conflicts = self.conflicts();
        let open = conflicts
            .iter()
            .filter(|fact| !self.survivor_holds.contains_key(fact.as_str()));
        let open: Vec<String> = open.cloned().collect();
        if !open.is_empty() {
            return Err(undecided(open));
        }
        for follower in self.followers {
            if conflicts.iter().any(|fact| fact == follower.name)
                && !follower.may_choose.contains(&role)
            {
                return Err(
                    Refusal::forbidden(follower.whose_choice).at(format!("keep.{}", follower.name))
                );
            }
        }
        Ok(())
    }

    /// Whether the survivor's holds where both have something.
    pub fn survivor_holds(&self, fact: &str) -> bool {
        self.survivor_holds.get(fact).copied().unwrap_or(true)
    }

    /// What holds afterwards of an exclusive fact: whom it names and when.
    pub fn settled(&self, fact: &str) -> Vec<(i64, Span)> {
        let (from, into) = self.pair;
        let (winner, other) = if self.survivor_holds(fact) {
            (self.spans(fact, into), self.spans(fact, from))
        } else {
            (self.spans(fact, from), self.spans(fact, into))
        };
        let taken: Vec<Span> = winner.iter().map(|(_, span)| *span).collect();
        let rest = other.into_iter().flat_map(|(whom, span)| {
            let left = outside(span, &taken).into_iter();
            left.map(move |piece| (whom, piece))
        });
        let rest: Vec<(i64, Span)> = rest.collect();
        winner.iter().copied().chain(rest).collect()
    }

    /// Who shares the survivor's credit afterwards: it goes with whose owner holds.
    pub fn shared(&self) -> Vec<Shared> {
        let (from, into) = self.pair;
        let (winner, other, taken) = if self.survivor_holds("owner") {
            (
                &self.shared_into,
                &self.shared_from,
                self.spans("owner", into),
            )
        } else {
            (
                &self.shared_from,
                &self.shared_into,
                self.spans("owner", from),
            )
        };
        let taken: Vec<Span> = taken.into_iter().map(|(_, span)| span).collect();
        let rest = other.iter().flat_map(|one| {
            let left = outside((one.from, Some(one.to)), &taken).into_iter();
            left.filter_map(move |(start, end)| Some((one, start, end?)))
        });
        let rest = rest.map(|(one, start, end)| Shared {
            from: start,
            to: end,
            ..one.clone()
        });
        let all = winner.iter().cloned().chain(rest);
        all.map(|one| Shared {
            customer: into,
            ..one
        })
        .collect()
    }
}

/// Named terms by their row; numbers of days below, so that no two are alike.
fn as_number(agreed: Agreed) -> i64 {
    match agreed {
        Agreed::Named(terms) => terms.get(),
        Agreed::Days(days) => -1 - days,
    }
}

/// The other way round.
pub(super) fn as_agreed(number: i64) -> Agreed {
    if number < 0 {
        Agreed::Days(-1 - number)
    } else {
        Agreed::Named(TermsId::of(number))
    }
}

fn undecided(open: Vec<String>) -> Refusal {
    let text = format!(
        "Both customers have their {} on the same days. Say in “keep” whose holds, by the code of one of the two.",
        open.join(" and ")
    );
    let refusal = Refusal::state("merge.conflict", text);
    open.into_iter().fold(refusal, |no, fact| {
        no.and(format!("keep.{fact}"), "Both have one on the same days.")
    })
}
