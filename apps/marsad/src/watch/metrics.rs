//! The watch's figures for Prometheus, on a port of this machine.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;

use crate::failure::Failure;

/// A scraper that says nothing is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Lines of a request that are read.
const LINES_MAX: usize = 100;

/// Where the figures are read.
#[derive(Debug)]
pub(crate) struct Metrics {
    text: Arc<Mutex<String>>,
    /// With the port that the system chose where none was named.
    pub(crate) address: SocketAddr,
}

impl Metrics {
    /// Answers every `GET` on this address with the figures, until the process ends.
    pub(crate) fn serve(address: SocketAddr) -> Result<Self, Failure> {
        let listener = TcpListener::bind(address)
            .with_context(|| format!("cannot show figures at {address}"))?;
        let address = listener.local_addr().context("the port has no address")?;
        let text = Arc::new(Mutex::new(String::new()));
        let shown = Arc::clone(&text);
        thread::Builder::new()
            .name("metrics".to_owned())
            .spawn(move || {
                for stream in listener.incoming().flatten() {
                    let text = shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    // A scraper that went away asks again.
                    drop(answer(stream, &text));
                }
            })
            .context("cannot show figures")?;
        Ok(Self { text, address })
    }

    /// Shows these figures from now on.
    pub(crate) fn show(&self, text: String) {
        *self.text.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }
}

fn answer(mut stream: TcpStream, text: &str) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let reader = BufReader::new(stream.try_clone()?);
    for line in reader.lines().take(LINES_MAX) {
        if line?.is_empty() {
            break;
        }
    }
    let length = text.len();
    stream.write_all(
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}")
            .as_bytes(),
    )
}
