//! "Connect a program", as the window does it.

use std::fs;

use glowjar_agent::{
    request::{Draft, Reply, Request},
    view::{FileChangeView, FileStep, LanguageChoice, RecipeView},
};
use glowjar_sandbox::{CLIENT_ID, CLIENT_SECRET};
use reqwest::StatusCode;

use super::{asking::one_profile, minting::mint};
use crate::test_app::{TestApp, drafts};

#[tokio::test]
async fn a_program_that_is_let_in_from_the_window_has_its_secret_on_the_clipboard_and_nowhere_else()
{
    let (office, _programs) = one_profile().await;
    let (name, url) = let_in(&office, "n8n").await;
    assert_eq!(name, "n8n");
    let secret = office.shell.clipboard().expect("a secret");
    assert_eq!(mint(&url, &secret).await.status(), StatusCode::OK);
    office.barrier().await;
    assert!(!office.shell.debug().contains(&secret[..8]), "nothing that is shown holds it");
    let kept = fs::read_to_string(office.folder.path().join("http.json")).expect("a file");
    assert!(kept.contains("\"n8n\"") && !kept.contains(&secret[..8]), "{kept}");
    let refused = mint(&office.sandbox.url(), &secret).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "it is of no use elsewhere");

    // It leaves the clipboard as a token does.
    office.advance(std::time::Duration::from_secs(61));
    office.barrier().await;
    assert_eq!(office.shell.clipboard(), None);
    assert_eq!(mint(&url, &secret).await.status(), StatusCode::OK);

    let (second, _) = let_in(&office, "n8n").await;
    assert_eq!(second, "n8n 2");
    let other = office.shell.clipboard().expect("a secret");
    assert_ne!(other, secret);

    // Only the profile that it was let in for.
    let packaging = office.add(Draft { name: "Packaging".to_owned(), ..drafts::minting() }).await;
    office
        .ask(Request::RemoveProfile {
            profile: office.snapshot().profiles[0].id.clone(),
            revoke: false,
        })
        .await;
    assert_ne!(mint(&url, &secret).await.status(), StatusCode::OK);
    drop(packaging);
}

#[tokio::test]
async fn nobody_is_let_in_whose_secret_nobody_got() {
    let (office, _programs) = one_profile().await;
    office.ask(Request::Lock).await;
    assert_eq!(code(ask_in(&office, "n8n").await), "locked");
    office.ask(Request::Unlock).await;
    office.shell.break_clipboard();
    assert_eq!(code(ask_in(&office, "n8n").await), "clipboard");
    let Reply::Permissions { permissions } = office.ask(Request::Permissions).await else {
        panic!("no list")
    };
    assert_eq!(permissions.consumers, []);
}

#[tokio::test]
async fn an_mcp_client_s_file_is_shown_changed_and_brought_back_and_its_secret_taken_over() {
    let (office, _programs) = one_profile().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("claude_desktop_config.json");
    let before = serde_json::json!({ "mcpServers": { "firefly": {
        "command": "npx", "args": ["-y", "firefly-mcp"],
        "env": { "FIREFLY_CLIENT_ID": CLIENT_ID, "FIREFLY_CLIENT_SECRET": CLIENT_SECRET },
    } } });
    fs::write(&file, before.to_string()).expect("a file");
    let path = file.display().to_string();

    let shown = changed(&office, &path, FileStep::Preview).await;
    let [server] = shown.servers.as_slice() else { panic!("{shown:?}") };
    assert_eq!(server.line, "glowjar exec --mint firefly -- npx -y firefly-mcp");
    assert_eq!(server.gone, ["FIREFLY_CLIENT_ID", "FIREFLY_CLIENT_SECRET"]);
    assert!(!format!("{shown:?}").contains(CLIENT_SECRET));
    assert_eq!(fs::read_to_string(&file).expect("a file"), before.to_string());

    let Reply::Understood { understood } =
        office.ask(Request::UnderstandFile { path: path.clone() }).await
    else {
        panic!("not understood")
    };
    assert!(understood.has_secret && understood.handle.is_some(), "{understood:?}");
    assert_eq!(understood.client_id, CLIENT_ID);

    assert_eq!(changed(&office, &path, FileStep::Apply).await, shown);
    let text = fs::read_to_string(&file).expect("a file");
    assert!(!text.contains(CLIENT_SECRET) && text.contains("--mint"), "{text}");
    assert_eq!(code(change(&office, &path, FileStep::Preview).await), "connect_nothing");
    assert!(changed(&office, &path, FileStep::Undo).await.servers.is_empty());
    assert_eq!(fs::read_to_string(&file).expect("a file"), before.to_string());

    for (path, expected) in [
        ("mcp.json", "connect_path"),
        ("", "connect_path"),
        ("/nowhere/mcp.json", "connect_unreadable"),
    ] {
        assert_eq!(code(change(&office, path, FileStep::Apply).await), expected, "{path}");
    }
    fs::write(&file, "no JSON").expect("a file");
    assert_eq!(code(change(&office, &path, FileStep::Apply).await), "connect_not_settings");
}

#[tokio::test]
async fn recipes_are_in_the_persons_language_and_name_the_profile_where_there_are_several() {
    let (office, _programs) = one_profile().await;
    let first = recipes(&office).await;
    let names: Vec<_> = first.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names[..3], ["mcp", "comfyui", "n8n"]);
    assert!(first.iter().all(|it| !it.command.contains("--profile")), "{first:?}");
    assert_eq!(first[2].let_in_as.as_deref(), Some("n8n"));

    office.add(Draft { name: "Packaging".to_owned(), ..drafts::minting() }).await;
    office.change_settings(|settings| settings.language = LanguageChoice::De).await;
    let german = recipes(&office).await;
    assert_ne!(german[0].title, first[0].title);
    assert_eq!(german[2].command, "glowjar http add n8n --profile 'Campaign'");
    let line = "glowjar exec --mint firefly --profile 'Campaign' -- ";
    assert!(german[0].command.starts_with(line), "{}", german[0].command);
}

async fn let_in(office: &TestApp, name: &str) -> (String, String) {
    match ask_in(office, name).await {
        Reply::LetIn { name, token_url, clears_at } => {
            assert!(clears_at > 0);
            let url = token_url.strip_suffix("/ims/token/v3").expect("Adobe's path");
            (name, url.to_owned())
        }
        other => panic!("{other:?}"),
    }
}

async fn ask_in(office: &TestApp, name: &str) -> Reply {
    let profile = office.snapshot().profiles[0].id.clone();
    office.ask(Request::LetIn { profile, name: name.to_owned() }).await
}

async fn changed(office: &TestApp, path: &str, step: FileStep) -> FileChangeView {
    match change(office, path, step).await {
        Reply::FileChanged { change } => change,
        other => panic!("{other:?}"),
    }
}

async fn change(office: &TestApp, path: &str, step: FileStep) -> Reply {
    let profile = office.snapshot().profiles[0].id.clone();
    office.ask(Request::ConnectFile { profile, path: path.to_owned(), step }).await
}

fn code(reply: Reply) -> String {
    match reply {
        Reply::Failed { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

async fn recipes(office: &TestApp) -> Vec<RecipeView> {
    let profile = office.snapshot().profiles[0].id.clone();
    match office.ask(Request::Recipes { profile }).await {
        Reply::Recipes { recipes } => recipes,
        other => panic!("{other:?}"),
    }
}
