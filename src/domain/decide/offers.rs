//! What tools there are: said by who runs them.
//!
//! Only what the policy names is kept, so that what a server says of a hundred other tools burdens nobody. Deliberately not
//! here: asking for one, and running one (see `tools`).

use super::{Asker, Happening, check_length, invalid};
use crate::domain::{
    event::Event,
    refusal::Refusal,
    teammate::Right,
    tool::{LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_OFFERS, LONGEST_SCHEMA, Offer},
};

pub(super) fn offer(asker: &Asker<'_>, offer: &Offer) -> Result<Vec<Happening>, Refusal> {
    asker.needs(Right::RunTools)?;
    check_length("tool", &offer.tool, LONGEST_NAME)?;
    check_length("description", &offer.description, LONGEST_DESCRIPTION)?;
    check_length("schema", &offer.schema.to_string(), LONGEST_SCHEMA)?;
    let office = &asker.desk.office;
    if !office.policy.names_tool(&offer.tool) {
        return Err(invalid("tool", "is none that the policy lets an AI ask for"));
    }
    let known = office.offered(&offer.tool);
    if known.is_some_and(|known| known.by != asker.me) {
        return Err(invalid("tool", "is offered by another teammate; name the server otherwise"));
    }
    if known.is_some_and(|known| known.offer == *offer) {
        return Ok(Vec::new());
    }
    let others = office.offers.iter().filter(|one| one.offer.tool != offer.tool);
    if others.map(|one| one.offer.size()).sum::<usize>() + offer.size() > LONGEST_OFFERS {
        return Err(invalid("tool", format!("is too much: all tools together have {LONGEST_OFFERS} bytes")));
    }
    Ok(vec![Happening { conversation: None, event: Event::ToolOffered { offer: Box::new(offer.clone()) } }])
}

pub(super) fn withdraw(asker: &Asker<'_>, tool: &str) -> Result<Vec<Happening>, Refusal> {
    asker.needs(Right::RunTools)?;
    if asker.desk.office.offered(tool).is_none_or(|known| known.by != asker.me) {
        return Ok(Vec::new());
    }
    Ok(vec![Happening { conversation: None, event: Event::ToolWithdrawn { tool: tool.to_owned() } }])
}
