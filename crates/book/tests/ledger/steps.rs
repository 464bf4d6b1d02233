//! What can be asked in a history, and the request that asks it.

use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};

/// Lines by their place, counted from 0, each with a quantity in millionths.
pub type Parts = Vec<(usize, i64)>;

/// A line to order; quantity, price, discount and tax in millionths.
#[derive(Debug, Clone)]
pub struct Ordered {
    pub quantity: i64,
    pub price: i64,
    pub discount: i64,
    pub tax: i64,
}

/// A step; documents are named by their place among those of their kind.
#[derive(Debug, Clone)]
pub enum Step {
    Order {
        day: i32,
        lines: Vec<Ordered>,
    },
    Confirm {
        order: usize,
    },
    Close {
        order: usize,
    },
    Cancel {
        order: usize,
    },
    Deliver {
        order: usize,
        day: i32,
        parts: Parts,
        over: bool,
    },
    Return {
        order: usize,
        day: i32,
        parts: Parts,
    },
    Undo {
        delivery: usize,
        day: i32,
    },
    Bill {
        order: usize,
        day: i32,
        parts: Parts,
    },
    BillUnbilled {
        order: usize,
        day: i32,
    },
    BillAmount {
        order: usize,
        day: i32,
        amount: i64,
    },
    BillPlain {
        day: i32,
        amount: i64,
    },
    CreditReturn {
        invoice: usize,
        day: i32,
        parts: Parts,
    },
    CreditPrice {
        invoice: usize,
        day: i32,
        amount: i64,
    },
    CancelInvoice {
        invoice: usize,
        day: i32,
    },
    CancelNote {
        source: usize,
        day: i32,
    },
    Pay {
        day: i32,
        amount: i64,
    },
    Allocate {
        source: usize,
        invoice: usize,
        day: Option<i32>,
        amount: Option<i64>,
    },
    End {
        settling: usize,
        day: i32,
    },
    Reverse {
        source: usize,
        day: i32,
    },
}

impl Step {
    /// Its name, to be counted by.
    pub fn name(&self) -> String {
        let shown = format!("{self:?}");
        shown.split(' ').next().unwrap_or_default().to_owned()
    }
}

/// How documents of a history are named, and the ids that were told for settlings.
#[derive(Debug, Clone, Default)]
pub struct Names {
    pub prefix: String,
    pub customer: String,
    /// Whether it is a credit note, and its number.
    pub sources: Vec<(bool, String)>,
    /// The source it belongs to, and its id.
    pub settlings: Vec<(usize, String)>,
    pub deliveries: usize,
    pub orders: usize,
    pub invoices: usize,
}

/// `value` of `10^-places` as a plain decimal.
pub fn decimal(value: i64, places: u32) -> String {
    let one = 10_i64.pow(places);
    let width = usize::try_from(places).expect("few places");
    format!(
        "{}{}.{:0width$}",
        if value < 0 { "-" } else { "" },
        (value / one).abs(),
        (value % one).abs()
    )
}

/// A plain decimal as a whole number of `10^-places`.
pub fn scaled(text: &str, places: usize) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{part:0<places$}");
    digits
        .parse()
        .unwrap_or_else(|_| panic!("{text} is no decimal of {places} places"))
}

/// The day this many days before (`-3`) `today`.
pub fn day(today: Date, offset: i32) -> String {
    today.saturating_add(offset.days()).to_string()
}

impl Names {
    fn own(&self, letter: char, place: usize) -> String {
        format!("{}-{letter}{place}", self.prefix)
    }

    pub fn order(&self, place: usize) -> String {
        self.own('O', place)
    }

    pub fn invoice(&self, place: usize) -> String {
        self.own('I', place)
    }

    /// The number the next credit note or payment is given.
    pub fn next_source(&self, is_note: bool) -> String {
        self.own(if is_note { 'C' } else { 'P' }, self.sources.len())
    }

    fn source_path(&self, source: usize) -> String {
        let (is_note, number) = &self.sources[source];
        let noun = if *is_note { "credit-notes" } else { "payments" };
        format!("/api/v1/{noun}/{number}")
    }

    fn quantities(parts: &Parts, field: &str) -> Value {
        parts
            .iter()
            .map(|(place, quantity)| json!({ field: place + 1, "quantity": decimal(*quantity, 6) }))
            .collect()
    }

    /// Method and path, and the body, that ask for `step`.
    pub fn request(&self, step: &Step, today: Date) -> (String, String) {
        let asked = self.ordering(step, today);
        let asked = asked.or_else(|| self.billing(step, today));
        let asked = asked.or_else(|| self.paying(step, today));
        let (asked, body) = asked.expect("every step is asked in one of three ways");
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        (asked, body)
    }

    /// Requests about orders and goods.
    fn ordering(&self, step: &Step, today: Date) -> Option<(String, Value)> {
        let on = |offset: &i32| day(today, *offset);
        let step_of = |order: &usize, step: &str| {
            format!("POST /api/v1/orders/{}/{step}", self.order(*order))
        };
        let number = self.own('D', self.deliveries);
        Some(match step {
            Step::Order { day, lines } => {
                let lines: Vec<Value> = lines.iter().map(Ordered::body).collect();
                let number = self.order(self.orders);
                let body = json!({"number": number, "customer": self.customer, "date": on(day), "lines": lines});
                ("POST /api/v1/orders".to_owned(), body)
            }
            Step::Confirm { order } => (step_of(order, "confirm"), json!({})),
            Step::Close { order } => (step_of(order, "close"), json!({})),
            Step::Cancel { order } => (step_of(order, "cancel"), json!({})),
            Step::Deliver {
                order,
                day,
                parts,
                over,
            } => {
                let lines = Names::quantities(parts, "line");
                let body = json!({"number": number, "date": on(day), "lines": lines, "over_delivery": over});
                (step_of(order, "deliveries"), body)
            }
            Step::Return { order, day, parts } => {
                let lines = Names::quantities(parts, "line");
                let body = json!({"number": number, "date": on(day), "lines": lines});
                (step_of(order, "returns"), body)
            }
            Step::Undo { delivery, day } => {
                let number = self.own('D', *delivery);
                (
                    format!("POST /api/v1/deliveries/{number}/reverse"),
                    json!({"date": on(day)}),
                )
            }
            _ => return None,
        })
    }

    /// Requests about money and what it settles.
    fn paying(&self, step: &Step, today: Date) -> Option<(String, Value)> {
        let on = |offset: &i32| day(today, *offset);
        Some(match step {
            Step::Pay { day, amount } => {
                let body = json!({"reference": self.next_source(false), "customer": self.customer,
                    "date": on(day), "amount": decimal(*amount, 2)});
                ("POST /api/v1/payments".to_owned(), body)
            }
            Step::Allocate {
                source,
                invoice,
                day,
                amount,
            } => {
                let mut body = json!({"invoice": self.invoice(*invoice)});
                if let Some(day) = day {
                    body["date"] = json!(on(day));
                }
                if let Some(amount) = amount {
                    body["amount"] = json!(decimal(*amount, 2));
                }
                (
                    format!("POST {}/allocations", self.source_path(*source)),
                    body,
                )
            }
            Step::Reverse { source, day } => (
                format!("POST {}/reverse", self.source_path(*source)),
                json!({"date": on(day)}),
            ),
            Step::CancelNote { source, day } => (
                format!("POST {}/cancel", self.source_path(*source)),
                json!({"date": on(day)}),
            ),
            Step::End { settling, day } => {
                let (source, id) = &self.settlings[*settling];
                let path = self.source_path(*source);
                (
                    format!("DELETE {path}/allocations/{id}?date={}", on(day)),
                    Value::Null,
                )
            }
            _ => return None,
        })
    }

    /// Requests about invoices and what is given back of them.
    fn billing(&self, step: &Step, today: Date) -> Option<(String, Value)> {
        let (noun, mut body, day) = match step {
            Step::Bill { order, day, parts } => {
                let lines = Names::quantities(parts, "order_line");
                (
                    "invoices",
                    json!({"order": self.order(*order), "lines": lines}),
                    day,
                )
            }
            Step::BillUnbilled { order, day } => {
                ("invoices", json!({"order": self.order(*order)}), day)
            }
            Step::BillAmount { order, day, amount } => {
                let gross = decimal(*amount, 2);
                (
                    "invoices",
                    json!({"order": self.order(*order), "amount_gross": gross}),
                    day,
                )
            }
            Step::BillPlain { day, amount } => {
                let gross = decimal(*amount, 2);
                let body =
                    json!({"customer": self.customer, "amount_gross": gross, "tax_percent": "19"});
                ("invoices", body, day)
            }
            Step::CreditReturn {
                invoice,
                day,
                parts,
            } => {
                let lines = Names::quantities(parts, "invoice_line");
                (
                    "credit-notes",
                    json!({"invoice": self.invoice(*invoice), "lines": lines}),
                    day,
                )
            }
            Step::CreditPrice {
                invoice,
                day,
                amount,
            } => {
                let gross = decimal(*amount, 2);
                (
                    "credit-notes",
                    json!({"invoice": self.invoice(*invoice), "amount_gross": gross}),
                    day,
                )
            }
            Step::CancelInvoice { invoice, day } => {
                let path = format!("POST /api/v1/invoices/{}/cancel", self.invoice(*invoice));
                return Some((path, json!({"date": self::day(today, *day)})));
            }
            _ => return None,
        };
        let is_note = noun == "credit-notes";
        let number = if is_note {
            self.next_source(true)
        } else {
            self.invoice(self.invoices)
        };
        body["number"] = json!(number);
        body["date"] = json!(self::day(today, *day));
        Some((format!("POST /api/v1/{noun}"), body))
    }
}

impl Ordered {
    fn body(&self) -> Value {
        json!({"product": "bar", "quantity": decimal(self.quantity, 6), "unit_price": decimal(self.price, 6),
            "discount_percent": decimal(self.discount, 4), "tax_percent": decimal(self.tax, 4)})
    }
}
