//! Files read in and written, whole or not at all.

use std::fs;

use crate::shell::{Folder, Server, bailiwick, fails, init, places, run, succeeds};

#[test]
fn files_that_cannot_be_read_in_change_nothing() {
    let folder = Folder::new();
    let data = folder.at("data");
    succeeds(&init(&data));
    let import = |arguments: &[&str]| {
        let all: Vec<&str> = [&["import"], arguments, &["--data", &data]].concat();
        run(&all)
    };
    fails(
        &import(&["people", &folder.at("none.csv")]),
        1,
        &["none.csv", "does not exist"],
    );
    let people = folder.write(
        "people.csv",
        "code,name,unit\nA-1,Ann,company\nA-2,Bob,nowhere\n",
    );
    fails(
        &import(&["persons", &people]),
        2,
        &["persons", "units, seats, people, memberships"],
    );
    fails(
        &import(&["people", &people]),
        1,
        &["row 3, column “unit”", "nowhere", "1 place"],
    );
    let json = import(&["people", &people, "--json"]);
    let answer: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(
        (&answer["total"], &answer["faults"][0]["row"]),
        (&1.into(), &3.into())
    );
    fails(&import(&["all", &folder.at("")]), 2, &["--mapping"]);
    let mapping = folder.write("mapping.toml", "[people]\nfiel = \"people.csv\"\n");
    fails(
        &import(&["people", &people, "--mapping", &mapping]),
        1,
        &["mapping.toml", "line 2", "fiel"],
    );
    let mapping = folder.write(
        "mapping.toml",
        "[people.columns]\ncode = \"Code\"\nname = \"name\"\n",
    );
    fails(
        &import(&["people", &people, "--mapping", &mapping]),
        1,
        &["no column “Code”"],
    );
    fails(
        &import(&["people", &folder.at(""), "--mapping", &mapping]),
        1,
        &["is a folder"],
    );

    let good = folder.write(
        "people.csv",
        "code,name,unit\nA-1,Ann,company\nA-2,Bob,company\n",
    );
    assert!(succeeds(&import(&["people", &good, "--dry-run"])).contains("2 added"));
    assert_eq!(
        succeeds(&import(&["people", &good])),
        "people: 2 added, 0 changed, 0 unchanged\n"
    );
    assert_eq!(
        succeeds(&import(&["people", &good])),
        "people: 0 added, 0 changed, 2 unchanged\n"
    );
}

#[test]
fn files_go_in_and_come_out_the_same() {
    let folder = Folder::new();
    for place in places(&folder) {
        place.run("init --company Holm --currency EUR --admin-email ada@holm.example");
        let token = place.run("token create --user ada@holm.example --json");
        let token: serde_json::Value = serde_json::from_str(&token).unwrap();
        assert_eq!(token["token"].as_str().unwrap().len(), 64);

        write_small_company(&folder);
        let mapping = folder.at("mapping.toml");
        let told = place.run(&format!("import all {} --mapping {mapping}", folder.at("")));
        let counts: Vec<&str> = told
            .lines()
            .filter_map(|line| line.split(',').next())
            .collect();
        assert_eq!(
            counts,
            ["units: 1 added", "people: 1 added", "customers: 2 added"]
        );

        let out = folder.at("out.csv");
        place.run(&format!("export customers --out {out}"));
        let file = fs::read_to_string(&out).unwrap();
        assert!(
            file.contains("\"Müller; Söhne\"") && file.contains("'=Sum"),
            "{file}"
        );
        assert_eq!(file, place.run("export customers"));
        let again = place.run(&format!("import customers {out}"));
        assert_eq!(again, "customers: 0 added, 0 changed, 2 unchanged\n");
        fails(
            &place.output("export nothing"),
            2,
            &["nothing", "customers"],
        );
        let book = folder.at("out.xlsx");
        place.run(&format!("export customers --out {book}"));
        let again = place.run(&format!("import customers {book}"));
        assert_eq!(again, "customers: 0 added, 0 changed, 2 unchanged\n");
        let no = place.output("export customers --format ods");
        fails(&no, 2, &["ods", "csv and xlsx"]);
        place.run("doctor");
    }
}

/// A unit, a person and two customers with names that are not plain, and the mapping to find them.
fn write_small_company(folder: &Folder) {
    folder.write("units.csv", "code,name,kind\neast,East,region\n");
    folder.write(
        "people.csv",
        "code,name,name_local,email,unit,role\nchen,Chen Hao,陈浩,chen@holm.example,east,rep\n",
    );
    folder.write(
        "customers.csv",
        "code;name;owner;city\nC-1;\"Müller; Söhne\";chen;Köln\nC-2;'=Sum;;\n",
    );
    let kinds = ["units", "people", "customers"];
    let tables = kinds.map(|kind| format!("[{kind}]\nfile = \"{kind}.csv\"\n"));
    folder.write("mapping.toml", &tables.concat());
}

#[test]
fn the_document_and_templates_are_printed() {
    let document: serde_json::Value = serde_json::from_str(&succeeds(&run(&["openapi"]))).unwrap();
    assert_eq!(document["info"]["title"], "Bailiwick");
    let header = succeeds(&run(&["import", "people", "--template"]));
    assert!(header.starts_with("code,name,"), "{header}");
    // The kinds are listed with what others refer to first.
    let kinds = [
        "units, seats, people, memberships, holidays,",
        ", customers, customer-ties, customer-terms, products,",
        ", rates, number-series, frameworks, rebates, orders, call-offs, quotations,",
        " periods, targets.",
    ];
    fails(
        &run(&["import", "nothing", "--template"]),
        2,
        &[&["nothing"], kinds.as_slice()].concat(),
    );
}

#[test]
fn whatever_is_wrong_with_a_file_is_told_at_once_by_row_and_column() {
    let folder = Folder::new();
    let data = folder.at("data");
    succeeds(&init(&data));
    let people = folder.write(
        "people.csv",
        "code,name,unit,role,email\n\
         r1,Ann,company,rep,ann@holm.example\n\
         r2,=cmd(),company,rep,x@holm.example\n\
         R1,Bob,nowhere,rep,bob@holm.example\n\
         r4,Cid,company,boss,cid@holm.example\n",
    );
    let told = run(&["import", "people", &people, "--data", &data]);
    fails(
        &told,
        1,
        &[
            "row 3, column “name”",
            "looks like a formula",
            "row 4, column “code”",
            "row 4, column “unit”",
            "nowhere",
            "row 5, column “role”",
            "4 places",
        ],
    );
    // The good row is not in either: all or nothing.
    let again = folder.write("ann.csv", "code,name,unit\nr1,Ann,company\n");
    let told = succeeds(&run(&["import", "people", &again, "--data", &data]));
    assert!(told.contains("1 added"), "{told}");
}

#[test]
fn amounts_that_cannot_be_are_refused_in_their_row() {
    let folder = Folder::new();
    let data = folder.at("data");
    succeeds(&init(&data));
    let write = |name: &str, text: &str| folder.write(name, text);
    for (kind, text) in [
        ("customers", "code,name\nc1,One\n"),
        ("products", "code,name\np1,Paint\n"),
    ] {
        let file = write(kind, text);
        succeeds(&run(&["import", kind, &file, "--data", &data]));
    }
    let head = "number,customer,date,line,product,quantity,unit_price\n";
    for (row, words) in [
        ("o1,c1,2026-02-31,1,p1,1,10", ["date", "2026-02-28"]),
        ("o1,c1,2026-02-28,1,p1,1e308,10", ["quantity", "1e308"]),
        ("o1,c1,2026-02-28,1,p1,1,ten", ["unit_price", "ten"]),
        ("o1,c9,2026-02-28,1,p1,1,10", ["customer", "c9"]),
        (
            "o1,c1,2026-02-28,1,p1,9000000000000,9000000000000",
            ["row 2", "more than"],
        ),
        (
            "o1,c1,2026-02-28,1,p1,1,10\no1,c1,2026-03-01,2,p1,1,10",
            ["date", "row 3"],
        ),
    ] {
        let file = write("orders.csv", &format!("{head}{row}\n"));
        fails(
            &run(&["import", "orders", &file, "--data", &data]),
            1,
            &words,
        );
    }
    // Each line fits, the order's total does not.
    let line = |line: u32| format!("o1,c1,2026-02-28,{line},p1,1000000,8000000\n");
    let file = write("orders.csv", &format!("{head}{}{}", line(1), line(2)));
    fails(
        &run(&["import", "orders", &file, "--data", &data]),
        1,
        &["larger than"],
    );
    let file = write("orders.csv", &format!("{head}o1,c1,2026-02-28,1,p1,1,10\n"));
    let told = succeeds(&run(&["import", "orders", &file, "--data", &data]));
    assert!(told.contains("1 added"), "{told}");
}

/// How many documents the import of this data folder has dealt with.
fn settled(data: &str) -> i64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let file = std::path::Path::new(data).join("bailiwick.db");
        let db = db::Db::open_file(&file).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let sql = "select coalesce(max(settled), cast(0 as bigint)) from trail_import";
        let (settled,): (i64,) = tx.q(sql).one().await.unwrap();
        drop(tx);
        db.close().await;
        settled
    })
}

#[cfg(unix)]
#[test]
fn an_import_that_is_killed_goes_on_and_a_watch_ends_when_asked() {
    let folder = Folder::new();
    let data = folder.at("data");
    succeeds(&init(&data));
    for (kind, text) in [
        ("customers", "code,name\nc1,One\n"),
        ("products", "code,name\np1,Paint\n"),
    ] {
        let file = folder.write(kind, text);
        succeeds(&run(&["import", kind, &file, "--data", &data]));
    }
    let mut text = "number,customer,date,product,quantity,unit_price\n".to_owned();
    (0..4_000).for_each(|number| {
        text.push_str("o-");
        text.push_str(&number.to_string());
        text.push_str(",c1,2026-02-28,p1,1,10\n");
    });
    let file = folder.write("orders.csv", &text);
    let import = ["import", "orders", &file, "--data", &data];
    let mut killed = bailiwick(&import).spawn().unwrap();
    while settled(&data) == 0 {
        assert!(killed.try_wait().unwrap().is_none(), "it ended by itself");
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let before = settled(&data);
    assert!(
        0 < before && before < 4_000,
        "killed in the middle: {before}"
    );
    let told = succeeds(&run(&import));
    assert!(
        told.starts_with("orders: 4000 added, 0 changed, 0 unchanged\n"),
        "{told}"
    );
    assert!(
        told.contains("4000 rows, 4000 documents, net 40000.00 EUR"),
        "{told}"
    );
    let told = succeeds(&run(&import));
    assert!(
        told.starts_with("orders: 0 added, 0 changed, 4000 unchanged\n"),
        "{told}"
    );

    let incoming = folder.at("incoming");
    fs::create_dir(&incoming).unwrap();
    fs::write(format!("{incoming}/orders.csv"), &text).unwrap();
    let (watch, line) = Server::start(&["import", "--watch", &incoming, "--data", &data]);
    assert_eq!(line, "orders: 0 added, 0 changed, 4000 unchanged\n");
    assert!(watch.stop().success());
}
