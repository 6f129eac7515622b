use super::*;

use glowjar_agent::{folders::Folders, preferences::Preferences};
use serde_json::json;
use tokio::{
    io::{
        AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf,
        duplex, split,
    },
    task::JoinHandle,
};

use crate::frame::LONGEST_FRAME;

/// The window's end of a conversation whose other end copies nothing and presents nothing.
struct Window {
    from_tray: Lines<BufReader<ReadHalf<DuplexStream>>>,
    to_tray: WriteHalf<DuplexStream>,
    snapshots: watch::Sender<Option<Arc<Snapshot>>>,
    shows: mpsc::Sender<()>,
    conversation: JoinHandle<bool>,
}

impl Window {
    fn open() -> Self {
        let (ours, theirs) = duplex(64 * 1024);
        let (from_window, to_window) = split(theirs);
        let (from_tray, to_tray) = split(ours);
        let (snapshots, newest) = watch::channel(None);
        let (shows, mut shown) = mpsc::channel(1);
        let conversation = tokio::spawn(async move {
            Conversation::new(from_window, to_window, answer).hold(newest, &mut shown).await
        });
        Self {
            from_tray: BufReader::new(from_tray).lines(),
            to_tray,
            snapshots,
            shows,
            conversation,
        }
    }

    async fn say(&mut self, line: &str) {
        self.to_tray.write_all(format!("{line}\n").as_bytes()).await.expect("the tray listens");
    }

    async fn hears(&mut self) -> Value {
        let line = self.from_tray.next_line().await.expect("readable").expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }
}

async fn answer(request: Request) -> Reply {
    match request {
        Request::Presets => {
            Reply::Presets { presets: Vec::new(), apis: Vec::new(), families: Vec::new() }
        }
        Request::UnlockKeychain => std::future::pending().await,
        _ => Reply::Done,
    }
}

fn snapshot(version: &str) -> Option<Arc<Snapshot>> {
    let settings = Preferences::default().view(&Folders::default());
    Some(Arc::new(Snapshot { revision: 1, ..Snapshot::empty(version.into(), settings) }))
}

/// Lets time pass that is not the real one.
async fn pass(span: Duration) {
    let _ = timeout(span, pending::<()>()).await;
}

#[tokio::test]
async fn each_reply_carries_the_id_of_its_request() {
    let mut window = Window::open();
    window.say(r#"{"id":41,"request":{"kind":"clearClipboard"}}"#).await;
    assert_eq!(window.hears().await, json!({"id": 41, "reply": {"kind": "done"}}));
    window.say(r#"{"id":42,"request":{"kind":"presets"}}"#).await;
    assert_eq!(
        window.hears().await,
        json!({"id": 42, "reply": {"kind": "presets", "presets": [], "apis": [], "families": []}})
    );
}

#[tokio::test]
async fn a_request_that_takes_long_holds_up_no_other() {
    let mut window = Window::open();
    window.say(r#"{"id":1,"request":{"kind":"unlockKeychain"}}"#).await;
    window.say(r#"{"id":2,"request":{"kind":"clearClipboard"}}"#).await;
    assert_eq!(window.hears().await["id"], 2);
}

#[tokio::test]
async fn a_request_nobody_knows_is_answered_in_words_that_do_not_quote_it() {
    let mut window = Window::open();
    window.say(r#"{"id":3,"request":{"kind":"saveProfile","draft":"p8e-secret"}}"#).await;
    let heard = window.hears().await;
    assert_eq!(heard["reply"]["code"], "not_understood");
    assert!(!heard.to_string().contains("p8e"));
}

#[tokio::test]
async fn a_line_that_is_no_request_is_passed_over() {
    let mut window = Window::open();
    window.say("Gtk-WARNING: something").await;
    window.say(r#"{"id":4,"request":{"kind":"clearClipboard"}}"#).await;
    assert_eq!(window.hears().await["id"], 4);
}

#[tokio::test]
async fn a_snapshot_is_sent_as_soon_as_there_is_one() {
    let mut window = Window::open();
    window.snapshots.send_replace(snapshot("1.2.3"));
    assert_eq!(window.hears().await["snapshot"]["version"], "1.2.3");
}

#[tokio::test]
async fn f37_asking_again_for_an_open_window_brings_it_to_the_front() {
    let mut window = Window::open();
    window.shows.send(()).await.expect("the tray listens");
    assert_eq!(window.hears().await, json!({"focus": true}));
}

#[tokio::test]
async fn a_request_without_end_ends_the_conversation() {
    let mut window = Window::open();
    let piece = vec![b'x'; 64 * 1024];
    let mut sent = 0;
    while sent <= 2 * LONGEST_FRAME && window.to_tray.write_all(&piece).await.is_ok() {
        sent += piece.len();
    }
    assert!(sent <= 2 * LONGEST_FRAME, "the pipe was closed");
    window.conversation.await.expect("ended in good order");
}

#[tokio::test]
async fn the_conversation_ends_when_the_window_does() {
    let Window { from_tray, to_tray, conversation, .. } = Window::open();
    drop((from_tray, to_tray));
    assert!(!conversation.await.expect("ended in good order"), "nobody asked for a window");
}

#[tokio::test]
async fn f37_a_window_that_is_already_closing_when_it_is_wanted_is_opened_again() {
    let mut window = Window::open();
    window.shows.send(()).await.expect("the tray listens");
    window.hears().await;
    let Window { from_tray, to_tray, conversation, .. } = window;
    drop((from_tray, to_tray));
    assert!(conversation.await.expect("ended in good order"));
}

#[tokio::test]
async fn a_window_that_came_to_the_front_is_not_opened_again_when_it_closes() {
    let mut window = Window::open();
    window.shows.send(()).await.expect("the tray listens");
    window.hears().await;
    window.say(r#"{"focused":true}"#).await;
    let Window { from_tray, to_tray, conversation, .. } = window;
    drop((from_tray, to_tray));
    assert!(!conversation.await.expect("ended in good order"));
}

#[tokio::test(start_paused = true)]
async fn a_window_that_does_not_come_to_the_front_when_asked_is_given_up_and_opened_again() {
    let mut window = Window::open();
    window.shows.send(()).await.expect("the tray listens");
    assert_eq!(window.hears().await, json!({"focus": true}));
    // Somebody who clicks again does not make it wait longer.
    pass(HANGS_AFTER / 2).await;
    window.shows.send(()).await.expect("the tray listens");
    pass(HANGS_AFTER / 2 - Duration::from_millis(1)).await;
    assert!(!window.conversation.is_finished());
    pass(Duration::from_millis(2)).await;
    assert!(window.conversation.await.expect("ended in good order"));
}

#[tokio::test(start_paused = true)]
async fn a_window_that_reads_nothing_any_more_is_given_up_when_it_is_wanted() {
    let window = Window::open();
    // More than its pipe takes.
    for number in 0..100 {
        window.snapshots.send_replace(snapshot(&format!("{number}{}", "x".repeat(8 * 1024))));
        pass(Duration::from_millis(1)).await;
    }
    window.shows.send(()).await.expect("the tray listens");
    assert!(window.conversation.await.expect("ended in good order"));
}

#[tokio::test(start_paused = true)]
async fn a_window_that_reads_nothing_and_is_not_wanted_stays() {
    let window = Window::open();
    for number in 0..100 {
        window.snapshots.send_replace(snapshot(&format!("{number}{}", "x".repeat(8 * 1024))));
        pass(Duration::from_millis(1)).await;
    }
    pass(60 * HANGS_AFTER).await;
    assert!(!window.conversation.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_window_that_reads_late_gets_each_line_whole_and_the_newest_snapshot_last() {
    let mut window = Window::open();
    let long = "x".repeat(8 * 1024);
    for number in 0..100 {
        window.say(&format!(r#"{{"id":{number},"request":{{"kind":"presets"}}}}"#)).await;
        window.snapshots.send_replace(snapshot(&format!("{number} {long}")));
        pass(Duration::from_millis(1)).await;
    }
    let (mut replies, mut newest) = (0, String::new());
    while replies < 100 || !newest.starts_with("99 ") {
        let heard = window.hears().await;
        replies += usize::from(heard["id"].is_number());
        if let Some(version) = heard["snapshot"]["version"].as_str() {
            newest = version.to_owned();
        }
    }
}
