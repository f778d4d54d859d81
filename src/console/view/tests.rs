mod ai;
mod corpus;
mod every;
mod fixture;
mod hostile;
mod needs;
mod wire;

use super::*;
use crate::{
    console::{
        action::{Action, Scope},
        composer::Editor,
        model::{
            AiRow, Choice, Composer, DraftKey, FilterLine, Help, Line, Palette, PaletteRow, Pick, Picker, Scroll,
            Value, Writing,
        },
        paint::Paint,
    },
    domain::{
        ceiling::{Ceiling, Ceilings, Spent, Today},
        filter::Filter,
        guidance::{Form, GuidanceId, Which},
        ids::{ConversationId, EntryNo, TeammateId},
        mode::Mode,
        time::Span,
    },
};
use proptest::prelude::*;
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};

/// The cells as text, one line a row; what a wide cluster covers is left out.
fn text(buffer: &Buffer) -> String {
    let mut lines = Vec::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(crate::console::wrap::cells(symbol)).unwrap().max(1);
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

fn drawn(model: &Model, look: &mut Look) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(model.size.0, model.size.1)).unwrap();
    terminal.draw(|frame| draw(frame, model, look)).unwrap().buffer.clone()
}

fn snapshot(name: &str, model: &Model, look: &mut Look) {
    let shown = text(&drawn(model, look));
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, shown);
    });
}

/// Each row's stretches of one role, by the look alone: `0-6 title`.
fn roles(buffer: &Buffer, theme: &Theme) -> String {
    let name = |cell: &ratatui::buffer::Cell| {
        let is = |role: &&Role| {
            let style = theme.style(**role);
            style.fg.is_none_or(|fg| fg == cell.fg) && style.add_modifier == cell.modifier && style.bg.is_none()
        };
        let ground = if cell.bg == ratatui::style::Color::Reset { "" } else { "+selected" };
        let role = Role::ALL.iter().find(is).map_or("bold", |role| role.name());
        format!("{role}{ground}")
    };
    let mut lines = Vec::new();
    for y in 0..buffer.area.height {
        let mut runs: Vec<(u16, u16, String)> = Vec::new();
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            if cell.symbol() == " " && cell.bg == ratatui::style::Color::Reset {
                continue;
            }
            let name = name(cell);
            match runs.last_mut() {
                Some((_, end, last)) if *last == name && x <= *end + 2 => *end = x,
                _ => runs.push((x, x, name)),
            }
        }
        let said: Vec<String> = runs.into_iter().map(|(from, to, name)| format!("{from}-{to} {name}")).collect();
        lines.push(format!("{y:>2}: {}", said.join(", ")));
    }
    lines.join("\n")
}

fn composing(model: &mut Model, writing: Writing, text: &str) {
    model.pane = Pane::Talk;
    let key = DraftKey { conversation: ConversationId(1042), writing };
    model.layer = Layer::Compose(Composer::new(key, Editor::many_lines(text)));
}

#[test]
fn the_floor_is_drawn_at_every_size() {
    for (width, height) in [(60, 20), (80, 24), (120, 36), (200, 50)] {
        let model = fixture::talk(width, height, 99);
        snapshot(&format!("floor_{width}x{height}"), &model, &mut Look::default());
    }
}

#[test]
fn the_columns_of_the_list_are_the_same_in_every_row_and_help_is_told_below_at_every_width() {
    for width in 46..=200 {
        let mut model = fixture::floor(width, 24);
        model.pane = Pane::List;
        let buffer = drawn(&model, &mut Look::default());
        let list = layout::areas(buffer.area, &model).unwrap().list.unwrap();
        let why = if list.width < 50 { 11 } else { 17 };
        let starts = list.right() - 6 - why;
        for y in list.top()..list.bottom() {
            let cell = |x: u16| buffer[(x, y)].symbol();
            assert_eq!((cell(starts - 1), cell(starts + why)), (" ", " "), "row {y} of {width} columns");
            assert_ne!(cell(starts), " ", "row {y} of {width} columns");
        }
        assert!(text(&buffer).lines().last().unwrap().ends_with("? help"), "{width} columns");
    }
}

#[test]
fn the_sheet_and_the_sweep_are_drawn_and_who_is_here() {
    use crate::console::model::{Deed, JobBox, shift::SheetBox};
    use crate::domain::shift::{Facts, Sheet, To};
    let here = |model: &mut Model| {
        let present = [TeammateId(3), TeammateId(4)];
        model.presence = present.map(|teammate| crate::protocol::Present { teammate, watching: Vec::new() }).to_vec();
    };
    for (width, height) in [(60, 20), (80, 24), (120, 36)] {
        let mut model = fixture::talk(width, height, 99);
        here(&mut model);
        let cards: Vec<_> = model.floor.each().collect();
        let threads = model.talk.iter().map(|talk| (talk.conversation, talk.thread.clone())).collect();
        let facts = Facts {
            me: TeammateId(3),
            at: model.now,
            office: &model.office,
            cards: &cards,
            threads: &threads,
            briefs: &[],
        };
        let lines = Sheet::of(&facts).markdown(&|at| format!("{} min", (at.0 - model.now.0) / 60_000));
        let path = Some("/home/mira/.local/state/centaur/handover/handover-2026-11-22-1406.md".to_owned());
        model.layer = Layer::Sheet(SheetBox { lines, path, top: 0 });
        snapshot(&format!("sheet_{width}x{height}"), &model, &mut Look::default());
    }
    let mut model = fixture::talk(120, 36, 99);
    here(&mut model);
    let going = model.going(To::Ai, &std::collections::BTreeMap::new());
    let todo = going.keys().copied().collect();
    model.many.job = Some(crate::console::model::Job {
        deed: Deed::Sweep(std::sync::Arc::new(going)),
        stage: crate::console::model::many::Stage::Planned,
        todo,
        under_way: std::collections::BTreeMap::new(),
        done: Vec::new(),
        failed: Vec::new(),
        skipped: Vec::new(),
        acts: std::collections::BTreeMap::new(),
        draft: None,
    });
    model.layer = Layer::Job(JobBox::default());
    snapshot("sweep_120x36", &model, &mut Look::default());
}

#[test]
fn an_act_on_many_is_previewed_and_its_results_are_shown() {
    use crate::console::model::{Deed, Job, JobBox, many::Stage};
    let mut model = fixture::talk(80, 24, 12);
    let ids = |from: u64, to: u64| (from..=to).map(ConversationId);
    model.many.marked = ids(1042, 1050).collect();
    snapshot("marked_80x24", &model, &mut Look::default());
    let mut job = Job {
        deed: Deed::Resolve,
        stage: Stage::Planned,
        todo: ids(1042, 1045).chain(ids(1047, 1060)).collect(),
        under_way: std::collections::BTreeMap::default(),
        done: Vec::new(),
        failed: Vec::new(),
        acts: std::collections::BTreeMap::new(),
        skipped: vec![(ConversationId(1046), "held by others")],
        draft: None,
    };
    model.many.job = Some(job.clone());
    model.layer = Layer::Job(JobBox { input: Editor::line("1"), ..JobBox::default() });
    snapshot("job_planned_80x24", &model, &mut Look::default());
    job.done = job.todo.drain(..).collect();
    job.failed = job.done.drain(..2).map(|id| (id, "lena holds it".to_owned())).collect();
    job.stage = Stage::Ended;
    model.many.job = Some(job.clone());
    model.layer = Layer::Job(JobBox::default());
    for (width, height) in [(60, 20), (120, 36)] {
        model.size = (width, height);
        snapshot(&format!("job_ended_{width}x{height}"), &model, &mut Look::default());
    }
    job.stage = Stage::Running;
    model.many.job = Some(job);
    model.layer = Layer::None;
    model.size = (80, 24);
    assert!(text(&drawn(&model, &mut Look::default())).contains(" resolve: 16 of 18 "));
}

#[test]
fn the_wall_is_drawn_at_every_size() {
    for (width, height, size) in [(60, 20, 2), (80, 24, 4), (160, 45, 9)] {
        let mut model = fixture::growing(width, height, "Of course, let me look into this");
        model.screen = Screen::Wall;
        model.wall.size = size;
        let fit = layout::tiles_that_fit(model.size, size);
        model.wall.tiles = (1042..).map(ConversationId).take(fit).collect();
        model.wall.pinned = vec![ConversationId(1043)];
        snapshot(&format!("wall_{width}x{height}"), &model, &mut Look::default());
        if width == 160 {
            let mut look = Look::default();
            let shown = roles(&drawn(&model, &mut look), &look.theme);
            insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!("wall_roles_160x45", shown);
            });
            composing(&mut model, Writing::Reply, "Hello Jana");
            snapshot("wall_reply_160x45", &model, &mut Look::default());
        }
    }
}

#[test]
fn the_log_and_a_talk_in_time_are_drawn_at_every_size() {
    for (width, height) in [(60, 20), (80, 24), (120, 36)] {
        let mut model = fixture::talk(width, height, 99);
        model.screen = Screen::Log;
        let events = fixture::events();
        model.log.rows = events.iter().rev().cloned().collect();
        model.log.head = Some(model.inner.head);
        model.log.cursor = 3;
        snapshot(&format!("log_{width}x{height}"), &model, &mut Look::default());
        let mut replay = crate::console::model::Replay {
            conversation: ConversationId(1042),
            at: EntryNo(0),
            events,
            earlier: false,
            later: false,
            asked: None,
            talk: crate::console::model::Talk::asked(ConversationId(1042), 1),
            steps: Vec::new(),
            from: Screen::Log,
            refused: None,
        };
        let answered = |event: &&crate::domain::event::Recorded| {
            matches!(event.event, crate::domain::event::Event::Answered { .. })
        };
        replay.at = replay.events.iter().find(answered).unwrap().n;
        replay.fold(2);
        model.replay = Some(replay);
        let mut look = Look::default();
        snapshot(&format!("replay_{width}x{height}"), &model, &mut look);
        if width == 120 {
            let shown = roles(&drawn(&model, &mut look), &look.theme);
            model.replay = None;
            let shown = format!("{shown}\n\n{}", roles(&drawn(&model, &mut look), &look.theme));
            insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!("log_roles_120x36", shown);
            });
        }
    }
}

#[test]
fn what_may_follow_in_a_filter_is_offered() {
    let mut model = fixture::talk(80, 24, 12);
    model.layer = Layer::Filter(FilterLine {
        input: Editor::line("holder:"),
        mistake: Filter::parse("holder:").err(),
        offers: ["holder:ai", "holder:human", "holder:queue", "holder:me"].map(str::to_owned).to_vec(),
        offer: Some(1),
        ..FilterLine::default()
    });
    snapshot("offers_80x24", &model, &mut Look::default());
}

#[test]
fn a_small_terminal_shows_one_part_and_still_takes_over_and_answers() {
    let mut model = fixture::growing(60, 20, "Of course, let me look into this");
    model.pane = Pane::Talk;
    snapshot("talk_60x20", &model, &mut Look::default());
    composing(&mut model, Writing::Reply, "Hello Jana,\nthis is Mira.");
    snapshot("reply_60x20", &model, &mut Look::default());
    model.layer = Layer::None;
    model.pane = Pane::Inspector;
    snapshot("why_60x20", &model, &mut Look::default());
    for (width, height) in [(39, 20), (60, 9), (12, 3), (1, 1)] {
        let shown = text(&drawn(&fixture::floor(width, height), &mut Look::default())).replace('\n', " ");
        assert!(width < 30 || shown.contains("window too small: 40 x 10 needed"), "{width}x{height}: {shown}");
    }
}

#[test]
fn what_is_written_is_told_by_sign_and_words() {
    let mut model = fixture::talk(80, 24, 12);
    for (name, writing, text) in [
        ("note", Writing::Note, "ask the warehouse"),
        ("whisper", Writing::Whisper, "offer a new parcel"),
        ("brief", Writing::Brief, "done: new parcel\npromised: by Tuesday"),
        ("correct", Writing::Correct(EntryNo(4)), "The carrier has no signature."),
    ] {
        composing(&mut model, writing, text);
        snapshot(&format!("compose_{name}_80x24"), &model, &mut Look::default());
    }
}

#[test]
fn without_colour_and_unicode_signs_nothing_is_lost_but_beauty() {
    let theme = Theme::built_in("plain", ColorLevel::None).unwrap();
    let mut look = Look::new(theme, glyphs::ASCII, TimeZone::UTC);
    snapshot("floor_ascii_80x24", &fixture::talk(80, 24, 99), &mut look);
}

#[test]
fn roles_are_where_their_meaning_is() {
    let mut look = Look::default();
    let buffer = drawn(&fixture::talk(120, 36, 99), &mut look);
    let shown = roles(&buffer, &look.theme);
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("roles_120x36", shown);
    });
}

#[test]
fn what_lies_over_the_floor_is_drawn() {
    let mut model = fixture::talk(80, 24, 12);
    model.layer = Layer::Help(Help::default());
    snapshot("help_80x24", &model, &mut Look::default());
    model.layer = Layer::Palette(Palette {
        input: Editor::line("ta"),
        rows: [Action::TakeOver, Action::Tag]
            .map(|action| {
                let entry = action.entry();
                let keys = model.keymap.keys_of(Scope::Floor, action).unwrap_or_default();
                PaletteRow { action, word: entry.word.unwrap().0, help: entry.help, keys }
            })
            .to_vec(),
        cursor: 0,
        warning: None,
    });
    snapshot("palette_80x24", &model, &mut Look::default());
    model.layer = Layer::Pick(Picker {
        pick: Pick::Mode,
        conversation: ConversationId(1042),
        title: "How far may the AI go in #1042?".into(),
        choices: Mode::ALL
            .map(|mode| Choice {
                letter: mode.word().chars().next(),
                title: mode.word().into(),
                current: mode == Mode::Auto,
                value: Value::Mode(Some(mode)),
            })
            .to_vec(),
        cursor: 2,
        input: None,
        typing: false,
        warning: None,
        many: false,
    });
    snapshot("picker_80x24", &model, &mut Look::default());
    let said = "is:open holdr:me";
    let mistake = Filter::parse(said).err();
    assert!(mistake.is_some());
    model.layer = Layer::Filter(FilterLine { input: Editor::line(said), mistake, ..FilterLine::default() });
    snapshot("filter_80x24", &model, &mut Look::default());
    model.layer = Layer::None;
    model.you = None;
    model.line = Line::Ended { code: None, why: "the token was revoked: ask an admin for another".into() };
    snapshot("ended_80x24", &model, &mut Look::default());
}

#[test]
fn every_line_of_the_help_fits() {
    let model = fixture::floor(80, 24);
    for width in [36, 56, 76, 112] {
        for row in help::rows(&model, &Layer::None, width) {
            let (keys, words) = match &row {
                help::Row::Keys(keys, title, words) => {
                    assert!(crate::console::wrap::width(title) < usize::from(help::TITLES), "{title}");
                    // Long keys have a line of their own.
                    assert!(keys.width() < usize::from(help::KEYS) || title.is_empty(), "{keys}");
                    (keys.width(), words.width())
                }
                help::Row::More(words) => (0, words.width()),
                help::Row::Title(_) | help::Row::Blank => (0, 0),
            };
            assert!(keys <= usize::from(width), "{keys} cells of keys");
            let before = usize::from(help::KEYS + help::TITLES);
            assert!(words + before <= usize::from(width).max(before), "{words} cells of {width}");
        }
    }
}

#[test]
fn the_cursor_stands_on_the_selected_row_and_at_the_caret() {
    let cursor = |model: &Model| {
        let mut terminal = Terminal::new(TestBackend::new(model.size.0, model.size.1)).unwrap();
        terminal.draw(|frame| draw(frame, model, &mut Look::default())).unwrap();
        terminal.get_cursor_position().unwrap()
    };
    let mut model = fixture::talk(80, 24, 12);
    model.floor.go(3);
    assert_eq!(cursor(&model), Position::new(1, 5));
    composing(&mut model, Writing::Reply, "王ab");
    let at = cursor(&model);
    assert_eq!((at.x, at.y), (41 + 4, 19));
}

#[test]
fn scrolling_goes_by_lines_and_ends_at_both_ends() {
    let mut look = Look::default();
    let mut model = fixture::talk(60, 20, 99);
    model.pane = Pane::Talk;
    let step = |model: &mut Model, look: &mut Look, by: i32| {
        if let Some(talk) = &mut model.talk {
            talk.scroll = Scroll { anchor: look.measured.anchor, by, to_selected: false };
        }
        text(&drawn(model, look))
    };
    let end = text(&drawn(&model, &mut look));
    assert!(look.measured.at_end && !look.measured.at_top);
    let up = step(&mut model, &mut look, -3);
    assert!(!look.measured.at_end);
    let body = |shown: &str| shown.lines().skip(2).take(16).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(body(&up)[3..], body(&end)[..13]);
    step(&mut model, &mut look, -10_000);
    assert!(look.measured.at_top);
    assert_eq!(step(&mut model, &mut look, 10_000), end);
    assert!(look.measured.at_end);
}

#[test]
fn what_was_wrapped_once_is_what_is_wrapped_anew() {
    let mut kept = Look::default();
    for entries in 0..20 {
        let mut model = fixture::talk(80, 24, entries);
        model.now = model.now.plus(Span::minutes(u64::try_from(entries).unwrap()));
        assert_eq!(drawn(&model, &mut kept), drawn(&model, &mut Look::default()), "after {entries} events");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_size_and_scroll_is_drawn(width in 1_u16..220, height in 1_u16..70, entries in 0_usize..20, by in -60_i32..60, pane in 0..3_usize, write in any::<bool>()) {
        let mut model = fixture::talk(width, height, entries);
        model.pane = [Pane::List, Pane::Talk, Pane::Inspector][pane];
        if let Some(talk) = &mut model.talk {
            talk.scroll.by = by;
        }
        if write {
            composing(&mut model, Writing::Correct(EntryNo(4)), "a text that is long enough to be wrapped somewhere\nand more");
        }
        let buffer = drawn(&model, &mut Look::default());
        for cell in &buffer.content {
            let speaks = cell.symbol().chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
            prop_assert!(!speaks, "a cell that speaks to the terminal");
        }
    }
}
