//! A measurement.

use super::*;

/// Not a test of right or wrong: what the disk and the decoder give. `cargo test --release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement; run it alone, in release"]
fn speed() {
    // Beside the test program: the folder for temporary files may be in memory.
    let program = std::env::current_exe().unwrap();
    let room = tempfile::tempdir_in(program.parent().unwrap()).unwrap();
    let (mut log, _) = open(room.path());
    let batches: u32 = 2_000;
    let mut made = Vec::new();
    for batch in 0..batches {
        let one = |at: u64| {
            let seq = u64::from(batch) * 64 + at + 1;
            let place = (seq % 1_000 + 1, u32::try_from(seq / 1_000 + 1).unwrap());
            entry(Some(u128::from(seq)), &[event(seq, Some(place), said("Where is my parcel? It was due on Friday."))])
        };
        made.push((0..64).map(one).collect::<Vec<_>>());
    }
    let began = std::time::Instant::now();
    let mut each = Vec::new();
    for batch in &made {
        let one = std::time::Instant::now();
        log.append(batch).unwrap();
        each.push(one.elapsed());
    }
    let took = began.elapsed();
    each.sort_unstable();
    println!("a batch of 64: p50 {:?}, p99 {:?}, longest {:?}", each[1_000], each[1_980], each[1_999]);
    println!("append: {:.0} entries/s", f64::from(batches * 64) / took.as_secs_f64());

    let began = std::time::Instant::now();
    while log.project(1_000).unwrap() > 0 {}
    println!("project: {:.0} events/s", f64::from(batches * 64) / began.elapsed().as_secs_f64());

    let states = (1..=100_000).map(|id| State { seq: Seq(id), live: true, conversation: talk(id, id) }).collect();
    let checkpoint = Checkpoint { floor: Seq(100_000), office: None, states };
    let began = std::time::Instant::now();
    log.save(&checkpoint).unwrap();
    println!("save 100,000 states: {:?}", began.elapsed());
    let reader = log.reader().unwrap();
    let began = std::time::Instant::now();
    let mut count = 0;
    reader.for_each_state(States::Live, &mut |_, _| count += 1).unwrap();
    println!("load {count} states: {:?}", began.elapsed());
    let began = std::time::Instant::now();
    println!("search: {} hits in {:?}", reader.search("parcel friday", None, 100).unwrap().len(), began.elapsed());
    let began = std::time::Instant::now();
    let sound = verify(&*reader, None).unwrap();
    println!("verify: {} events in {:?}", sound.events, began.elapsed());
}
