//! `centaur doctor`: looks whether all is well, and says what to do where it is not. Language models are tried with two
//! small questions each, tool servers by a look at what they offer.

use super::{Context, desk::Desk, exit::Failure, models, replies, seat, token, tools};
use crate::{
    ai::{
        openai::{
            count::Counted,
            trial::{self, Tools, Trial},
        },
        tools::Offer,
    },
    domain::{policy::Policy, text::SafeText, tool::is_name},
    protocol,
};
use serde::Serialize;
use std::{io::IsTerminal, sync::Arc, time::Duration};

/// `centaur doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  centaur doctor\n  centaur doctor --json | jq -c 'select(.state == \"bad\")'")]
pub struct Doctor {}

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// As it should be.
    Good,
    /// It works, but less well than it could.
    Odd,
    /// It does not work.
    Bad,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Finding {
    about: String,
    state: State,
    found: String,
}

fn finding(about: impl Into<String>, state: State, found: impl Into<String>) -> Finding {
    Finding { about: about.into(), state, found: found.into() }
}

impl Doctor {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure::Failed`] if something does not work.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let mut findings = vec![finding(
            "version",
            State::Good,
            format!("centaur {}, protocol {}", env!("CARGO_PKG_VERSION"), protocol::VERSION),
        )];
        findings.extend(terminal(&Seen {
            term: variable("TERM"),
            colorterm: variable("COLORTERM"),
            no_color: variable("NO_COLOR").is_some(),
            locale: ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable),
            tty: std::io::stdin().is_terminal() && std::io::stdout().is_terminal(),
            size: crossterm::terminal::size().ok(),
        }));
        findings.extend(folders(context));
        findings.push(settings(context));
        findings.push(keymap(context));
        findings.push(canned(context));
        let (found, policy) = server(context).await;
        findings.push(found);
        for (name, settings) in &context.config.models {
            let place = format!("{} at {}", settings.model, settings.url);
            context.out.remark(&format!("trying {place} …"));
            let profile = models::profile(name, settings);
            let limit = profile.first_token;
            let tried = trial::run(profile).await.map_err(|why| why.to_string());
            findings.push(model(name, &place, limit, !context.config.tool_servers.is_empty(), tried));
        }
        for server in &context.config.tool_servers {
            let tried = match tools::setup(server) {
                Ok(setup) => crate::ai::tools::try_out(&setup).await,
                Err(why) => Err(why),
            };
            findings.extend(tool_server(&server.name, tried, policy.as_deref()));
        }
        let bad = findings.iter().filter(|finding| finding.state == State::Bad).count();
        if context.out.is_json() {
            for finding in &findings {
                context.out.json(finding)?;
            }
        } else {
            let rows: Vec<Vec<SafeText>> = findings
                .iter()
                .map(|finding| {
                    let sign = match finding.state {
                        State::Good => "ok",
                        State::Odd => "odd",
                        State::Bad => "BAD",
                    };
                    vec![SafeText::from_own(sign), SafeText::line(&finding.about), SafeText::line(&finding.found)]
                })
                .collect();
            context.out.table(&["", "about", "found"], &rows)?;
        }
        if bad == 0 {
            Ok(())
        } else {
            Err(Failure::Failed(format!("{bad} of these {} not work; see above", if bad == 1 { "does" } else { "do" })))
        }
    }
}

/// What a tool server offers, with what pins it, and what the policy makes of it where a desk could be asked.
fn tool_server(name: &str, tried: Result<Vec<Offer>, String>, policy: Option<&Policy>) -> Vec<Finding> {
    let about = format!("tools {name}");
    let offers = match tried {
        Err(why) => return vec![finding(about, State::Bad, format!("{why}; AIs have none of its tools"))],
        Ok(offers) if offers.is_empty() => return vec![finding(about, State::Odd, "it answers, and offers no tool")],
        Ok(offers) => offers,
    };
    let said = format!(
        "it offers {}; what the policy does not name is refused: `centaur policy tools {name}` prints rules to read",
        offers.len()
    );
    let mut found = vec![finding(about, State::Good, said)];
    found.extend(offers.iter().map(|offer| {
        let (state, said) = judged(offer, policy);
        finding(format!("tool {}", offer.tool), state, format!("pin = \"{}\"{said}", offer.definition))
    }));
    let ours = |tool: &&String| tool.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
    let gone = |tool: &&String| offers.iter().all(|offer| offer.tool != **tool);
    let named = policy.into_iter().flat_map(|policy| policy.tools.keys());
    found.extend(named.filter(ours).filter(gone).map(|tool| {
        finding(format!("tool {tool}"), State::Odd, "the policy has a rule for it, and the server does not offer it")
    }));
    found
}

/// What the policy makes of a tool as it is now.
fn judged(offer: &Offer, policy: Option<&Policy>) -> (State, String) {
    if !is_name(&offer.tool) {
        return (State::Odd, "; its name cannot stand in a policy, so no AI has it".to_owned());
    }
    let Some(policy) = policy else { return (State::Good, String::new()) };
    let Some(rule) = policy.tools.get(&offer.tool) else { return (State::Good, "; no rule: no AI has it".to_owned()) };
    let risk = rule.risk.words();
    match rule.pin {
        Some(pin) if pin == offer.definition => (State::Good, format!("; pinned so, {risk}")),
        Some(_) => (State::Odd, "; it is not what was pinned: refused until somebody reads it again".to_owned()),
        None => (State::Odd, format!("; not pinned, {risk}: each call waits for a person")),
    }
}

/// What can be seen of the terminal without asking it.
struct Seen {
    term: Option<String>,
    colorterm: Option<String>,
    no_color: bool,
    locale: Option<String>,
    tty: bool,
    size: Option<(u16, u16)>,
}

fn terminal(seen: &Seen) -> Vec<Finding> {
    let tty = if seen.tty {
        finding("terminal", State::Good, "input and output are a terminal")
    } else {
        finding("terminal", State::Odd, "input or output is no terminal; the console needs both, commands do not")
    };
    let term = match seen.term.as_deref() {
        None => finding("TERM", State::Odd, "not set; the console needs it, as in xterm-256color"),
        Some("dumb") => finding("TERM", State::Odd, "dumb: the console cannot draw here; use the commands with --json"),
        Some(term) => finding("TERM", State::Good, term),
    };
    let term_name = seen.term.as_deref().unwrap_or_default();
    let colours = if seen.no_color {
        "none, as NO_COLOR asks"
    } else if matches!(seen.colorterm.as_deref(), Some("truecolor" | "24bit")) {
        "true colour, by COLORTERM"
    } else if term_name.contains("256color") {
        "256, by TERM"
    } else {
        "16 or fewer, by TERM"
    };
    let utf8 = seen.locale.as_deref().is_some_and(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    let locale = if utf8 {
        finding("characters", State::Good, "UTF-8")
    } else {
        finding("characters", State::Odd, "the locale is not UTF-8: set LANG, as in C.UTF-8, or names will look broken")
    };
    let size = match seen.size.filter(|_| seen.tty) {
        None => finding("size", State::Odd, "not known"),
        Some((columns, rows)) if columns < 60 || rows < 20 => {
            finding("size", State::Odd, format!("{columns}×{rows}: smaller than 60×20, the least that is any use"))
        }
        Some((columns, rows)) => finding("size", State::Good, format!("{columns}×{rows}")),
    };
    vec![tty, term, finding("colours", State::Good, colours), locale, size]
}

/// Folders that exist must be writable; those that do not are made when needed.
fn folders(context: &Context) -> Vec<Finding> {
    let paths = &context.paths;
    [("config", &paths.config), ("data", &paths.data), ("state", &paths.state)]
        .into_iter()
        .map(|(about, path)| {
            let place = path.display();
            if !path.exists() {
                return finding(about, State::Good, format!("{place}, made when needed"));
            }
            match tempfile::tempfile_in(path) {
                Ok(_) => finding(about, State::Good, place.to_string()),
                Err(error) => finding(about, State::Bad, format!("{place} cannot be written: {error}")),
            }
        })
        .collect()
}

/// The settings file, if there is one.
fn settings(context: &Context) -> Finding {
    let path = context.paths.config_file();
    match &context.config_fault {
        Some(fault) => {
            finding("settings", State::Bad, format!("{fault}; until it is mended the built-in ones are meant"))
        }
        None if path.exists() => finding("settings", State::Good, path.display().to_string()),
        None => finding("settings", State::Good, format!("the built-in ones; yours would be in {}", path.display())),
    }
}

/// The canned replies.
fn canned(context: &Context) -> Finding {
    let (replies, troubles) = replies::read(&context.paths.replies());
    if troubles.is_empty() {
        finding("replies", State::Good, format!("{} canned replies", replies.len()))
    } else {
        finding("replies", State::Odd, troubles.join("; "))
    }
}

/// The keys file, if there is one.
fn keymap(context: &Context) -> Finding {
    let path = context.paths.keymap_file();
    let mut troubles = Vec::new();
    seat::keymap(context, &mut troubles);
    if !troubles.is_empty() {
        finding("keymap", State::Bad, troubles.join("; "))
    } else if path.exists() {
        finding("keymap", State::Good, path.display().to_string())
    } else {
        finding("keymap", State::Good, "the built-in one")
    }
}

/// What a trial of a language model came to. `limit`: how long a first word may take at work; `needs_tools`: whether there
/// are any to be used.
fn model(name: &str, place: &str, limit: Duration, needs_tools: bool, tried: Result<Trial, String>) -> Finding {
    let about = format!("model {name}");
    let trial = match tried {
        Ok(trial) => trial,
        Err(why) => return finding(about, State::Bad, format!("{place}: {why}")),
    };
    let (first, whole) = (trial.first.as_millis(), trial.whole.as_millis());
    let mut found = format!("{place} answers; first word after {first} ms, done after {whole} ms");
    if trial.tools == Tools::Called {
        found.push_str("; it calls tools");
    }
    let mut odd = Vec::new();
    if let Some(cold) = trial.cold {
        let (cold, limit) = (cold.as_secs_f64(), limit.as_secs_f64());
        odd.push(format!(
            "the first time it took {cold:.1} s, longer than `first_token`, {limit} s: customers would be given to people; \
             raise it, or keep the model loaded"
        ));
    }
    for (is, what) in [
        (trial.pieces <= 1, "it does not stream: nobody sees the answer grow"),
        (trial.counted == Counted::HereForWant, "it does not count tokens: they are estimated here"),
        (trial.counted == Counted::HereForDoubt, "its count of tokens cannot be: they are estimated here"),
        (!trial.cites, "it did not cite its source: its answers would be drafts; try a larger model"),
        (trial.attempts > 1, "the first attempt failed"),
    ] {
        if is {
            odd.push(what.to_owned());
        }
    }
    match trial.tools {
        _ if !needs_tools => {}
        Tools::Called => {}
        Tools::NotCalled => odd.push("it did not call a tool that fitted: try another model".to_owned()),
        Tools::Refused(words) => odd.push(format!("it takes no tools ({words}): it is asked without them")),
        Tools::Failed(why) => odd.push(format!("offered a tool, {why}")),
    }
    let state = if odd.is_empty() { State::Good } else { State::Odd };
    for what in odd {
        found.push_str("; ");
        found.push_str(&what);
    }
    finding(about, state, found)
}

/// The desk, and its policy if it can be asked.
async fn server(context: &Context) -> (Finding, Option<Arc<Policy>>) {
    let place = context.server().to_owned();
    // Never a prompt here: who looks for faults may not be at the keyboard.
    let opened = match token::without_asking(context) {
        Ok(token) => Desk::with(context, token, protocol::Scope::None).await,
        Err(failure) => Err(failure),
    };
    match opened {
        Ok(desk) => {
            let me = desk.me();
            let said = format!("{place}: {} (you are {}, {})", desk.office().name, me.name, me.role.word());
            (finding("server", State::Good, said), Some(Arc::clone(&desk.office().policy)))
        }
        Err(failure) => (finding("server", State::Bad, failure.sentence()), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_judged_by_what_a_trial_found() {
        let (span, limit) = (Duration::from_millis, Duration::from_secs(10));
        let good = Trial {
            first: span(80),
            cold: None,
            whole: span(400),
            pieces: 9,
            counted: Counted::There,
            cites: true,
            attempts: 1,
            tools: Tools::Called,
        };
        let of = |trial: Trial, needs| model("local", "tiny at http://x", limit, needs, Ok(trial));
        let found = "tiny at http://x answers; first word after 80 ms, done after 400 ms; it calls tools";
        assert_eq!(of(good.clone(), true), finding("model local", State::Good, found));
        for (trial, needs, words) in [
            (Trial { cites: false, ..good.clone() }, false, "try a larger model"),
            (Trial { cold: Some(span(14_200)), ..good.clone() }, false, "took 14.2 s, longer than `first_token`, 10 s"),
            (Trial { counted: Counted::HereForDoubt, ..good.clone() }, false, "its count of tokens cannot be"),
            (Trial { tools: Tools::Refused("no".into()), ..good.clone() }, true, "it takes no tools (no)"),
        ] {
            let odd = of(trial, needs);
            assert!(odd.state == State::Odd && odd.found.contains(words), "{odd:?}");
        }
        let toolless = of(Trial { tools: Tools::NotCalled, ..good }, false);
        assert!(toolless.state == State::Good && !toolless.found.contains("tool"), "{toolless:?}");
        let bad = model("x", "big at https://y", limit, false, Err("it answered 401".into()));
        assert_eq!(bad, finding("model x", State::Bad, "big at https://y: it answered 401"));
    }

    #[test]
    fn a_tool_is_judged_by_what_the_policy_pins() {
        let offer = |name: &str| Offer::new("shop", name, "Looks.", serde_json::json!({}));
        let offers = ["same", "other", "loose", "free", "größe"].map(offer);
        let pin = |name: &str, pin: &str| format!("[tools.\"shop.{name}\"]\nrisk = \"r0\"\n{pin}\n");
        let pinned = |name| pin(name, &format!("pin = \"{}\"", offers[0].definition));
        let text = [pinned("same"), pinned("other"), pin("loose", ""), pin("gone", "")].concat();
        let policy = crate::cli::team::policy(&text, "p").unwrap();
        let found = tool_server("shop", Ok(offers.to_vec()), Some(&policy));
        let said: Vec<(State, &str)> =
            found.iter().skip(1).map(|one| (one.state, one.found.split("; ").last().unwrap())).collect();
        assert_eq!(
            said,
            [
                (State::Good, "pinned so, R0 reads"),
                (State::Odd, "it is not what was pinned: refused until somebody reads it again"),
                (State::Odd, "not pinned, R0 reads: each call waits for a person"),
                (State::Good, "no rule: no AI has it"),
                (State::Odd, "its name cannot stand in a policy, so no AI has it"),
                (State::Odd, "the policy has a rule for it, and the server does not offer it"),
            ]
        );
        assert!(
            tool_server("shop", Ok(offers.to_vec()), None).iter().filter(|one| one.state == State::Odd).count() == 1
        );
    }

    #[test]
    fn the_terminal_is_judged_by_what_can_be_seen() {
        let seen = Seen {
            term: Some("xterm-256color".into()),
            colorterm: Some("truecolor".into()),
            no_color: false,
            locale: Some("de_DE.UTF-8".into()),
            tty: true,
            size: Some((120, 36)),
        };
        assert!(terminal(&seen).iter().all(|finding| finding.state == State::Good));
        let poor = Seen { term: Some("dumb".into()), locale: None, tty: false, size: None, ..seen };
        let odd = terminal(&poor).iter().filter(|finding| finding.state == State::Odd).count();
        assert_eq!(odd, 4);
    }
}
