use super::{super::scenario::of_the_demo, *};
use crate::connectors::stage::Stage;

fn options(total: u64) -> SimulatorOptions {
    SimulatorOptions { rate: 600.0, conversations: 5, total: Some(total), ..SimulatorOptions::default() }
}

async fn play_with(reply: fn(&str) -> Option<String>, total: u64) -> (Played, usize) {
    let (stage, peer, news) = Stage::open(reply);
    let played = play(peer, news, &of_the_demo(), &options(total)).await.unwrap();
    (played, stage.reports().len())
}

#[tokio::test(start_paused = true)]
async fn an_afternoon_without_answers_ends_with_everybody_gone() {
    let (played, reports) = play_with(|_| None, 30).await;
    assert_eq!((played.customers, played.read, played.refused, reports), (30, 0, 0, 0));
    assert!(played.messages > 90);
}

#[tokio::test(start_paused = true)]
async fn what_the_desk_says_is_claimed_read_and_reported() {
    let (played, reports) = play_with(|_| Some("Sorry, look at the neighbour's.".to_owned()), 30).await;
    assert_eq!((played.customers, played.refused), (30, 0));
    assert!(played.read > 30, "{played:?}");
    // Each message read was reported twice: as sent, and as delivered.
    assert!(reports as u64 >= 2 * played.read, "{reports} {played:?}");
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_plays_the_same_afternoon() {
    assert_eq!(play_with(|_| None, 20).await, play_with(|_| None, 20).await);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_session_ends_the_afternoon_with_its_reason() {
    let (peer, _orders) = Peer::held(8);
    let (tell, news) = mpsc::channel(8);
    tell.send(News::Ended { code: None, why: "the token is unknown".to_owned() }).await.unwrap();
    let ended = play(peer, news, &of_the_demo(), &SimulatorOptions::default()).await;
    assert_eq!(ended.unwrap_err().to_string(), "the simulated customers are gone: the token is unknown");
}

#[tokio::test(start_paused = true)]
async fn a_head_start_plays_the_beginning_in_a_hurry_and_the_rest_as_in_life() {
    let options = SimulatorOptions {
        opening: 22,
        head_start: Duration::from_secs(1),
        rate: 60.0,
        conversations: 100,
        total: Some(100),
        ..SimulatorOptions::default()
    };
    let (_stage, peer, news) = Stage::open(|_| None);
    let scenarios = of_the_demo();
    let mut driver = Driver::new(&scenarios, &options);
    // The opening and half a minute of arrivals fit into the first second; then a minute takes a minute.
    let at = |seconds: u64| driver.lasts(Span::seconds(seconds), options.head_start);
    assert_eq!([at(3), at(30), at(90)], [Duration::from_millis(100), Duration::from_secs(1), Duration::from_secs(61)]);
    driver.began = Some(Instant::now());
    let first = Instant::now();
    let came: Vec<Duration> = std::iter::from_fn(|| {
        let due = driver.due_at()?;
        driver.coming = driver.afternoon.next();
        Some(due - first)
    })
    .collect();
    assert!(came.iter().filter(|due| **due < Duration::from_millis(100)).count() >= 22, "{came:?}");
    assert!(came.is_sorted());
    let played = tokio::time::timeout(Duration::from_secs(2), play(peer, news, &scenarios, &options)).await;
    assert!(played.is_err(), "it goes on");
}
