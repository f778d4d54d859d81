//! Server-sent events, byte by byte: what arrives in any pieces comes out as the `data` of whole events.
//!
//! Lines end with LF, CR or both; a cut may fall anywhere, in a character too. Lenient: an event at the very end needs no
//! empty line. Deliberately not here: what the data means (see [`chunk`](super::chunk)), and reconnecting; an answer is
//! never resumed.

/// The longest event, in bytes. Beyond it the stream is no answer.
pub const LONGEST: usize = 1024 * 1024;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Its `data` lines, joined.
    pub data: String,
    /// Its `id`, if it has one.
    pub id: Option<String>,
}

/// An event is longer than [`LONGEST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of more than {LONGEST} bytes")]
pub struct TooLong;

/// Takes bytes, gives events.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    line: Vec<u8>,
    data: Option<String>,
    id: Option<String>,
    /// The last byte ended a line and was CR: an LF now belongs to it.
    after_return: bool,
    /// Whether the first line is behind us; it may begin with a byte order mark.
    begun: bool,
}

impl Decoder {
    /// Takes the next bytes; gives the events that are whole with them, in order.
    ///
    /// # Errors
    /// [`TooLong`]; what follows is not to be read.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLong> {
        let mut events = Vec::new();
        for byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, *byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => events.extend(self.end_line()),
                other => self.line.push(*other),
            }
            if self.line.len() + self.data.as_ref().map_or(0, String::len) > LONGEST {
                return Err(TooLong);
            }
        }
        Ok(events)
    }

    /// The stream is over; gives the event that was under way, if it has data.
    #[must_use]
    pub fn end(&mut self) -> Option<Event> {
        let last = if self.line.is_empty() { None } else { self.end_line() };
        last.or_else(|| self.end_event())
    }

    fn end_line(&mut self) -> Option<Event> {
        let bytes = std::mem::take(&mut self.line);
        // Whole lines only, so no character is cut here; what is no UTF-8 shows as such and fails as JSON, if at all.
        let line = String::from_utf8_lossy(&bytes);
        let mut line = line.as_ref();
        if !std::mem::replace(&mut self.begun, true) {
            line = line.trim_start_matches('\u{feff}');
        }
        if line.is_empty() {
            return self.end_event();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // As llama.cpp's server tells an error half-way.
            "error" if self.data.is_none() => self.data = Some(format!("{{\"error\":{value}}}")),
            "id" => self.id = Some(value.to_owned()),
            // Comments, names of events and times to come back: nothing that an answer needs.
            _ => {}
        }
        None
    }

    fn end_event(&mut self) -> Option<Event> {
        let id = self.id.take();
        self.data.take().map(|data| Event { data, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(bytes: &[u8]) -> Vec<Event> {
        let mut decoder = Decoder::default();
        let mut events = decoder.push(bytes).unwrap();
        events.extend(decoder.end());
        events
    }

    fn data(said: &str) -> Vec<String> {
        whole(said.as_bytes()).into_iter().map(|event| event.data).collect()
    }

    #[test]
    fn events_are_read_as_the_web_standard_says() {
        assert_eq!(data("data: a\n\ndata:b\r\n\r\ndata: c\r\rdata\n\n"), ["a", "b", "c", ""]);
        assert_eq!(data("data: a\ndata:  b\nevent: x\n: still here\n\n\n\nretry: 5\n\n"), ["a\n b"]);
        assert_eq!(data("\u{feff}data: [DONE]"), ["[DONE]"]);
        assert_eq!(data("id: 7\ndata: x\n\ndata: y\n\n").len(), 2);
        assert_eq!(whole(b"id: 7\ndata: x\n\n"), [Event { data: "x".into(), id: Some("7".into()) }]);
        assert_eq!(data("{\"error\": 1}\n\n"), Vec::<String>::new());
        assert_eq!(data("error: {\"code\":500}\n\n"), ["{\"error\":{\"code\":500}}"]);
    }

    #[test]
    fn an_event_without_end_is_refused() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.push(&vec![b'x'; LONGEST + 1]), Err(TooLong));
        let mut decoder = Decoder::default();
        let line = format!("data: {}\n", "x".repeat(1000));
        assert!((0..2_000).any(|_| decoder.push(line.as_bytes()).is_err()));
    }

    /// Text as endpoints send it, and as they should not.
    fn stream() -> impl Strategy<Value = Vec<u8>> {
        let line = prop_oneof![
            Just("data: {\"a\":\"é王 😀\"}".to_owned()),
            Just("data:x".to_owned()),
            Just(": keep".to_owned()),
            Just("id: 3".to_owned()),
            Just(String::new()),
            "\\PC{0,6}",
        ];
        let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
        prop::collection::vec((line, end), 0..16)
            .prop_map(|lines| lines.into_iter().flat_map(|(line, end)| format!("{line}{end}").into_bytes()).collect())
    }

    proptest! {
        #[test]
        fn wherever_a_stream_is_cut_the_events_are_the_same(bytes in stream(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
            let expected = whole(&bytes);
            // Every single cut, and some cuts at once.
            let mut many: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            many.sort_unstable();
            let singles = (0..=bytes.len()).map(|at| vec![at]);
            for places in singles.chain([many, (0..bytes.len()).collect()]) {
                let mut decoder = Decoder::default();
                let (mut events, mut from) = (Vec::new(), 0);
                for at in places.into_iter().chain([bytes.len()]) {
                    events.extend(decoder.push(&bytes[from..at]).unwrap());
                    from = at;
                }
                events.extend(decoder.end());
                prop_assert_eq!(&events, &expected);
            }
        }

        #[test]
        fn no_bytes_are_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            whole(&bytes);
        }
    }
}
