//! Every page of this crate, with sample data, in both languages.

use page::{Frame, Lang};

#[test]
fn sample_pages_are_sound() {
    for lang in [Lang::En, Lang::ZhCn] {
        let frame = Frame::sample(lang, &[plan::MESSAGES, book::MESSAGES]);
        for (name, markup) in plan::web::samples(&frame) {
            if let Err(faults) = page::check_markup(&markup.into_string()) {
                panic!("{name} in {lang:?}: {faults:#?}");
            }
        }
    }
}
