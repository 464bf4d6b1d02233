//! Files as people make them, taken for a kind: the words of each kind, and what to make of them.

mod documents;
mod everyday;
mod kept;
mod money;
mod offers;
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

    /// Each kind with a file, and the columns of ours that are found in it.
    #[track_caller]
    fn assert_taken(files: &[(&str, &str, &str)]) {
        for (kind, text, ours) in files {
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
    }

    #[test]
    fn documents_of_other_programs_are_taken_for_what_they_are() {
        assert_taken(&[
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
        ]);
        // The control: what two columns could be is left open.
        let two = "Payment no,Payer,Paid on,Amount paid,Betrag\nP1,C1,2026-05-30,1.00,2.00\n";
        assert!(!taken("payments", two).open.is_empty());
    }

    #[test]
    fn offers_and_agreements_of_other_programs_are_too() {
        assert_taken(&[
            (
                "quotations",
                "报价单号,版本,客户编码,报价日期,有效期至,物料编码,数量,未税单价,折扣率,税率,状态\nQ1,1,C1,2026/05/03,2026/06/02,P1,4,12.50,5,13,sent\n",
                "number edition customer date valid_until product quantity unit_price discount_percent tax_percent status",
            ),
            (
                "frameworks",
                "Vertragsnummer;Kunden-Nr;gültig ab;gültig bis;Artikel-Nr;Preis;Abnahmemenge\nR1;K1;01.05.2026;01.05.2027;A1;11,90;1.000,5\n",
                "number customer from to product unit_price quantity",
            ),
            (
                "call-offs",
                "Order no,Order line,Contract no,Contract item\nS1,1,F1,2\n",
                "order line contract contract_line",
            ),
            (
                "rebates",
                "返利协议号,客户编码,开始日期,结束日期,计算方式,起算金额,返利比例\nB1,C1,2026-01-01,2027-01-01,retroactive,100000.00,2.5\n",
                "number customer from to method from_net percent",
            ),
            (
                "samples",
                "样品单号,客户编码,产品编码,数量,寄样日期,反馈期限\nY1,C1,P1,3,2026-05-03,2026-06-03\n",
                "number customer product quantity date result_due",
            ),
            (
                "payment-terms",
                "付款条件编码,付款条件名称,付款比例,起算日,天数\nT1,月结三十天,100,invoice,30\n",
                "code name percent clock days",
            ),
            (
                "customer-ties",
                "Kundennummer;Beziehung;verbundener Kunde;von\nK1;payer;K2;01.05.2026\n",
                "customer kind other from",
            ),
            (
                "number-series",
                "公司编码,单据类型,年度,编号前缀,位数,下一编号\nHQ,invoice,2026,FP-,6,120\n",
                "company kind year prefix digits next_number",
            ),
            (
                "customer-terms",
                "Kundennummer;Zahlungsbedingung;Zahlungsziel;von\nK1;;30;01.05.2026\nK2;Z3;;01.05.2026\n",
                "customer payment_terms days from",
            ),
            (
                "price-list-uses",
                "Price list,Customer group,Valid from\nL1,oem,2026-01-01\n",
                "list group from",
            ),
        ]);
    }
}
