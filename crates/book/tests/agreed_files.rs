//! Quotations, contracts, call-offs, rebates, samples, payment terms, ties and uses of lists from files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cast;

use cast::{app, book, import, send};
use serde_json::json;

const ORDERS: &str = "\
number,customer,date,product,quantity,unit_price
F-1,alpha,2026-05-01,bar,10,100
F-1,alpha,2026-05-01,rod,1,50
F-2,beta,2026-05-02,bar,3,10
";
const CONTRACTS: &str = "\
number,customer,from,to,status,line,product,unit_price,quantity,value
FC-1,alpha,2026-01-01,2027-01-01,active,1,bar,100,12,
FC-1,alpha,2026-01-01,2027-01-01,active,2,rod,50,,40
FC-2,beta,2026-06-01,,draft,,bar,10,5,
";
const CALL_OFFS: &str = "\
order,line,contract,contract_line
F-1,1,FC-1,1
F-1,2,FC-1,2
";
const QUOTATIONS: &str = "\
number,edition,customer,date,valid_until,sent_on,product,quantity,unit_price,status,decided_on,order
Q-1,1,alpha,2026-04-01,2026-04-30,2026-04-01,bar,10,110,ordered,2026-04-20,F-1
Q-1,2,alpha,2026-04-10,2026-05-10,2026-04-11,bar,10,100,ordered,2026-04-20,F-1
Q-1,2,alpha,2026-04-10,2026-05-10,2026-04-11,rod,1,50,ordered,2026-04-20,F-1
Q-2,,beta,2026-05-01,2026-05-31,2026-05-01,bar,1,9,expired,,
";

testkit::each_engine!(
    async fn what_was_offered_and_agreed_comes_in_with_its_past(db) {
        book(&db).await;
        for (kind, text) in [("orders", ORDERS), ("frameworks", CONTRACTS), ("call-offs", CALL_OFFS), ("quotations", QUOTATIONS)] {
            let rows = u64::try_from(text.lines().count() - 1).unwrap();
            assert_eq!(import(&db, kind, text, 10).await.unwrap().added, rows, "{kind}");
            // The same file again changes nothing.
            let again = import(&db, kind, text, 20).await.unwrap();
            assert_eq!((again.added, again.changed, again.unchanged), (0, 0, rows), "{kind}");
        }
        let app = app(&db);
        let (_, contract) = send(&app, "fay", "GET /api/v1/frameworks/FC-1", &[], "").await;
        // 10 of 12 are called off; of a value of 40 a rod at 50 took more than there was.
        assert_eq!(contract["lines"][0]["remaining_quantity"], json!("2"));
        assert_eq!(contract["lines"][1]["remaining_value"], json!("-10"));
        assert_eq!(contract["status"], json!("active"));
        let (_, offer) = send(&app, "fay", "GET /api/v1/quotations/Q-1", &[], "").await;
        assert_eq!((&offer["status"], &offer["order"], &offer["net"]), (&json!("ordered"), &json!("F-1"), &json!("1050.00")));
        assert_eq!((&offer["editions"][0]["net"], &offer["editions"][0]["sent_on"]), (&json!("1100.00"), &json!("2026-04-01")));
        let (_, order) = send(&app, "fay", "GET /api/v1/orders/F-1", &[], "").await;
        assert_eq!(order["quotation"], json!("Q-1"));
        let (_, late) = send(&app, "fay", "GET /api/v1/quotations/Q-2", &[], "").await;
        assert_eq!(late["status"], json!("expired"));
    }
);

testkit::each_engine!(
    async fn a_rebate_that_was_given_is_not_given_again(db) {
        book(&db).await;
        let rebate = "number,customer,from,to,method,from_net,percent,status\nRB-1,alpha,2026-01-01,2027-01-01,retroactive,100,10,active\n";
        let invoice = "number,customer,date,amount_gross\nI-1,alpha,2026-05-05,1000\n";
        let given = "number,customer,date,kind,amount_gross,tax_percent,rebate\nC-1,alpha,2026-05-20,rebate,60,0,RB-1\n";
        for (kind, text) in [("rebates", rebate), ("invoices", invoice), ("credit-notes", given)] {
            assert_eq!(import(&db, kind, text, 10).await.unwrap().added, 1, "{kind}");
        }
        let (_, accrual) = send(&app(&db), "fay", "GET /api/v1/rebates/RB-1/accrual", &[], "").await;
        assert_eq!((&accrual["accrued"], &accrual["given"], &accrual["open"]), (&json!("100.00"), &json!("60.00"), &json!("40.00")), "{accrual}");
    }
);

testkit::each_engine!(
    async fn terms_are_corrected_by_a_file_and_nothing_else_is(db) {
        book(&db).await;
        let head = "code,name,percent,clock,days\n";
        let terms = format!("{head}T,Thirds,30,order,\nT,Thirds,70,invoice,30\n");
        assert_eq!(import(&db, "payment-terms", &terms, 10).await.unwrap().added, 2);
        let other = terms.replace("invoice,30", "invoice,60");
        assert_eq!(import(&db, "payment-terms", &other, 20).await.unwrap().changed, 2);
        let (_, now) = send(&app(&db), "fay", "GET /api/v1/payment-terms/T", &[], "").await;
        assert_eq!((&now["parts"][1]["days"], &now["version"]), (&json!(60), &json!(2)));
        import(&db, "orders", ORDERS, 30).await.unwrap();
        for (kind, text, changed) in [
            ("frameworks", CONTRACTS, ("bar,100,12", "bar,101,12")),
            ("quotations", QUOTATIONS, ("bar,10,110", "bar,10,111")),
            ("rebates", "number,customer,from,to,method,from_net,percent\nR,beta,2026-01-01,2027-01-01,incremental,0,1\n", (",0,1", ",0,2")),
            ("samples", "number,customer,product,quantity,date\nS,beta,bar,1,2026-05-01\n", ("bar,1", "bar,2")),
        ] {
            import(&db, kind, text, 40).await.unwrap();
            let told = import(&db, kind, &text.replace(changed.0, changed.1), 50).await.unwrap_err();
            assert!(told.contains("is already recorded otherwise"), "{kind}: {told}");
        }
    }
);

testkit::each_engine!(
    async fn ties_and_uses_hold_on_their_days(db) {
        book(&db).await;
        let ties = "customer,kind,other,from,to\nbeta,parent,alpha,,2026-01-01\nbeta,payer,gamma,2026-01-01,\n";
        assert_eq!(import(&db, "customer-ties", ties, 10).await.unwrap().added, 2);
        assert_eq!(import(&db, "customer-ties", ties, 20).await.unwrap().unchanged, 2);
        let later = "customer,kind,other,from\nbeta,payer,alpha,2026-06-01\n";
        assert_eq!(import(&db, "customer-ties", later, 30).await.unwrap().changed, 1);
        let (_, beta) = send(&app(&db), "fay", "GET /api/v1/customers/beta/ties", &[], "").await;
        let payers: Vec<_> = beta["items"].as_array().unwrap().iter().filter(|tie| tie["kind"] == "payer")
            .map(|tie| (tie["other"].clone(), tie["from"].clone(), tie["to"].clone())).collect();
        assert_eq!(payers, [(json!("gamma"), json!("2026-01-01"), json!("2026-06-01")), (json!("alpha"), json!("2026-06-01"), json!(null))]);
        // Who is paid for does not pay: the whole file stays out, also its good rows.
        let circle = "customer,kind,other\ngamma,parent,alpha\nalpha,payer,beta\n";
        let told = import(&db, "customer-ties", circle, 40).await.unwrap_err();
        assert_eq!(told, "row 3, column “other”: It would stand above itself, or pay for whoever pays for it.");

        import(&db, "price-lists", "code,name\nL,List\n", 50).await.unwrap();
        let uses = "list,customer,from,to\nL,alpha,2026-01-01,\n";
        assert_eq!(import(&db, "price-list-uses", uses, 60).await.unwrap().added, 1);
        assert_eq!(import(&db, "price-list-uses", uses, 70).await.unwrap().unchanged, 1);
    }
);

testkit::each_engine!(
    async fn what_is_wrong_is_told_by_row_and_column(db) {
        book(&db).await;
        for (kind, text) in [("orders", ORDERS), ("frameworks", CONTRACTS), ("call-offs", CALL_OFFS)] {
            import(&db, kind, text, 10).await.unwrap();
        }
        for (kind, text, faults) in [
            ("call-offs", "order,line,contract,contract_line\nF-2,1,FC-1,1\nF-1,3,FC-1,1\nF-9,1,FC-1,1\n",
                vec!["row 2, column “contract”: Contract FC-1 is of another customer", "row 3, column “line”: Order F-1 has no line 3.", "row 4, column “order”: There is no order F-9."]),
            ("call-offs", "order,line,contract,contract_line\nF-1,1,FC-1,2\nF-2,1,FC-2,1\nF-2,1,FC-9,1\n",
                vec!["row 2, column “contract_line”: Contract FC-1 has no line 2 of bar.", "row 2, column “contract”: Line 1 of order F-1 calls off line 1", "row 3: Contract FC-2 begins on 2026-06-01", "row 4, column “contract”: There is no framework contract FC-9."]),
            ("frameworks", "number,customer,from,to,line,product,unit_price,quantity\nX,alpha,2026-01-01,2026-01-01,,bar,1,1\nY,alpha,2026-01-01,,2,bar,1,\nY,alpha,2026-01-01,,3,bar,1,0\n",
                vec!["row 2, column “to”", "row 3, column “line”: Number the rows 1, 2, 3 without a gap, or none; 1 is missing.", "row 3, column “quantity”: Agree on a quantity", "row 4, column “quantity”: 0 is not above zero."]),
            ("quotations", "number,customer,date,product,quantity,unit_price,status,order,lost_reason\nA,alpha,2026-05-01,bar,1,1,ordered,,\nB,alpha,2026-05-01,bar,1,1,ordered,F-2,\nC,alpha,2026-05-01,bar,1,1,lost,,\nD,alpha,2026-05-01,bar,1,1,won,,\n",
                vec!["row 2, column “order”", "row 3, column “order”", "row 4, column “lost_reason”", "row 5, column “status”: “won” is not one of draft, sent"]),
            ("quotations", "number,edition,customer,date,sent_on,product,quantity,unit_price\nA,1,alpha,2026-05-01,2026-04-30,bar,1,1\nB,2,alpha,2026-05-01,,bar,1,1\n",
                vec!["row 2, column “sent_on”", "row 3, column “edition”: Editions are counted from 1 on; number 1 is missing."]),
            ("rebates", "number,customer,from,to,method,from_net,percent\nA,alpha,2026-01-01,2027-01-01,incremental,5,1\nA,alpha,2026-01-01,2027-01-01,incremental,5,2\nB,alpha,2026-01-01,2027-01-01,incremental,-1,2\n",
                vec!["row 2: An agreement has 1 to 20 tiers", "row 4, column “from_net”: -1.00 is below zero."]),
            ("samples", "number,customer,product,quantity,date,status,result_on,order\nA,alpha,bar,1,2026-05-01,won,,\nB,alpha,bar,1,2026-05-01,sold,2026-05-02,F-2\nC,alpha,bar,1,2026-05-01,lost,2026-04-02,\n",
                vec!["row 2, column “result_on”: An open sample", "row 3, column “order”: A sample that was sold", "row 4, column “result_on”: The result is known on 2026-05-01 at the earliest"]),
            ("payment-terms", "code,name,part,percent,clock\nT,T,1,50,invoice\nT,U,2,60,invoice\nU,U,1,50,invoice\nU,U,1,50,never\n",
                vec!["row 3, column “name”: Row 2 of the file says something else.", "row 5, column “part”", "row 5, column “clock”"]),
            ("price-list-uses", "list,customer\nL,alpha\nM,\n", vec!["row 2, column “list”: There is no price list L.", "row 3, column “list”: There is no price list M.", "row 3, column “customer”: Name either"]),
            ("credit-notes", "number,customer,date,kind,amount_gross,rebate\nC,alpha,2026-05-20,rebate,1,R-9\n", vec!["row 2, column “rebate”: There is no rebate agreement R-9"]),
        ] {
            let told = import(&db, kind, text, 30).await.unwrap_err();
            assert_eq!(told.lines().count(), faults.len(), "{kind}: {told}");
            for fault in faults {
                assert!(told.contains(fault), "{kind}: {fault} in {told}");
            }
        }
        // A code is the same in capitals; a project is not.
        let twice = "number,customer,project,date,product,quantity,unit_price\nQ-9,alpha,Dock,2026-05-01,bar,1,1\nq-9,ALPHA,Dock,2026-05-01,BAR,2,1\n";
        let told = import(&db, "quotations", &twice.replace("ALPHA,Dock", "ALPHA,dock"), 35).await.unwrap_err();
        assert_eq!(told, "row 3, column “project”: Row 2 of the file says something else.");
        assert_eq!(import(&db, "quotations", twice, 36).await.unwrap().added, 2);
        // The control: a column behind the table that a spreadsheet program wrote out empty is no fault.
        let fine = "number,customer,product,quantity,date,,\nS,alpha,bar,1,2026-05-01,,\n";
        assert_eq!(import(&db, "samples", fine, 40).await.unwrap().added, 1);
    }
);
