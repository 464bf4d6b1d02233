//! Deliveries, invoices, credit notes, payments and allocations from files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use cast::{app, book, import, send};
use kernel::Scope;
use serde_json::json;
use sheet::export::{Export, Format};

const ORDERS: &str = "\
number,customer,date,product,quantity,unit_price,tax_percent
F-1,alpha,2026-05-01,bar,10,100,20
F-1,alpha,2026-05-01,rod,1,50,20
F-2,beta,2026-05-02,bar,3,9.99,19
";
const DELIVERIES: &str = "\
number,order,date,line,quantity
D-1,F-1,2026-05-03,1,4
D-1,F-1,2026-05-03,2,1
D-2,F-1,2026-05-04,1,6
";
const INVOICES: &str = "\
number,order,customer,date,due_date,amount_gross,order_line,product,quantity,unit_price,tax_percent
I-1,F-1,,2026-05-05,,,1,,4,,
I-1,F-1,,2026-05-05,,,2,,1,,
I-2,F-1,,2026-05-06,,,,,,,
I-3,,beta,2026-05-06,2026-05-20,35.66,,,,,19
I-4,,gamma,2026-05-07,,,,bar,2,10,20
";
const PAYMENTS: &str = "\
reference,customer,date,amount,invoice,method,acceptor,paper_number,paper_due
P-1,alpha,2026-05-10,500,I-1,,,,
P-2,alpha,2026-05-11,720.5,,,,,
P-3,beta,2026-05-12,40,I-3,cheque,Bank of Ulm,4711,2026-06-30
";
const CREDIT_NOTES: &str = "\
number,invoice,date,kind,amount_gross,reason
C-1,I-1,2026-05-13,price,40,late
";
const ALLOCATIONS: &str = "\
payment,invoice,amount,date
P-2,I-2,720,2026-05-12
";

testkit::each_engine!(
    async fn everything_from_order_to_cash_comes_in_by_file(db) {
        book(&db).await;
        let files = [("orders", ORDERS), ("deliveries", DELIVERIES), ("invoices", INVOICES), ("payments", PAYMENTS),
            ("credit-notes", CREDIT_NOTES), ("allocations", ALLOCATIONS)];
        for (kind, text) in files {
            let outcome = import(&db, kind, text, 10).await.unwrap();
            assert_eq!(outcome.added, u64::try_from(text.lines().count() - 1).unwrap(), "{kind}");
        }
        // The same files again change nothing.
        for (kind, text) in files {
            let outcome = import(&db, kind, text, 20).await.unwrap();
            assert_eq!((outcome.added, outcome.changed), (0, 0), "{kind}");
        }
        let app = app(&db);
        let (_, order) = send(&app, "fay", "GET /api/v1/orders/F-1", &[], "").await;
        assert_eq!((&order["open"], &order["unbilled"]), (&json!("0.00"), &json!("0.00")));
        let (_, first) = send(&app, "fay", "GET /api/v1/invoices/I-1", &[], "").await;
        // 4 of 10 at 120 and the rod at 60: 540; 500 paid, 40 credited.
        assert_eq!((&first["gross"], &first["open"], &first["status"]), (&json!("540.00"), &json!("0.00"), &json!("paid")));
        let (_, second) = send(&app, "fay", "GET /api/v1/invoices/I-2", &[], "").await;
        assert_eq!((&second["gross"], &second["open"]), (&json!("720.00"), &json!("0.00")));
        let (_, owed) = send(&app, "fay", "GET /api/v1/balances", &[], "").await;
        assert_eq!(owed["items"], json!([
            {"customer":"alpha","currency":"EUR","open":"0.00","unapplied":"0.50","balance":"-0.50"},
            {"customer":"beta","currency":"EUR","open":"0.00","unapplied":"4.34","balance":"-4.34"},
            {"customer":"gamma","currency":"EUR","open":"24.00","unapplied":"0.00","balance":"24.00"},
        ]));
    }
);

testkit::each_engine!(
    async fn what_came_back_is_credited_line_by_line(db) {
        book(&db).await;
        let back = "number,order,date,kind,line,quantity\nR-1,F-1,2026-05-20,return,1,2\nR-1,F-1,2026-05-20,return,2,1\n";
        for (kind, text) in [("orders", ORDERS), ("deliveries", DELIVERIES), ("invoices", INVOICES), ("deliveries", back)] {
            import(&db, kind, text, 10).await.unwrap();
        }
        let head = "number,invoice,date,kind,amount_gross,invoice_line,quantity\n";
        let too_much = format!("{head}C-9,I-1,2026-05-21,return,300,1,3\nC-9,I-1,2026-05-21,return,300,2,1\n");
        let told = import(&db, "credit-notes", &too_much, 20).await.unwrap_err();
        assert!(told.contains("3 cannot be credited as a return"), "{told}");
        let other = format!("{head}C-9,I-1,2026-05-21,return,299,1,2\nC-9,I-1,2026-05-21,return,299,2,1\n");
        let told = import(&db, "credit-notes", &other, 20).await.unwrap_err();
        assert_eq!(told, "row 2, column “amount_gross”: Its lines are worth 300.00 with tax, not 299.00.");
        let right = other.replace("299", "300");
        assert_eq!(import(&db, "credit-notes", &right, 30).await.unwrap().added, 2);
        assert_eq!(import(&db, "credit-notes", &right, 40).await.unwrap().unchanged, 2);
        let app = app(&db);
        let (_, first) = send(&app, "fay", "GET /api/v1/invoices/I-1", &[], "").await;
        // Of 540 two bars at 120 and the rod at 60 came back.
        assert_eq!(first["open"], json!("240.00"));
    }
);

testkit::each_engine!(
    async fn long_notes_over_several_lines_go_out_and_come_in(db) {
        book(&db).await;
        let note = format!("=first line, “quoted”\n{}", "x".repeat(470));
        let pay = json!({"reference": "P-1", "customer": "beta", "date": "2026-06-01", "amount": "10", "note": note});
        let app = app(&db);
        let (status, told) = send(&app, "fay", "POST /api/v1/payments", &[], &pay.to_string()).await;
        assert_eq!(status, 201, "{told}");
        let mut text = Vec::new();
        let mut file = Export::of(cast::layout("payments"), Format::Csv, cast::TODAY, &mut text);
        let mut tx = db.read().await.unwrap();
        ::book::sheet::export(&mut tx, "payments", (&Scope::All, cast::TODAY), &mut file).await.unwrap();
        drop(tx);
        file.finish().unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(import(&db, "payments", &text, 2_000).await.unwrap().unchanged, 1);
        // The control: a name is not so long.
        let long = format!("code,name\nlong,{}\n", "x".repeat(201));
        let none = &mut |_: &str| Err(sheet::FileError::Missing);
        let told = sheet::read(cast::layout("customers"), "a.csv", long.as_bytes(), None, none);
        let told = told.unwrap_err().to_string();
        assert!(told.contains("is longer than 200 characters"), "{told}");
    }
);

testkit::each_engine!(
    async fn what_is_wrong_is_told_by_row_and_column(db) {
        book(&db).await;
        import(&db, "orders", ORDERS, 10).await.unwrap();
        import(&db, "invoices", INVOICES.lines().next().map(|head| format!("{head}\nI-3,,beta,2026-05-06,,35.66,,,,,19\n")).unwrap().as_str(), 11).await.unwrap();
        import(&db, "payments", "reference,customer,date,amount\nP-1,beta,2026-05-08,10\n", 12).await.unwrap();
        for (kind, text, faults) in [
            ("deliveries", "number,order,date,line,quantity\nD-1,none,2026-05-03,1,4\nD-2,F-1,2026-05-03,7,1\nD-3,F-1,2027-01-01,1,1\n",
                vec!["row 2, column “order”: There is no order none.", "row 3, column “line”: The order has lines 1 to 2, no line 7.", "row 4, column “date”: 2027-01-01 is after today"]),
            // Two invoices of one file may not bill the same twice.
            ("invoices", "number,order,date,order_line,quantity\nX-1,F-1,2026-05-05,1,8\nX-2,F-1,2026-05-05,1,3\n",
                vec!["row 3, column “quantity”: 8 are billed already"]),
            ("invoices", "number,order,date,order_line,quantity\nX-1,F-1,2026-05-05,1,1\nX-1,F-1,2026-05-06,2,1\n",
                vec!["row 3, column “date”: Row 2 of the file says something else."]),
            ("invoices", "number,customer,date,amount_gross\nI-3,beta,2026-05-06,35.67\n", vec!["row 2, column “number”: Invoice I-3 is already recorded"]),
            ("payments", "reference,customer,date,amount,method\nP-9,beta,2026-05-08,-1,\nP-8,beta,2026-05-08,1,shells\nP-1,beta,2026-05-08,11,\n",
                vec!["row 2, column “amount”: A payment is above zero.", "row 3, column “method”", "row 4, column “reference”: Payment P-1 is already recorded"]),
            ("allocations", "payment,invoice,amount\nP-1,I-3,6\nP-1,I-3,5\n", vec!["row 3, column “amount”: Payment P-1 has 4.00 EUR left"]),
            ("allocations", "payment,invoice,amount,kind,source_amount\nP-1,I-3,1,gift,\nP-1,I-3,1,cash,1\n",
                vec!["row 2, column “kind”: “gift” is not one of cash, discount, difference.", "row 3, column “source_amount”: Invoice and source are in one currency"]),
            ("credit-notes", "number,invoice,date,kind,amount_gross,invoice_line,quantity\nC-1,,2026-05-08,return,1,1,1\nC-2,I-3,2026-05-08,return,1,,\nC-3,I-3,2026-05-08,return,1,1,1\nC-4,I-3,2026-05-08,price,1,,\nC-4,I-3,2026-05-08,price,1,,\n",
                vec!["row 2, column “customer”: Name the invoice, or the customer.", "row 3, column “invoice_line”: The cell is empty", "row 3, column “quantity”: The cell is empty", "row 4, column “invoice_line”: Invoice I-3 has no line 1.", "row 6: Row 5 of the file is the same already."]),
            ("credit-notes", "number,invoice,date,kind,amount_gross\nC-1,I-3,2026-05-01,price,1\nC-2,I-3,2026-05-08,gift,1\n",
                vec!["row 2, column “date”: Invoice I-3 is of 2026-05-06.", "row 3, column “kind”"]),
        ] {
            let told = import(&db, kind, text, 30).await.unwrap_err();
            assert_eq!(told.lines().count(), faults.len(), "{kind}: {told}");
            for fault in faults {
                assert!(told.contains(fault), "{kind}: {fault} in {told}");
            }
        }
    }
);
