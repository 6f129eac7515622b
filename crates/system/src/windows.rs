//! Windows: a window that nobody sees, since only windows are told.

use std::{cell::RefCell, io, ptr, sync::mpsc, thread, time::Duration};

use windows_sys::{
    Win32::{
        Foundation::{HWND, LPARAM, LRESULT, WPARAM},
        System::{
            LibraryLoader::GetModuleHandleW,
            RemoteDesktop::{NOTIFY_FOR_THIS_SESSION, WTSRegisterSessionNotification},
            SystemInformation::GetTickCount,
        },
        UI::{
            Input::KeyboardAndMouse::{GetLastInputInfo, LASTINPUTINFO},
            WindowsAndMessaging::{
                CreateWindowExW, DefWindowProcW, DispatchMessageW, GetMessageW, MSG,
                RegisterClassW, WM_CLOSE, WNDCLASSW, WS_EX_TOOLWINDOW, WS_OVERLAPPED,
            },
        },
    },
    w,
};

use crate::{Event, windows_messages};

type Told = Box<dyn Fn(Event)>;

thread_local! {
    /// Of the thread that has the window.
    static TOLD: RefCell<Option<Told>> = const { RefCell::new(None) };
}

/// Calls `told` on a thread of its own with each event, for as long as the process lives. After
/// [`Event::SessionEnds`] Windows waits some seconds for the process to end.
///
/// # Errors
/// The window can't be made.
pub fn watch(told: impl Fn(Event) + Send + 'static) -> io::Result<()> {
    let (made, outcome) = mpsc::channel();
    thread::Builder::new().name("desktop events".to_owned()).spawn(move || {
        TOLD.set(Some(Box::new(told)));
        let window = match make_window() {
            Ok(window) => window,
            Err(error) => {
                let _ = made.send(Err(error));
                return;
            }
        };
        // SAFETY: the window was made above, by this thread, and is never destroyed.
        let registered = unsafe { WTSRegisterSessionNotification(window, NOTIFY_FOR_THIS_SESSION) };
        let outcome = if registered == 0 { Err(io::Error::last_os_error()) } else { Ok(()) };
        // The other events come all the same.
        let _ = made.send(outcome);
        let mut message = MSG::default();
        // SAFETY: `message` is a valid place to write one to, and is read only after one was written.
        while unsafe { GetMessageW(&mut message, ptr::null_mut(), 0, 0) } > 0 {
            // SAFETY: it was filled by `GetMessageW`.
            unsafe { DispatchMessageW(&message) };
        }
    })?;
    outcome.recv().map_err(io::Error::other)?
}

/// How long nobody has touched keyboard or mouse, in this session.
#[must_use]
pub fn idle_time() -> Option<Duration> {
    let mut last = LASTINPUTINFO { cbSize: size_of::<LASTINPUTINFO>() as u32, dwTime: 0 };
    // SAFETY: the structure is valid and says its own size, as the call wants it.
    if unsafe { GetLastInputInfo(&mut last) } == 0 {
        return None;
    }
    // SAFETY: the call takes nothing and can't fail.
    let now = unsafe { GetTickCount() };
    Some(windows_messages::idle_time(now, last.dwTime))
}

/// Not one for messages alone: those are not told of sleep and of the session's end.
fn make_window() -> io::Result<HWND> {
    let class = w!("GlowjarDesktopEvents");
    // SAFETY: a null pointer asks for this program's own module, which stays loaded.
    let module = unsafe { GetModuleHandleW(ptr::null()) };
    let description = WNDCLASSW {
        lpfnWndProc: Some(procedure),
        hInstance: module,
        lpszClassName: class,
        ..WNDCLASSW::default()
    };
    // SAFETY: the description and the name it points to live until the call returns; the procedure lives for ever.
    if unsafe { RegisterClassW(&description) } == 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the class was registered above; every pointer is null or lives for ever.
    let window = unsafe {
        CreateWindowExW(
            WS_EX_TOOLWINDOW,
            class,
            w!("Glowjar"),
            WS_OVERLAPPED,
            0,
            0,
            0,
            0,
            ptr::null_mut(),
            ptr::null_mut(),
            module,
            ptr::null(),
        )
    };
    if window.is_null() { Err(io::Error::last_os_error()) } else { Ok(window) }
}

unsafe extern "system" fn procedure(
    window: HWND,
    message: u32,
    parameter: WPARAM,
    more: LPARAM,
) -> LRESULT {
    if let Some(event) = windows_messages::event(message, parameter) {
        TOLD.with_borrow(|told| {
            if let Some(told) = told {
                told(event);
            }
        });
        if event == Event::SessionEnds {
            // When this returns, Windows may end the process in the middle of what it still has to put away.
            thread::park_timeout(TIME_TO_GO);
        }
    }
    // The usual answer to a request to close would be to destroy the window, and hear nothing more.
    if message == WM_CLOSE {
        return 0;
    }
    // SAFETY: the arguments are those that Windows called with.
    unsafe { DefWindowProcW(window, message, parameter, more) }
}

/// Windows itself waits five seconds.
const TIME_TO_GO: Duration = Duration::from_secs(4);

#[cfg(test)]
mod tests {
    use windows_sys::Win32::UI::WindowsAndMessaging::{FindWindowW, PostMessageW};

    use super::*;

    #[test]
    fn a_program_that_is_asked_to_end_hears_it_more_than_once() {
        let (told, heard) = mpsc::channel();
        let watched = watch(move |event| {
            let _ = told.send(event);
        });
        watched.expect("a window");
        for _ in 0..2 {
            // SAFETY: both names live for ever; what is found is asked for nothing but to take a message.
            let posted = unsafe {
                let window = FindWindowW(w!("GlowjarDesktopEvents"), ptr::null());
                PostMessageW(window, WM_CLOSE, 0, 0)
            };
            assert_ne!(posted, 0);
            assert_eq!(heard.recv(), Ok(Event::AskedToEnd));
        }
    }

    #[test]
    fn windows_says_how_long_nobody_was_there() {
        assert!(idle_time().is_some());
    }
}
