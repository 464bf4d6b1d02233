//! Files as people make them, taken for a kind: the words of each kind, and what to make of them.

mod documents;
mod kept;
mod money;
mod terms;
mod words;

use sheet::{
    Layout,
    recognise::{Decided, Recognised, Sort, Term, recognise, recognise_as},
};

const fn term(column: &'static str, sort: Sort, names: &'static [&'static str]) -> Term {
    Term {
        column,
        sort,
        names,
    }
}

/// Takes the beginning of a file for one of kind `layout`; `None` if it does not look like one.
///
/// `is_typed` says that the text is that of a workbook, whose numbers are numbers.
pub fn attempt(layout: &Layout, head: &str, is_typed: bool) -> Option<Recognised> {
    recognise(layout, words::of(layout.kind), head, is_typed)
}

/// The same with what somebody decided about its columns; `None` if it has no row.
pub fn attempt_as(
    layout: &Layout,
    (head, is_typed): (&str, bool),
    decided: &[Decided],
) -> Option<Recognised> {
    recognise_as(layout, words::of(layout.kind), (head, is_typed), decided)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wiring;

    /// The column each of ours is read from, as far as the mapping names it so.
    fn taken(kind: &str, text: &str) -> Recognised {
        attempt(wiring::layout(kind).unwrap(), text, false).unwrap()
    }

    #[test]
    fn documents_of_other_programs_are_taken_for_what_they_are() {
        for (kind, text, ours) in [
            (
                "deliveries",
                "发货单号,订单号,发货日期,行号,数量\nD1,S1,2026/05/03,1,4\n",
                "number order date line quantity",
            ),
            (
                "invoices",
                "Rechnungsnummer;Kunden-Nr;Rechnungsdatum;fällig am;Bruttobetrag\nR1;K1;03.05.2026;02.06.2026;1.190,00\n",
                "number customer date due_date amount_gross",
            ),
            (
                "credit-notes",
                "红字发票号,原发票号,开票日期,价税合计,原因\nG1,R1,2026-05-20,119.00,退货\n",
                "number invoice date amount_gross reason",
            ),
            (
                "payments",
                "Payment no,Payer,Paid on,Amount paid,Payment method\nP1,C1,2026-05-30,119.00,transfer\n",
                "reference customer date amount method",
            ),
            (
                "allocations",
                "收款单号,发票号,核销金额,核销日期\nP1,R1,119.00,2026-05-30\n",
                "payment invoice amount date",
            ),
            (
                "open-items",
                "Stichtag;Debitor;Belegnummer;Belegdatum;Fälligkeit;Währung;Rechnungsbetrag;offen\n30.06.2026;K1;R1;03.05.2026;02.06.2026;EUR;1.190,00;119,00\n",
                "as_of customer number date due_date currency amount open",
            ),
            (
                "credit-limits",
                "客户编码,信用额度,币种,生效日期\nC1,500000.00,CNY,2026-01-01\n",
                "customer amount currency from",
            ),
            (
                "prices",
                "价目表编码,产品编码,起订量,单价,生效日期\nL1,P1,10,12.50,2026-01-01\n",
                "list product from_quantity price from",
            ),
        ] {
            let found = taken(kind, text);
            assert_eq!(found.open, [""; 0], "{kind}: {}", found.mapping);
            for column in ours.split(' ') {
                let named = format!("\n{column} = ");
                assert!(
                    found.mapping.contains(&named),
                    "{kind}: {column} in {}",
                    found.mapping
                );
            }
        }
        // The control: what two columns could be is left open.
        let two = "Payment no,Payer,Paid on,Amount paid,Betrag\nP1,C1,2026-05-30,1.00,2.00\n";
        assert!(!taken("payments", two).open.is_empty());
    }
}
