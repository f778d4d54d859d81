//! Many conversations in one act: preview, count, results, retry, one undo; and filters kept under a name.

use super::{
    needs::three,
    stage::{ARIA, LENA, MIRA, Stage, WEB},
};
use crate::console::{
    effect::Effect,
    model::{Deed, Layer, Saved, many::Stage as At},
    msg::What,
};
use crate::domain::{
    command::Command,
    holder::Holder,
    ids::{ConversationId, Digest, TeammateId},
    policy::Policy,
    teammate::{Actor, Role},
    tool::{Limit, Offer, Risk, ToolDecision, ToolRule},
    turn::{Outcome, Trace},
};

fn titles(stage: &Stage) -> Option<&str> {
    match &stage.model.layer {
        Layer::Filter(line) => Some(line.input.text()),
        _ => None,
    }
}

/// Four conversations with Aria.
fn four() -> (Stage, Vec<ConversationId>) {
    let mut stage = Stage::new();
    let all = ["Jana", "Omar", "Priya", "Luca"].map(|name| stage.customer(name, "hello")).to_vec();
    stage.rest();
    (stage, all)
}

fn resolved(stage: &Stage) -> Vec<u64> {
    stage.desk.conversations.values().filter(|one| one.card.status.is_resolved()).map(|one| one.card.id.0).collect()
}

#[test]
fn what_is_marked_is_resolved_when_the_count_is_typed_and_one_key_undoes_it() {
    let (mut stage, _) = four();
    stage.keys("vjvR");
    assert!(matches!(&stage.model.layer, Layer::Job(_)));
    assert_eq!(stage.asks(), vec![]);
    stage.keys("3<enter>");
    assert!(
        matches!(&stage.model.layer, Layer::Job(shown) if shown.warning.as_deref() == Some("type 2 to do it, or Esc to leave it"))
    );
    stage.keys("<backspace>2<enter>");
    assert_eq!((resolved(&stage), stage.notice()), (vec![1, 3], "resolve: 2 of 2 done; u undoes it".to_owned()));
    assert!(stage.model.many.marked.is_empty());
    stage.keys("u");
    assert_eq!((resolved(&stage), stage.notice()), (vec![], "undo: resolve: 2 of 2 done".to_owned()));
}

#[test]
fn one_undo_takes_back_what_the_job_did_and_nothing_that_was_done_since() {
    let (mut stage, all) = four();
    stage.keys("V#");
    stage.keys("vip<enter>4<enter>");
    // The same person went on at another console, where the newest act in two of them is now another one.
    let me = Actor::Teammate(MIRA);
    let tag = Command::Tag { conversation: all[0], add: vec!["urgent".into()], remove: vec![] };
    stage.does(me, &tag).unwrap();
    let take = Command::TakeOver { conversation: all[1], term: stage.term(all[1]), reason: None };
    stage.does(me, &take).unwrap();
    stage.keys("u");
    assert_eq!(stage.notice(), "undo: tags: 4 of 4 done");
    let tags: Vec<_> = all.iter().map(|id| stage.desk.conversation(*id).unwrap().card.tags.to_vec()).collect();
    assert_eq!(tags, [vec!["urgent".to_owned()], vec![], vec![], vec![]]);
    assert!(stage.desk.conversation(all[1]).unwrap().card.holder.is_human(MIRA));
    // What is one act of several entries is named by the one that can be undone.
    stage.keys("V");
    stage.keys(":assign queue<enter>4<enter>");
    stage.keys("u");
    assert_eq!(stage.notice(), "undo: assignment: 4 of 4 done");
    let holders: Vec<_> = all.iter().map(|id| stage.desk.conversation(*id).unwrap().card.holder).collect();
    assert_eq!(holders, [Holder::Ai(ARIA), Holder::Human(MIRA), Holder::Ai(ARIA), Holder::Ai(ARIA)]);
}

#[test]
fn all_that_match_are_marked_and_those_held_by_others_are_left_out() {
    let (mut stage, all) = four();
    // Mira is an admin, who may move what others hold; as an agent she may not.
    let take = Command::TakeOver { conversation: all[1], term: stage.term(all[1]), reason: None };
    stage.does(Actor::Teammate(LENA), &take).unwrap();
    stage.model.you.as_mut().unwrap().role = Role::Agent;
    stage.keys("V");
    assert_eq!(stage.model.many.marked.len(), 4);
    stage.keys("t");
    let job = stage.model.many.job.clone().unwrap();
    assert_eq!(
        (job.deed.clone(), job.todo.len(), job.left_out_words()),
        (Deed::Take, 3, ", 1 skipped: held by others".to_owned())
    );
    stage.keys("3<enter>");
    let mine = stage.desk.conversations.values().filter(|one| one.card.holder == Holder::Human(MIRA)).count();
    assert_eq!(mine, 3);
    // Hand them back with one brief.
    stage.keys("Vb");
    stage.keys("looked at it<enter>");
    assert!(matches!(&stage.model.layer, Layer::Job(_)), "{:?}", stage.model.layer);
    stage.keys("3<enter>");
    let aria = stage.desk.conversations.values().filter(|one| one.card.holder == Holder::Ai(ARIA)).count();
    assert_eq!((aria, stage.model.drafts.len()), (3, 0));
    // A second V takes all marks away, Esc too.
    stage.keys("VV");
    assert!(stage.model.many.marked.is_empty());
    stage.keys("v<esc>");
    assert!(stage.model.many.marked.is_empty());
}

#[test]
fn what_failed_says_why_and_is_tried_again() {
    let (mut stage, all) = four();
    stage.keys("VR");
    stage.up = false;
    stage.keys("4<enter>");
    assert_eq!(stage.model.many.job.as_ref().map(|job| (job.stage, job.under_way.len())), Some((At::Running, 4)));
    // Two of them fail on the way.
    let waiting = std::mem::take(&mut stage.waiting);
    stage.up = true;
    for (ticket, command) in waiting {
        if command.conversation() == Some(all[0]) || command.conversation() == Some(all[2]) {
            stage.hear(What::NotAsked { ticket, why: "too much at once".into() });
        } else {
            stage.asked(ticket, &command);
        }
    }
    assert_eq!(stage.notice(), "resolve: 2 of 4 done; 2 failed, :job shows why and tries again; u undoes it");
    stage.keys(":job<enter>");
    assert!(matches!(&stage.model.layer, Layer::Job(_)));
    stage.keys("<enter>");
    assert_eq!(
        (resolved(&stage), stage.model.many.job.as_ref().map(|job| job.failed.len())),
        (vec![1, 2, 3, 4], Some(0))
    );
    stage.keys("<esc>u");
    assert_eq!(resolved(&stage), Vec::<u64>::new());
}

#[test]
fn tags_assignments_snoozes_and_priorities_take_many_too() {
    let (mut stage, all) = four();
    stage.keys("V#");
    stage.keys("vip<enter>4<enter>");
    assert!(stage.desk.conversations.values().all(|one| *one.card.tags == ["vip"]));
    stage.keys("V");
    stage.keys(":assign queue<enter>4<enter>");
    assert!(stage.desk.conversations.values().all(|one| one.card.holder == Holder::Queue));
    stage.keys("V");
    stage.keys(":priority high<enter>4<enter>");
    assert!(stage.model.many.job.as_ref().is_some_and(|job| job.done.len() == 4));
    stage.keys("Vz1");
    stage.keys("4<enter>");
    assert!(stage.desk.conversations.values().all(|one| one.card.status != crate::domain::card::Status::Open));
    assert_eq!(stage.asks().len(), all.len() * 4);
}

#[test]
fn at_most_so_many_are_asked_at_once_and_all_get_done() {
    let mut stage = Stage::new();
    for n in 0..80 {
        stage.customer(&format!("Customer {n}"), "hello");
    }
    stage.rest();
    stage.keys("VR");
    stage.up = false;
    stage.keys("80<enter>");
    assert_eq!(stage.waiting.len(), 32);
    stage.up = true;
    let waiting = std::mem::take(&mut stage.waiting);
    for (ticket, command) in waiting {
        stage.asked(ticket, &command);
    }
    assert_eq!(resolved(&stage).len(), 80);
    assert_eq!(stage.notice(), "resolve: 80 of 80 done; u undoes it");
}

#[test]
fn alike_cards_are_decided_together_with_the_count_typed() {
    let (mut stage, [_, omar, priya]) = three();
    stage.keys("2j");
    assert_eq!(stage.model.needs.current, Some(omar));
    stage.keys("=");
    assert!(matches!(&stage.model.layer, Layer::Pick(picker) if picker.title == "what to do with these 2?"));
    stage.keys("<esc>");
    assert!(stage.model.many.marked.is_empty());
    stage.keys("=t<esc>");
    assert!(stage.model.many.marked.is_empty());
    stage.keys("=t2<enter>");
    assert!(stage.desk.conversation(priya).unwrap().card.holder.is_human(MIRA));
    assert!(stage.desk.conversation(omar).unwrap().card.holder.is_human(MIRA));
}

#[test]
fn nothing_left_to_do_is_said_and_nothing_opens() {
    let (mut stage, all) = four();
    stage.does(Actor::Teammate(WEB), &Command::CustomerSaid { conversation: all[0], text: "and?".into() }).unwrap();
    stage.keys("vb");
    stage.keys("x<enter>");
    assert_eq!(
        (&stage.model.layer, stage.notice()),
        (&Layer::None, "nothing to hand back, 1 skipped: the AI has it".to_owned())
    );
    stage.keys("<esc><esc>");
    stage.keys(":job<enter>");
    assert_eq!(stage.notice(), "nothing was done with many yet: v marks one, V all that match");
}

#[test]
fn tab_completes_a_filter_key_by_key_and_value_by_value() {
    let (mut stage, _) = four();
    stage.keys("/hol<tab>");
    assert_eq!(titles(&stage), Some("holder:"));
    stage.keys("<tab>");
    assert_eq!(titles(&stage), Some("holder:ai"));
    stage.keys("<tab><tab>");
    assert_eq!(titles(&stage), Some("holder:queue"));
    assert_eq!(stage.model.floor.len(), 0);
    stage.keys(" mo<tab>d<tab>");
    assert_eq!(titles(&stage), Some("holder:queue mode:draft"));
    stage.keys("<esc>");
    assert_eq!(stage.model.floor.len(), 4);
}

#[test]
fn a_filter_is_kept_under_a_name_and_shown_by_its_letter() {
    let (mut stage, _) = four();
    assert!(stage.effects.contains(&Effect::ReadSaved));
    stage.hear(What::Saved(vec![
        Saved { name: "jana".into(), words: "jana".into() },
        Saved { name: "broken".into(), words: "holdr:me".into() },
    ]));
    assert!(stage.notice().contains("`broken` is no filter"), "{}", stage.notice());
    stage.keys("/omar<enter>'");
    let Layer::Pick(picker) = &stage.model.layer else { panic!("no picker") };
    let letters: Vec<_> = picker.choices.iter().map(|choice| choice.letter).collect();
    assert_eq!(letters.iter().collect::<std::collections::BTreeSet<_>>().len(), letters.len());
    stage.keys("<tab>the-man<enter>");
    let own = |name: &str, words: &str| Saved { name: name.into(), words: words.into() };
    let kept = vec![own("jana", "jana"), own("the-man", "omar")];
    assert_eq!(stage.effects.iter().rev().find(|e| matches!(e, Effect::KeepSaved(_))), Some(&Effect::KeepSaved(kept)));
    stage.keys("'j");
    assert_eq!(stage.model.floor.filter(), Some("jana"));
    stage.keys("'m");
    assert_eq!(stage.model.floor.filter(), Some("holder:me"));
    stage.keys(":view the-man<enter>");
    assert_eq!(stage.model.floor.filter(), Some("omar"));
    stage.keys(":view the-men<enter>");
    assert_eq!(stage.notice(), "no view is called `the-men`; did you mean `the-man`?");
    stage.keys(":save -jana<enter>");
    assert_eq!(stage.model.saved, vec![own("the-man", "omar")]);
    stage.keys(":save two words<enter>");
    assert!(stage.notice().starts_with("a view's name is one word"), "{}", stage.notice());
}

/// Talks in which the AI waits for a person's word on a call, with its arguments.
fn calls(asked: &[(&str, &str)]) -> (Stage, Vec<ConversationId>) {
    const RUNNER: TeammateId = TeammateId(5);
    let mut stage = Stage::new();
    let token = Digest([9; 32]);
    stage.does(Actor::Desk, &Command::Invite { name: "tools".into(), role: Role::Tools, token }).unwrap();
    let rule = ToolRule { risk: Risk::R2, topics: [].into(), amount: None, pin: None, schema: serde_json::Value::Null };
    let rule = ToolRule { amount: Some(Limit { argument: "amount".into(), ..Limit::default() }), ..rule };
    let refund = "shop.refund".to_owned();
    let policy = Policy { tools: [(refund.clone(), rule)].into(), ..Policy::default() };
    stage.does(Actor::Teammate(MIRA), &Command::SetPolicy { policy: Box::new(policy) }).unwrap();
    let offer = Offer::new("shop", "refund", "pays back", serde_json::Value::Null);
    let definition = offer.definition;
    stage.does(Actor::Teammate(RUNNER), &Command::OfferTool { offer: Box::new(offer) }).unwrap();
    let talks = asked.iter().map(|(name, arguments)| {
        let id = stage.customer(name, "I want my money back");
        let (aria, term) = (Actor::Teammate(ARIA), stage.term(id));
        let turn = stage.does(aria, &Command::BeginTurn { conversation: id, term }).unwrap().n;
        let (tool, arguments, words) = (refund.clone(), (*arguments).to_owned(), String::new());
        let ask = Command::AskTool { conversation: id, turn, term, tool, arguments, definition, words };
        let call = stage.does(aria, &ask).unwrap().n;
        let outcome = Outcome::Wait { call, notice: None, trace: Trace::default() };
        stage.does(aria, &Command::FinishTurn { conversation: id, turn, term, outcome }).unwrap();
        id
    });
    let talks = talks.collect();
    stage.rest();
    (stage, talks)
}

#[test]
fn calls_alike_in_tool_and_shape_are_approved_together_each_by_its_own_digest() {
    let (mut stage, talks) = calls(&[
        ("Jana", r#"{"order":"A1","amount":10}"#),
        ("Omar", r#"{"amount":20.5,"order":"B2"}"#),
        ("Priya", r#"{"amount":30}"#),
        ("Luca", r#"{"order":"C3","amount":5}"#),
    ]);
    stage.keys("2");
    assert_eq!(stage.model.needs.current, Some(talks[0]));
    assert_eq!(stage.model.alike(talks[0]), [talks[0], talks[1], talks[3]], "another shape is not alike");
    stage.keys("=y");
    let job = stage.model.many.job.clone().unwrap();
    assert_eq!(
        (job.todo.len(), stage.model.deed_words(&job.deed)),
        (3, "approve shop.refund, 35.50 in all".to_owned())
    );
    let digests: Vec<Digest> =
        talks.iter().map(|id| stage.desk.conversation(*id).unwrap().card.tool_waiting().unwrap().digest).collect();
    stage.keys("2<enter>");
    assert!(matches!(&stage.model.layer, Layer::Job(shown) if shown.warning.is_some()), "the count is typed");
    // Somebody decides one of them meanwhile: first decision wins, and the job says so.
    let call = stage.desk.conversation(talks[3]).unwrap().card.tool_waiting().unwrap().call;
    let decision = ToolDecision::Reject { reason: "no".into() };
    let reject = Command::DecideTool { conversation: talks[3], call, digest: digests[3], decision };
    stage.does(Actor::Teammate(LENA), &reject).unwrap();
    stage.keys("<backspace>3<enter>");
    let asked: Vec<(ConversationId, Digest)> = stage
        .asks()
        .into_iter()
        .filter_map(|command| match command {
            Command::DecideTool { conversation, digest, decision: ToolDecision::Approve, .. } => {
                Some((conversation, digest))
            }
            _ => None,
        })
        .collect();
    assert_eq!(asked, [(talks[0], digests[0]), (talks[1], digests[1]), (talks[3], digests[3])]);
    let job = stage.model.many.job.clone().unwrap();
    assert_eq!((job.done.clone(), job.failed.len()), (vec![talks[0], talks[1]], 1));
    let waits = |id: &ConversationId| stage.desk.conversation(*id).unwrap().card.tool_waiting().is_some();
    assert_eq!(talks.iter().map(waits).collect::<Vec<_>>(), [false, false, true, false]);
}
