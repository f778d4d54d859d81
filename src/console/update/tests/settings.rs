//! What is set at a talk or for many: mode, pause, sleep, holder, tags, stops; by letter, or typed.

use super::stage::{LENA, Stage};
use crate::console::model::Layer;
use crate::domain::{command::Command, holder::Holder, mode::Mode, stop::Scope, time::Span};

#[test]
fn modes_pauses_and_sleep_are_picked_by_letter_or_typed() {
    let (mut stage, jana) = Stage::with_jana();
    let conversation = jana;
    stage.keys("md");
    assert_eq!(stage.last_ask(), Command::SetMode { conversation, mode: Some(Mode::Draft) });
    stage.keys("p2");
    assert_eq!(stage.last_ask(), Command::Pause { conversation, span: Some(Span::minutes(15)) });
    stage.keys("p<tab>45m<enter>");
    assert_eq!(stage.last_ask(), Command::Pause { conversation, span: Some(Span::minutes(45)) });
    stage.keys("z2");
    assert_eq!(stage.last_ask(), Command::Snooze { conversation, until: Some(stage.at.plus(Span::hours(1))) });
    stage.keys("z<tab>soon<enter>");
    assert!(matches!(&stage.model.layer, Layer::Pick(picker) if picker.warning.is_some()));
}

#[test]
fn tomorrow_is_nine_o_clock_where_the_person_sits() {
    let (mut stage, _) = Stage::with_jana();
    stage.model.zone = 60;
    stage.keys("z4");
    let Command::Snooze { until: Some(until), .. } = stage.last_ask() else { panic!("no snooze") };
    let local_ms = (until.0 + 3_600_000).rem_euclid(86_400_000);
    assert_eq!(local_ms, 9 * 3_600_000);
    assert!(until > stage.at && until.since(stage.at) <= Span::hours(33));
}

#[test]
fn somebody_else_gets_it_by_letter_or_name() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys("al");
    assert_eq!(stage.model.card(jana).unwrap().holder, Holder::Human(LENA));
    stage.keys(":");
    stage.keys("assign queue<enter>");
    assert_eq!(stage.model.card(jana).unwrap().holder, Holder::Queue);
    stage.keys(":");
    stage.keys("assign nobody<enter>");
    assert!(stage.notice().contains("nobody here is called"), "{}", stage.notice());
}

#[test]
fn tags_come_and_go() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys("#vip late<enter>");
    assert_eq!(stage.model.card(jana).unwrap().tags[..], ["late".to_owned(), "vip".to_owned()]);
    stage.keys("#-late<enter>");
    assert_eq!(stage.model.card(jana).unwrap().tags[..], ["vip".to_owned()]);
}

#[test]
fn three_keys_stop_every_ai_and_say_what_becomes_of_each_before() {
    let (mut stage, jana) = Stage::with_jana();
    let omar = stage.customer("Omar", "hello");
    stage.keys("!");
    let titles = |stage: &Stage| match &stage.model.layer {
        Layer::Pick(picker) => picker.choices.iter().map(|choice| choice.title.clone()).collect(),
        _ => Vec::new(),
    };
    assert_eq!(titles(&stage)[0], "stop every AI, everywhere: 2 talks");
    stage.keys("a");
    assert_eq!(titles(&stage), ["hold: 2 wait", "queue: 2 to the queue", "people: 2 to people"]);
    assert_eq!(stage.asks(), vec![]);
    stage.keys("q");
    assert!(stage.notice().starts_with("stopped all AI for 30m: 2 talks: 2 to the queue"), "{}", stage.notice());
    assert_eq!([jana, omar].map(|id| stage.model.card(id).unwrap().holder), [Holder::Queue; 2]);
    assert_eq!(stage.model.banner_rows(), 1);

    // It is lifted with a reason, and not without.
    stage.keys("!1");
    stage.keys("<enter>");
    assert_eq!(stage.model.office.stops.len(), 1);
    stage.keys("the page is mended<enter>");
    assert_eq!((stage.model.office.stops.len(), stage.model.banner_rows()), (0, 0));
}

#[test]
fn a_time_and_a_reason_may_be_typed_with_a_stop() {
    let (mut stage, jana) = Stage::with_jana();
    stage.keys("!t");
    stage.keys("<tab>2h wrong prices<enter>");
    let stop = stage.model.office.stops[0].clone();
    assert_eq!(stop.until.map(|until| until.since(stop.at)), Some(Span::hours(2)));
    assert_eq!((stop.reason.as_str(), stop.scope), ("wrong prices", Scope::Talk { conversation: jana }));
}
