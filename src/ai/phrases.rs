//! The few sentences that an AI says of its own accord, in the desk's five languages.
//!
//! Varied by the content they go with, never at random: the same talk gets the same words. Deliberately not here: anything
//! that claims a fact.

use super::words::Language;

/// What a phrase is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phrase {
    /// Before an answer.
    Opening,
    /// To a greeting without a question.
    Greeting,
    /// To thanks without a question.
    Thanks,
    /// When the matter is settled.
    Settled,
    /// When it does not know.
    Unknown,
    /// When a person takes over.
    ForHuman,
    /// When there may be danger.
    Danger,
    /// While a person decides on a tool call.
    Approval,
}

/// The phrase in a language, picked by `content`.
#[must_use]
pub fn phrase(phrase: Phrase, language: Language, content: &str) -> &'static str {
    let choices = choices(phrase, language);
    let sum = content.bytes().fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    choices.get((sum >> 8) as usize % choices.len().max(1)).copied().unwrap_or_default()
}

fn choices(phrase: Phrase, language: Language) -> &'static [&'static str] {
    use Language::{Ar, De, En, Es, Zh};
    match (phrase, language) {
        (Phrase::Opening, En) => &["Happy to help.", "Thank you for your message.", "Here is what I found."],
        (Phrase::Opening, De) => {
            &["Gerne helfe ich Ihnen.", "Danke für Ihre Nachricht.", "Dazu habe ich Folgendes gefunden."]
        }
        (Phrase::Opening, Es) => &["Con gusto le ayudo.", "Gracias por su mensaje.", "Esto es lo que he encontrado."],
        (Phrase::Opening, Zh) => &["很高兴为您解答。", "感谢您的留言。", "我查到了以下内容。"],
        (Phrase::Opening, Ar) => &["يسعدني مساعدتك.", "شكرًا على رسالتك.", "هذا ما وجدته."],
        (Phrase::Greeting, En) => &["Hello! What can I do for you?", "Hi there! How can I help?"],
        (Phrase::Greeting, De) => &["Guten Tag! Was kann ich für Sie tun?", "Hallo! Wie kann ich Ihnen helfen?"],
        (Phrase::Greeting, Es) => &["¡Hola! ¿En qué puedo ayudarle?", "¡Buenas! ¿Qué puedo hacer por usted?"],
        (Phrase::Greeting, Zh) => &["您好！请问有什么可以帮您？", "您好！我能为您做什么？"],
        (Phrase::Greeting, Ar) => &["مرحبًا! كيف يمكنني مساعدتك؟", "أهلًا! بماذا يمكنني أن أساعدك؟"],
        (Phrase::Thanks, En) => &["You are welcome!", "With pleasure. I am here if anything else comes up."],
        (Phrase::Thanks, De) => &["Gern geschehen!", "Sehr gerne. Ich bin da, falls noch etwas ist."],
        (Phrase::Thanks, Es) => &["¡De nada!", "Con mucho gusto. Aquí estoy si necesita algo más."],
        (Phrase::Thanks, Zh) => &["不客气！", "不用谢，如有其他问题随时告诉我。"],
        (Phrase::Thanks, Ar) => &["على الرحب والسعة!", "بكل سرور. أنا هنا إن احتجت إلى شيء آخر."],
        (Phrase::Settled, En) => &["Glad to hear that it is settled. Have a good day!", "Wonderful. Enjoy your day!"],
        (Phrase::Settled, De) => {
            &["Schön, dass es geklärt ist. Einen guten Tag!", "Wunderbar. Ihnen noch einen schönen Tag!"]
        }
        (Phrase::Settled, Es) => {
            &["Me alegra que esté resuelto. ¡Que tenga un buen día!", "¡Estupendo! Que pase un buen día."]
        }
        (Phrase::Settled, Zh) => &["很高兴问题解决了，祝您愉快！", "太好了，祝您一切顺利！"],
        (Phrase::Settled, Ar) => &["يسعدني أن الأمر قد حُل. أتمنى لك يومًا سعيدًا!", "رائع! أتمنى لك يومًا طيبًا."],
        (Phrase::Unknown, En) => &["I do not know this well enough to answer. A person on our team will look at it."],
        (Phrase::Unknown, De) => &["Das weiß ich nicht sicher genug. Jemand aus unserem Team sieht es sich an."],
        (Phrase::Unknown, Es) => &["No lo sé con suficiente seguridad. Una persona de nuestro equipo lo revisará."],
        (Phrase::Unknown, Zh) => &["这个问题我没有把握回答，我们的同事会为您查看。"],
        (Phrase::Unknown, Ar) => &["لا أعرف الإجابة عن هذا بثقة كافية. سيراجعه شخص من فريقنا."],
        (Phrase::ForHuman, En) => &["A person on our team will answer you here."],
        (Phrase::ForHuman, De) => &["Jemand aus unserem Team antwortet Ihnen hier."],
        (Phrase::ForHuman, Es) => &["Una persona de nuestro equipo le responderá aquí."],
        (Phrase::ForHuman, Zh) => &["我们的同事会在这里回复您。"],
        (Phrase::ForHuman, Ar) => &["سيجيبك شخص من فريقنا هنا."],
        (Phrase::Approval, En) => &["One moment please: a colleague looks at this and confirms it."],
        (Phrase::Approval, De) => &["Einen Moment bitte: Jemand aus unserem Team sieht sich das an und bestätigt es."],
        (Phrase::Approval, Es) => &["Un momento, por favor: una persona de nuestro equipo lo revisa y lo confirma."],
        (Phrase::Approval, Zh) => &["请稍等，我们的同事正在查看并确认。"],
        (Phrase::Approval, Ar) => &["لحظة من فضلك: سيراجع أحد زملائنا هذا ويؤكده."],
        (Phrase::Danger, En) => {
            &["Please stop using the device, and unplug it if that is safe. A person on our team will answer you here."]
        }
        (Phrase::Danger, De) => &[
            "Bitte benutzen Sie das Gerät nicht weiter und ziehen Sie den Stecker, wenn das gefahrlos geht. Jemand aus unserem Team antwortet Ihnen hier.",
        ],
        (Phrase::Danger, Es) => &[
            "Por favor, deje de usar el aparato y desenchúfelo si es seguro hacerlo. Una persona de nuestro equipo le responderá aquí.",
        ],
        (Phrase::Danger, Zh) => &["请停止使用该设备，并在安全的情况下拔下电源。我们的同事会在这里回复您。"],
        (Phrase::Danger, Ar) => {
            &["يرجى التوقف عن استخدام الجهاز وفصله عن الكهرباء إن كان ذلك آمنًا. سيجيبك شخص من فريقنا هنا."]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_content_gets_the_same_phrase_and_other_content_may_get_another() {
        let of = |content: &str| phrase(Phrase::Opening, Language::De, content);
        assert_eq!(of("Wo ist mein Paket?"), of("Wo ist mein Paket?"));
        let all: std::collections::BTreeSet<&str> = (0..50).map(|n: u32| of(&n.to_string())).collect();
        assert_eq!(all.len(), 3);
    }
}
