//! The invented company's shop: orders, deliveries, refunds. Every order number from BW-10000 to BW-29999 has an order.
//!
//! What an order is follows from its number, so that it is the same each time; what was refunded is remembered while the
//! program runs. Pure. Deliberately not here: MCP, and whether an AI may.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A tool of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// What it says of itself.
    pub description: &'static str,
}

/// All tools.
pub const TOOLS: [Tool; 5] = [
    Tool { name: "order.lookup", description: "Looks up an order: what was ordered, its price, and where it is." },
    Tool { name: "delivery.status", description: "Says where the parcel of an order is, with its tracking number." },
    Tool {
        name: "delivery.redirect",
        description: "Sends a parcel that is not delivered yet to a neighbour or a pick-up shop nearby.",
    },
    Tool {
        name: "refund.make",
        description: "Pays back an order or a part of it, to the payment method that was used. Money moves.",
    },
    Tool { name: "account.erase", description: "Erases a customer's account with all data. Cannot be undone." },
];

/// What a tool takes, as a JSON Schema.
#[must_use]
pub fn schema(tool: &str) -> Value {
    let order =
        json!({ "type": "string", "pattern": "^BW-[0-9]{5}$", "description": "The order number, as in BW-20417." });
    let language = json!({ "type": "string", "enum": ["en", "de", "es", "zh", "ar"], "description": "The language of the answer." });
    let (mut properties, mut required) = (json!({ "order": order, "language": language }), json!(["order"]));
    match tool {
        "delivery.redirect" => {
            properties["to"] = json!({ "type": "string", "enum": ["neighbour", "shop"] });
            required = json!(["order", "to"]);
        }
        "refund.make" => {
            properties["amount"] =
                json!({ "type": "number", "exclusiveMinimum": 0, "description": "In EUR, two decimals at most." });
            required = json!(["order", "amount"]);
        }
        "account.erase" => {
            properties = json!({ "email": { "type": "string", "maxLength": 320 } });
            required = json!(["email"]);
        }
        _ => {}
    }
    json!({ "type": "object", "additionalProperties": false, "properties": properties, "required": required })
}

const ITEMS: [(&str, u64); 5] = [
    ("Kettle No. 3", 8_900),
    ("Pocket Press", 3_900),
    ("Millstone", 18_900),
    ("Brindle One", 44_900),
    ("Brindle One Plus", 62_900),
];

/// Where a parcel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parcel {
    Packed,
    OnItsWay,
    Delivered,
    Late,
}

/// The shop.
#[derive(Clone, Debug, Default)]
pub struct Shop {
    /// What was paid back, by order, in hundredths.
    refunded: BTreeMap<u32, u64>,
    /// What was done under a key: done once, said again.
    done: BTreeMap<String, Result<String, String>>,
}

/// Keys that are remembered.
const KEYS: usize = 10_000;

struct Order {
    number: u32,
    item: &'static str,
    price: u64,
    parcel: Parcel,
}

impl Order {
    fn of(arguments: &Value) -> Result<Self, String> {
        let said = arguments["order"].as_str().unwrap_or_default();
        let number: u32 = said.strip_prefix("BW-").and_then(|digits| digits.parse().ok()).unwrap_or(0);
        if !(10_000..30_000).contains(&number) {
            return Err(format!("There is no order {said}."));
        }
        let mixed = number.wrapping_mul(2_654_435_761) >> 8;
        let (item, price) = ITEMS.get(mixed as usize % ITEMS.len()).copied().unwrap_or(("Kettle No. 3", 8_900));
        let parcel = match mixed / 7 % 4 {
            0 => Parcel::Packed,
            1 => Parcel::OnItsWay,
            2 => Parcel::Delivered,
            _ => Parcel::Late,
        };
        Ok(Self { number, item, price, parcel })
    }

    fn tracking(&self) -> String {
        format!("NP{:09}", u64::from(self.number) * 7_919 % 1_000_000_000)
    }

    fn words(&self, language: &str) -> String {
        let Self { number, item, price, parcel } = self;
        let what = format!("BW-{number} ({item}, EUR {})", money(*price));
        let track = self.tracking();
        match (language, parcel) {
            ("de", Parcel::Packed) => {
                format!("Die Bestellung {what} ist gepackt und verlässt unser Lager am nächsten Werktag.")
            }
            ("de", Parcel::OnItsWay) => format!(
                "Die Bestellung {what} ist unterwegs und sollte in 2 Werktagen ankommen. Sendungsnummer {track}."
            ),
            ("de", Parcel::Delivered) => {
                format!("Die Bestellung {what} wurde laut NordPost zugestellt. Sendungsnummer {track}.")
            }
            ("de", Parcel::Late) => format!(
                "Die Bestellung {what} liegt verspätet im Depot und sollte in 4 Werktagen ankommen. Sendungsnummer {track}."
            ),
            ("es", Parcel::Packed) => {
                format!("El pedido {what} está preparado y sale de nuestro almacén el próximo día laborable.")
            }
            ("es", Parcel::OnItsWay) => format!(
                "El pedido {what} está en camino y debería llegar en 2 días laborables. Número de seguimiento {track}."
            ),
            ("es", Parcel::Delivered) => {
                format!("El pedido {what} fue entregado según NordPost. Número de seguimiento {track}.")
            }
            ("es", Parcel::Late) => format!(
                "El pedido {what} está retrasado en el depósito y debería llegar en 4 días laborables. Número de seguimiento {track}."
            ),
            ("zh", Parcel::Packed) => format!("订单 {what} 已打包，将于下一个工作日发出。"),
            ("zh", Parcel::OnItsWay) => format!("订单 {what} 正在运送途中，预计 2 个工作日内送达。运单号 {track}。"),
            ("zh", Parcel::Delivered) => format!("根据 NordPost 的记录，订单 {what} 已送达。运单号 {track}。"),
            ("zh", Parcel::Late) => format!("订单 {what} 在转运站延误，预计 4 个工作日内送达。运单号 {track}。"),
            ("ar", Parcel::Packed) => format!("الطلب {what} جاهز ويغادر مستودعنا في يوم العمل التالي."),
            ("ar", Parcel::OnItsWay) => {
                format!("الطلب {what} في الطريق ومن المتوقع وصوله خلال يومي عمل. رقم التتبع {track}.")
            }
            ("ar", Parcel::Delivered) => format!("تم تسليم الطلب {what} وفق NordPost. رقم التتبع {track}."),
            ("ar", Parcel::Late) => {
                format!("الطلب {what} متأخر في المستودع ومن المتوقع وصوله خلال 4 أيام عمل. رقم التتبع {track}.")
            }
            (_, Parcel::Packed) => format!("Order {what} is packed and leaves our warehouse on the next working day."),
            (_, Parcel::OnItsWay) => {
                format!("Order {what} is on its way and should arrive within 2 working days. Tracking number {track}.")
            }
            (_, Parcel::Delivered) => {
                format!("Order {what} was delivered, by the word of NordPost. Tracking number {track}.")
            }
            (_, Parcel::Late) => format!(
                "Order {what} is late in the carrier's depot and should arrive within 4 working days. Tracking number {track}."
            ),
        }
    }
}

fn money(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

impl Shop {
    /// Uses a tool; under the same key the same is said again and nothing done.
    ///
    /// # Errors
    /// What the tool says if it did nothing.
    pub fn call(&mut self, tool: &str, arguments: &Value, key: Option<&str>) -> Result<String, String> {
        if let Some(said) = key.and_then(|key| self.done.get(key)) {
            return said.clone();
        }
        let said = self.does(tool, arguments);
        if let Some(key) = key {
            while self.done.len() >= KEYS {
                self.done.pop_first();
            }
            self.done.insert(key.to_owned(), said.clone());
        }
        said
    }

    fn does(&mut self, tool: &str, arguments: &Value) -> Result<String, String> {
        let language = arguments["language"].as_str().unwrap_or("en");
        match tool {
            "order.lookup" | "delivery.status" => Order::of(arguments).map(|order| order.words(language)),
            "delivery.redirect" => {
                let order = Order::of(arguments)?;
                if order.parcel == Parcel::Delivered {
                    return Err("It is delivered already; nothing was redirected.".to_owned());
                }
                let to = if arguments["to"] == "shop" { "a pick-up shop nearby" } else { "a neighbour" };
                Ok(format!("The parcel {} of order BW-{} goes to {to}.", order.tracking(), order.number))
            }
            "refund.make" => self.refund(arguments, language),
            "account.erase" => Err("This is not done here.".to_owned()),
            _ => Err(format!("There is no tool {tool}.")),
        }
    }

    fn refund(&mut self, arguments: &Value, language: &str) -> Result<String, String> {
        let order = Order::of(arguments)?;
        let amount = crate::domain::tool::amount(arguments, "amount")?;
        let before = self.refunded.get(&order.number).copied().unwrap_or(0);
        if before.saturating_add(amount) > order.price {
            let (price, before) = (money(order.price), money(before));
            return Err(format!(
                "BW-{} cost EUR {price}, of which EUR {before} is paid back; nothing was paid now.",
                order.number
            ));
        }
        self.refunded.insert(order.number, before + amount);
        let (amount, number) = (money(amount), order.number);
        let reference = format!("RF-{}", u64::from(number) * 31 % 90_000 + 10_000);
        Ok(match language {
            "de" => format!(
                "Für die Bestellung BW-{number} wurden EUR {amount} erstattet, Referenz {reference}. Auf der Karte erscheint das nach 3 bis 7 Tagen."
            ),
            "es" => format!(
                "Se han reembolsado EUR {amount} del pedido BW-{number}, referencia {reference}. En la tarjeta aparece en 3 a 7 días."
            ),
            "zh" => format!("订单 BW-{number} 已退款 EUR {amount}，编号 {reference}。3 至 7 天后显示在银行卡账单上。"),
            "ar" => format!(
                "تم رد مبلغ EUR {amount} للطلب BW-{number}، المرجع {reference}. يظهر على البطاقة خلال 3 إلى 7 أيام."
            ),
            _ => format!(
                "EUR {amount} was paid back for order BW-{number}, reference {reference}. It shows on the card after 3 to 7 days."
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_the_same_each_time_and_every_parcel_and_item_occurs() {
        let mut shop = Shop::default();
        let mut look = |number: u32, language: &str| {
            shop.call("order.lookup", &json!({ "order": format!("BW-{number}"), "language": language }), None)
        };
        assert_eq!(look(20_417, "en"), look(20_417, "en"));
        let all: std::collections::BTreeSet<String> = (20_000..20_400)
            .map(|n| look(n, "en").unwrap().split_once(')').unwrap().1.chars().take(12).collect())
            .collect();
        assert_eq!(all.len(), 4, "{all:?}");
        assert!(look(1, "en").is_err());
        for language in ["de", "es", "zh", "ar"] {
            assert!(look(20_417, language).unwrap().contains("EUR "));
        }
    }

    #[test]
    fn no_more_than_the_price_is_paid_back_and_one_key_pays_once() {
        let mut shop = Shop::default();
        let of = |amount: f64| json!({ "order": "BW-20417", "amount": amount });
        let price = Order::of(&of(1.0)).unwrap().price;
        let once = shop.call("refund.make", &of(10.0), Some("a"));
        assert_eq!(once, shop.call("refund.make", &of(10.0), Some("a")));
        assert_eq!(shop.refunded.values().sum::<u64>(), 1_000);
        #[allow(clippy::cast_precision_loss, reason = "a price")]
        let whole = price as f64 / 100.0;
        assert!(shop.call("refund.make", &of(whole), Some("b")).is_err());
        assert!(shop.call("refund.make", &of(-1.0), None).is_err());
    }
}
