//! macOS: notifications of the screen and of the workspace. Compiled for macOS, and never run on a Mac.

use std::{fmt, io, ptr::NonNull, sync::Arc, time::Duration};

use block2::RcBlock;
use objc2::{
    rc::Retained,
    runtime::{NSObjectProtocol, ProtocolObject},
};
use objc2_app_kit::{NSWorkspace, NSWorkspaceDidWakeNotification};
use objc2_core_graphics::{CGEventSource, CGEventSourceStateID, CGEventType};
use objc2_foundation::{
    NSActivityOptions, NSDistributedNotificationCenter, NSNotification, NSNotificationCenter,
    NSProcessInfo, NSString,
};

use crate::Event;

/// Calls `told` on the main thread with each event, for as long as the process lives. Must be called on the main thread,
/// whose run loop brings the notifications.
///
/// # Errors
/// None here; on other systems there are.
pub fn watch(told: impl Fn(Event) + Send + Sync + 'static) -> io::Result<()> {
    let told = Arc::new(told);
    let screen = NSDistributedNotificationCenter::defaultCenter();
    for (name, event) in
        [(SCREEN_LOCKED, Event::ScreenLocked), (SCREEN_UNLOCKED, Event::ScreenUnlocked)]
    {
        listen(&screen, &NSString::from_str(name), event, Arc::clone(&told));
    }
    let workspace = NSWorkspace::sharedWorkspace().notificationCenter();
    // SAFETY: a constant of AppKit, which is linked.
    let woke = unsafe { NSWorkspaceDidWakeNotification };
    listen(&workspace, woke, Event::Woke, told);
    Ok(())
}

fn listen(
    center: &NSNotificationCenter,
    name: &NSString,
    event: Event,
    told: Arc<impl Fn(Event) + Send + Sync + 'static>,
) {
    let block = RcBlock::new(move |_: NonNull<NSNotification>| told(event));
    // SAFETY: no object and no queue are named, and what the block holds may be used on any thread.
    let observer = unsafe {
        center.addObserverForName_object_queue_usingBlock(Some(name), None, None, &block)
    };
    // It listens until the process ends; letting go of it would end that.
    std::mem::forget(observer);
}

/// How long nobody has touched keyboard or mouse, in this session.
#[must_use]
pub fn idle_time() -> Option<Duration> {
    let seconds = CGEventSource::seconds_since_last_event_type(
        CGEventSourceStateID::CombinedSessionState,
        ANY_INPUT,
    );
    Duration::try_from_secs_f64(seconds).ok()
}

/// As long as it is held, macOS does not stretch this process's timers ("App Nap"). The computer may sleep all the same.
pub struct Awake(Retained<ProtocolObject<dyn NSObjectProtocol>>);

impl Awake {
    #[must_use]
    pub fn hold() -> Self {
        let options = NSActivityOptions::UserInitiatedAllowingIdleSystemSleep;
        let reason = NSString::from_str("a token is about to be renewed");
        Self(NSProcessInfo::processInfo().beginActivityWithOptions_reason(options, &reason))
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        // SAFETY: it came from `beginActivityWithOptions_reason` and is ended once.
        unsafe { NSProcessInfo::processInfo().endActivity(&self.0) };
    }
}

impl fmt::Debug for Awake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Awake")
    }
}

// SAFETY: `NSProcessInfo` is thread-safe (Apple, "NSProcessInfo", since macOS 10.7), and the token is handed to nothing else.
unsafe impl Send for Awake {}

// Known from many programs, documented by none.
const SCREEN_LOCKED: &str = "com.apple.screenIsLocked";
const SCREEN_UNLOCKED: &str = "com.apple.screenIsUnlocked";
/// `kCGAnyInputEventType` of Apple's `CGEventTypes.h`.
const ANY_INPUT: CGEventType = CGEventType(u32::MAX);
