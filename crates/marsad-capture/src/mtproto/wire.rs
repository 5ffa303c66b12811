//! The thread that asks for an account: one question at a time over one connection.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::line::Line;
use super::session::Session;
use crate::fetch::Came;
use crate::{Answer, Ask, Done, Missed, RpcError};

/// What the thread works with.
struct Desk {
    session: Session,
    patience: Duration,
    done: Sender<Came>,
    /// The question under way.
    asked: Cell<Option<u64>>,
}

/// Answers questions on a thread of its own, until nobody can ask any more.
///
/// # Errors
/// The system gives no thread.
pub(crate) fn serve(
    session: Session,
    patience: Duration,
    mut asks: UnboundedReceiver<(u64, Ask)>,
    done: Sender<Came>,
) -> Result<(), String> {
    let wrong = |error: std::io::Error| format!("cannot ask Telegram: {error}");
    let runtime = Builder::new_current_thread().enable_all().build().map_err(wrong)?;
    let work = move || {
        let desk = Desk { session, patience, done, asked: Cell::new(None) };
        // The library gives up loudly where a server breaks the protocol: that is one missed answer.
        let mut all = || runtime.block_on(desk.answer_all(&mut asks));
        while catch_unwind(AssertUnwindSafe(&mut all)).is_err() {
            let why = "what came broke the protocol".to_owned();
            if let Some(ticket) = desk.asked.take() {
                desk.tell(ticket, Err(Missed::Unreachable(why)));
            }
        }
    };
    thread::Builder::new().name("telegram".to_owned()).spawn(work).map_err(wrong)?;
    Ok(())
}

impl Desk {
    async fn answer_all(&self, asks: &mut UnboundedReceiver<(u64, Ask)>) {
        let mut line = None;
        while let Some((ticket, ask)) = next(asks, &mut line).await {
            self.asked.set(Some(ticket));
            let result = match timeout(self.patience, answer(&mut line, &self.session, ask)).await {
                Ok(result) => result,
                Err(_) => Err(Missed::Timeout),
            };
            if result.is_err() {
                line = None; // the next question gets a new connection
            }
            self.asked.set(None);
            self.tell(ticket, result);
        }
    }

    /// Nobody listens any more when the watch has ended.
    fn tell(&self, ticket: u64, result: Result<Answer, Missed>) {
        drop(self.done.send(Came::Done(Done { ticket, result })));
    }
}

/// The next question; until it comes the connection is kept alive, or forgotten when it ends.
async fn next(
    asks: &mut UnboundedReceiver<(u64, Ask)>,
    line: &mut Option<Line>,
) -> Option<(u64, Ask)> {
    if let Some(open) = line {
        tokio::select! {
            biased;
            next = asks.recv() => return next,
            _ended = open.rest() => {}
        }
        *line = None;
    }
    asks.recv().await
}

async fn answer(line: &mut Option<Line>, session: &Session, ask: Ask) -> Result<Answer, Missed> {
    let open = match line {
        Some(open) => open,
        None => line.insert(Line::open(session).await?),
    };
    let body = open.ask(ask.body).await?;
    Ok(Answer { status: RpcError::status_of(&body), headers: Vec::new(), body })
}
