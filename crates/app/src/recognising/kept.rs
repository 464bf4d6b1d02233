//! What the columns of contacts and addresses are called in the field: in English, Chinese and German.

use sheet::recognise::{Sort, Term};

use super::{
    everyday::{ACCOUNT, COUNTRY, EMAIL},
    term,
};

pub(super) const CONTACTS: &[Term] = &[
    ACCOUNT,
    term(
        "name",
        Sort::Text,
        &[
            "contact",
            "contact name",
            "contact person",
            "full name",
            "联系人",
            "姓名",
            "Ansprechpartner",
        ],
    ),
    term(
        "name_local",
        Sort::Text,
        &["local name", "中文姓名", "本地名称"],
    ),
    term(
        "role",
        Sort::Text,
        &["function", "角色", "职务", "Funktion", "Rolle"],
    ),
    term(
        "phone",
        Sort::Text,
        &["telephone", "tel", "mobile", "电话", "手机", "Telefon"],
    ),
    EMAIL,
    term("lang", Sort::Text, &["language", "语言", "Sprache"]),
];

pub(super) const ADDRESSES: &[Term] = &[
    ACCOUNT,
    term(
        "kind",
        Sort::Text,
        &["address type", "地址类型", "Adressart"],
    ),
    term(
        "line1",
        Sort::Text,
        &["street", "address", "地址", "街道", "Straße", "Adresse"],
    ),
    term(
        "postcode",
        Sort::Text,
        &["zip", "zip code", "postal code", "邮编", "PLZ"],
    ),
    term("city", Sort::Text, &["town", "城市", "Ort", "Stadt"]),
    COUNTRY,
    term("lat", Sort::Number, &["latitude", "纬度", "Breite"]),
    term("lon", Sort::Number, &["longitude", "经度", "Länge"]),
];
