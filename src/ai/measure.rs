//! What a question wants measured: a time or an amount of money. And whether a sentence says such a measure.
//!
//! "and how long does that take?" is answered by days, not by a price that stands beside them. Words of five languages and
//! digits, no guessing: where nothing tells, nothing is asked of an answer. Deliberately not here: which passage it is.

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// A time, a day or a deadline.
    Time,
    /// An amount of money, or that there is none.
    Money,
}

/// Phrases that ask for a time, in lower case.
const ASKS_TIME: &[&str] = &[
    "how long",
    "how many days",
    "how many weeks",
    "how many hours",
    "how many years",
    "how many months",
    "how often",
    "how soon",
    "wie lange",
    "wie viele tage",
    "wie viele jahre",
    "wie viele monate",
    "wie oft",
    "bis wann",
    "cuánto tarda",
    "cuanto tarda",
    "cuánto tiempo",
    "cuanto tiempo",
    "cuántos días",
    "cuantos dias",
    "cuántos años",
    "cuánto dura",
    "cuanto dura",
    "cuántos meses",
    "en cuántos",
    "多久",
    "几天",
    "多长时间",
    "多少天",
    "几个工作日",
    "几年",
    "几个月",
    "كم يوم",
    "كم يستغرق",
    "كم تستغرق",
    "كم مدة",
    "ما مدة",
    "كم سنة",
    "كم شهر",
    "كم ساعة",
    "كم من الوقت",
];
/// Phrases that ask for money, in lower case.
const ASKS_MONEY: &[&str] = &[
    "how much does",
    "how much is",
    "how much would",
    "what does it cost",
    "cost?",
    "costs?",
    "what price",
    "the price",
    "was kostet",
    "wie teuer",
    "wieviel kostet",
    "wie viel kostet",
    "kostet mich",
    "versandkosten",
    "cuánto cuesta",
    "cuanto cuesta",
    "cuánto es",
    "gastos de",
    "qué precio",
    "precio",
    "多少钱",
    "运费",
    "价格",
    "费用",
    "كم تكلف",
    "كم يكلف",
    "كم تبلغ تكلفة",
    "كم سعر",
    "كم السعر",
    "تكلفة",
];
/// Words and beginnings of words with which a sentence says a time, beside a figure.
const SAYS_TIME: &[&str] = &[
    "day",
    "week",
    "month",
    "year",
    "hour",
    "minute",
    "second",
    "monday",
    "tag",
    "woche",
    "monat",
    "jahr",
    "stunde",
    "minute",
    "sekunde",
    "jederzeit",
    "día",
    "dia ",
    "días",
    "semana",
    "mes",
    "año",
    "hora",
    "minuto",
    "segundo",
    "天",
    "工作日",
    "小时",
    "分钟",
    "年",
    "月",
    "周",
    "秒",
    "يوم",
    "أيام",
    "ساعة",
    "ساعتين",
    "دقيقة",
    "أشهر",
    "شهر",
    "سنة",
    "سنوات",
    "سنتان",
    "أسبوع",
    "أسابيع",
    "ثانية",
];
/// The same for money.
const SAYS_MONEY: &[&str] = &[
    "eur",
    "euro",
    "free",
    "costs nothing",
    "percent",
    "kostenlos",
    "kostenfrei",
    "gratis",
    "gratuit",
    "欧元",
    "免费",
    "免运费",
    "يورو",
    "مجاني",
    "مجانًا",
];

impl Measure {
    /// What is asked for, if it is one of them and not both.
    #[must_use]
    pub fn asked_in(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        let says = |list: &[&str]| list.iter().any(|phrase| text.contains(phrase));
        match (says(ASKS_TIME), says(ASKS_MONEY)) {
            (true, false) => Some(Self::Time),
            (false, true) => Some(Self::Money),
            _ => None,
        }
    }

    /// Whether a sentence says one.
    #[must_use]
    pub fn is_said_in(self, sentence: &str) -> bool {
        let text = sentence.to_lowercase();
        let list = match self {
            Self::Time => SAYS_TIME,
            Self::Money => SAYS_MONEY,
        };
        list.iter().any(|word| text.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_for_a_time_or_a_price_is_told_and_so_is_a_sentence_that_says_one() {
        for (text, measure) in [
            ("and how long does that take?", Some(Measure::Time)),
            ("Und was kostet der Versand?", Some(Measure::Money)),
            ("y cuantos dias", Some(Measure::Time)),
            ("运费是多少？", Some(Measure::Money)),
            ("وكم يستغرق التوصيل؟", Some(Measure::Time)),
            ("how long does it take and how much is it?", None),
            ("where is my parcel?", None),
        ] {
            assert_eq!(Measure::asked_in(text), measure, "{text}");
        }
        assert!(Measure::Time.is_said_in("The rest of the EU takes 3 to 5 working days."));
        assert!(!Measure::Time.is_said_in("Delivery costs EUR 4.90 per order."));
        assert!(Measure::Money.is_said_in("Die Rücksendung aus EU-Ländern ist kostenlos."));
        assert!(!Measure::Money.is_said_in("寄往欧盟其他国家需要 3 至 5 个工作日。"));
    }
}
