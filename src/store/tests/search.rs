//! Words, as both logs find them.

use super::*;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn no_words_make_the_search_fail_and_both_logs_find_the_same(text in any::<String>(), asked in any::<String>()) {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE VIRTUAL TABLE said USING fts5 (words, content = '', columnsize = 0, tokenize = 'ascii')")
            .unwrap();
        connection.execute("INSERT INTO said (rowid, words) VALUES (1, ?)", [words::indexed(&text)]).unwrap();
        for asked in [asked, text.clone(), text.chars().take(5).collect(), text.chars().skip(3).take(9).collect()] {
            let Some(sought) = words::Sought::read(&asked) else { continue };
            let sql = "SELECT count(*) FROM said WHERE said MATCH ?";
            let there: i64 = connection.query_row(sql, [sought.expression()], |row| row.get(0)).unwrap();
            prop_assert_eq!(there == 1, sought.occurs_in(&text), "{:?} in {:?}", asked, text);
            prop_assert!(sought.excerpt(&text).chars().count() <= 160);
        }
    }

}
