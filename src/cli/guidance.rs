//! `centaur guidance`: standing instructions to the AI; written, tried on past talks, published, retired.

mod trial;

use self::trial::Try;
use super::{
    Context,
    desk::{Desk, unexpected},
    exit::Failure,
    input, when,
};
use crate::{
    domain::{
        command::Command,
        guidance::{Form, GuidanceId, State, Which, titled},
        ids::{ConversationId, Seq},
        refusal::Refusal,
        text::SafeText,
    },
    protocol::{
        Page, Query, Scope, ToPeer,
        guidance::{Piece, Use, Written},
    },
};
use jiff::tz::TimeZone;
use serde::Serialize;
use std::path::PathBuf;

/// Pieces read at once, and uses.
const PAGE: u32 = 100;

/// `centaur guidance`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur guidance write --topic returns --when 'I opened the bag' --then 'say: Opened bags stay with you.'
  centaur guidance write --from 42              from the last answer there that was judged bad
  centaur guidance try 3 --talks 10             what the AI would have said, without and with it
  centaur guidance publish 3")]
pub struct Guidance {
    /// What to do
    #[command(subcommand)]
    what: Act,
}

/// What can be done with guidance.
#[derive(Debug, clap::Subcommand)]
enum Act {
    /// List the guidance of the desk, with how often it was used
    #[command(after_help = "Example:\n  centaur guidance ls --json | jq 'select(.state == \"published\") | .tally'")]
    Ls {
        /// Retired pieces too
        #[arg(long)]
        all: bool,
    },
    /// Show a piece: its words, its versions, and the answers that used it
    #[command(after_help = "Example:\n  centaur guidance show 3")]
    Show {
        /// Which, as in 3
        guidance: GuidanceId,
    },
    /// Write a new piece, or a new version of one; no AI follows it until it is published
    Write(Box<Write>),
    /// Try a piece on past talks: what the AI would have said, without and with it; nothing is sent or kept
    Try(Try),
    /// Let every AI follow what is staged of a piece
    #[command(after_help = "Example:\n  centaur guidance publish 3")]
    Publish {
        /// Which, as in 3
        guidance: GuidanceId,
        /// Only if this version is what is staged
        #[arg(long = "if-version", value_name = "NUMBER")]
        staged: Option<u16>,
    },
    /// Let no AI follow a piece any more; it does not come back
    #[command(after_help = "Example:\n  centaur guidance retire 3 --reason 'the article says it now'")]
    Retire {
        /// Which, as in 3
        guidance: GuidanceId,
        /// Why, for the log
        #[arg(long, default_value = "", value_name = "TEXT")]
        reason: String,
    },
}

/// `centaur guidance write`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  centaur guidance write --title 'no dates' --then 'do not promise a date'
  centaur guidance write 3 --then 'ask a person'        another version of piece 3; the rest stays
  centaur guidance write --from 42 --title 'late parcel'
  centaur guidance write --form piece.txt               the form of the console

`then`, line by line: `say: …` is said word for word, `prefer FILE.md` quotes that article first,
`do not …` leaves sentences out, `ask a person` gives the talk to one. Language models read it all.")]
struct Write {
    /// A new version of this piece, as in 3
    guidance: Option<GuidanceId>,
    /// A few words for your team
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Words like the customer's; may be given again; none: it always holds
    #[arg(long, value_name = "WORDS")]
    when: Vec<String>,
    /// What the AI is to do; may be given again, a line each
    #[arg(long, value_name = "TEXT")]
    then: Vec<String>,
    /// How it may sound; may be given again
    #[arg(long, value_name = "TEXT")]
    example: Vec<String>,
    /// Only in this topic; may be given again
    #[arg(long, value_name = "TOPIC")]
    topic: Vec<String>,
    /// Begin with the last answer in this conversation that was judged bad
    #[arg(long, value_name = "CONVERSATION", conflicts_with = "guidance")]
    from: Option<ConversationId>,
    /// Read it from a file, `-` for standard input: lines such as `then: …`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["title", "when", "then", "example", "topic", "from", "guidance"])]
    form: Option<PathBuf>,
}

impl Guidance {
    /// Does it.
    ///
    /// # Errors
    /// As the desk says; [`Failure::Usage`] for a form that cannot be read.
    pub async fn run(self, context: &mut Context) -> Result<(), Failure> {
        match self.what {
            Act::Ls { all } => list(context, all).await,
            Act::Show { guidance } => show(context, guidance).await,
            Act::Write(write) => write.run(context).await,
            Act::Try(it) => it.run(context).await,
            Act::Publish { guidance, staged } => publish(context, guidance, staged).await,
            Act::Retire { guidance, reason } => {
                let mut desk = Desk::open(context, Scope::None).await?;
                let answer = desk.ask(Command::RetireGuidance { guidance, why: reason }).await?;
                let value = serde_json::json!({ "seq": answer.seq, "guidance": guidance, "state": State::Retired });
                context.out.done(&value, &format!("guidance {guidance} is retired: no AI follows it"))
            }
        }
    }
}

fn not_found(guidance: GuidanceId) -> Failure {
    Failure::NotFound(format!("there is no guidance {guidance} that stands; `centaur guidance ls` lists it"))
}

async fn publish(context: &mut Context, guidance: GuidanceId, version: Option<u16>) -> Result<(), Failure> {
    let mut desk = Desk::open(context, Scope::None).await?;
    let newest = desk.office().guidance(guidance).and_then(|piece| piece.newest()).map(|newest| newest.version);
    let version = version.or(newest).ok_or_else(|| not_found(guidance))?;
    let answer = desk.ask(Command::PublishGuidance { guidance, version }).await?;
    let value = serde_json::json!({ "seq": answer.seq, "guidance": guidance, "version": version });
    context.out.done(&value, &format!("guidance {guidance} v{version} is published: every AI follows it from now on"))
}

impl Write {
    async fn run(self, context: &mut Context) -> Result<(), Failure> {
        let mut desk = Desk::open(context, Scope::None).await?;
        let form = self.form(&mut desk).await?;
        let which = match form.which {
            Which::New => None,
            Which::Of(id) => Some(id),
        };
        let command = Command::WriteGuidance {
            guidance: which,
            instruction: Box::new(form.instruction.clone()),
            from: form.from,
        };
        let answer = desk.ask(command).await?;
        let (id, version) = written(&mut desk, context, answer.seq, which).await?;
        let value =
            serde_json::json!({ "seq": answer.seq, "guidance": id, "version": version, "state": State::Staged });
        let next =
            format!("`centaur guidance try {id}` tries it, `centaur guidance publish {id}` lets the AI follow it");
        context.out.done(&value, &format!("guidance {id} v{version} is staged; {next}"))
    }

    async fn form(&self, desk: &mut Desk) -> Result<Form, Failure> {
        if let Some(path) = &self.form {
            return Form::read(&input::file(path, "the guidance")?).map_err(Failure::Usage);
        }
        let mut form = match (self.guidance, self.from) {
            (Some(id), _) => {
                let piece = desk.office().guidance(id).and_then(|piece| piece.newest()).ok_or_else(|| not_found(id))?;
                Form { which: Which::Of(id), instruction: piece.instruction.clone(), from: piece.from }
            }
            (None, Some(conversation)) => {
                let topic = desk.card(conversation).await?.topic;
                let thread = desk.thread(conversation).await?;
                Form::of_fault(&thread, topic.as_deref(), None).ok_or_else(|| {
                    Failure::NotFound(format!(
                        "no answer of the AI in #{conversation} was judged bad; `centaur annotate {conversation} --bad` does"
                    ))
                })?
            }
            (None, None) => Form::default(),
        };
        let it = &mut form.instruction;
        let lines = |old: &mut String, new: &[String]| {
            if !new.is_empty() {
                *old = new.join("\n");
            }
        };
        lines(&mut it.when, &self.when);
        lines(&mut it.then, &self.then);
        lines(&mut it.examples, &self.example);
        if let Some(title) = &self.title {
            it.title.clone_from(title);
        } else if it.title.is_empty() {
            it.title = titled(if it.when.is_empty() { &it.then } else { &it.when });
        }
        if !self.topic.is_empty() {
            it.topics.clone_from(&self.topic);
        }
        if it.then.trim().is_empty() {
            return Err(Failure::Usage("say what the AI is to do: --then TEXT".to_owned()));
        }
        Ok(form)
    }
}

/// The number and version of what was just written.
async fn written(
    desk: &mut Desk,
    context: &Context,
    seq: Seq,
    which: Option<GuidanceId>,
) -> Result<(GuidanceId, u16), Failure> {
    let (me, mut office) = (desk.me().id, desk.office().clone());
    while office.seq < seq {
        if let ToPeer::Desk { office: newer } = desk.frame(context.patience()).await? {
            office = *newer;
        }
    }
    let own = |piece: &&crate::domain::guidance::Guidance| match which {
        Some(id) => piece.id == id,
        None => piece.staged.as_ref().is_some_and(|staged| staged.by == me),
    };
    let piece = office.guidance.iter().rev().find(own).ok_or_else(|| {
        Failure::refused(Refusal::AlreadyEnded { how: "retired by somebody at once".to_owned() }, &office)
    })?;
    Ok((piece.id, piece.newest().map_or(0, |newest| newest.version)))
}

async fn list(context: &mut Context, all: bool) -> Result<(), Failure> {
    let mut desk = Desk::open(context, Scope::None).await?;
    let (mut pieces, mut before) = (Vec::new(), None);
    loop {
        match desk.read(Query::Guidance { before, limit: PAGE }).await? {
            Page::Guidance { rows, earlier } => {
                before = rows.last().map(|row| row.id);
                pieces.extend(rows);
                if !earlier || before.is_none() {
                    break;
                }
            }
            page => return Err(unexpected(&page)),
        }
    }
    let kept = pieces.len();
    pieces.retain(|piece| all || piece.state != State::Retired);
    if context.out.is_json() {
        for piece in &pieces {
            context.out.json(piece)?;
        }
        return Ok(());
    }
    let rows: Vec<Vec<SafeText>> = pieces.iter().map(cells).collect();
    context.out.table(&["guidance", "version", "state", "topics", "uses", "good", "title"], &rows)?;
    if rows.is_empty() && kept > 0 {
        context.out.remark("all guidance is retired; `centaur guidance ls --all` lists it");
    } else if rows.is_empty() {
        context.out.remark("there is no guidance yet; `centaur guidance write --from 42` makes a fault one");
    }
    Ok(())
}

fn topics(topics: &[String]) -> SafeText {
    if topics.is_empty() { SafeText::literal("all") } else { SafeText::line(&topics.join(", ")) }
}

fn cells(piece: &Piece) -> Vec<SafeText> {
    let tally = piece.tally;
    let good = if tally.reviewed == 0 { "-".to_owned() } else { format!("{} of {}", tally.good, tally.reviewed) };
    vec![
        SafeText::own(piece.id.to_string()),
        SafeText::own(format!("v{}", piece.version)),
        SafeText::from_own(piece.state.words()),
        topics(&piece.topics),
        SafeText::own(tally.uses.to_string()),
        SafeText::own(good),
        SafeText::line(&piece.title),
    ]
}

/// A piece as JSON.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    piece: &'a Piece,
    published: Option<u16>,
    versions: &'a [Written],
    uses: &'a [Use],
}

async fn show(context: &mut Context, guidance: GuidanceId) -> Result<(), Failure> {
    let mut desk = Desk::open(context, Scope::None).await?;
    let (piece, versions, published, uses, earlier) = match desk
        .read(Query::GuidanceUses { guidance, before: None, limit: PAGE })
        .await?
    {
        Page::GuidanceUses { piece, versions, published, uses, earlier } => (piece, versions, published, uses, earlier),
        page => return Err(unexpected(&page)),
    };
    if context.out.is_json() {
        return context.out.json(&Whole { piece: &piece, published, versions: &versions, uses: &uses });
    }
    let zone = TimeZone::system();
    let mut lines = vec![format!(
        "guidance {} v{}, {}, {}: {}",
        piece.id,
        piece.version,
        piece.state.words(),
        piece.tally.words(),
        SafeText::line(&piece.title)
    )];
    for written in &versions {
        let it = &written.version;
        let is_in_use = if published == Some(it.version) { ", in use" } else { "" };
        let by = SafeText::line(&desk.office().name_of(it.by)).to_string();
        let from = it.from.map_or_else(String::new, |from| format!(", from #{} {}", from.conversation, from.message));
        let at = when::minute(it.at, &zone);
        lines.push(format!("v{}{is_in_use}, by {by} {at}{from}, {}", it.version, written.tally.words()));
        let parts =
            [("when", &it.instruction.when), ("then", &it.instruction.then), ("e.g.", &it.instruction.examples)];
        for (title, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
            lines.extend(text.lines().map(|line| format!("  {title} {}", SafeText::line(line))));
        }
        lines.push(format!("  in   {}", topics(&it.instruction.topics)));
    }
    for one in &uses {
        let good = match one.good {
            Some(true) => " good",
            Some(false) => " bad",
            None => "",
        };
        let (at, said) = (when::minute(one.at, &zone), SafeText::line(&one.excerpt));
        lines.push(format!("#{} {} v{}{good} {at} {said}", one.conversation, one.n, one.version));
    }
    if earlier {
        lines.push(format!("… and earlier ones; the newest {} are shown", uses.len()));
    }
    for line in lines {
        context.out.text(&SafeText::own(line))?;
    }
    Ok(())
}
