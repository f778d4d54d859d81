//! Needs you at every size, and a call that waits with every odd code point visible.

use super::*;

#[test]
fn needs_you_is_drawn_at_every_size() {
    for (width, height) in [(60, 20), (80, 24), (120, 36)] {
        let mut model = fixture::talk(width, height, 99);
        model.screen = Screen::NeedsYou;
        model.needs.current = Some(ConversationId(1042));
        snapshot(&format!("needs_{width}x{height}"), &model, &mut Look::default());
    }
    let mut look = Look::default();
    let mut model = fixture::talk(120, 36, 99);
    model.screen = Screen::NeedsYou;
    model.needs.current = Some(ConversationId(1042));
    let shown = roles(&drawn(&model, &mut look), &look.theme);
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("needs_roles_120x36", shown);
    });
    // Somebody else took it; and nothing waits.
    model.size = (80, 24);
    model.needs.current = Some(ConversationId(1046));
    snapshot("needs_settled_80x24", &model, &mut Look::default());
    model.needs = crate::console::model::Needs { decided: 7, ..Default::default() };
    snapshot("needs_nothing_80x24", &model, &mut Look::default());
}

#[test]
fn a_call_that_waits_is_shown_whole_with_every_odd_code_point_visible() {
    use crate::console::model::{Deed, Job, JobBox, many::CallRead, many::Stage};
    for (width, height) in [(60, 20), (80, 24), (120, 36), (160, 45)] {
        let mut model = fixture::call(width, height);
        model.screen = Screen::NeedsYou;
        model.needs.current = Some(ConversationId(1042));
        let shown = text(&drawn(&model, &mut Look::default()));
        for hidden in ['\u{202e}', '\u{200b}', '\u{1b}'] {
            assert!(!shown.contains(hidden), "{width}x{height}: {}", hidden.escape_unicode());
        }
        if width >= 80 {
            let words = ["shop.refund.make (R2 money or data), by", "189.00", "a7a7a7a7a7a7a7a7", "⟨RLO⟩", "8m left"];
            assert!(words.iter().all(|word| shown.contains(word)), "{width}x{height}:\n{shown}");
        }
        if width <= 80 {
            snapshot(&format!("needs_call_{width}x{height}"), &model, &mut Look::default());
        }
    }
    // Several that are alike, in one list.
    let mut model = fixture::call(120, 36);
    let waits = model.card(ConversationId(1042)).unwrap().tool_waiting().unwrap().clone();
    let read = CallRead { call: waits.call, digest: waits.digest, arguments: waits.arguments, amount: waits.amount };
    let calls = [(ConversationId(1042), read.clone()), (ConversationId(1043), read)].into();
    model.many.job = Some(Job {
        deed: Deed::Approve { tool: waits.tool, calls: std::sync::Arc::new(calls) },
        stage: Stage::Planned,
        todo: [ConversationId(1042), ConversationId(1043)].into(),
        under_way: std::collections::BTreeMap::default(),
        done: Vec::new(),
        failed: Vec::new(),
        skipped: vec![(ConversationId(1044), "too long to be read here")],
        acts: std::collections::BTreeMap::new(),
        draft: None,
    });
    model.layer = Layer::Job(JobBox { input: Editor::line(""), ..JobBox::default() });
    let shown = text(&drawn(&model, &mut Look::default()));
    let words = ["approve shop.refund.make, 378.00 in all", "gro.live", "⟨RLO⟩", "type 2 and press Enter"];
    assert!(words.iter().all(|word| shown.contains(word)), "{shown}");
}

#[test]
fn a_call_that_does_not_fit_says_so_and_is_approved_only_when_it_was_read_to_its_end() {
    use crate::console::{effect::Effect, msg::Msg, msg::What, update::update};
    let note = "Please be so kind and do as the customer says. ".repeat(60);
    let arguments = format!("{{\"amount\":9,\"note\":\"{note}\",\"to\":\"mallory\"}}");
    for (width, height) in [(60, 20), (80, 24), (120, 36)] {
        let mut model = fixture::call_with(width, height, &arguments);
        let press = |model: &mut Model, key: &str| {
            let (at, what) = (model.now, What::Key(key.parse().unwrap()));
            let effects = update(model, Msg { at, what });
            effects.iter().any(|effect| matches!(effect, Effect::Ask { .. }))
        };
        let look = |model: &mut Model| {
            let mut look = Look::default();
            let shown = text(&drawn(model, &mut look));
            model.measured = look.measured;
            shown
        };
        look(&mut model);
        assert!(!press(&mut model, "y"), "{width}x{height}: on the floor it may be turned away");
        model.screen = Screen::NeedsYou;
        model.needs.current = Some(ConversationId(1042));
        let (mut shown, mut turns) = (look(&mut model), 0);
        let all = shown.clone();
        assert!(shown.contains("more below: PgDn, before") && !shown.contains("mallory"), "{shown}");
        if width <= 80 {
            snapshot(&format!("needs_long_call_{width}x{height}"), &model, &mut Look::default());
        }
        while !shown.contains("that is all of it") {
            assert!(!press(&mut model, "y"), "{width}x{height}: approved after {turns} turns\n{shown}");
            press(&mut model, "pagedown");
            (shown, turns) = (look(&mut model), turns + 1);
            assert!(turns < 200, "{shown}");
        }
        assert!(shown.contains("mallory"), "{shown}");
        assert!(press(&mut model, "y"), "{width}x{height}: read and not approved\n{all}\n{shown}");
    }
}

#[test]
fn a_call_is_told_whole_in_the_talk_wherever_no_card_above_tells_it() {
    let (mut model, mut look) = (fixture::call(120, 36), Look::default());
    model.needs.current = Some(ConversationId(1042));
    for _ in 0..2 {
        model.screen = Screen::NeedsYou;
        assert!(text(&drawn(&model, &mut look)).contains("see above"));
        composing(&mut model, Writing::EditTool(EntryNo(5)), "{}");
        let shown = text(&drawn(&model, &mut look));
        assert!(shown.contains("a7a7a7a7a7a7a7a7") && !shown.contains("see above"), "while writing\n{shown}");
        model.layer = Layer::None;
        model.screen = Screen::Floor;
        let shown = text(&drawn(&model, &mut look));
        assert!(shown.contains("a7a7a7a7a7a7a7a7") && !shown.contains("see above"), "on the floor\n{shown}");
    }
}
