//! What holds, and the form. The rules of the desk about it: `decide::tests::guidance`.

use super::*;
use proptest::prelude::*;

#[test]
fn a_form_is_read_back_as_it_was_written() {
    let form = Form {
        which: Which::Of(GuidanceId(3)),
        instruction: Instruction {
            title: "opened coffee".into(),
            when: "I opened the bag\ncan I return opened coffee".into(),
            then: "say: Opened bags stay with you.\nnote: that is the rule".into(),
            examples: "when: not this one".into(),
            topics: vec!["returns".into(), "refunds".into()],
        },
        from: Some(Fault { conversation: ConversationId(42), message: EntryNo(17) }),
    };
    assert_eq!(Form::read(&form.write()), Ok(form));
    let free = Form::read("be brief\ntopics: returns，refunds").unwrap();
    assert_eq!((free.which, free.instruction.then.as_str()), (Which::New, "be brief"));
    assert_eq!(free.instruction.topics, ["returns", "refunds"]);
    assert_eq!(
        Form::read("guidance: seven"),
        Err("guidance: `seven` is not the number of guidance, as in 3; `centaur guidance ls` lists them, or write new"
            .to_owned())
    );
    assert!(Form::read("from: there").is_err_and(|why| why.starts_with("from: `there`")));
}

proptest! {
    #[test]
    fn no_form_is_a_panic_and_what_is_read_is_written_back(form in "(guidance|when|then|from|x)?[: \\n#,0-9a-z：\u{202e}]{0,60}") {
        if let Ok(read) = Form::read(&form) {
            prop_assert_eq!(Form::read(&read.write()), Ok(read));
        }
    }

    #[test]
    fn what_may_not_be_named_is_not_kept(named in proptest::collection::vec((0_u32..6, 0_u16..4), 0..60), may in 0_u32..6) {
        let named: Vec<Named> =
            named.into_iter().map(|(id, version)| Named { guidance: GuidanceId(id), version }).collect();
        let kept = keep(&named, |one| one.guidance.0 < may);
        prop_assert!(kept.iter().all(|one| one.guidance.0 < may && named.contains(one)));
        prop_assert!(kept.windows(2).all(|two| two[0] < two[1]) && kept.len() <= NAMED);
    }
}
