use super::{super::scenario::of_the_demo, *};
use proptest::prelude::*;

/// Plays a customer to the end; `reply` answers what it says once it waits. What it said, how it rated.
fn play(scenario: &Scenario, seed: u64, mut reply: impl FnMut(&Customer) -> Vec<Input>) -> (Vec<String>, Option<u8>) {
    let mut customer = Customer::new(scenario, seed);
    let (mut said, mut rated, mut wake) = (Vec::new(), None, 0);
    let mut effects = customer.come();
    for _ in 0..1_000 {
        for effect in effects.drain(..) {
            match effect {
                Effect::Say(line) => said.push(line),
                Effect::Rate(score, _) => rated = Some(score),
                Effect::Wake(id, _) => wake = id,
                Effect::Leave | Effect::Type => {}
            }
        }
        if customer.is_gone() {
            return (said, rated);
        }
        let inputs = if customer.phase == Phase::Waiting { reply(&customer) } else { Vec::new() };
        if inputs.is_empty() {
            effects = customer.handle(Input::Due(wake));
        } else {
            effects = inputs.into_iter().flat_map(|input| customer.handle(input)).collect();
        }
    }
    panic!("{} does not end", scenario.id);
}

fn heard(voice: Voice, text: &str) -> Vec<Input> {
    vec![Input::Heard { voice, text: text.to_owned() }]
}

fn scenario(id: &str) -> Scenario {
    of_the_demo().into_iter().find(|scenario| scenario.id == id).unwrap()
}

#[test]
fn every_scenario_of_the_demo_reaches_its_pleased_end_when_fed_its_wants() {
    for scenario in of_the_demo() {
        let (said, rated) = play(&scenario, 3, |customer| match customer.now().and_then(|step| step.wants.first()) {
            Some(want) => heard(Voice::Ai, &format!("It is {want}.")),
            None => heard(Voice::Human, "I have done that for you."),
        });
        assert!(said.ends_with(&scenario.pleased), "{}: {said:?}", scenario.id);
        assert_eq!(rated, (scenario.rating > 0).then_some(scenario.rating), "{}", scenario.id);
        let first: Vec<String> = scenario.steps.first().unwrap().says.clone();
        assert!(said.starts_with(&first), "{}", scenario.id);
    }
}

#[test]
fn a_customer_who_is_not_helped_asks_for_a_human_and_tells_them_the_matter() {
    let scenario = scenario("delivery-neighbour");
    let (said, rated) = play(&scenario, 1, |customer| {
        if customer.wants_human || customer.met_human {
            heard(Voice::Human, "Hello, this is Lena.")
        } else {
            heard(Voice::Ai, "Our office hours are long.")
        }
    });
    let expected = [
        "Hi",
        "my parcel says delivered",
        "but there is nothing here",
        "I looked everywhere. What else can I do?",
        "I want to talk to a person, please.",
        "The number is BW-20417, it is still not here.",
        "Found it, the neighbour had it. Thank you! 🙌🏼",
    ];
    assert_eq!((said, rated), (expected.map(str::to_owned).to_vec(), Some(5)));
}

#[test]
fn a_customer_who_leaves_walks_away_in_silence() {
    let scenario = scenario("delivery-es-gastos");
    let (said, rated) = play(&scenario, 1, |_| heard(Voice::Ai, "No sé."));
    assert_eq!((said, rated), (["gastos de envio a españa?", "cuánto", "cuánto"].map(str::to_owned).to_vec(), None));
}

#[test]
fn a_notice_is_met_with_waiting_and_not_with_words() {
    let scenario = scenario("delivery-neighbour");
    let mut customer = Customer::new(&scenario, 1);
    customer.come();
    while customer.phase != Phase::Waiting {
        customer.handle(Input::Due(customer.wake));
    }
    let before = customer.wake;
    let notice = Input::Heard { voice: Voice::Notice, text: "A person will answer.".to_owned() };
    let effects = customer.handle(notice);
    assert!(matches!(effects.as_slice(), [Effect::Wake(id, wait)] if *id > before && *wait >= Span::seconds(120)));
}

#[test]
fn a_customer_who_is_left_alone_asks_twice_and_goes_the_angry_with_a_bad_rating() {
    let scenario = scenario("delivery-lost-angry");
    let (said, rated) = play(&scenario, 1, |_| Vec::new());
    assert_eq!((said.len(), rated), (3 + 2, Some(1)));
}

#[test]
fn the_same_seed_makes_the_same_customer() {
    let scenario = scenario("delivery-neighbour");
    let course = |seed| {
        let mut customer = Customer::new(&scenario, seed);
        let mut effects = customer.come();
        while !customer.is_gone() {
            effects.extend(customer.handle(Input::Due(customer.wake)));
        }
        effects
    };
    assert_eq!(course(5), course(5));
    assert_ne!(course(5), course(6));
}

proptest! {
    #[test]
    fn whatever_happens_a_customer_never_speaks_after_leaving_and_always_ends(
        which in 0usize..80,
        seed in any::<u64>(),
        inputs in proptest::collection::vec((0u8..5, 0u64..30, ".{0,30}"), 0..120),
    ) {
        let scenarios = of_the_demo();
        let scenario = scenarios.get(which).unwrap();
        let mut customer = Customer::new(scenario, seed);
        customer.come();
        for (kind, id, text) in inputs {
            let gone = customer.is_gone();
            let want = customer.now().and_then(|step| step.wants.first().cloned()).unwrap_or_default();
            let effects = customer.handle(match kind {
                0 => Input::Heard { voice: Voice::Ai, text },
                1 => Input::Heard { voice: Voice::Human, text },
                2 => Input::Heard { voice: Voice::Notice, text },
                3 => Input::Heard { voice: Voice::Ai, text: want },
                _ => Input::Due(if id % 3 == 0 { id } else { customer.wake }),
            });
            prop_assert!(!gone || effects.is_empty());
            let leave = effects.iter().position(|effect| *effect == Effect::Leave);
            prop_assert!(leave.is_none_or(|at| at + 1 == effects.len()));
        }
        for _ in 0..40 {
            customer.handle(Input::Due(customer.wake));
        }
        prop_assert!(customer.is_gone());
    }
}
