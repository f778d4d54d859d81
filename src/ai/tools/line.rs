//! A line to one MCP server: a program of ours or a URL, through the official SDK.
//!
//! A program gets no environment but what the settings say, so that no key of ours reaches it, and ends when the line is
//! dropped. Lines and answers have bounds by the SDK (16 MiB). Deliberately not here: when to connect, and time-outs.

use super::{Key, Offer, Place};
use rmcp::{
    RoleClient, ServiceExt,
    model::{
        CallToolRequestParams, CallToolResult, ContentBlock, ErrorCode, MetaObject, RequestMetaObject, ResourceContents,
    },
    service::{RunningService, ServiceError},
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use serde_json::{Map, Value};
use std::process::Stdio;
use tokio::process::{Child, Command};

/// Tools of one server that are looked at.
const TOOLS: usize = 200;
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
                let service =
                    ().serve((out, input))
                        .await
                        .map_err(|error| format!("{named} does not greet: {}", short(&error)))?;
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
                let service =
                    ().serve(transport).await.map_err(|error| format!("it does not greet: {}", short(&error)))?;
                Ok(Self { service, _child: None })
            }
        }
    }

    /// Whether nothing comes of it any more, because we ended it or the server did.
    pub(super) fn is_closed(&self) -> bool {
        self.service.is_closed() || self.service.is_transport_closed()
    }

    /// What the server offers now.
    pub(super) async fn offers(&self, server: &str) -> Result<Vec<Offer>, String> {
        let tools =
            self.service.list_all_tools().await.map_err(|error| format!("it lists no tools: {}", short(&error)))?;
        let offers = tools.into_iter().take(TOOLS).map(|tool| {
            let description = tool.description.unwrap_or_default();
            // The whole of it is pinned, though the desk keeps and models read less.
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
            Err(ServiceError::McpError(error)) if was_not_begun(error.code) => {
                Err(CallFault::Refused(error.message.into_owned()))
            }
            Err(ServiceError::McpError(error)) => Err(CallFault::Broken(error.message.into_owned())),
            Err(error) => Err(CallFault::Broken(short(&error))),
        }
    }
}

/// An error of the SDK without the types that it names: what went wrong stands behind them.
fn short(error: &impl std::fmt::Display) -> String {
    let said = error.to_string();
    said.rsplit_once("] error: ").map_or(said.as_str(), |(_, what)| what).to_owned()
}

/// Errors by which a server says that it did not even try. After any other one it may have done a part.
fn was_not_begun(code: ErrorCode) -> bool {
    [ErrorCode::PARSE_ERROR, ErrorCode::INVALID_REQUEST, ErrorCode::METHOD_NOT_FOUND, ErrorCode::INVALID_PARAMS]
        .contains(&code)
}

/// What a result says in words: its texts and what stands in for what is none, or else its JSON.
fn words(result: &CallToolResult) -> String {
    let said: Vec<String> = result.content.iter().map(said).collect();
    let has_text = result.content.iter().any(|block| matches!(block, ContentBlock::Text(_)));
    match &result.structured_content {
        Some(value) if !has_text => value.to_string(),
        _ if said.is_empty() => "(it said nothing)".to_owned(),
        _ => said.join("\n"),
    }
}

/// One part of a result. Pictures and sounds are named, not shown; nothing that is linked to is fetched.
fn said(block: &ContentBlock) -> String {
    match block {
        ContentBlock::Text(text) => text.text.clone(),
        ContentBlock::Image(image) => format!("(a picture, {})", image.mime_type),
        ContentBlock::Audio(audio) => format!("(a recording, {})", audio.mime_type),
        ContentBlock::Resource(embedded) => match &embedded.resource {
            ResourceContents::TextResourceContents { text, .. } => text.clone(),
            ResourceContents::BlobResourceContents { uri, .. } => format!("(a file, {uri})"),
            _ => "(a file)".to_owned(),
        },
        ContentBlock::ResourceLink(link) => format!("(a link to {}, {})", link.name, link.uri),
        _ => "(something that is no text)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whatever_a_result_is_made_of_it_says_something_in_words() {
        let said = |result: Value| words(&serde_json::from_value(result).unwrap());
        let text = json!({"type": "text", "text": "It is late."});
        let page = json!({"type": "resource", "resource": {"uri": "file:///a.txt", "text": "17 boxes."}});
        let picture = json!({"type": "image", "data": "aGk=", "mimeType": "image/png"});
        let link = json!({"type": "resource_link", "name": "label", "uri": "https://x.example/l"});
        assert_eq!(said(json!({"content": [text, page]})), "It is late.\n17 boxes.");
        assert_eq!(
            said(json!({"content": [picture, link]})),
            "(a picture, image/png)\n(a link to label, https://x.example/l)"
        );
        assert_eq!(said(json!({"content": [], "structuredContent": {"n": 4}})), r#"{"n":4}"#);
        assert_eq!(said(json!({"content": []})), "(it said nothing)");
    }

    #[test]
    fn an_error_says_what_went_wrong_and_names_no_type() {
        let said = "Send message error Transport [rmcp::worker::Worker<x::Client>] error: Client error: refused";
        assert_eq!(short(&said), "Client error: refused");
        assert_eq!(short(&"Transport closed"), "Transport closed");
    }

    #[test]
    fn only_what_a_server_did_not_begin_was_surely_not_done() {
        assert!(was_not_begun(ErrorCode::INVALID_PARAMS) && was_not_begun(ErrorCode::METHOD_NOT_FOUND));
        assert!(!was_not_begun(ErrorCode::INTERNAL_ERROR) && !was_not_begun(ErrorCode(0)));
    }
}
