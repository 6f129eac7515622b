//! What a test asks of a real engine, whichever it is, and wires to it that can be cut.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Where keepers meet. It ends when this is dropped.
pub trait Ground: Sized {
    fn start() -> Self;

    /// Of all its files, its log and backups among them.
    fn folder(&self) -> &Path;

    /// At which it listens.
    fn ports(&self) -> Vec<u16>;

    /// As `--engine` has it, for these ports.
    fn addresses(ports: &[u16]) -> String;

    fn address(&self) -> String {
        Self::addresses(&self.ports())
    }

    /// All of it ends, with no time to tidy up.
    fn stop(&mut self);

    /// Starts what does not run, and returns when all is well.
    fn resume(&mut self);

    /// The part without which no change can be made at once.
    fn kill_leader(&mut self);

    fn backup(&self, name: &str) -> PathBuf;

    fn restore(&mut self, backup: &Path);

    /// Everything that was in it is gone.
    fn wipe(&mut self);

    fn keys(&self) -> Vec<String>;

    fn value(&self, key: &str) -> Vec<u8>;

    /// Writes what stands there in the hands of whoever got at the engine.
    fn put(&self, key: &str, value: &[u8]);

    /// How many changes were made so far.
    #[cfg(target_os = "linux")]
    fn writes(&self) -> u64;

    /// Parts of the names of files that hold what was written.
    fn files() -> &'static [&'static str];
}

/// A keeper's own way to the engine, for each port one, which can be cut: then nothing passes and nothing says so.
pub struct Wires {
    ports: Vec<u16>,
    cut: Arc<AtomicBool>,
}

impl Wires {
    pub async fn to(engine: &impl Ground) -> Self {
        let cut = Arc::new(AtomicBool::new(false));
        let mut ports = Vec::new();
        for port in engine.ports() {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            ports.push(listener.local_addr().expect("bound").port());
            tokio::spawn(carry(listener, port, Arc::clone(&cut)));
        }
        Self { ports, cut }
    }

    /// The same from another machine, on which the engine has the same address.
    #[cfg(target_os = "linux")]
    pub fn from(namespace: &crate::namespace::Namespace, ports: &[u16]) -> Self {
        let cut = Arc::new(AtomicBool::new(false));
        for port in ports {
            let listener = namespace.listen(*port);
            listener.set_nonblocking(true).expect("set");
            let listener = TcpListener::from_std(listener).expect("a listener");
            tokio::spawn(carry(listener, *port, Arc::clone(&cut)));
        }
        Self { ports: ports.to_vec(), cut }
    }

    /// From one machine to what listens at this port on another one.
    #[cfg(target_os = "linux")]
    pub fn between(
        near: &crate::namespace::Namespace,
        far: &Arc<crate::namespace::Namespace>,
        port: u16,
    ) {
        let (listener, far) = (near.listen(port), Arc::clone(far));
        listener.set_nonblocking(true).expect("set");
        let listener = TcpListener::from_std(listener).expect("a listener");
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = Arc::clone(&far);
                tokio::spawn(async move {
                    let far = tokio::task::spawn_blocking(move || {
                        far.inside(move || {
                            let far = std::net::TcpStream::connect(("127.0.0.1", port))?;
                            far.set_nonblocking(true).map(|()| far)
                        })
                    });
                    let Ok(far) = far.await.expect("it ends") else { return };
                    let far = TcpStream::from_std(far).expect("a connection");
                    splice(near, far, &AtomicBool::new(false)).await;
                });
            }
        });
    }

    /// As `--engine` has it.
    pub fn address<G: Ground>(&self) -> String {
        G::addresses(&self.ports)
    }

    pub fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::SeqCst);
    }
}

async fn carry(listener: TcpListener, port: u16, cut: Arc<AtomicBool>) {
    while let Ok((near, _)) = listener.accept().await {
        let cut = Arc::clone(&cut);
        tokio::spawn(async move {
            let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else { return };
            splice(near, far, &cut).await;
        });
    }
}

async fn splice(near: TcpStream, far: TcpStream, cut: &AtomicBool) {
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    tokio::join!(pass(near_in, far_out, cut), pass(far_in, near_out, cut));
}

async fn pass(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    cut: &AtomicBool,
) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        while cut.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}
