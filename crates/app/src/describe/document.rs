//! The OpenAPI document: what the handlers say of themselves, completed with what holds for all of
//! them (tokens, pages of lists, idempotency, versions, problems).

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::answers::{complete_answers, whatever_is_asked};
use super::formats::{tell_format, tell_formats};

/// What the handlers of every crate say of themselves.
#[derive(OpenApi)]
#[openapi(
    paths(
        org::web::memberships::list,
        org::web::memberships::one,
        org::web::memberships::create,
        org::web::memberships::change,
        org::web::memberships::take_back,
        org::web::people::list,
        org::web::people::one,
        org::web::people::create,
        org::web::people::change,
        org::web::seats::list,
        org::web::seats::one,
        org::web::seats::create,
        org::web::seats::change,
        org::web::units::list,
        org::web::units::one,
        org::web::units::create,
        org::web::units::change,
        book::web::assignments::list,
        book::web::assignments::one,
        book::web::assignments::create,
        book::web::assignments::change,
        book::web::assignments::take_back,
        book::web::credit_notes::list,
        book::web::credit_notes::one,
        book::web::credit_notes::create,
        book::web::credit_notes::change,
        book::web::credit_notes::cancel,
        book::web::addresses::list,
        book::web::addresses::one,
        book::web::addresses::create,
        book::web::addresses::change,
        book::web::addresses::remove,
        book::web::attachments::of_customer,
        book::web::attachments::of_order,
        book::web::attachments::one,
        book::web::attachments::change,
        book::web::attachments::remove,
        book::web::attachments::content::send,
        book::web::attachments::upload::to_customer,
        book::web::attachments::upload::to_order,
        book::web::contacts::list,
        book::web::contacts::one,
        book::web::contacts::create,
        book::web::contacts::change,
        book::web::contacts::remove,
        book::web::currencies::list,
        book::web::currencies::one,
        book::web::customers::list,
        book::web::customers::one,
        book::web::customers::create,
        book::web::customers::change,
        book::web::deliveries::list,
        book::web::deliveries::one,
        book::web::deliveries::create,
        book::web::deliveries::deliver,
        book::web::deliveries::take_back,
        book::web::deliveries::change,
        book::web::deliveries::reverse,
        book::web::customers::remove,
        book::web::customers::duplicates::list,
        book::web::customers::merge::preview,
        book::web::customers::merge::create,
        book::web::customers::statement::api,
        book::web::customers::terms::list,
        book::web::customers::terms::create,
        book::web::customers::ties::list,
        book::web::customers::ties::create,
        book::web::customers::ties::finish,
        book::web::groups::customer_groups,
        book::web::groups::product_groups,
        book::web::groups::create_customer_group,
        book::web::groups::create_product_group,
        book::web::groups::customer_group,
        book::web::groups::product_group,
        book::web::groups::change_customer_group,
        book::web::groups::change_product_group,
        book::web::invoices::list,
        book::web::invoices::one,
        book::web::invoices::create,
        book::web::invoices::change,
        book::web::invoices::cancel,
        book::web::number_series::list,
        book::web::number_series::one,
        book::web::number_series::create,
        book::web::number_series::change,
        book::web::orders::amendment::change,
        book::web::orders::course::confirm,
        book::web::orders::course::cancel,
        book::web::orders::course::close,
        book::web::orders::list,
        book::web::orders::one,
        book::web::orders::create,
        book::web::payments::list,
        book::web::payments::one,
        book::web::payments::create,
        book::web::payments::change,
        book::web::payments::reverse,
        book::web::payments::paper_step,
        book::web::payments::allocating::from_payment,
        book::web::payments::allocating::from_credit_note,
        book::web::payments::allocating::end_of_payment,
        book::web::payments::allocating::end_of_credit_note,
        book::web::products::list,
        book::web::products::one,
        book::web::products::create,
        book::web::products::change,
        book::web::price_lists::list,
        book::web::price_lists::one,
        book::web::price_lists::create,
        book::web::price_lists::change,
        book::web::price_lists::uses,
        book::web::price_lists::let_use,
        book::web::prices::list,
        book::web::prices::specials,
        book::web::prices::create,
        book::web::prices::agree,
        book::web::prices::find,
        book::web::quotations::list,
        book::web::quotations::one,
        book::web::quotations::create,
        book::web::quotations::change,
        book::web::quotations::send,
        book::web::quotations::revise,
        book::web::quotations::accept,
        book::web::quotations::lose,
        book::web::quotations::withdraw,
        book::web::quotations::convert,
        book::web::frameworks::list,
        book::web::frameworks::one,
        book::web::frameworks::create,
        book::web::frameworks::change,
        book::web::frameworks::activate,
        book::web::frameworks::close,
        book::web::rebates::list,
        book::web::rebates::one,
        book::web::rebates::accrual,
        book::web::rebates::create,
        book::web::rebates::change,
        book::web::rebates::activate,
        book::web::rebates::settle,
        book::web::rebates::close,
        book::web::samples::list,
        book::web::samples::one,
        book::web::samples::create,
        book::web::samples::change,
        book::web::samples::result,
        book::web::samples::sell,
        book::web::rates::list,
        book::web::rates::one,
        book::web::rates::create,
        book::web::rates::change,
        book::web::receivables::open_items,
        book::web::receivables::balances,
        book::web::terms::list,
        book::web::terms::one,
        book::web::terms::create,
        book::web::terms::change,
        collect::web::accounts::list,
        collect::web::accounts::one,
        collect::web::accounts::set_limit,
        plan::web::attainment::api,
        plan::web::handovers::list,
        plan::web::handovers::one,
        plan::web::handovers::accept,
        plan::web::handovers::add_note,
        plan::web::moves::list,
        plan::web::moves::one,
        plan::web::moves::create,
        plan::web::moves::preview,
        plan::web::plans::list,
        plan::web::plans::one,
        plan::web::plans::create,
        plan::web::plans::cells,
        plan::web::plans::set_cells,
        plan::web::plans::publish,
        plan::web::plans::revise,
        plan::web::plans::periods,
        plan::web::plans::create_period,
        plan::web::plans::period,
        plan::web::plans::change_period,
        plan::web::spread::spread,
    ),
    components(schemas(page::ProblemDocument, page::problem::ProblemField))
)]
struct Described;

/// The whole document.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        let told = serde_json::to_value(Described::openapi()).unwrap_or_default();
        complete(told)
    });
    &DOCUMENT
}

fn complete(mut document: Value) -> Value {
    document["openapi"] = json!("3.1.0");
    document["info"] = json!({
        "title": "Bailiwick",
        "version": crate::VERSION,
        "description": "The sales region as data: organisation, book of business, plan and attainment.",
        "license": { "name": "AGPL-3.0-only", "identifier": "AGPL-3.0-only" },
    });
    document["servers"] = json!([{ "url": "/" }]);
    document["security"] = json!([{ "token": [] }]);
    document["components"]["securitySchemes"] = json!({
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token made with `bailiwick token create --user EMAIL`.",
        },
    });
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            complete_operation(path, method, operation);
        }
    }
    let schemas = document["components"]["schemas"].as_object_mut();
    for schema in schemas.into_iter().flat_map(|all| all.values_mut()) {
        tell_formats(schema);
    }
    document
}

fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    let Some(operation) = operation.as_object_mut() else {
        return;
    };
    operation.insert("operationId".to_owned(), json!(operation_id(method, path)));
    let lists = method == "get" && !path.ends_with('}') && answers_a_page(operation);
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(parameters) = parameters.as_array_mut() {
        for one in parameters.iter_mut() {
            ask_in_query(path, one);
        }
        for name in path
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
        {
            add(parameters, name, "path", "Its code or number.");
        }
        let whole = parameters.iter().any(|one| one["in"] == "query");
        for (name, about) in if lists && !whole {
            questions(path)
        } else {
            Vec::new()
        } {
            add(parameters, name, "query", about);
        }
        if method == "post" {
            add(
                parameters,
                "Idempotency-Key",
                "header",
                "The request takes effect once, however often it is sent with this key.",
            );
        }
        if matches!(method, "patch" | "put" | "delete") {
            add(
                parameters,
                "If-Match",
                "header",
                "The ETag of your copy; if the record has changed meanwhile the answer is 412.",
            );
        }
    }
    let asks = parameters_in(operation, "query");
    complete_answers(operation, &whatever_is_asked(path, method, asks));
}

fn parameters_in(operation: &Map<String, Value>, place: &str) -> bool {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    parameters.is_some_and(|all| all.iter().any(|one| one["in"] == place))
}

/// A question that was described without its place stands in the query, and none is compulsory.
fn ask_in_query(path: &str, parameter: &mut Value) {
    let name = parameter["name"].as_str().unwrap_or_default();
    if parameter["in"] == "path" && !path.contains(&format!("{{{name}}}")) {
        parameter["in"] = json!("query");
        parameter["required"] = json!(false);
    }
}

/// What a list can be asked.
const QUESTIONS: &[(&str, &str)] = &[
    ("q", "Part of a name, code or its pinyin."),
    ("unit", "The code of a unit whose sub-tree is meant."),
    ("owner", "The code of a person."),
    ("status", "A status of the noun."),
    ("group", "The code of a group."),
    ("customer", "The code of a customer."),
    ("currency", "The three letters of a currency."),
    ("list", "The code of a price list."),
    ("product", "The code of a product."),
    ("project", "A project as it is named."),
    ("on", "A day, 2026-06-30."),
    ("order", "The number of an order."),
    ("from", "The first day."),
    ("to", "The last day."),
    ("as_of", "The day that is looked from; today if left out."),
    (
        "known_at",
        "The instant whose knowledge counts; everything known if left out.",
    ),
    (
        "version",
        "The number of a version; the one in force if left out.",
    ),
    ("limit", "Rows in a page, 1 to 500; 50 if left out."),
    ("cursor", "next_cursor of the page before."),
];

/// The questions the list at `path` takes.
fn questions(path: &str) -> Vec<(&'static str, &'static str)> {
    let names: &[&str] = match path {
        "/api/v1/customers" => &["q", "unit", "owner", "status", "group", "limit", "cursor"],
        "/api/v1/orders" => &[
            "q", "unit", "owner", "status", "customer", "group", "currency", "from", "to", "limit",
            "cursor",
        ],
        "/api/v1/deliveries"
        | "/api/v1/invoices"
        | "/api/v1/credit-notes"
        | "/api/v1/payments"
        | "/api/v1/quotations"
        | "/api/v1/frameworks"
        | "/api/v1/rebates"
        | "/api/v1/samples" => &[
            "q", "unit", "owner", "status", "customer", "order", "from", "to", "sort", "limit",
            "cursor",
        ],
        "/api/v1/open-items" | "/api/v1/balances" => {
            &["customer", "as_of", "known_at", "limit", "cursor"]
        }
        "/api/v1/moves" | "/api/v1/number-series" | "/api/v1/payment-terms" => &["limit", "cursor"],
        "/api/v1/credit/accounts" => &[
            "q", "unit", "owner", "status", "group", "as_of", "known_at", "limit", "cursor",
        ],
        "/api/v1/products" => &["q", "group", "limit", "cursor"],
        "/api/v1/prices" => &["list", "product", "on", "known_at", "limit", "cursor"],
        "/api/v1/special-prices" => &[
            "customer", "project", "product", "on", "known_at", "limit", "cursor",
        ],
        "/api/v1/rates" => &["currency", "on", "known_at", "limit", "cursor"],
        "/api/v1/handovers" => &["status", "limit", "cursor"],
        "/api/v1/plans/{code}/cells" => &["version"],
        // These describe their questions themselves.
        "/api/v1/memberships"
        | "/api/v1/assignments"
        | "/api/v1/price-lists/{code}/uses"
        | "/api/v1/seats"
        | "/api/v1/plans"
        | "/api/v1/periods"
        | "/api/v1/customer-groups"
        | "/api/v1/product-groups" => &[],
        "/api/v1/people" => &["q", "unit", "status", "limit", "cursor"],
        _ => &["q", "limit", "cursor"],
    };
    let asked = QUESTIONS.iter().filter(|(name, _)| names.contains(name));
    asked.copied().collect()
}

/// Adds a text parameter unless the handler described it itself.
fn add(parameters: &mut Vec<Value>, name: &str, place: &str, about: &str) {
    let known = |one: &Value| one["name"] == name && one["in"] == place;
    if !parameters.iter().any(known) {
        let mut schema = match name {
            "limit" => json!({ "type": "integer", "minimum": 1, "maximum": db::Limit::MOST }),
            "version" => json!({ "type": "integer" }),
            "Idempotency-Key" => {
                json!({ "type": "string", "minLength": 1, "maxLength": org::api::LONGEST_KEY })
            }
            _ => json!({ "type": "string" }),
        };
        tell_format(name, &mut schema);
        parameters.push(json!({
            "name": name,
            "in": place,
            "required": place == "path",
            "description": about,
            "schema": schema,
        }));
    }
}

/// `get /api/v1/units/{code}` is `get_units_code`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.trim_start_matches("/api/v1/").split(['/', '-']);
    let words = words.map(|word| word.trim_matches(['{', '}']));
    std::iter::once(method)
        .chain(words)
        .collect::<Vec<&str>>()
        .join("_")
}

fn answers_a_page(operation: &Map<String, Value>) -> bool {
    let schema = operation
        .get("responses")
        .map(|answers| &answers["200"]["content"]["application/json"]["schema"]);
    let name = schema
        .and_then(|schema| schema["$ref"].as_str())
        .unwrap_or_default();
    name.starts_with("#/components/schemas/Page")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn operations() -> Vec<(&'static String, &'static Value)> {
        let paths = document()["paths"].as_object().unwrap();
        let methods = paths.iter().flat_map(|(path, methods)| {
            methods
                .as_object()
                .unwrap()
                .values()
                .map(move |operation| (path, operation))
        });
        methods.collect()
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_and_a_problem() {
        let mut seen = BTreeSet::new();
        for (path, operation) in operations() {
            assert!(
                seen.insert(operation["operationId"].as_str().unwrap()),
                "{path}"
            );
            let answers = operation["responses"].as_object().unwrap();
            assert!(!answers.contains_key("default"), "{path} hides statuses");
            assert!(answers.contains_key("401"), "{path}");
            assert!(
                answers
                    .values()
                    .all(|answer| !answer["description"].as_str().unwrap().is_empty())
            );
            assert!(operation["tags"][0].is_string(), "{path} has no tag");
        }
        assert!(seen.contains("get_units_code"));
    }

    #[test]
    fn every_place_in_a_path_is_declared_and_lists_take_a_cursor() {
        for (path, operation) in operations() {
            let parameters = operation["parameters"].as_array().unwrap();
            let places = parameters.iter().filter(|one| one["in"] == "path").count();
            assert_eq!(places, path.matches('{').count(), "{path}");
        }
        let units = &document()["paths"]["/api/v1/units"]["get"]["parameters"];
        assert!(
            units
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["name"] == "cursor")
        );
    }

    #[test]
    fn only_a_default_is_null() {
        // Tools that read it take a null where fields are expected for a broken description.
        let mut left = vec![(String::new(), document())];
        while let Some((place, value)) = left.pop() {
            assert!(!value.is_null(), "{place}");
            let parts = value.as_object().into_iter().flatten();
            let parts = parts.filter(|(name, _)| *name != "default");
            left.extend(parts.map(|(name, one)| (format!("{place}/{name}"), one)));
            let items = value.as_array().into_iter().flatten();
            left.extend(items.map(|one| (format!("{place}/-"), one)));
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let text = document().to_string();
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(
                document()["components"]["schemas"][name].is_object(),
                "{name}"
            );
        }
    }
}
