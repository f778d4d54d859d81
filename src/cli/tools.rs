//! The tool servers of the settings, with their keys from the environment, never from the command line.
//!
//! Deliberately not here: MCP (`ai::tools`), and which settings there are (`config::tools`).

use super::{Context, exit::Failure};
use crate::{
    ai::tools::{CALL_WITHIN, Key, LOOK_AFTER, Place, Setup, Toolbox},
    config::tools::ToolServer,
};

/// All tool servers of the settings; with `demo`, the demo company's too, unless one of that name stands there.
///
/// # Errors
/// [`Failure::Usage`]: a key is not where the settings say.
pub fn toolbox(context: &Context, demo: Demo) -> Result<Toolbox, Failure> {
    let mut setups = Vec::new();
    for server in &context.config.tool_servers {
        setups.push(setup(server).map_err(Failure::Usage)?);
    }
    if demo == Demo::Included && !setups.iter().any(|setup| setup.name == "shop") {
        let program = std::env::current_exe()?;
        let place = Place::Program { program, arguments: vec!["demo-tools".to_owned()], environment: [].into() };
        setups.push(Setup { name: "shop".to_owned(), place, within: CALL_WITHIN, look_after: LOOK_AFTER });
    }
    Ok(Toolbox::open(setups))
}

/// Whether the demo company's tools are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demo {
    /// They are.
    Included,
    /// They are not.
    LeftOut,
}

/// A server of the settings, with its keys.
///
/// # Errors
/// A sentence: a variable is not set.
pub fn setup(server: &ToolServer) -> Result<Setup, String> {
    let variable = |name: &String| {
        std::env::var(name).ok().filter(|value| !value.is_empty()).ok_or_else(|| {
            format!("tool_server `{}`: the variable {name} is not set; put what the server needs there", server.name)
        })
    };
    let place = if let Some(url) = &server.url {
        Place::Http { url: url.clone(), key: server.key_env.as_ref().map(variable).transpose()?.map(Key) }
    } else {
        let (program, arguments) = server.command.split_first().ok_or("no command")?;
        let mut environment = std::collections::BTreeMap::new();
        for (name, ours) in &server.env {
            environment.insert(name.clone(), variable(ours)?);
        }
        Place::Program { program: program.into(), arguments: arguments.to_vec(), environment }
    };
    Ok(Setup { name: server.name.clone(), place, within: CALL_WITHIN, look_after: LOOK_AFTER })
}
