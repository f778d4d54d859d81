//! `centaur demo-tools`: a tool server of our own that speaks MCP on standard input and output, for a try without a shop.
//!
//! Deliberately not here: what the shop does (see [`shop`]), and whether an AI may (the desk's rules).

pub mod shop;

use self::shop::{Shop, TOOLS, schema};
use super::exit::Failure;
use crate::ai::tools::Offer;
use clap::Args;
use rmcp::{
    RoleServer, ServerHandler, ServiceExt,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, Implementation,
        ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// Serve tools of our own through MCP: orders, deliveries and refunds of the demo company
///
/// It speaks MCP on standard input and output, and ends when its input does. Nothing is real and nothing is kept.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  centaur demo-tools --pins

In the settings file:
  [[tool_server]]
  name = \"shop\"
  command = [\"centaur\", \"demo-tools\"]

With --pins it prints the policy's lines that pin its tools, and ends.")]
pub struct DemoTools {
    /// Print the policy's lines that pin these tools, for a server called `shop`
    #[arg(long)]
    pub pins: bool,
}

impl DemoTools {
    /// Serves until its input ends.
    ///
    /// # Errors
    /// Standard input or output fails.
    pub async fn run(self, context: &mut super::Context) -> Result<(), Failure> {
        if self.pins {
            for offer in offers("shop") {
                let line = format!("[tools.\"{}\"]\npin = \"{}\"\n", offer.tool, offer.definition);
                context.out.text(&crate::domain::text::SafeText::own(line))?;
            }
            return Ok(());
        }
        let service = Counter::default()
            .serve((tokio::io::stdin(), tokio::io::stdout()))
            .await
            .map_err(|error| Failure::Failed(format!("nobody speaks MCP here ({error})")))?;
        service.waiting().await.map(|_| ()).map_err(|error| Failure::Failed(error.to_string()))
    }
}

/// What it offers, as a desk that calls it `server` knows it.
#[must_use]
pub fn offers(server: &str) -> Vec<Offer> {
    TOOLS.iter().map(|tool| Offer::new(server, tool.name, tool.description, schema(tool.name))).collect()
}

/// The shop behind MCP.
#[derive(Debug, Default)]
pub struct Counter {
    // Held for a few lines, never across an await.
    shop: Mutex<Shop>,
}

impl ServerHandler for Counter {
    fn get_info(&self) -> ServerConfig {
        let mut info = ServerConfig::new(ServerCapabilities::builder().enable_tools().build());
        info.server_info = Implementation::new("centaur demo tools", env!("CARGO_PKG_VERSION"));
        info
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = TOOLS.iter().map(|tool| {
            let schema = match schema(tool.name) {
                Value::Object(schema) => schema,
                _ => serde_json::Map::new(),
            };
            Tool::new(tool.name, tool.description, Arc::new(schema))
        });
        Ok(ListToolsResult::with_all_items(tools.collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let key = request.meta.as_ref().and_then(|meta| meta.0.0.get("centaur/key")).and_then(Value::as_str);
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        let said = {
            let mut shop = self.shop.lock().unwrap_or_else(PoisonError::into_inner);
            shop.call(&request.name, &arguments, key)
        };
        Ok(match said {
            Ok(words) => CallToolResult::success(vec![ContentBlock::text(words)]),
            Err(why) => CallToolResult::error(vec![ContentBlock::text(why)]),
        }
        .into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cli::assets, cli::team, domain::tool::Risk};

    #[test]
    fn the_demo_policy_pins_what_the_demo_tools_are() {
        let policy = team::policy(assets::policy(), "policy.toml").unwrap();
        for offer in offers("shop") {
            let rule = &policy.tools[&offer.tool];
            assert_eq!(rule.pin, Some(offer.definition), "{}", offer.tool);
            assert_eq!(rule.schema, offer.schema, "{}", offer.tool);
        }
        assert_eq!(policy.tools.len(), TOOLS.len());
        assert_eq!(policy.tools["shop.refund.make"].risk, Risk::R2);
        assert_eq!(policy.tools["shop.account.erase"].risk, Risk::R3);
    }
}
