use super::{super::scenario::of_the_demo, *};
use crate::connectors::stage::Stage;

fn options(total: u64) -> SimulatorOptions {
    SimulatorOptions { seed: 7, rate: 600.0, conversations: 5, total: Some(total), speed: 1.0 }
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
    let (played, reports) =
        play_with(|_| Some("It takes 5 working days; look at the neighbour's.".to_owned()), 30).await;
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
