//! Lists as they are worked in: sorted, narrowed, kept as views, by whoever is signed in.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod holm;

use holm::TestApp;

testkit::each_engine!(
    async fn a_view_is_kept_opened_renamed_and_forgotten_by_its_owner_alone(db) {
        let app = TestApp::of(db).await;
        let (li, chen) = (app.sign_in("li").await, app.sign_in("chen").await);
        let drafts = "/orders?sort=-net&status=draft";
        let page = app.get(&li, drafts).await.is(200);
        assert!(page.text.contains("value=\"keep\""), "{}", page.text);
        let keep = [
            ("act", "keep"), ("list", "/orders"), ("query", "sort=-net&status=draft"),
            ("name", "My drafts"), ("usual", "1"),
        ];
        let kept = app.form(&li, "/views", &keep).await.is(303);
        assert_eq!(kept.header("location"), drafts);

        // The list opens with it; the whole list is asked for in so many words.
        assert_eq!(app.get(&li, "/orders").await.is(303).header("location"), drafts);
        let all = app.get(&li, "/orders?limit=50").await.is(200);
        assert!(all.text.contains("My drafts"));
        // Nobody else has it.
        let others = app.get(&chen, "/orders").await.is(200);
        assert!(!others.text.contains("My drafts"));

        let rename = [
            ("act", "rename"), ("list", "/orders"), ("query", "status=draft"),
            ("old", "my drafts"), ("name", "Waiting"),
        ];
        app.form(&chen, "/views", &rename).await.is(404);
        app.form(&li, "/views", &rename).await.is(303);
        let tabs = app.get(&li, drafts).await.is(200).text;
        assert!(tabs.contains("Waiting") && !tabs.contains("My drafts"));

        let again = [
            ("act", "keep"), ("list", "/orders"), ("query", "status=held"), ("name", "Held"),
        ];
        app.form(&li, "/views", &again).await.is(303);
        let taken = [
            ("act", "rename"), ("list", "/orders"), ("query", "status=held"),
            ("old", "Held"), ("name", "WAITING"),
        ];
        app.form(&li, "/views", &taken).await.is(409);

        let delete = [("act", "delete"), ("list", "/orders"), ("query", "x=1"), ("old", "Waiting")];
        app.form(&li, "/views", &delete).await.is(303);
        app.get(&li, "/orders").await.is(200);
        let elsewhere = [("act", "keep"), ("list", "//evil.example"), ("query", "a=1"), ("name", "x")];
        app.form(&li, "/views", &elsewhere).await.is(422);
    }
);

testkit::each_engine!(
    async fn columns_are_sorted_both_ways_and_nothing_else_is(db) {
        let app = TestApp::of(db).await;
        let li = app.sign_in("li").await;
        for sort in ["number", "-number", "date", "-date", "customer", "-customer", "net", "-net"] {
            let page = app.get(&li, &format!("/orders?sort={sort}")).await.is(200);
            assert_eq!(page::check_markup(&page.text), Ok(()));
        }
        app.get(&li, "/orders?sort=recorded_at").await.is(400);
        app.get(&li, "/orders?from=2026-02-30").await.is(400);
        let program = app.token("li").await;
        let refused = app.get(&program, "/api/v1/orders?sort=status").await.is(400);
        assert_eq!(refused.code(), "query.sort");
    }
);
