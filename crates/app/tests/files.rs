//! Every kind of file that goes in comes out again, and goes in as what it was.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::PathBuf};

use app::{
    exporting,
    importing::{self, Caller, Reading, Refused},
    wiring,
};
use db::Db;
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use kernel::{Currency, FiscalYear};
use org::{
    founding::{self, Founding},
    store::company::Company,
};
use page::Clock;
use sheet::{Outcome, export::Format};
use trail::By;

const TODAY: Date = date(2026, 6, 16);

/// A company with what is awkward in files: codes of zeros, names that look like formulas, two
/// scripts, six decimals, times before 1900, returns, drafts, and rows that end.
const COMPANY: [(&str, &str); 36] = [
    (
        "units",
        "code,name,name_local,kind,parent\n\
         east,East,东区,region,company\n\
         0017,\"East, first\",,team,east\n",
    ),
    (
        "seats",
        "code,unit,name,kind\n\
         0017/1,0017,'=First seat,\n\
         0017/2,0017,Vacant,staff\n",
    ),
    (
        "people",
        "code,name,name_local,email,unit,seat,role,from\n\
         chen,Chen Hao,陈浩,chen@holm.example,0017,0017/1,rep,2025-03-01\n\
         li,'=Li,,li@holm.example,east,,manager,\n\
         007,Bond,,,,,,\n",
    ),
    (
        "memberships",
        "person,unit,from,to,leads\n\
         007,east,2024-01-01,2025-01-01,no\n\
         007,0017,2025-01-01,,no\n",
    ),
    (
        "holidays",
        "country,day,works,name\nDE,2026-10-03,no,Tag der Einheit\nCN,2026-10-10,yes,调休上班\n",
    ),
    (
        "customer-groups",
        "code,name,name_local\noem,Industrial OEM,工业主机厂\n",
    ),
    ("product-groups", "code,name,name_local\n01,Paint,\n"),
    (
        "payment-terms",
        "code,name,name_local,part,percent,clock,days,end_of_month,payment_day,discount_percent,discount_days,retention\n\
         007,'=Thirds,三期,1,33.33,order,,,,,,\n\
         007,'=Thirds,三期,2,56.67,invoice_received,30,yes,31,2.5,10,no\n\
         007,'=Thirds,三期,3,10,acceptance,365,,,,,yes\n\
         net30,Net 30,,,100,invoice,30,,,,,\n",
    ),
    (
        "customers",
        "code,name,name_local,group,owner,parent,payer,currency,payment_terms_days,payment_terms,city,lat,lon,phone,tax_id\n\
         000123,\"Müller; Söhne \"\"Farben\"\"\",,oem,chen,,,EUR,30,,Köln,50.9375,6.9603,+49 221 123456,DE 0123\n\
         C-2,'=HYPERLINK(\"x\"),凌威,,li,000123,000123,,,007,,,-0.1276,,\n\
         C-3,'+49 Paint,,,,,,,,,,,,,\n",
    ),
    (
        "customer-ties",
        "customer,kind,other,from,to\n\
         C-3,parent,C-2,,2025-01-01\n\
         C-3,parent,000123,2025-01-01,2026-01-01\n\
         C-3,payer,C-2,2024-01-01,2025-01-01\n",
    ),
    (
        "customer-terms",
        "customer,payment_terms,days,from,to\n\
         000123,net30,,,2025-01-01\n\
         000123,,45,2025-01-01,2025-07-01\n\
         000123,,30,2026-01-01,2027-01-01\n\
         C-2,,,,2026-01-01\n\
         C-3,,0,2024-01-01,2025-01-01\n",
    ),
    (
        "products",
        "code,name,name_local,group,list_price,cost,currency\n\
         00042,Primer,底漆,01,12.345678,10,EUR\n\
         P-2,'-Thinner,,,,,\n",
    ),
    (
        "assignments",
        "customer,person,role,from,to\n\
         C-3,chen,owner,,2026-01-01\n\
         C-3,li,owner,2026-01-01,\n\
         C-3,chen,support,2026-02-01,2026-03-01\n",
    ),
    (
        "contacts",
        "customer,name,name_local,role,phone,email,lang,channel,from,to\n\
         000123,'=Ada,,decider,+49 30 1234567,ada@firm.example,de,phone,,\n\
         000123,Gao Lei,高磊,payer,0512-5555 0100,,zh-CN,message,2025-01-01,2026-01-01\n\
         000123,Gao Lei,高磊,buyer,,,,,2026-03-01,\n\
         C-2,Bond,,,,,,,,\n",
    ),
    (
        "addresses",
        "customer,kind,line1,line2,postcode,city,country,lat,lon,from,to\n\
         000123,billing,'-Gasse 1,,01234,Köln,DE,50.9375,6.9603,,\n\
         000123,shipping,88 Harbour Road,Gate 3,215000,苏州,CN,,,2026-01-01,\n\
         C-2,visit,Am Hof 1,,,,,,-0.1276,,2026-06-01\n",
    ),
    (
        "price-lists",
        "code,name,name_local,currency,gross\n\
         007,'=Dealers,经销商价,EUR,no\n\
         shop,Shop,,USD,yes\n",
    ),
    (
        "price-list-uses",
        "list,customer,group,from,to\n\
         007,000123,,,2026-01-01\n\
         007,,oem,2026-01-01,\n\
         shop,C-3,,2025-06-01,2026-06-01\n",
    ),
    (
        "prices",
        "list,product,from_quantity,price,from,to\n\
         007,00042,,11.5,,2026-01-01\n\
         007,00042,,11.75,2026-01-01,\n\
         007,00042,10.5,11,2026-01-01,\n\
         shop,P-2,,119,2025-12-31,2026-12-31\n",
    ),
    (
        "special-prices",
        "customer,project,product,from_quantity,price,currency,reason,from,to\n\
         000123,,00042,,9.999999,,Opening offer,2026-06-01,2026-07-01\n\
         ,'+Bridge,P-2,100,8,USD,Tender 17,,\n",
    ),
    (
        "rates",
        "from,to,per,date,rate\nUSD,EUR,1,2026-01-02,0.853456\nJPY,,100,2026-01-02,0.61\n",
    ),
    (
        "number-series",
        "company,kind,year,prefix,with_month,digits,next_number\n\
         company,order,2026,A/,yes,4,12\n\
         company,invoice,2026,FA-,no,6,100\n\
         ,invoice,2025,,,,7\n",
    ),
    (
        "frameworks",
        "number,customer,currency,from,to,tolerance_percent,status,line,product,unit_price,quantity,value,note\n\
         0070,000123,EUR,2026-01-01,2027-01-01,5,active,1,00042,12.345678,100,,'=frame\n\
         0070,000123,EUR,2026-01-01,2027-01-01,5,active,2,P-2,9.99,,2500.5,'=frame\n\
         FC-2,C-2,,2025-06-01,,,closed,,P-2,3,0.5,1000,\n",
    ),
    (
        "rebates",
        "number,customer,currency,from,to,method,from_net,percent,status,note\n\
         0071,C-3,EUR,2026-01-01,2027-01-01,incremental,0,1,active,\n\
         0071,C-3,EUR,2026-01-01,2027-01-01,incremental,10000.5,2.25,active,\n\
         RB-2,000123,,2025-01-01,2026-01-01,retroactive,500,3,closed,'+note\n",
    ),
    (
        "orders",
        "number,customer,sales_person,territory,date,currency,line,product,quantity,unit_price,discount_percent,tax_percent,net,tax,status\n\
         000900,000123,chen,east,2026-01-05,EUR,1,00042,3,12.345678,2.5,19,36.110108,6.86,confirmed\n\
         000900,000123,chen,east,2026-01-05,EUR,2,P-2,-1.5,9.99,,19,,,confirmed\n\
         S-2,C-2,li,,2026-02-28,EUR,1,P-2,0.333333,3,17.065,,,,draft\n\
         S-3,C-3,,,2026-03-01,EUR,1,P-2,1,100,,,,,cancelled\n\
         S-4,C-3,,,2026-03-02,EUR,1,P-2,1000000,999.99,,,,,closed\n",
    ),
    (
        "call-offs",
        "order,line,contract,contract_line\n\
         000900,1,0070,1\n\
         S-2,1,FC-2,1\n",
    ),
    (
        "quotations",
        "number,edition,customer,currency,project,date,valid_until,sent_on,line,product,quantity,unit_price,discount_percent,tax_percent,net,status,decided_on,lost_reason,competitor,lost_text,order\n\
         0055,1,000123,EUR,'=Bridge,2026-01-02,2026-02-01,2026-01-02,1,00042,4,12.345678,,19,49.382712,ordered,2026-01-04,,,,000900\n\
         0055,1,000123,EUR,'=Bridge,2026-01-02,2026-02-01,2026-01-02,2,P-2,1,9.99,2.5,,,ordered,2026-01-04,,,,000900\n\
         0055,2,000123,EUR,'=Bridge,2026-01-03,2026-02-02,2026-01-03,1,00042,3,12.345678,2.5,19,,ordered,2026-01-04,,,,000900\n\
         QU-2,,C-2,,,2026-05-01,,2026-05-02,,P-2,2,3,,,,lost,2026-05-20,delivery_time,Nordwind,'=late,\n\
         QU-3,,C-3,USD,,2026-06-01,2026-12-01,,,P-2,7,1.5,,,,,,,,,\n\
         QU-4,,C-3,USD,,2025-06-01,2025-07-01,2025-06-01,,P-2,7,1.5,,,,expired,,,,,\n",
    ),
    (
        "samples",
        "number,kind,customer,product,quantity,date,result_due,status,result_on,reason,order,note\n\
         0088,trial,000123,00042,0.5,2026-01-02,2026-02-02,sold,2026-01-05,,000900,'=used\n\
         SP-2,,C-2,P-2,1,2026-05-01,,open,,,,\n\
         SP-3,sample,C-3,P-2,2,2026-05-01,2026-05-20,lost,2026-05-19,Too dear,,\n",
    ),
    (
        "deliveries",
        "number,order,date,kind,line,quantity,note\n\
         007,000900,2026-01-08,delivery,1,2,'=half\n\
         0008,000900,2026-01-09,,1,1,\n\
         R-1,000900,2026-01-20,return,1,0.5,zerkratzt\n",
    ),
    (
        "invoices",
        "number,customer,payer,order,date,due_date,received_on,accepted_on,currency,amount_gross,order_line,product,quantity,unit_price,discount_percent,tax_percent,net,note\n\
         0001,,,000900,2026-01-10,2026-02-09,2026-01-12,,,,1,,3,,,,,'+1\n\
         0001,,,000900,2026-01-10,2026-02-09,2026-01-12,,,,2,,-1.5,,,,,'+1\n\
         0002,C-2,C-3,,2026-03-01,2026-03-31,,2026-03-02,USD,1190,,,,,,19,,\n\
         0003,C-3,,,2026-03-02,,,,,,,00042,0.333333,17.065,2.5,7,,\n\
         0003,C-3,,,2026-03-02,,,,,,,P-2,2,100,,19,,\n\
         0004,C-2,,,2026-03-03,2026-04-02,,,EUR,0.07,,,,,,19,,\n",
    ),
    (
        "credit-notes",
        "number,invoice,customer,date,kind,currency,amount_gross,tax_percent,invoice_line,quantity,rebate,reason\n\
         G-1,0001,,2026-01-25,return,,7.16,,1,0.5,,zerkratzt\n\
         G-2,0002,,2026-03-20,,,100,,,,,\n\
         G-3,,C-3,2026-03-21,goodwill,EUR,12.34,19,,,,'=sorry\n\
         G-4,,C-3,2026-03-31,rebate,EUR,2.5,,,,0071,first quarter\n",
    ),
    (
        "payments",
        "reference,customer,date,amount,currency,method,invoice,acceptor,paper_number,paper_due,note\n\
         00017,000123,2026-02-01,20,,transfer,0001,,,,\n\
         P-2,C-3,2026-03-25,900,USD,bill,0002,Bank of 乌尔姆,0815,2026-09-25,\n\
         P-3,C-3,2026-03-26,500,EUR,cash,,,,,'=note\n",
    ),
    (
        "allocations",
        "payment,invoice,amount,date,kind,source_amount\n\
         P-3,0003,200,2026-03-27,,\n\
         P-3,0003,1.5,2026-03-27,discount,\n\
         P-3,0002,50,2026-03-28,cash,46.10\n\
         P-3,0002,0.25,2026-03-28,difference,\n",
    ),
    (
        "open-items",
        "as_of,customer,number,date,due_date,currency,amount,open\n\
         2026-06-14,C-3,0099,2026-04-01,2026-05-01,EUR,300,125.50\n\
         2026-06-14,000123,X-1,2026-04-02,,EUR,80,80\n",
    ),
    (
        "credit-limits",
        "customer,mode,amount,currency,from,to,reason\n\
         000123,explicit,21000.50,EUR,,2026-01-01,\n\
         000123,unlimited,,,2026-01-01,,'=insured\n\
         C-2,,0,,2026-03-01,,\n\
         C-3,blocked,,,,,\n",
    ),
    (
        "periods",
        "calendar,code,from,to\n\
         retail,R-1,2026-01-01,2026-02-05\n\
         retail,R-2,2026-02-05,2026-03-05\n",
    ),
    (
        "targets",
        "plan,unit,measure,period,person,amount\n\
         P26,east,booked,R-1,chen,1000.50\n\
         P26,east,booked,R-2,chen,0\n\
         P26,east,booked,R-1,007,999999.99\n",
    ),
];

fn by(second: i64) -> By {
    By::shell(Timestamp::from_second(1_780_000_000 + second).unwrap())
}

async fn found(db: &Db) {
    let founding = Founding {
        company: Company {
            name: "Holm".into(),
            currency: Currency::parse("EUR").unwrap(),
            country: "DE".into(),
            zone: "Europe/Berlin".into(),
            fiscal: FiscalYear::CALENDAR,
        },
        admin_name: "Ada".into(),
        admin_email: "ada@holm.example".into(),
    };
    db.write((founding, by(0)), |tx, (founding, by)| {
        Box::pin(founding::found(tx, founding, None, by))
    })
    .await
    .unwrap();
}

/// A clock that stands at an instant of the day of all tests.
struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn today(&self) -> Date {
        TODAY
    }
}

/// A folder of its own for each engine's run.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("files-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

async fn import(db: &Db, kind: &str, text: &[u8], second: i64) -> Outcome {
    let file = folder(kind).join("in.csv");
    fs::write(&file, text).unwrap();
    let by = by(second);
    let clock = Still(by.at);
    let caller = Caller {
        by: &by,
        scope: &kernel::Scope::All,
        clock: &clock,
        told: &|_progress| {},
    };
    match importing::import(db, kind, &file, &Reading::default(), caller).await {
        Ok(report) => report.outcome,
        Err(Refused::Faults { faults, .. }) => panic!("{kind}: {faults}"),
        Err(refused) => panic!("{kind}: {refused:?}"),
    }
}

async fn export(db: &Db, kind: &str, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    exporting::export(db, kind, (format, TODAY), &mut bytes)
        .await
        .unwrap();
    bytes
}

fn text_of(book: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    sheet::workbook::write_text(book, None, &mut text).unwrap();
    text
}

fn sorted_lines(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8(text.to_vec()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

testkit::each_engine!(
    async fn what_goes_out_changes_nothing_when_it_comes_in(db) {
        found(&db).await;
        for (second, (kind, text)) in (1..).zip(COMPANY) {
            let outcome = import(&db, kind, text.as_bytes(), second).await;
            assert!(0 < outcome.added, "{kind}: {outcome:?}");
        }
        // The control: no kind is left out, and none of them is empty.
        let kinds: Vec<&str> = COMPANY.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, wiring::kinds());
        for kind in wiring::kinds() {
            let text = export(&db, kind, Format::Csv).await;
            let rows = text.split(|byte| *byte == b'\n').count() - 2;
            assert!(0 < rows, "{kind}");
            let same = Outcome { unchanged: u64::try_from(rows).unwrap(), ..Outcome::default() };
            assert_eq!(import(&db, kind, &text, 100).await, same, "{kind} as text");

            let book = text_of(&export(&db, kind, Format::Xlsx).await);
            assert_eq!(import(&db, kind, &book, 200).await, same, "{kind} as a workbook");
        }
        // The control: a file in which something is different changes something.
        let text = String::from_utf8(export(&db, "customers", Format::Csv).await).unwrap();
        let text = text.replace("Köln", "Bonn");
        let outcome = import(&db, "customers", text.as_bytes(), 300).await;
        assert_eq!((outcome.added, outcome.changed, outcome.unchanged), (0, 1, 2));
    }
);

testkit::each_engine!(
    async fn files_fill_another_company_with_the_same(db) {
        found(&db).await;
        for (second, (kind, text)) in (1..).zip(COMPANY) {
            import(&db, kind, text.as_bytes(), second).await;
        }
        let mut files = Vec::new();
        for kind in wiring::kinds() {
            files.push((kind, export(&db, kind, Format::Csv).await));
        }
        let file = |kind: &str| {
            let (_, bytes) = files.iter().find(|(one, _)| *one == kind).unwrap();
            String::from_utf8(bytes.clone()).unwrap()
        };
        let orders = file("orders");
        assert!(
            orders.contains("\n000900,000123,chen,east,2026-01-05,EUR,1,00042,3,12.345678,2.5,19,36.110108,6.86,confirmed\n"),
            "{orders}"
        );
        let people = file("people");
        assert!(people.contains("\nchen,Chen Hao,陈浩,chen@holm.example,0017,0017/1,rep,2025-03-01\n"), "{people}");
        let assignments = file("assignments");
        assert!(assignments.contains("\nC-3,chen,owner,,2026-01-01\n"), "{assignments}");
        let contacts = file("contacts");
        assert!(contacts.contains("\n000123,Gao Lei,高磊,payer,0512-5555 0100,,zh-CN,message,2025-01-01,2026-01-01\n"), "{contacts}");
        let addresses = file("addresses");
        assert!(addresses.contains("\n000123,shipping,88 Harbour Road,Gate 3,215000,苏州,CN,,,2026-01-01,\n"), "{addresses}");
        // And into a company that has nothing yet; what comes out of that is the same.
        let other = testkit::fresh_sqlite().await;
        found(&other.db).await;
        for (second, (kind, text)) in (1..).zip(&files) {
            import(&other.db, kind, text, second).await;
        }
        for (kind, text) in &files {
            let again = export(&other.db, kind, Format::Csv).await;
            assert_eq!(sorted_lines(text), sorted_lines(&again), "{kind}");
        }
        other.end().await;
    }
);
