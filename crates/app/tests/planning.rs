//! Spreading and planning through the API.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use axum::http::Method;
use holm::{As, TestApp};
use serde_json::{Value, json};

async fn spread(app: &TestApp, who: &As, body: &Value) -> holm::Answer {
    app.post(who, "/api/v1/plan/spread", body).await
}

fn amounts(cut: &Value) -> Vec<String> {
    cut["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| cell["amount"].as_str().unwrap().to_owned())
        .collect()
}

fn cells(weights: &[u64]) -> Vec<Value> {
    weights
        .iter()
        .enumerate()
        .map(|(id, weight)| json!({ "id": format!("c{id:02}"), "weight": weight }))
        .collect()
}

testkit::each_engine!(
    async fn the_vectors_come_out_of_the_api(db) {
        let app = TestApp::of(db).await;
        let chen = app.token("chen").await;
        for (total, unit, rounding, weights, expected) in [
            ("1000003", "1", "largest_remainder", &[7, 11, 13, 2][..], &["212122", "333334", "393941", "60606"][..]),
            ("100000000", "1", "largest_remainder", &[1, 1, 1], &["33333334", "33333333", "33333333"]),
            ("7", "1", "largest_remainder", &[53, 24, 23], &["4", "2", "1"]),
            ("7", "1", "monotone", &[53, 24, 23], &["3", "2", "2"]),
            ("10", "1", "largest_remainder", &[6, 6, 2], &["4", "4", "2"]),
            ("11", "1", "largest_remainder", &[6, 6, 2], &["5", "5", "1"]),
            ("-100", "0.01", "largest_remainder", &[1, 1, 1], &["-33.34", "-33.33", "-33.33"]),
            ("96000", "1000", "largest_remainder", &[1, 1], &["48000", "48000"]),
        ] {
            let body = json!({ "total": total, "unit": unit, "rounding": rounding, "cells": cells(weights) });
            assert_eq!(amounts(&spread(&app, &chen, &body).await.is(200).json()), expected, "{total} by {weights:?}");
        }
        // The unit is the minor unit of the company's currency unless said otherwise.
        let body = json!({ "total": "10", "cells": cells(&[1, 1, 1]) });
        assert_eq!(amounts(&spread(&app, &chen, &body).await.is(200).json()), ["3.34", "3.33", "3.33"]);
        let mut locked = cells(&[1, 3, 2, 1]);
        locked[0]["locked"] = json!("500000");
        let body = json!({ "total": "1200000", "unit": "1", "cells": locked });
        assert_eq!(amounts(&spread(&app, &chen, &body).await.is(200).json()), ["500000", "350000", "233333", "116667"]);
    }
);

testkit::each_engine!(
    async fn what_cannot_be_spread_names_the_cells_in_the_way(db) {
        let app = TestApp::of(db).await;
        let chen = app.token("chen").await;
        let capped = json!([
            { "id": "a", "weight": 1, "ceiling": "30" }, { "id": "b", "weight": 1, "ceiling": "50" },
        ]);
        let problem = spread(&app, &chen, &json!({ "total": "100", "unit": "1", "cells": capped })).await.is(422).json();
        assert_eq!((problem["shortfall"].as_str(), problem["code"].as_str()), (Some("20"), Some("spread.infeasible")));
        let named: Vec<&str> = problem["conflicts"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(named, ["a", "b"]);
        let fixed = json!([{ "id": "a", "weight": 1, "locked": "120.00" }, { "id": "b", "weight": 1 }]);
        let problem = spread(&app, &chen, &json!({ "total": "100", "cells": fixed })).await.is(422).json();
        assert_eq!(problem["shortfall"], "20.00");
        assert_eq!(problem["conflicts"][0]["bound"], "locked");
        let nothing = json!({ "total": "1", "unit": "1", "cells": cells(&[0, 0]) });
        assert_eq!(spread(&app, &chen, &nothing).await.is(422).json()["conflicts"][0]["bound"], "no_weight");
    }
);

testkit::each_engine!(
    async fn a_wish_that_makes_no_sense_is_refused_with_its_field(db) {
        let app = TestApp::of(db).await;
        let chen = app.token("chen").await;
        let plain = cells(&[1, 1]);
        for (field, body) in [
            ("total", json!({ "total": "1e308", "cells": plain })),
            ("total", json!({ "total": "9223372036854775808", "cells": plain })),
            ("total", json!({ "total": "NaN", "cells": plain })),
            ("total", json!({ "total": "10.001", "unit": "0.01", "cells": plain })),
            ("total", json!({ "total": "10.05", "unit": "0.10", "cells": plain })),
            ("unit", json!({ "total": "10", "unit": "0", "cells": plain })),
            ("rounding", json!({ "total": "10", "rounding": "banker", "cells": plain })),
            ("cells[1].id", json!({ "total": "10", "cells": [{ "id": "a", "weight": 1 }, { "id": "a", "weight": 1 }] })),
            ("cells[0].floor", json!({ "total": "10", "cells": [{ "id": "a", "weight": 1, "floor": "x" }] })),
        ] {
            let problem = spread(&app, &chen, &body).await.is(422).json();
            assert_eq!(problem["errors"][0]["field"], field, "{problem}");
        }
        let negative = json!({ "total": "10", "cells": [{ "id": "a", "weight": -1 }] });
        assert!(spread(&app, &chen, &negative).await.status.is_client_error());
        spread(&app, &As::Nobody, &json!({ "total": "1", "cells": plain })).await.is(401);
    }
);

testkit::each_engine!(
    async fn a_plan_is_made_changed_published_and_measured_through_the_api(db) {
        let app = TestApp::of(db).await;
        let (ada, chen) = (app.token("ada").await, app.token("chen").await);
        let new = json!({ "code": "2026-all", "unit": "company", "year": 2026, "total": "120000" });
        app.post(&chen, "/api/v1/plans", &new).await.is(403);
        let plan = app.post(&ada, "/api/v1/plans", &new).await.is(201).json();
        assert_eq!((plan["state"].as_str(), plan["total"].as_str()), (Some("draft"), Some("120000.00")));
        app.post(&ada, "/api/v1/plans", &new).await.is(409);
        // A draft is nobody else's business.
        app.get(&chen, "/api/v1/plans/2026-all").await.is(404);
        let change = json!({ "balance": "people", "cells": [{ "person": "chen", "period": "2026-07", "amount": "5000" }] });
        let path = "/api/v1/plans/2026-all/cells";
        let stale = [("if-match", "\"v99\"")];
        app.send_with(&ada, Method::PUT, path, &change, &stale).await.is(412);
        let changed = app.send(&ada, Method::PUT, path, &change).await.is(200).json();
        assert_eq!(changed["total"], "120000.00");
        let cells = app.get(&ada, path).await.is(200).json();
        let of = |person: &str| {
            let cell = |cell: &&Value| cell["person"] == person && cell["period"] == "2026-07";
            cells["items"].as_array().unwrap().iter().find(cell).unwrap()["amount"].clone()
        };
        assert_eq!(of("chen"), "5000.00");
        let over = json!({ "balance": "people", "cells": [{ "person": "chen", "period": "2026-07", "amount": "999999" }] });
        let no = app.send(&ada, Method::PUT, path, &over).await.is(422);
        assert_eq!(no.code(), "plan.infeasible");
        app.post(&ada, "/api/v1/plans/2026-all/publish", &json!({})).await.is(200);
        app.send(&ada, Method::PUT, path, &change).await.is(409);
        app.post(&ada, "/api/v1/plans/2026-all/publish", &json!({})).await.is(409);
        let table = app.get(&ada, "/api/v1/attainment?period=2026&scope=unit:company").await.is(200).json();
        assert_eq!(table["rows"][0]["scope"], "unit:company");
        assert_eq!(table["rows"][0]["target"], "120000.00");
        // Chen sees the own row and no unit's.
        let own = app.get(&chen, "/api/v1/attainment?period=2026-07").await.is(200).json();
        let scopes: Vec<&str> = own["rows"].as_array().unwrap().iter().map(|row| row["scope"].as_str().unwrap()).collect();
        assert_eq!(scopes, ["person:chen"]);
        assert_eq!(own["rows"][0]["target"], "5000.00");
        for bad in ["period=2026-13", "scope=unit:none", "view=both", "as_of=2026-02-30", "measure=margin", "known_at=now"] {
            assert!(app.get(&ada, &format!("/api/v1/attainment?{bad}")).await.status.is_client_error(), "{bad}");
        }
    }
);

testkit::each_engine!(
    async fn a_period_has_other_days_until_a_target_stands_in_it(db) {
        let app = TestApp::of(db).await;
        let (ada, chen) = (app.token("ada").await, app.token("chen").await);
        let new = json!({ "code": "P-1", "calendar": "weeks", "from": "2026-01-05", "to": "2026-02-02" });
        let made = app.post(&ada, "/api/v1/periods", &new).await.is(201);
        let place = made.header("location").to_owned();
        let one = app.get(&chen, &place).await.is(200);
        let etag = one.header("etag").to_owned();
        assert_eq!(one.json()["to"], "2026-02-02");
        app.get(&chen, "/api/v1/periods/P-9").await.is(404);
        let change = json!({ "to": "2026-02-09" });
        app.send(&chen, Method::PATCH, &place, &change).await.is(403);
        let same = [("if-match", etag.as_str())];
        app.send_with(&ada, Method::PATCH, &place, &change, &same).await.is(200);
        app.send_with(&ada, Method::PATCH, &place, &json!({ "to": "2026-02-16" }), &same).await.is(412);
        app.send(&ada, Method::PATCH, &place, &json!({ "to": "2026-01-05" })).await.is(422);
        let next = json!({ "code": "P-2", "calendar": "weeks", "from": "2026-02-09", "to": "2026-03-09" });
        app.post(&ada, "/api/v1/periods", &next).await.is(201);
        app.send(&ada, Method::PATCH, &place, &json!({ "to": "2026-02-20" })).await.is(422);
        assert_eq!(app.get(&ada, &place).await.is(200).json()["to"], "2026-02-09");
        // Fiscal months are made with the first plan, and its targets stand in them.
        let plan = json!({ "code": "2026-all", "unit": "company", "year": 2026, "total": "1200" });
        app.post(&ada, "/api/v1/plans", &plan).await.is(201);
        let no = app.send(&ada, Method::PATCH, "/api/v1/periods/2026-06", &json!({ "to": "2026-06-30" })).await.is(409);
        assert_eq!(no.code(), "period.planned");
    }
);
