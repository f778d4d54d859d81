//! What the desk itself says to a customer whose matter goes to a person since the AI cannot: nobody is left in silence.
//!
//! One sentence that claims nothing but that, in each language that can be told. Deliberately not here: what an AI says of
//! its own accord, and when it is said (see `decide`).

use super::guard::language::Tongue;

/// A person will answer, in the customer's language; in English where that is not known.
#[must_use]
pub fn of_a_person(speaks: Option<Tongue>) -> &'static str {
    match speaks.unwrap_or(Tongue::En) {
        Tongue::En => "A person on our team will answer you here.",
        Tongue::De => "Jemand aus unserem Team antwortet Ihnen hier.",
        Tongue::Es => "Una persona de nuestro equipo le responderá aquí.",
        Tongue::Fr => "Une personne de notre équipe vous répondra ici.",
        Tongue::Zh => "我们的同事会在这里回复您。",
        Tongue::Ja => "担当者がこちらでお返事いたします。",
        Tongue::Ko => "담당 직원이 여기에서 답변드리겠습니다.",
        Tongue::Ar => "سيجيبك شخص من فريقنا هنا.",
        Tongue::Ru => "Вам ответит здесь наш сотрудник.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::guard::language;

    #[test]
    fn the_notice_is_in_the_language_that_it_is_for() {
        for tongue in Tongue::ALL {
            let told = language::of(of_a_person(Some(tongue)));
            assert!(told.is_none_or(|told| told == tongue), "{tongue:?} looks like {told:?}");
        }
    }
}
