//! A line to one MCP server: a program of ours or a URL, through the official SDK.
//!
//! A program gets no environment but what the settings say, so that no key of ours reaches it, and ends when the line is
//! dropped. Lines and answers have bounds by the SDK (16 MiB). Deliberately not here: when to connect, and time-outs.

use super::{Key, Offer, Place};
use rmcp::{
    RoleClient, ServiceExt,
    model::{CallToolRequestParams, CallToolResult, ContentBlock, MetaObject, RequestMetaObject},
    service::{RunningService, ServiceError},
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use serde_json::{Map, Value};
use std::process::Stdio;
use tokio::process::{Child, Command};

/// Tools of one server that are looked at.
const TOOLS: usize = 200;
/// Names and descriptions are read so far, in characters.
const DESCRIPTION: usize = 4_000;
/// Variables that a program gets from ours.
const PASSED_ON: [&str; 6] = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "SYSTEMROOT"];

/// A line.
#[derive(Debug)]
pub(super) struct Line {
    service: RunningService<RoleClient, ()>,
    // Killed when the line is dropped.
    _child: Option<Child>,
}

/// A call failed on the line.
#[derive(Debug)]
pub(super) enum CallFault {
    /// The server says no.
    Refused(String),
    /// The line broke, or what came cannot be read.
    Broken(String),
}

impl Line {
    /// Connects and greets.
    pub(super) async fn connect(place: &Place) -> Result<Self, String> {
        match place {
            Place::Program { program, arguments, environment } => {
                let mut command = Command::new(program);
                command.args(arguments).env_clear();
                command.envs(PASSED_ON.iter().filter_map(|name| std::env::var_os(name).map(|value| (name, value))));
                command.envs(environment).kill_on_drop(true);
                command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
                let named = program.display();
                let mut child = command.spawn().map_err(|error| format!("{named} cannot be started ({error})"))?;
                let (Some(out), Some(input)) = (child.stdout.take(), child.stdin.take()) else {
                    return Err(format!("{named} has no standard input and output"));
                };
                let service = ().serve((out, input)).await.map_err(|error| format!("{named} does not greet: {error}"))?;
                Ok(Self { service, _child: Some(child) })
            }
            Place::Http { url, key } => {
                // The one provider of cryptography. Once set, later ones are refused, which is as well.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let mut config = StreamableHttpClientTransportConfig::with_uri(url.clone());
                if let Some(Key(key)) = key {
                    config = config.auth_header(key.clone());
                }
                let mut client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
                if ["//localhost", "//127.0.0.1", "//[::1]"].iter().any(|local| url.contains(local)) {
                    client = client.no_proxy();
                }
                let client = client.build().map_err(|error| format!("HTTP cannot be set up ({error})"))?;
                let transport = StreamableHttpClientTransport::with_client(client, config);
                let service = ().serve(transport).await.map_err(|error| format!("it does not greet: {error}"))?;
                Ok(Self { service, _child: None })
            }
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.service.is_closed()
    }

    /// What the server offers now.
    pub(super) async fn offers(&self, server: &str) -> Result<Vec<Offer>, String> {
        let tools = self.service.list_all_tools().await.map_err(|error| format!("it lists no tools: {error}"))?;
        let offers = tools.into_iter().take(TOOLS).map(|tool| {
            let description: String = tool.description.unwrap_or_default().chars().take(DESCRIPTION).collect();
            Offer::new(server, &tool.name, &description, Value::Object(tool.input_schema.as_ref().clone()))
        });
        Ok(offers.collect())
    }

    /// Calls a tool with canonical arguments, under a key that names the call.
    pub(super) async fn call(&self, name: &str, arguments: &str, key: &str) -> Result<(bool, String), CallFault> {
        let arguments: Map<String, Value> = serde_json::from_str(arguments)
            .map_err(|error| CallFault::Refused(format!("the arguments are no object ({error})")))?;
        let mut params = CallToolRequestParams::new(name.to_owned());
        params.arguments = Some(arguments);
        let mut meta = Map::new();
        meta.insert("centaur/key".to_owned(), Value::String(key.to_owned()));
        params.meta = Some(RequestMetaObject(MetaObject(meta)));
        match self.service.call_tool(params).await {
            Ok(result) => Ok((result.is_error == Some(true), words(&result))),
            Err(ServiceError::McpError(error)) => Err(CallFault::Refused(error.message.into_owned())),
            Err(error) => Err(CallFault::Broken(error.to_string())),
        }
    }
}

/// What a result says in words: its texts, or else its JSON.
fn words(result: &CallToolResult) -> String {
    let texts: Vec<&str> = result
        .content
        .iter()
        .filter_map(|block| match block {
            ContentBlock::Text(text) => Some(text.text.as_str()),
            _ => None,
        })
        .collect();
    match (&result.structured_content, texts.is_empty()) {
        (_, false) => texts.join("\n"),
        (Some(value), true) => value.to_string(),
        (None, true) => String::new(),
    }
}
