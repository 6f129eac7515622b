//! The port and the connections on it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::state::Shared;

/// Whether anybody is to listen, and whom to tell when it is so.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) listening: Listening,
    pub(crate) done: oneshot::Sender<io::Result<()>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listening {
    On,
    Off,
}

/// A port of ours, listened on or not.
#[derive(Debug)]
pub(crate) struct Port {
    address: SocketAddr,
    /// Bound and not listening: connecting is refused, and yet nobody else gets the port during an outage. On Windows, where no two
    /// may have a port, it is there while nobody listens.
    reservation: Option<TcpSocket>,
}

impl Port {
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    fn listen(&mut self) -> io::Result<TcpListener> {
        let own = if cfg!(unix) { None } else { self.reservation.take() };
        own.map_or_else(|| bound(self.address), Ok)?.listen(CONNECTIONS_WAITING)
    }

    fn rest(&mut self) -> io::Result<()> {
        if self.reservation.is_none() {
            self.reservation = Some(bound(self.address)?);
        }
        Ok(())
    }
}

/// Takes the port and listens on it. 0 is any free port.
pub(crate) fn open(port: u16) -> io::Result<(Port, TcpListener)> {
    let reservation = bound(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let address = reservation.local_addr()?;
    let mut port = Port { address, reservation: Some(reservation) };
    let listener = port.listen()?;
    Ok((port, listener))
}

fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // On Windows this would let others take the port over.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Accepts until the sandbox is dropped, which aborts this task and every connection with it.
pub(crate) async fn run(
    shared: Arc<Shared>,
    mut port: Port,
    listener: TcpListener,
    mut orders: mpsc::Receiver<Order>,
) {
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            stream = accept(listener.as_ref()) => {
                connections.spawn(serve(shared.clone(), stream));
            }
            Some(order) = orders.recv() => {
                let result = match order.listening {
                    Listening::Off => {
                        listener = None;
                        let rests = port.rest();
                        connections.shutdown().await;
                        rests
                    }
                    Listening::On if listener.is_some() => Ok(()),
                    Listening::On => port.listen().map(|again| listener = Some(again)),
                };
                // Whoever ordered may have stopped waiting.
                let _ = order.done.send(result);
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> TcpStream {
    let Some(listener) = listener else { return std::future::pending().await };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(AFTER_A_FAILED_ACCEPT).await;
            }
        }
    }
}

async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    // Drips are to arrive as single bytes.
    let _ = stream.set_nodelay(true);
    let announced = Mutex::new(None);
    let service = service_fn(|request| crate::incoming::answer(&shared, &announced, request));
    let connection = http1::Builder::new()
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "connection ended");
    }
    if let Some(span) = announced.into_inner().unwrap_or_default() {
        shared.refuse_connections_for(span);
    }
}

const CONNECTIONS_WAITING: u32 = 1_024;
/// Out of file descriptors is the usual cause, and trying at once would only spin.
const AFTER_A_FAILED_ACCEPT: Duration = Duration::from_millis(50);
