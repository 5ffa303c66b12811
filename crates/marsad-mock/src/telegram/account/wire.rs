//! An account's side of Telegram on a local port: TCP, the full transport, sealed messages.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use grammers_tl_types::{
    Cursor, Deserializable, Identifiable, Serializable, enums, functions, types,
};

use super::sealed::{self, Key, Packet};
use super::{Account, as_call};
use crate::http::Fault;
use crate::serve::{Clock, Served, TICK, is_wait, listen};

const CONTAINER: u32 = 0x73f1_f8dc;
const PACKED: u32 = 0x3072_cfa1;
const RESULT: u32 = 0xf35c_6d01;
const FRAME_BYTES_MAX: usize = 2 << 20;

/// Puts an account on a free port of 127.0.0.1, for clients that have this key already.
///
/// # Errors
/// Where no port can be had.
pub fn serve(
    account: Arc<Account>,
    key: Key,
    clock: impl Fn() -> i64 + Send + Sync + 'static,
) -> io::Result<Served> {
    let clock: Clock = Arc::new(clock);
    listen(move |stream, stop| {
        let (account, clock) = (Arc::clone(&account), Arc::clone(&clock));
        let mut line = Line { account, key, clock, stream, stop, sent: 0, unread: Vec::new() };
        // An error here is a client that went away.
        line.converse().ok();
    })
}

struct Line {
    account: Arc<Account>,
    key: Key,
    clock: Clock,
    stream: TcpStream,
    stop: Arc<AtomicBool>,
    /// Frames sent, which are numbered.
    sent: u32,
    unread: Vec<u8>,
}

impl Line {
    fn converse(&mut self) -> io::Result<()> {
        self.stream.set_read_timeout(Some(TICK))?;
        self.stream.set_nodelay(true)?;
        while let Some(frame) = self.frame()? {
            let Some(packet) = sealed::open(&self.key, &frame) else {
                // What Telegram answers to a key that it does not know.
                return self.stream.write_all(&(-404_i32).to_le_bytes());
            };
            let mut questions = Vec::new();
            unpack(packet.message, &packet.body, &mut questions);
            for (message, question) in questions {
                if !self.answer(&packet, message, &question)? {
                    return self.stream.shutdown(Shutdown::Both);
                }
            }
        }
        Ok(())
    }

    /// The next frame: length, number, content, checksum.
    fn frame(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut buffer = [0; 8192];
        loop {
            if let Some(length) = self.unread.first_chunk::<4>() {
                let length = u32::from_le_bytes(*length) as usize;
                if !(12..=FRAME_BYTES_MAX).contains(&length) {
                    return Ok(None);
                }
                if self.unread.len() >= length {
                    let frame: Vec<u8> = self.unread.drain(..length).collect();
                    return Ok(frame.get(8..length - 4).map(<[u8]>::to_vec));
                }
            }
            if self.stop.load(Ordering::SeqCst) {
                return Ok(None);
            }
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(n) => self.unread.extend_from_slice(buffer.get(..n).unwrap_or_default()),
                Err(error) if is_wait(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Answers a question; false when the connection is to break.
    fn answer(&mut self, packet: &Packet, message: i64, question: &[u8]) -> io::Result<bool> {
        if let Some(ping) = as_call::<functions::PingDelayDisconnect>(question) {
            let pong = types::Pong { msg_id: message, ping_id: ping.ping_id };
            return self.send(packet, &enums::Pong::from(pong).to_bytes(), usize::MAX);
        }
        let is_said = question.starts_with(&types::MsgsAck::CONSTRUCTOR_ID.to_le_bytes());
        if is_said {
            return Ok(true);
        }
        let response = self.account.invoke(question, (self.clock)());
        let result = [&RESULT.to_le_bytes()[..], &message.to_le_bytes(), &response.body].concat();
        match response.fault {
            Some(Fault::Silence) => Ok(true),
            Some(Fault::CutShort(after)) => {
                self.send(packet, &result, after)?;
                Ok(false)
            }
            None => self.send(packet, &result, usize::MAX),
        }
    }

    /// Sends a sealed frame, at most so many bytes of it.
    fn send(&mut self, to: &Packet, body: &[u8], bytes_max: usize) -> io::Result<bool> {
        // The time in seconds above, a count below; answers end in 1.
        let message = ((self.clock)() / 1000) << 32 | i64::from(self.sent) << 2 | 1;
        let Some(sealed) = sealed::seal(&self.key, to, message, body) else { return Ok(false) };
        let length = u32::try_from(sealed.len() + 12).unwrap_or(u32::MAX);
        let mut frame = [&length.to_le_bytes()[..], &self.sent.to_le_bytes(), &sealed].concat();
        frame.extend_from_slice(&crc32fast::hash(&frame).to_le_bytes());
        self.sent += 1;
        self.stream.write_all(frame.get(..bytes_max.min(frame.len())).unwrap_or_default())?;
        self.stream.flush()?;
        Ok(true)
    }
}

/// The questions of a message: itself, those that it contains, what it packs.
fn unpack(message: i64, body: &[u8], questions: &mut Vec<(i64, Vec<u8>)>) {
    let Some((number, rest)) = body.split_first_chunk::<4>() else { return };
    match u32::from_le_bytes(*number) {
        CONTAINER => {
            let mut rest = rest.get(4..).unwrap_or_default();
            while let Some((inner, after)) = contained(rest) {
                unpack(inner.0, inner.1, questions);
                rest = after;
            }
        }
        PACKED => {
            let mut cursor = Cursor::from_slice(rest);
            let Ok(packed) = Vec::<u8>::deserialize(&mut cursor) else { return };
            let mut plain = Vec::new();
            let limit = FRAME_BYTES_MAX as u64;
            let mut unpacked = flate2::read::GzDecoder::new(packed.as_slice()).take(limit);
            if unpacked.read_to_end(&mut plain).is_ok() {
                unpack(message, &plain, questions);
            }
        }
        _ => questions.push((message, body.to_vec())),
    }
}

type Contained<'a> = (i64, &'a [u8]);

fn contained(rest: &[u8]) -> Option<(Contained<'_>, &[u8])> {
    let message = i64::from_le_bytes(rest.get(..8)?.try_into().ok()?);
    let length = u32::from_le_bytes(rest.get(12..16)?.try_into().ok()?) as usize;
    let body = rest.get(16..16usize.checked_add(length)?)?;
    Some(((message, body), rest.get(16 + length..)?))
}
