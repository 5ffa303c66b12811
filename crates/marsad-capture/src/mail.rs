//! Mail out: the one conversation that is not HTTP, and the only other place that opens a connection.
//!
//! Here, because one crate that dials is one place to look at. Nothing is read: there is no mailbox.

use std::fmt;
use std::net::IpAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, SystemTime};

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::SmtpTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Address, Transport};
use marsad_types::Timestamp;

/// Port of TLS from the first byte (RFC 8314); on every other one TLS begins with STARTTLS.
const WRAPPED_PORT: u16 = 465;
/// Longest wait for one answer of the server.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that takes mail from us.
#[derive(Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name; TLS is left out only where this is the machine itself.
    pub host: String,
    /// 465, 587, …
    pub port: u16,
    /// The sender's address.
    pub from: String,
    /// Name and password, where it asks for them.
    pub login: Option<(String, String)>,
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailServer({}:{})", self.host, self.port)
    }
}

/// One letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Names it: a second sending of the same letter carries the same `Message-ID`.
    pub id: String,
    /// One address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Its date.
    pub at: Timestamp,
}

/// Sends letters, one after the other, on a thread of its own.
#[derive(Debug)]
pub struct Mailer {
    letters: Sender<(u64, Letter)>,
    sent: Receiver<(u64, Result<(), String>)>,
    under_way: usize,
}

impl Mailer {
    /// Opens no connection yet.
    ///
    /// # Errors
    /// One sentence: the sender's address is none, or the system gives no root certificates.
    pub fn start(server: &MailServer) -> Result<Self, String> {
        let from: Mailbox = address(&server.from)?.into();
        let transport = transport(server)?;
        let (letters, waiting) = channel::<(u64, Letter)>();
        let (sender, sent) = channel();
        let secret = server.login.as_ref().map(|(_, password)| password.clone());
        thread::Builder::new()
            .name("mailer".to_owned())
            .spawn(move || {
                for (ticket, letter) in waiting {
                    let result = send(&transport, &from, &letter)
                        .map_err(|why| without(&why, secret.as_deref()));
                    // Nobody listens any more when the watch has ended.
                    drop(sender.send((ticket, result)));
                }
            })
            .map_err(|error| format!("cannot send mail: {error}"))?;
        Ok(Self { letters, sent, under_way: 0 })
    }

    /// Sends a letter; how that went comes by [`Mailer::over`] under this ticket.
    pub fn send(&mut self, ticket: u64, letter: Letter) {
        if self.letters.send((ticket, letter)).is_ok() {
            self.under_way += 1;
        }
    }

    /// A letter that is over: taken by the server, or why not.
    pub fn over(&mut self) -> Option<(u64, Result<(), String>)> {
        let over = self.sent.try_recv().ok()?;
        self.under_way -= 1;
        Some(over)
    }

    /// Letters that are not over.
    pub fn under_way(&self) -> usize {
        self.under_way
    }
}

/// Whether this is one address of mail.
pub fn is_mail_address(written: &str) -> bool {
    address(written).is_ok()
}

fn address(written: &str) -> Result<Address, String> {
    written.parse().map_err(|_not_one| format!("'{written}' is no address of mail"))
}

fn is_own_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn transport(server: &MailServer) -> Result<SmtpTransport, String> {
    let host = server.host.as_str();
    let builder = match server.port {
        WRAPPED_PORT => SmtpTransport::relay(host),
        _ if is_own_machine(host) => Ok(SmtpTransport::builder_dangerous(host)),
        _ => SmtpTransport::starttls_relay(host),
    };
    let mut builder = builder
        .map_err(|error| format!("cannot send mail by '{host}': {}", chain(&error)))?
        .port(server.port)
        .timeout(Some(PATIENCE));
    if let Some((user, password)) = &server.login {
        builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
    }
    Ok(builder.build())
}

fn send(transport: &SmtpTransport, from: &Mailbox, letter: &Letter) -> Result<(), String> {
    let since = u64::try_from(letter.at.0).unwrap_or(0);
    let message = Message::builder()
        .from(from.clone())
        .to(address(&letter.to)?.into())
        .subject(letter.subject.replace(|c: char| c.is_control(), " "))
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(since))
        .message_id(Some(format!("<{}@{}>", letter.id, from.email.domain())))
        .header(ContentType::TEXT_PLAIN)
        .body(letter.body.clone())
        .map_err(|error| format!("the letter cannot be written: {}", chain(&error)))?;
    transport.send(&message).map(drop).map_err(|error| chain(&error))
}

fn without(text: &str, secret: Option<&str>) -> String {
    secret
        .filter(|secret| !secret.is_empty())
        .map_or_else(|| text.to_owned(), |secret| text.replace(secret, "…"))
}

/// An error with its causes, the last of which says what happened.
fn chain(error: &dyn std::error::Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        sentence = format!("{sentence}: {error}");
        cause = error.source();
    }
    sentence
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// Takes one letter and gives what was said to it.
    fn sink(refuse: bool) -> (u16, thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap());
            stream.write_all(b"220 sink\r\n").unwrap();
            let (mut heard, mut is_body) = (String::new(), false);
            loop {
                let mut line = String::new();
                if lines.read_line(&mut line).unwrap() == 0 {
                    return heard;
                }
                heard.push_str(&line);
                let answer = match line.get(..4).unwrap_or_default() {
                    "QUIT" => return heard,
                    _ if is_body && line != ".\r\n" => continue,
                    "RCPT" if refuse => "550 no such box",
                    "DATA" => "354 go on",
                    _ => "250 ok",
                };
                is_body = answer.starts_with("354");
                stream.write_all(format!("{answer}\r\n").as_bytes()).unwrap();
            }
        });
        (port, heard)
    }

    fn deliver(port: u16) -> Result<(), String> {
        let server = MailServer {
            host: "127.0.0.1".into(),
            port,
            from: "desk@example.org".into(),
            login: None,
        };
        let mut mailer = Mailer::start(&server).unwrap();
        let letter = Letter {
            id: "a1b2".into(),
            to: "night@example.org".into(),
            subject: "Marsad: storm\r\nBcc: all@example.org".into(),
            body: "قطار الليل متأخر\n.\nend".into(),
            at: Timestamp(1_575_136_500_000),
        };
        mailer.send(7, letter);
        loop {
            if let Some((ticket, result)) = mailer.over() {
                assert_eq!((ticket, mailer.under_way()), (7, 0));
                return result;
            }
            thread::yield_now();
        }
    }

    #[test]
    fn a_letter_arrives_with_its_name_and_one_subject() {
        let (port, heard) = sink(false);
        deliver(port).unwrap();
        let heard = heard.join().unwrap();
        assert!(heard.contains("RCPT TO:<night@example.org>"), "{heard}");
        assert!(heard.contains("Message-ID: <a1b2@example.org>"), "{heard}");
        assert!(heard.contains("Date: Sat, 30 Nov 2019 17:55:00 +0000"), "{heard}");
        assert!(!heard.lines().any(|line| line.starts_with("Bcc")), "{heard}");
    }

    #[test]
    fn a_refusal_is_said_and_nobody_there_is_too() {
        let (port, heard) = sink(true);
        assert!(deliver(port).unwrap_err().contains("no such box"));
        heard.join().unwrap();
        assert!(deliver(port).is_err(), "the sink is gone");
    }

    #[test]
    fn beyond_the_own_machine_there_is_tls() {
        for (host, port) in [("mail.example.org", 587), ("mail.example.org", 465)] {
            let server = MailServer {
                host: host.into(),
                port,
                from: "desk@example.org".into(),
                login: Some(("desk".into(), "s3cret".into())),
            };
            assert!(transport(&server).is_ok());
            assert!(!format!("{server:?}").contains("s3cret"));
        }
        assert!(is_own_machine("127.0.0.1") && is_own_machine("localhost"));
        assert!(!is_own_machine("localhost.example.org") && !is_own_machine("10.0.0.1"));
        assert_eq!(without("535 s3cret is wrong", Some("s3cret")), "535 … is wrong");
    }
}
