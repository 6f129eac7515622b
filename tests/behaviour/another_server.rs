//! The real agent, on the real clock, against an identity server that is not ours: npm's `oidc-provider` on loopback.
//! What it understands of OAuth 2.0 is not what we wrote down twice.

pub mod signing_in;

use std::{collections::HashMap, path::Path, process::Stdio, time::Duration};

use glowjar_agent::{
    clock::Clock,
    request::{ClientAuthentication, Draft},
    view::{GrantView, Snapshot},
};
use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdin, Command},
    sync::watch,
};

use crate::test_app::{TestApp, drafts};

/// In seconds. Renewed after 30, since automatic requests are at least so far apart.
const LIFETIME: u32 = 35;
/// The first token and four renewals: by the last of them, three tokens have ended.
const GRANTS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(240);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node: cargo xtask test"]
async fn tokens_of_a_server_that_is_not_ours_stay_fresh_over_three_expiries() {
    let mut server = Server::start().await;
    let mut office = TestApp::closed(|_| {}).await;
    office.clock = Clock::system();
    office.start();

    let mut profiles = HashMap::new();
    for (name, client) in &server.ready.clients {
        profiles.insert(
            name.clone(),
            office.add(draft(name, client, &server.ready.token_endpoint)).await,
        );
    }
    let all_live = |snapshot: &Snapshot| snapshot.profiles.iter().all(|profile| profile.can_copy);
    office.snapshot_when("four live tokens", all_live).await;

    let gap = {
        let agent = office.agent().clone();
        tokio::spawn(async move { agent.snapshot_when(|snapshot| !all_live(snapshot)).await })
    };
    server.grants(GRANTS).await;
    assert!(!gap.is_finished(), "a token ended before the next one came: {:#?}", gap.await);
    gap.abort();

    for (name, profile) in &profiles {
        let token = office.copied(profile).await;
        assert!(server.is_active(&token).await, "the token of {name} is good at the server");
    }
    let events = server.events.borrow().clone();
    assert!(events.iter().all(|event| event.event != "grant.error"), "{events:#?}");
    let rotations = |client: &str| {
        events
            .iter()
            .filter(|event| event.event == "refresh_token.consumed" && event.client_id == client)
            .count()
    };
    assert!(rotations("person") >= GRANTS && rotations("public") >= GRANTS, "{events:#?}");
}

fn draft(name: &str, client: &Client, token_endpoint: &str) -> Draft {
    let draft = Draft {
        name: name.to_owned(),
        client_id: client.client_id.clone(),
        client_authentication: match client.auth.as_str() {
            "client_secret_basic" => ClientAuthentication::Basic,
            "none" => ClientAuthentication::None,
            _ => ClientAuthentication::Body,
        },
        grant: match client.refresh_token {
            Some(_) => GrantView::RefreshToken,
            None => GrantView::ClientCredentials,
        },
        scopes: "firefly_api".to_owned(),
        client_secret: client.client_secret.clone().map(Into::into),
        refresh_token: client.refresh_token.clone().map(Into::into),
        ..drafts::minting()
    };
    drafts::at(token_endpoint.to_owned(), draft)
}

/// `node server.mjs`, which ends when its standard input closes.
pub struct Server {
    pub ready: Ready,
    events: watch::Receiver<Vec<Event>>,
    _stdin: Option<ChildStdin>,
    _child: Child,
}

#[derive(Deserialize)]
struct FirstLine {
    ready: Ready,
}

#[derive(Deserialize)]
pub struct Ready {
    pub issuer: String,
    token_endpoint: String,
    clients: HashMap<String, Client>,
}

#[derive(Deserialize)]
struct Client {
    client_id: String,
    auth: String,
    client_secret: Option<String>,
    refresh_token: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Event {
    event: String,
    #[serde(default)]
    client_id: String,
    #[expect(dead_code, reason = "shown when the test fails")]
    error: Option<String>,
}

impl Server {
    pub async fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("oidc-provider");
        let mut child = Command::new("node")
            .args(["server.mjs", "--access-ttl", &LIFETIME.to_string()])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Node.js starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let first =
            lines.next_line().await.expect("output").expect("a first line; is `npm ci` done?");
        let FirstLine { ready } =
            serde_json::from_str(&first).expect("the first line tells where it is");
        let (seen, events) = watch::channel(Vec::new());
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let event = serde_json::from_str(&line).expect("each line is an event");
                seen.send_modify(|events: &mut Vec<Event>| events.push(event));
            }
        });
        Self { ready, events, _stdin: child.stdin.take(), _child: child }
    }

    /// Waits until each client has got so many tokens.
    async fn grants(&mut self, count: usize) {
        let clients: Vec<String> =
            self.ready.clients.values().map(|client| client.client_id.clone()).collect();
        let enough = self.events.wait_for(|events| {
            clients.iter().all(|client| {
                let granted =
                    |event: &&Event| event.event == "grant.success" && event.client_id == *client;
                events.iter().filter(granted).count() >= count
            })
        });
        let enough = tokio::time::timeout(PATIENCE, enough).await.map(|_| ());
        assert!(
            enough.is_ok(),
            "waited in vain for {count} tokens each: {:#?}",
            *self.events.borrow()
        );
    }

    /// With which error a refresh token of the public client is refused.
    async fn refused(&self, refresh_token: &str) -> String {
        #[derive(Deserialize)]
        struct Refusal {
            error: String,
        }
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", "public"),
            ("refresh_token", refresh_token),
        ];
        let url = &self.ready.token_endpoint;
        let reply = reqwest::Client::new().post(url).form(&form).send().await.expect("a reply");
        reply.json::<Refusal>().await.expect("a refusal").error
    }

    /// What the server itself says of a token (RFC 7662).
    pub async fn is_active(&self, token: &str) -> bool {
        #[derive(Deserialize)]
        struct Introspection {
            active: bool,
        }
        let machine = &self.ready.clients["machine"];
        let form = [
            ("token", token),
            ("client_id", &machine.client_id),
            ("client_secret", machine.client_secret.as_deref().unwrap_or_default()),
        ];
        let url = format!("{}/token/introspection", self.ready.issuer);
        let reply = reqwest::Client::new().post(url).form(&form).send().await.expect("a reply");
        reply.json::<Introspection>().await.expect("an introspection").active
    }
}
